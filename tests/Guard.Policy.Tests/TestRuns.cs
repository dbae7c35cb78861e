namespace Guard.Policy.Tests;

/// <summary>
/// How often random tests try. GUARD_TESTS_LONG=1 asks for evidence. GUARD_TESTS_MUTATION=1 is set by eng/mutate-policy.sh, which
/// runs the tests once for every change it makes: there a random test tries a fiftieth, and still must be able to fail.
/// </summary>
internal static class TestRuns
{
    private const int MutationShare = 50;
    private const int Fewest = 10;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("GUARD_TESTS_LONG") == "1";
    private static readonly bool IsMutation = Environment.GetEnvironmentVariable("GUARD_TESTS_MUTATION") == "1";

    /// <param name="quick">What every run does.</param>
    /// <param name="longRun">What the long form does; absent: the same.</param>
    public static int Times(int quick, int? longRun = null) =>
        IsMutation ? Math.Max(Math.Min(Fewest, quick), quick / MutationShare) : IsLong ? longRun ?? quick : quick;
}
