namespace Guard.Hook;

/// <summary>The version of this executable.</summary>
internal static class HookVersion
{
    public static readonly string Text = typeof(HookVersion).Assembly.GetName().Version is { } version ? version.ToString(3) : "0.0.0";
}
