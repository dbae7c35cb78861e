using System.Collections.Immutable;

namespace Guard.Policy.Matching;

/// <summary><c>equals</c>, <c>startsWith</c>, <c>endsWith</c> or <c>contains</c>.</summary>
internal sealed class LiteralTest(LiteralTest.Operator comparison, string operand) : ResourceTest
{
    private readonly Operator _comparison = comparison;
    private readonly string _operand = operand;
    private readonly string _composed = TextForm.Composed(operand);

    public enum Operator
    {
        EqualTo,
        StartsWith,
        EndsWith,
        Contains,
    }

    public override string Shown => _comparison switch
    {
        Operator.EqualTo => $"equals `{_operand}`",
        Operator.StartsWith => $"starts with `{_operand}`",
        Operator.EndsWith => $"ends with `{_operand}`",
        _ => $"contains `{_operand}`",
    };

    public override bool IsMatch(Spelling spelling, bool generous)
    {
        foreach (var name in spelling.Names(_operand, generous))
        {
            if (generous ? MatchesGenerously(spelling, name) : MatchesExactly(spelling, name))
            {
                return true;
            }
        }

        return false;
    }

    public override ImmutableArray<string>? Needles(ResourceKinds kind, bool generous) => Indexing.Needles.OfOperand(_operand, kind);

    public override bool CouldMatch(Spelling spelling)
    {
        if (_comparison is not (Operator.EqualTo or Operator.StartsWith)) return true;
        var known = TextForm.Composed(spelling.Text);
        var shared = Math.Min(known.Length, _composed.Length);
        return known.AsSpan(0, shared).Equals(_composed.AsSpan(0, shared), StringComparison.OrdinalIgnoreCase);
    }

    private bool MatchesExactly(Spelling spelling, string name) => _comparison switch
    {
        Operator.EqualTo or Operator.EndsWith when spelling.IsOpen => false,
        Operator.StartsWith when spelling.IsOpen => name.StartsWith(_operand, StringComparison.Ordinal),
        Operator.EqualTo => !spelling.Subtree && string.Equals(name, _operand, StringComparison.Ordinal),
        Operator.EndsWith => !spelling.Subtree && name.EndsWith(_operand, StringComparison.Ordinal),
        Operator.StartsWith when spelling.Kind == ResourceKinds.Command => PaddedStartsWith(name, _operand, StringComparison.Ordinal),
        Operator.StartsWith when spelling.Kind == ResourceKinds.Web => name.StartsWith(WholeAuthority(_operand), StringComparison.Ordinal),
        Operator.StartsWith => name.StartsWith(_operand, StringComparison.Ordinal),
        _ => name.Contains(_operand, StringComparison.Ordinal),
    };

    private bool MatchesGenerously(Spelling spelling, string name)
    {
        const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;
        if (spelling.Subtree)
        {
            return _comparison switch
            {
                Operator.EqualTo => name.Equals(_composed, IgnoreCase) || _composed.StartsWith(name.TrimEnd('/') + "/", IgnoreCase),
                Operator.StartsWith => name.StartsWith(_composed, IgnoreCase) || _composed.StartsWith(name.TrimEnd('/'), IgnoreCase),
                _ => true,
            };
        }

        // A command is compared with one final blank, so that `sudo ` finds a bare `sudo`.
        var padded = spelling.Kind == ResourceKinds.Command;
        return _comparison switch
        {
            Operator.EqualTo => name.Equals(_composed, IgnoreCase),
            Operator.StartsWith => padded ? PaddedStartsWith(name, _composed, IgnoreCase) : name.StartsWith(_composed, IgnoreCase),
            Operator.EndsWith => name.EndsWith(_composed, IgnoreCase),
            _ => name.Contains(_composed, IgnoreCase) || (padded && _composed.EndsWith(' ') && name.AsSpan().EndsWith(_composed.AsSpan(0, _composed.Length - 1), IgnoreCase)),
        };
    }

    private static bool PaddedStartsWith(string name, string operand, StringComparison comparison) => operand.Length == name.Length + 1 && operand[^1] == ' '
        ? name.AsSpan().Equals(operand.AsSpan(0, name.Length), comparison)
        : name.StartsWith(operand, comparison);

    // `https://github.com` must not cover `https://github.com.evil.example/`.
    private static string WholeAuthority(string operand)
    {
        var authority = operand.IndexOf("://", StringComparison.Ordinal);
        return authority >= 0 && operand.IndexOf('/', authority + 3) < 0 ? operand + "/" : operand;
    }
}
