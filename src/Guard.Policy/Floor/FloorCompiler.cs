using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>Compiles the floor's document with the compiler that every policy goes through.</summary>
internal static class FloorCompiler
{
    private const string ResourceName = "Guard.Policy.floor.yaml";

    private static readonly Lazy<PolicyCompiled> Policy = new(CompileDocument);

    public static string DocumentDigest => Policy.Value.Definition.Digest;

    public static string DocumentText { get; } = ReadDocument();

    public static FloorCompiled Compile(FloorSettings settings) => new(
        Policy.Value,
        [.. settings.ProtectedPaths.Select(AbsolutePath.Parse).OfType<AbsolutePath>()],
        [.. settings.LiftedPaths.Select(AbsolutePath.Parse).OfType<AbsolutePath>()],
        [.. settings.GatewayAuthorities.Select(GuardAddresses.Parse).OfType<GuardAuthority>()]);

    private static PolicyCompiled CompileDocument()
    {
        var diagnostics = new DiagnosticBag("floor.yaml");
        return PolicyReader.Read(new PolicySource("floor.yaml", DocumentText), diagnostics, reservedName: true)
            ?? throw new InvalidOperationException("The compiled-in floor is broken: " + string.Join("; ", diagnostics.All));
    }

    private static string ReadDocument()
    {
        using var stream = typeof(FloorCompiler).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {ResourceName}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
