namespace Guard.Proof.Tests;

/// <summary>Random tests are short unless GUARD_TESTS_LONG=1 asks for evidence. Seeds are fixed.</summary>
internal static class TestRuns
{
    public static int Times(int quick) => Environment.GetEnvironmentVariable("GUARD_TESTS_LONG") == "1" ? quick * 100 : quick;
}
