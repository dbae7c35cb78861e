namespace Guard.Cli.Terminal;

/// <summary>What the exit code of <c>guard</c> means; docs/cli.md and <c>guard --help</c> print the same list.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The thing asked for is negative: an expectation was not met, a suite failed, the canary was not stopped.</summary>
    public const int Negative = 1;
    public const int Usage = 2;

    /// <summary>A policy, suite or settings file has errors. Nothing was changed.</summary>
    public const int BadDocument = 3;
    public const int Unreachable = 4;
    public const int NotAuthorised = 5;

    /// <summary>Refused as things stand: name taken or not known, address in use, folder not writable, client too old.</summary>
    public const int Refused = 6;

    /// <summary>A fault of Guard itself.</summary>
    public const int Fault = 70;

    public const string Explanation = """
        Exit codes:
          0   done
          1   the answer is no: an expectation not met, a suite failed, the canary not stopped by the floor
          2   bad usage
          3   a policy, a suite or a settings file has errors; nothing was changed
          4   the gateway cannot be reached
          5   not authorised: no key, or one that is not accepted
          6   refused as things stand: name taken or unknown, address in use, file or folder not writable, client too old
          70  a fault in guard itself
        """;
}
