using System.Collections.Immutable;
using System.Globalization;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Cel;

/// <summary>
/// Parses an expression: CEL's grammar by recursive descent. Depth and number of parts are limited while parsing, so that
/// neither parsing nor evaluating can run out of stack.
/// </summary>
internal sealed class CelParser
{
    /// <summary>Of brackets, of operators in a row, of calls in a row.</summary>
    public const int MaxDepth = 200;

    /// <summary>Of one expression.</summary>
    public const int MaxParts = 5000;

    private static readonly ImmutableArray<string> Relations = ["==", "!=", "<", "<=", ">", ">="];

    private static readonly ImmutableHashSet<string> Reserved = ImmutableHashSet.Create(StringComparer.Ordinal,
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while", "in");

    private readonly ImmutableArray<CelToken> _tokens;
    private int _at;
    private int _nesting;
    private int _parts;

    private CelParser(ImmutableArray<CelToken> tokens) => _tokens = tokens;

    private CelToken Current => _tokens[_at];

    /// <summary>The expression, or null and what is wrong.</summary>
    public static CelSyntax? Parse(string text, out CelProblem? problem)
    {
        if (CelLexer.Read(text, out problem) is not { } tokens)
        {
            return null;
        }

        try
        {
            var parser = new CelParser(tokens);
            var expression = parser.Conditional();
            if (parser.Current.Kind != CelTokenKind.End)
            {
                throw parser.Unexpected("the end or an operator");
            }

            return expression;
        }
        catch (RefusedException e)
        {
            problem = e.Problem;
            return null;
        }
    }

    private CelSyntax Conditional()
    {
        Enter();
        var condition = Binary(0);
        if (Current.Is("?"))
        {
            var at = Take().Offset;
            var then = Binary(0);
            Expect(":");
            condition = Made(new CelCall(at, "_?_:_", false, [condition, then, Conditional()]));
        }

        _nesting--;
        return condition;
    }

    // || && relations additions multiplications: each joins to the left.
    private CelSyntax Binary(int level)
    {
        if (level == 5)
        {
            return Unary();
        }

        var left = Binary(level + 1);
        while (IsOperator(level))
        {
            var token = Take();
            var right = Binary(level + 1);
            left = token.Text is "||" or "&&" && left is CelCall chain && chain.Function == $"_{token.Text}_"
                ? Made(chain with { Arguments = chain.Arguments.Add(right), Depth = Math.Max(chain.Depth, right.Depth + 1) })
                : Made(new CelCall(token.Offset, $"_{token.Text}_", false, [left, right]));
        }

        return left;
    }

    private bool IsOperator(int level) => level switch
    {
        0 => Current.Is("||"),
        1 => Current.Is("&&"),
        2 => (Current.Kind == CelTokenKind.Symbol && Relations.Contains(Current.Text)) || Current is { Kind: CelTokenKind.Identifier, Text: "in" },
        3 => Current.Is("+") || Current.Is("-"),
        _ => Current.Is("*") || Current.Is("/") || Current.Is("%"),
    };

    private CelSyntax Unary()
    {
        if (!Current.Is("!") && !Current.Is("-"))
        {
            return Member();
        }

        var operation = Current.Text;
        var places = new List<int>();
        while (Current.Is(operation))
        {
            places.Add(Take().Offset);
        }

        // A minus belongs to the number behind it, or the smallest integer could not be written.
        CelSyntax operand;
        if (operation == "-" && Current.Kind is CelTokenKind.Int or CelTokenKind.Double)
        {
            var at = places[^1];
            places.RemoveAt(places.Count - 1);
            operand = Members(Number(Take(), at, negative: true));
        }
        else
        {
            operand = Member();
        }

        for (var i = places.Count - 1; i >= 0; i--)
        {
            operand = Made(new CelCall(places[i], operation + "_", false, [operand]));
        }

        return operand;
    }

    private CelSyntax Member() => Members(Primary());

    private CelSyntax Members(CelSyntax operand)
    {
        while (true)
        {
            if (Current.Is("."))
            {
                Take();
                var name = Current;
                if (name.Kind is not (CelTokenKind.Identifier or CelTokenKind.QuotedIdentifier) || (name.Kind == CelTokenKind.Identifier && name.Text is "in" or "true" or "false" or "null"))
                {
                    throw Unexpected("the name of a member");
                }

                Take();
                operand = name.Kind == CelTokenKind.Identifier && Current.Is("(")
                    ? Made(new CelCall(name.Offset, name.Text, true, [operand, .. Arguments()]))
                    : Made(new CelSelect(name.Offset, operand, name.Text, name.Kind == CelTokenKind.QuotedIdentifier));
            }
            else if (Current.Is("["))
            {
                var at = Take().Offset;
                var index = Conditional();
                Expect("]");
                operand = Made(new CelCall(at, "_[_]", false, [operand, index]));
            }
            else
            {
                return operand;
            }
        }
    }

    private CelSyntax Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case CelTokenKind.Int or CelTokenKind.Uint or CelTokenKind.Double:
                Take();
                return Number(token, token.Offset, negative: false);
            case CelTokenKind.String:
                Take();
                return Made(new CelLiteral(token.Offset, new CelString(token.Text)));
            case CelTokenKind.Bytes:
                Take();
                return Made(new CelLiteral(token.Offset, new CelBytes(token.Bytes)));
            case CelTokenKind.Identifier:
                return Name(absolute: false);
            case CelTokenKind.Symbol when token.Text == ".":
                Take();
                return Current.Kind == CelTokenKind.Identifier ? Name(absolute: true) : throw Unexpected("a name");
            case CelTokenKind.Symbol when token.Text == "(":
                Take();
                var inner = Conditional();
                Expect(")");
                return inner;
            case CelTokenKind.Symbol when token.Text == "[":
                Take();
                return Made(new CelListLiteral(token.Offset, Items("]", Conditional)));
            case CelTokenKind.Symbol when token.Text == "{":
                Take();
                return Made(new CelMapLiteral(token.Offset, Items("}", Entry)));
            default:
                throw Unexpected("a value");
        }
    }

    private CelSyntax Name(bool absolute)
    {
        var token = Current;
        if (Reserved.Contains(token.Text))
        {
            throw Refuse(token.Offset, $"`{token.Text}` is a reserved word", "use another name");
        }

        Take();
        if (!absolute && token.Text is "true" or "false" or "null")
        {
            return Made(new CelLiteral(token.Offset, token.Text == "null" ? CelNull.Instance : CelBool.Of(token.Text == "true")));
        }

        if (Current.Is("{"))
        {
            throw Refuse(Current.Offset, $"`{Shown.Text(token.Text, 64)}{{` would make a message, which there are none of", "write a map: `{'key': value}`");
        }

        return Current.Is("(")
            ? Made(new CelCall(token.Offset, token.Text, false, [.. Arguments()]))
            : Made(new CelName(token.Offset, token.Text, absolute));
    }

    private KeyValuePair<CelSyntax, CelSyntax> Entry()
    {
        var key = Conditional();
        Expect(":");
        return new(key, Conditional());
    }

    private ImmutableArray<CelSyntax> Arguments()
    {
        Expect("(");
        if (Current.Is(")"))
        {
            Take();
            return [];
        }

        var arguments = ImmutableArray.CreateBuilder<CelSyntax>();
        while (true)
        {
            arguments.Add(Conditional());
            if (!Current.Is(","))
            {
                Expect(")");
                return arguments.ToImmutable();
            }

            Take();
        }
    }

    // Lists and maps may have a comma behind the last entry.
    private ImmutableArray<T> Items<T>(string end, Func<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>();
        while (!Current.Is(end))
        {
            items.Add(read());
            if (!Current.Is(","))
            {
                break;
            }

            Take();
        }

        Expect(end);
        return items.ToImmutable();
    }

    private CelSyntax Number(CelToken token, int offset, bool negative)
    {
        var isHex = token.Text.Length > 1 && token.Text[1] is 'x' or 'X';
        var digits = isHex ? token.Text.AsSpan(2) : token.Text.AsSpan();
        if (token.Kind == CelTokenKind.Double)
        {
            var value = double.Parse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);
            return double.IsFinite(value)
                ? Made(new CelLiteral(offset, new CelDouble(negative ? -value : value)))
                : throw Refuse(offset, "the number is too large for a double", "write a smaller one");
        }

        var style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (digits.Length > 32 || !UInt128.TryParse(digits, style, CultureInfo.InvariantCulture, out var magnitude) || magnitude > ulong.MaxValue
            || (token.Kind == CelTokenKind.Int && magnitude > (UInt128)long.MaxValue + (negative ? 1u : 0u)))
        {
            throw Refuse(offset, "the number does not fit into 64 bits", token.Kind == CelTokenKind.Int ? "integers reach from -9223372036854775808 to 9223372036854775807" : "unsigned integers reach to 18446744073709551615u");
        }

        return Made(new CelLiteral(offset, token.Kind == CelTokenKind.Uint
            ? new CelUint((ulong)magnitude)
            : new CelInt(negative ? (long)-(Int128)magnitude : (long)magnitude)));
    }

    private CelToken Take()
    {
        var token = Current;
        if (token.Kind != CelTokenKind.End)
        {
            _at++;
        }

        return token;
    }

    private void Expect(string symbol)
    {
        if (!Current.Is(symbol))
        {
            throw Unexpected($"`{symbol}`");
        }

        Take();
    }

    private void Enter()
    {
        if (++_nesting > MaxDepth)
        {
            throw TooComplex(Current.Offset);
        }
    }

    private T Made<T>(T made)
        where T : CelSyntax =>
        ++_parts > MaxParts || made.Depth > MaxDepth ? throw TooComplex(made.Offset) : made;

    private static RefusedException TooComplex(int offset) =>
        new(new CelProblem(CelProblemKind.TooComplex, offset, $"the expression is nested deeper than {MaxDepth} or has more than {MaxParts} parts", "split it into several rules"));

    private static RefusedException Refuse(int offset, string message, string remedy) => new(new CelProblem(CelProblemKind.Syntax, offset, message, remedy));

    private RefusedException Unexpected(string wanted)
    {
        var found = Current.Kind switch
        {
            CelTokenKind.End => "the end",
            CelTokenKind.String or CelTokenKind.Bytes => "text",
            _ => $"`{Shown.Text(Current.Text, 64)}`",
        };
        return Refuse(Current.Offset, $"{found} stands where {wanted} should stand", "see the section on expressions in docs/policies.md");
    }

    /// <summary>The expression was refused; carries the reason out of the recursion.</summary>
    private sealed class RefusedException(CelProblem problem) : Exception
    {
        public CelProblem Problem { get; } = problem;
    }
}
