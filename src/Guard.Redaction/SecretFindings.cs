namespace Guard.Redaction;

/// <summary>What detectors found in one text, and how many steps they may still take.</summary>
/// <remarks>
/// INVARIANT (linear): the steps of all detectors together are at most <see cref="StepsPerChar"/> for each character and a
/// constant. Every loop that looks at characters spends first, so that no text is worth an attack on time.
/// </remarks>
public sealed class SecretFindings
{
    /// <summary>Far more than any text of real life needs (about 4 are usual).</summary>
    internal const int StepsPerChar = 64;

    private const int StepsAtLeast = 16 * 1024;

    private readonly List<SecretSpan> _spans = [];
    private long _left;

    internal SecretFindings(int textLength) => _left = StepsAtLeast + (long)StepsPerChar * textLength;

    internal List<SecretSpan> Spans => _spans;

    /// <exception cref="RedactionBudgetException">There are no steps left.</exception>
    public void Spend(int steps)
    {
        _left -= steps;
        if (_left < 0)
        {
            throw new RedactionBudgetException();
        }
    }

    public void Add(int start, int length, string kind)
    {
        if (length > 0)
        {
            _spans.Add(new SecretSpan(start, length, kind));
        }
    }
}

/// <summary>A text would take too long to look through.</summary>
public sealed class RedactionBudgetException() : Exception("The text takes more steps to look through than it may.");
