namespace Guard.Gateway.Tests;

/// <summary>Faults are tried once unless GUARD_TESTS_LONG=1 asks for evidence.</summary>
internal static class TestRuns
{
    /// <summary>How often a fault happens in one test.</summary>
    public static int Faults => Environment.GetEnvironmentVariable("GUARD_TESTS_LONG") == "1" ? 20 : 1;
}
