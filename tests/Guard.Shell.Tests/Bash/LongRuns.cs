namespace Guard.Shell.Tests.Bash;

/// <summary>Random tests are short unless GUARD_TESTS_LONG=1 asks for evidence. GUARD_TESTS_SEED chooses another seed.</summary>
internal static class LongRuns
{
    public static bool Enabled { get; } = Environment.GetEnvironmentVariable("GUARD_TESTS_LONG") == "1";

    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("GUARD_TESTS_SEED"), out var seed) ? seed : 20240229;

    public static int Count(int usual, int longRun) => Enabled ? longRun : usual;
}
