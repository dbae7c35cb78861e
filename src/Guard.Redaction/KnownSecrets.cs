using System.Buffers;

namespace Guard.Redaction;

/// <summary>
/// Secrets that were found in one place of an event, to be found in its other places without the context that gave them away:
/// a token of a command line is in the words of the command as well.
/// </summary>
/// <remarks>
/// Only what looks random is taken: else an agent could name a command a secret (<c>TOKEN="rm -rf /"</c>) and have it erased
/// wherever the event speaks of it.
/// </remarks>
internal sealed class KnownSecrets
{
    private const int MaxLength = 4_096;
    private const int MaxCount = 1_000;

    private readonly Dictionary<string, string> _kinds = new(StringComparer.Ordinal);
    private SearchValues<string>? _search;

    /// <summary>There are more than are searched for: then no text is trusted to be free of them.</summary>
    public bool TooMany { get; private set; }

    public void Add(ReadOnlySpan<char> secret, string kind)
    {
        if (secret.Length > MaxLength || !SecretValue.LooksRandom(secret) || secret.ContainsAny(" \t\r\n"))
        {
            return;
        }

        if (_kinds.Count == MaxCount)
        {
            TooMany = true;
            return;
        }

        _kinds.TryAdd(secret.ToString(), kind);
        _search = null;
    }

    public void Find(ReadOnlySpan<char> text, List<SecretSpan> spans)
    {
        if (_kinds.Count == 0)
        {
            return;
        }

        _search ??= SearchValues.Create([.. _kinds.Keys], StringComparison.Ordinal);
        var at = 0;
        while (at < text.Length && text[at..].IndexOfAny(_search) is >= 0 and var next)
        {
            at += next;
            var longest = 0;
            foreach (var (secret, kind) in _kinds)
            {
                if (secret.Length > longest && text[at..].StartsWith(secret, StringComparison.Ordinal))
                {
                    spans.Add(new SecretSpan(at, secret.Length, kind));
                    longest = secret.Length;
                }
            }

            at += Math.Max(1, longest);
        }
    }
}
