using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>
/// A command as the floor sees it: words after a rough removal of quotes, in front of them the assignments, and the files
/// it redirects to. Only ever used to forbid.
/// </summary>
internal sealed record RoughCommand(ImmutableArray<string> Assignments, ImmutableArray<string> Words, ImmutableArray<string> RedirectedTo)
{
    /// <summary>The program's name without its folder.</summary>
    public string Program => Words.IsEmpty ? "" : BaseName(Words[0]);

    public IEnumerable<string> Arguments => Words.Skip(1);

    /// <summary>The arguments that are no options.</summary>
    public IEnumerable<string> Operands => Arguments.Where(a => !a.StartsWith('-') || a == "-");

    public static string BaseName(string word) => word[(word.LastIndexOf('/') + 1)..];

    /// <summary>A short option, alone or in a cluster, or a long one, also abbreviated: <c>rm --r</c> is recursive.</summary>
    public bool Has(char? letter, string? longName) => Arguments.TakeWhile(a => a != "--").Any(a =>
        (letter is { } c && a.Length > 1 && a[0] == '-' && a[1] != '-' && a.Contains(c, StringComparison.Ordinal))
        || (longName is not null && a.Length >= 3 && a.StartsWith("--", StringComparison.Ordinal) && ("--" + longName).StartsWith(a.Split('=')[0], StringComparison.Ordinal)));
}
