namespace Guard.Policy.Lint;

/// <summary>Writes replacements of findings into a document, leaving every other character as it is.</summary>
public static class LintFixer
{
    /// <summary>The document with the replacements in it, and how many there were. A text that cannot be told for certain stays.</summary>
    /// <param name="source">The document that was linted.</param>
    /// <param name="findings">Of this document and of others.</param>
    public static (string Text, int Fixed) Fix(PolicySource source, IEnumerable<LintFinding> findings)
    {
        var lines = source.Text.Split('\n');
        var count = 0;

        // From the end, so that places before stay what they are; one place is replaced once.
        foreach (var finding in findings.Where(f => f.File == source.Path && f.Replacement is not null).DistinctBy(f => (f.Line, f.Column)).OrderByDescending(f => f.Line).ThenByDescending(f => f.Column))
        {
            var line = finding.Line <= lines.Length ? lines[finding.Line - 1] : "";
            if (Written(line, finding.Column - 1, finding.Replacement!.Value.Old) is { } written)
            {
                lines[finding.Line - 1] = line[..(finding.Column - 1)] + $"\"{finding.Replacement.Value.New}\"" + line[(finding.Column - 1 + written.Length)..];
                count++;
            }
        }

        var text = string.Join('\n', lines);

        // INVARIANT (a fix breaks nothing): what would not compile is not written.
        var stillValid = count > 0 && PolicyCompiler.Compile([source with { Text = text }], FloorSettings.Default).Succeeded;
        return stillValid ? (text, count) : (source.Text, 0);
    }

    /// <summary>How the value is written there; null where it is not, or with characters that want another form of quotes.</summary>
    private static string? Written(string line, int at, string value)
    {
        if (at < 0 || at >= line.Length || value.AsSpan().ContainsAny("\"\\'") || value.Any(char.IsControl))
        {
            return null;
        }

        var rest = line.AsSpan(at);
        foreach (var quote in new[] { "\"", "'" })
        {
            var quoted = quote + value + quote;
            if (rest.StartsWith(quoted, StringComparison.Ordinal))
            {
                return quoted;
            }
        }

        var isWhole = rest.StartsWith(value, StringComparison.Ordinal) && (rest.Length == value.Length || rest[value.Length] is ',' or ']' or '}' or ' ' or '\r' or '\t');
        return isWhole ? value : null;
    }
}
