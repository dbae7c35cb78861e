using System.Collections.Immutable;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Cel;

/// <summary>A part of an expression, ready to be evaluated. Immutable.</summary>
internal abstract class CelNode(int offset)
{
    public int Offset { get; } = offset;

    /// <summary>The value, or an error; never throws.</summary>
    public CelValue Evaluate(CelRun run)
    {
        if (!run.Step())
        {
            return run.Exhausted!;
        }

        var value = Compute(run);
        return value is CelError { Offset: < 0 } error ? error.At(Offset) : value;
    }

    protected abstract CelValue Compute(CelRun run);

    /// <summary>Evaluates where neither truth nor falsehood of the outcome makes a rule match more: texts compare exactly.</summary>
    protected static CelValue EvaluateNeutrally(CelNode node, CelRun run) => EvaluateAs(node, run, run.Mode == CelTextMode.Standard ? CelTextMode.Standard : CelTextMode.Exact);

    /// <summary>Evaluates under a negation: polarity flips.</summary>
    protected static CelValue EvaluateNegated(CelNode node, CelRun run) => EvaluateAs(node, run, Negated(run.Mode));

    protected static CelTextMode Negated(CelTextMode mode) => mode switch
    {
        CelTextMode.Exact => CelTextMode.Generous,
        CelTextMode.Generous => CelTextMode.Exact,
        _ => CelTextMode.Standard,
    };

    private static CelValue EvaluateAs(CelNode node, CelRun run, CelTextMode mode)
    {
        var before = run.Mode;
        run.Mode = mode;
        var value = node.Evaluate(run);
        run.Mode = before;
        return value;
    }
}

internal sealed class CelConstant(int offset, CelValue value) : CelNode(offset)
{
    private readonly CelValue _value = value;

    public CelValue Value => _value;

    protected override CelValue Compute(CelRun run) => _value;
}

internal sealed class CelVariable(int offset, string name, int index) : CelNode(offset)
{
    private readonly string _name = name;
    private readonly int _index = index;

    protected override CelValue Compute(CelRun run) => run.Variable(_index) ?? new CelError($"`{_name}` has no value here");
}

internal sealed class CelLocal(int offset, int slot) : CelNode(offset)
{
    private readonly int _slot = slot;

    protected override CelValue Compute(CelRun run) => run.Slot(_slot);
}

internal sealed class CelField(int offset, CelNode operand, string field) : CelNode(offset)
{
    private readonly CelNode _operand = operand;
    private readonly string _field = field;

    protected override CelValue Compute(CelRun run) => EvaluateNeutrally(_operand, run) switch
    {
        CelMap map => map.Find(_field) ?? new CelError($"there is no member `{Shown.Text(_field, 64)}`"),
        CelError error => error,
        CelAbsent absent => absent,
        var other => new CelError($"{CelKinds.Name(other.Kind)} has no members, so no `{Shown.Text(_field, 64)}`"),
    };
}

/// <summary><c>has(operand.field)</c></summary>
internal sealed class CelHas(int offset, CelNode operand, string field) : CelNode(offset)
{
    private readonly CelNode _operand = operand;
    private readonly string _field = field;

    protected override CelValue Compute(CelRun run) => EvaluateNeutrally(_operand, run) switch
    {
        CelMap map when map.Find(_field) is CelUnstated unstated => unstated,
        CelMap map => CelBool.Of(map.Find(_field) is not (null or CelAbsent)),
        CelAbsent => CelBool.False,
        CelError error => error,
        var other => new CelError($"{CelKinds.Name(other.Kind)} has no members, so no `{Shown.Text(_field, 64)}`"),
    };
}

internal sealed class CelListNode(int offset, ImmutableArray<CelNode> items) : CelNode(offset)
{
    private readonly ImmutableArray<CelNode> _items = items;

    protected override CelValue Compute(CelRun run)
    {
        var values = ImmutableArray.CreateBuilder<CelValue>(_items.Length);
        foreach (var item in _items)
        {
            var value = EvaluateNeutrally(item, run);
            if (value is CelError)
            {
                return value;
            }

            values.Add(value);
        }

        return run.Create(_items.Length) ? new CelList(values.ToImmutable()) : run.Exhausted!;
    }
}

internal sealed class CelMapNode(int offset, ImmutableArray<KeyValuePair<CelNode, CelNode>> entries) : CelNode(offset)
{
    private readonly ImmutableArray<KeyValuePair<CelNode, CelNode>> _entries = entries;

    protected override CelValue Compute(CelRun run)
    {
        var values = ImmutableArray.CreateBuilder<KeyValuePair<CelValue, CelValue>>(_entries.Length);
        foreach (var (keyNode, valueNode) in _entries)
        {
            var key = EvaluateNeutrally(keyNode, run);
            var value = EvaluateNeutrally(valueNode, run);
            if ((key as CelError ?? value as CelError) is { } error)
            {
                return error;
            }

            values.Add(new(key, value));
        }

        return run.Create(2L * _entries.Length) ? CelMap.Of(values.ToImmutable()) : run.Exhausted!;
    }
}

/// <summary><c>a &amp;&amp; b</c> or <c>a || b</c>. One side that decides absorbs an error of the other, on whichever side it stands.</summary>
internal sealed class CelLogic(int offset, ImmutableArray<CelNode> operands, bool deciding) : CelNode(offset)
{
    private readonly ImmutableArray<CelNode> _operands = operands;
    private readonly bool _deciding = deciding;

    protected override CelValue Compute(CelRun run)
    {
        CelValue? error = null;
        foreach (var operand in _operands)
        {
            var value = operand.Evaluate(run);
            if (value is CelAbsent)
            {
                value = CelBool.False;
            }

            if (value is CelBool boolean)
            {
                if (boolean.Value == _deciding)
                {
                    return boolean;
                }
            }
            else
            {
                error ??= value as CelError ?? new CelError($"`{(_deciding ? "||" : "&&")}` cannot be applied to {CelKinds.Name(value.Kind)}");
            }
        }

        return error ?? CelBool.Of(!_deciding);
    }
}

internal sealed class CelNot(int offset, CelNode operand) : CelNode(offset)
{
    private readonly CelNode _operand = operand;

    protected override CelValue Compute(CelRun run) => EvaluateNegated(_operand, run) switch
    {
        CelBool boolean => CelBool.Of(!boolean.Value),
        CelAbsent => CelBool.True,
        CelError error => error,
        var other => new CelError($"`!` cannot be applied to {CelKinds.Name(other.Kind)}"),
    };
}

internal sealed class CelConditional(int offset, CelNode condition, CelNode then, CelNode otherwise) : CelNode(offset)
{
    private readonly CelNode _condition = condition;
    private readonly CelNode _then = then;
    private readonly CelNode _otherwise = otherwise;

    protected override CelValue Compute(CelRun run) => EvaluateNeutrally(_condition, run) switch
    {
        CelBool boolean => (boolean.Value ? _then : _otherwise).Evaluate(run),
        CelAbsent => _otherwise.Evaluate(run),
        CelError error => error,
        var other => new CelError($"`? :` cannot be applied to {CelKinds.Name(other.Kind)}"),
    };
}

/// <summary><c>a != b</c>: no <c>!</c> of an equality, because with an absent member both are false.</summary>
internal sealed class CelNotEqual(int offset, CelNode left, CelNode right) : CelNode(offset)
{
    private readonly CelNode _left = left;
    private readonly CelNode _right = right;

    protected override CelValue Compute(CelRun run)
    {
        var (a, b) = (EvaluateNeutrally(_left, run), EvaluateNeutrally(_right, run));
        if ((a as CelError ?? b as CelError) is { } error)
        {
            return error;
        }

        if (a is CelAbsent || b is CelAbsent)
        {
            return CelBool.False;
        }

        var before = run.Mode;
        run.Mode = Negated(before);
        var equal = CelComparison.Equal(run, a, b);
        run.Mode = before;
        return equal is CelBool boolean ? CelBool.Of(!boolean.Value) : equal;
    }
}

internal sealed class CelMatches(int offset, CelNode text, CelRegex regex) : CelNode(offset)
{
    private readonly CelNode _text = text;
    private readonly CelRegex _regex = regex;

    protected override CelValue Compute(CelRun run) => EvaluateNeutrally(_text, run) switch
    {
        CelString value => _regex.Match(run, value.Value),
        CelAbsent => CelBool.False,
        CelError error => error,
        var other => new CelError($"`matches` cannot be applied to {CelKinds.Name(other.Kind)}"),
    };
}

internal sealed class CelInvocation(int offset, CelFunction function, ImmutableArray<CelNode> arguments, bool isTest) : CelNode(offset)
{
    private readonly CelFunction _function = function;
    private readonly ImmutableArray<CelNode> _arguments = arguments;
    private readonly bool _isTest = isTest;

    protected override CelValue Compute(CelRun run)
    {
        var values = new CelValue[_arguments.Length];
        var absent = false;
        CelError? error = null;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = EvaluateNeutrally(_arguments[i], run);
            absent |= values[i] is CelAbsent;
            error ??= values[i] as CelError;
        }

        if (error is not null)
        {
            return error;
        }

        return absent ? (_isTest ? CelBool.False : CelAbsent.Instance) : _function.Invoke(run, values) ?? _function.NoOverload(values);
    }
}
