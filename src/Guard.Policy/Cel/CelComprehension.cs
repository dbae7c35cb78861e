using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>A macro over the items of a list or the keys of a map.</summary>
internal enum CelMacro
{
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
}

/// <summary>A macro, ready to be evaluated.</summary>
/// <param name="offset">Where it stands.</param>
/// <param name="macro">Which one.</param>
/// <param name="range">The list or map.</param>
/// <param name="slot">Where the item goes.</param>
/// <param name="condition">What is asked of each item; null for a map without one.</param>
/// <param name="transform">What each item becomes; only for map.</param>
internal sealed class CelComprehension(int offset, CelMacro macro, CelNode range, int slot, CelNode? condition, CelNode? transform) : CelNode(offset)
{
    private readonly CelMacro _macro = macro;
    private readonly CelNode _range = range;
    private readonly int _slot = slot;
    private readonly CelNode? _condition = condition;
    private readonly CelNode? _transform = transform;

    protected override CelValue Compute(CelRun run)
    {
        var over = EvaluateNeutrally(_range, run);
        switch (over)
        {
            case CelError:
                return over;
            case CelAbsent:
                return _macro is CelMacro.Map or CelMacro.Filter ? over : CelBool.False;
            case CelList list:
                return Over(list.Items, run);
            case CelMap map:
                return Over([.. map.Entries.Select(e => e.Key)], run);
            default:
                return new CelError($"{CelKinds.Name(over.Kind)} has no items to go through");
        }
    }

    private CelValue Over(ImmutableArray<CelValue> items, CelRun run) => _macro switch
    {
        CelMacro.All => Quantify(items, run, deciding: false),
        CelMacro.Exists => Quantify(items, run, deciding: true),
        CelMacro.ExistsOne => CountOne(items, run),
        _ => Collect(items, run),
    };

    private CelValue Quantify(ImmutableArray<CelValue> items, CelRun run, bool deciding)
    {
        CelError? error = null;
        foreach (var item in items)
        {
            var outcome = Ask(item, run, neutrally: false);
            if (outcome is CelBool boolean)
            {
                if (boolean.Value == deciding)
                {
                    return boolean;
                }
            }
            else
            {
                error ??= (CelError)outcome;
            }

            if (run.Exhausted is not null)
            {
                return run.Exhausted;
            }
        }

        return (CelValue?)error ?? CelBool.Of(!deciding);
    }

    private CelValue CountOne(ImmutableArray<CelValue> items, CelRun run)
    {
        var count = 0;
        foreach (var item in items)
        {
            var outcome = Ask(item, run, neutrally: true);
            if (outcome is CelError)
            {
                return outcome;
            }

            count += outcome == CelBool.True ? 1 : 0;
        }

        return CelBool.Of(count == 1);
    }

    private CelValue Collect(ImmutableArray<CelValue> items, CelRun run)
    {
        var collected = ImmutableArray.CreateBuilder<CelValue>();
        foreach (var item in items)
        {
            var wanted = _condition is null ? CelBool.True : Ask(item, run, neutrally: true);
            if (wanted is CelError)
            {
                return wanted;
            }

            if (wanted == CelBool.False)
            {
                continue;
            }

            run.SetSlot(_slot, item);
            var value = _transform is null ? item : EvaluateNeutrally(_transform, run);
            if (_transform is not null && value is CelError)
            {
                return value;
            }

            if (!run.Create(1))
            {
                return run.Exhausted!;
            }

            collected.Add(value);
        }

        return new CelList(collected.ToImmutable());
    }

    /// <summary>A bool or an error.</summary>
    private CelValue Ask(CelValue item, CelRun run, bool neutrally)
    {
        run.SetSlot(_slot, item);
        var outcome = neutrally ? EvaluateNeutrally(_condition!, run) : _condition!.Evaluate(run);
        return outcome switch
        {
            CelBool or CelError => outcome,
            CelAbsent => CelBool.False,
            _ => new CelError($"the condition for an item gave {CelKinds.Name(outcome.Kind)}, not a bool").At(_condition!.Offset),
        };
    }
}
