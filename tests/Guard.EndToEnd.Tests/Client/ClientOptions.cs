namespace Guard.EndToEnd.Tests.Client;

/// <summary>How the client is started.</summary>
internal sealed record ClientOptions
{
    public static ClientOptions SkipPermissions { get; } = new() { Arguments = ["--dangerously-skip-permissions"] };

    /// <summary>The client's own permission rules hold: in print mode, what would prompt is refused.</summary>
    public static ClientOptions DefaultPermissions { get; } = new();

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public ClientOptions With(IReadOnlyList<string> arguments) => this with { Arguments = [.. Arguments, .. arguments] };
}
