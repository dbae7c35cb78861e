using System.Collections.Immutable;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Cel;

/// <summary>
/// Resolves names, expands macros and finds mistakes before anything is evaluated. What is wrong becomes an error value at
/// its place, so that a checked expression and an unchecked one differ in nothing but the reports.
/// </summary>
internal sealed class CelChecker(CelEnvironment environment)
{
    private readonly List<CelProblem> _problems = [];
    private readonly Stack<(string Name, int Slot, CelType Type)> _locals = new();
    // The operand that a member is being taken of: then only the member is read, not the whole.
    private CelSyntax? _selected;
    private readonly ImmutableHashSet<string>.Builder _reads = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);

    public IReadOnlyList<CelProblem> Problems => _problems;

    /// <summary>How many places the macros need for their items.</summary>
    public int Slots { get; private set; }

    public ImmutableHashSet<string> Reads => _reads.ToImmutable();

    public (CelNode Node, CelType Type) Check(CelSyntax syntax) => syntax switch
    {
        CelLiteral literal => (new CelConstant(literal.Offset, literal.Value), TypeOf(literal.Value)),
        CelName name => CheckName(name),
        CelSelect select => CheckSelect(select),
        CelCall call => CheckCall(call),
        CelListLiteral list => CheckList(list),
        CelMapLiteral map => CheckMap(map),
        _ => Wrong(CelProblemKind.Syntax, syntax.Offset, "the expression cannot be read", "write another one"),
    };

    private static CelType TypeOf(CelValue value) => value.Kind switch
    {
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.Uint => CelType.Uint,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        CelKind.Null => CelType.Null,
        _ => CelType.Dyn,
    };

    private (CelNode, CelType) Wrong(CelProblemKind kind, int offset, string message, string remedy)
    {
        _problems.Add(new CelProblem(kind, offset, message, remedy));
        return (new CelConstant(offset, new CelError(message, offset)), CelType.Dyn);
    }

    private (CelNode, CelType) CheckName(CelName name)
    {
        if (!name.Absolute && Local(name.Name) is { } local)
        {
            return (new CelLocal(name.Offset, local.Slot), local.Type);
        }

        if (Variable(name.Offset, name.Name) is { } variable)
        {
            if (!ReferenceEquals(name, _selected))
            {
                _reads.Add($"{name.Name}.*");
            }

            return variable;
        }

        if (CelKinds.Denotations.TryGetValue(name.Name, out var kind))
        {
            return (new CelConstant(name.Offset, new CelTypeValue(kind)), CelType.Type);
        }

        IEnumerable<string> known = [.. environment.Variables.Select(v => v.Name), .. _locals.Select(l => l.Name)];
        return Wrong(CelProblemKind.UnknownName, name.Offset, $"there is no variable `{Shown.Text(name.Name, 64)}` here", Nearest.Remedy(name.Name, [.. known]));
    }

    private (string Name, int Slot, CelType Type)? Local(string name)
    {
        foreach (var local in _locals)
        {
            if (local.Name == name)
            {
                return local;
            }
        }

        return null;
    }

    private (CelNode, CelType)? Variable(int offset, string name)
    {
        var index = environment.IndexOf(name);
        if (index < 0)
        {
            return null;
        }

        _reads.Add(name);
        return (new CelVariable(offset, name, index), environment.Variables[index].Type);
    }

    private (CelNode, CelType) CheckSelect(CelSelect select)
    {
        // The longest dotted name that is declared wins.
        if (Path(select) is { } path)
        {
            if (Variable(select.Offset, path) is { } variable)
            {
                return variable;
            }

            if (CelKinds.Denotations.TryGetValue(path, out var kind))
            {
                return (new CelConstant(select.Offset, new CelTypeValue(kind)), CelType.Type);
            }
        }

        _selected = select.Operand;
        var (operand, type) = Check(select.Operand);
        var member = CheckMember(select);
        if (member is null)
        {
            return Wrong(CelProblemKind.UnknownName, select.Offset, $"`{Path(select.Operand)}` has no member `{Shown.Text(select.Field, 64)}`", Nearest.Remedy(select.Field, [.. MembersOf(select.Operand)!.Keys.Order(StringComparer.Ordinal)]));
        }

        if (type.Kind is not (CelKind.Dyn or CelKind.Map))
        {
            return Wrong(CelProblemKind.WrongType, select.Offset, $"{type} has no members, so no `{Shown.Text(select.Field, 64)}`", "members are taken from maps such as `args`");
        }

        return (new CelField(select.Offset, operand, select.Field), type.Kind == CelKind.Map && member.IsDyn ? type.Element! : member);
    }

    /// <summary>The type of a variable's member, dyn where nothing is known, or null where the variable has none of that name.</summary>
    private CelType? CheckMember(CelSelect select)
    {
        if (Path(select.Operand) is { } path && environment.IndexOf(path) >= 0)
        {
            _reads.Add($"{path}.{select.Field}");
        }

        return MembersOf(select.Operand) is { } members ? members.GetValueOrDefault(select.Field) : CelType.Dyn;
    }

    private ImmutableDictionary<string, CelType>? MembersOf(CelSyntax operand) =>
        Path(operand) is { } path && environment.IndexOf(path) is >= 0 and var index ? environment.Variables[index].Members : null;

    // Names joined by dots; null where something else is part of it or a macro's variable stands first.
    private string? Path(CelSyntax syntax) => syntax switch
    {
        CelName name => !name.Absolute && Local(name.Name) is not null ? null : name.Name,
        CelSelect { Quoted: false } select => Path(select.Operand) is { } before ? $"{before}.{select.Field}" : null,
        _ => null,
    };

    private (CelNode, CelType) CheckList(CelListLiteral list)
    {
        var items = list.Items.Select(Check).ToList();
        return (new CelListNode(list.Offset, [.. items.Select(i => i.Node)]), CelType.ListOf(JoinAll(items.Select(i => i.Type))));
    }

    private (CelNode, CelType) CheckMap(CelMapLiteral map)
    {
        var entries = map.Entries.Select(e => (Key: Check(e.Key), Value: Check(e.Value), e.Key.Offset)).ToList();
        foreach (var (key, _, offset) in entries)
        {
            if (key.Type.Kind is not (CelKind.Dyn or CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.String))
            {
                return Wrong(CelProblemKind.WrongType, offset, $"a map's key cannot be of type {key.Type}", "use text, whole numbers or bools");
            }
        }

        var node = new CelMapNode(map.Offset, [.. entries.Select(e => new KeyValuePair<CelNode, CelNode>(e.Key.Node, e.Value.Node))]);
        return (node, CelType.MapOf(JoinAll(entries.Select(e => e.Key.Type)), JoinAll(entries.Select(e => e.Value.Type))));
    }

    private static CelType JoinAll(IEnumerable<CelType> types)
    {
        CelType? joined = null;
        foreach (var type in types)
        {
            joined = joined is null ? type : joined.Join(type);
        }

        return joined ?? CelType.Dyn;
    }

    private (CelNode, CelType) CheckCall(CelCall call) => (call.Function, call.IsMethod, call.Arguments.Length) switch
    {
        ("_&&_", _, _) => CheckLogic(call, deciding: false),
        ("_||_", _, _) => CheckLogic(call, deciding: true),
        ("!_", _, _) => CheckNot(call),
        ("_?_:_", _, _) => CheckConditional(call),
        ("_==_" or "_!=_", _, _) => CheckEquality(call),
        ("has", false, _) => CheckHas(call),
        ("matches", _, 2) => CheckMatches(call),
        ("all", true, 3) => CheckMacro(call, CelMacro.All),
        ("exists", true, 3) => CheckMacro(call, CelMacro.Exists),
        ("exists_one" or "existsOne", true, 3) => CheckMacro(call, CelMacro.ExistsOne),
        ("map", true, 3 or 4) => CheckMacro(call, CelMacro.Map),
        ("filter", true, 3) => CheckMacro(call, CelMacro.Filter),
        _ => CheckFunction(call),
    };

    private (CelNode, CelType) CheckLogic(CelCall call, bool deciding)
    {
        var operands = call.Arguments.Select(a => Condition(a, deciding ? "||" : "&&")).ToImmutableArray();
        return (new CelLogic(call.Offset, operands, deciding), CelType.Bool);
    }

    private (CelNode, CelType) CheckNot(CelCall call) => (new CelNot(call.Offset, Condition(call.Arguments[0], "!")), CelType.Bool);

    private (CelNode, CelType) CheckConditional(CelCall call)
    {
        var condition = Condition(call.Arguments[0], "? :");
        var (then, thenType) = Check(call.Arguments[1]);
        var (otherwise, otherwiseType) = Check(call.Arguments[2]);
        return (new CelConditional(call.Offset, condition, then, otherwise), thenType.Join(otherwiseType));
    }

    private CelNode Condition(CelSyntax syntax, string of)
    {
        var (node, type) = Check(syntax);
        if (!type.Fits(CelType.Bool))
        {
            _problems.Add(new CelProblem(CelProblemKind.WrongType, syntax.Offset, $"`{of}` is applied to {type}", "compare it with something"));
        }

        return node;
    }

    private (CelNode, CelType) CheckEquality(CelCall call)
    {
        var (left, leftType) = Check(call.Arguments[0]);
        var (right, rightType) = Check(call.Arguments[1]);
        if (!leftType.Fits(rightType) && leftType.Kind != CelKind.Null && rightType.Kind != CelKind.Null && !(CelKinds.IsNumber(leftType.Kind) && CelKinds.IsNumber(rightType.Kind)))
        {
            _problems.Add(new CelProblem(CelProblemKind.WrongType, call.Offset, $"{leftType} and {rightType} are never equal", "compare values of one type; convert with int(…), string(…)"));
        }

        return (call.Function == "_==_"
            ? new CelInvocation(call.Offset, CelFunctions.Find("_==_", isMethod: false)!, [left, right], isTest: true)
            : new CelNotEqual(call.Offset, left, right), CelType.Bool);
    }

    private (CelNode, CelType) CheckHas(CelCall call)
    {
        if (call.Arguments is not [CelSelect select])
        {
            return Wrong(CelProblemKind.WrongArguments, call.Offset, "`has` takes one member", "write for example `has(args.timeout)`");
        }

        _selected = select.Operand;
        var (operand, type) = Check(select.Operand);
        if (type.Kind is not (CelKind.Dyn or CelKind.Map))
        {
            return Wrong(CelProblemKind.WrongType, select.Offset, $"{type} has no members, so no `{Shown.Text(select.Field, 64)}`", "members are taken from maps such as `args`");
        }

        return CheckMember(select) is null
            ? Wrong(CelProblemKind.UnknownName, select.Offset, $"`{Path(select.Operand)}` has no member `{Shown.Text(select.Field, 64)}`", Nearest.Remedy(select.Field, [.. MembersOf(select.Operand)!.Keys.Order(StringComparer.Ordinal)]))
            : (new CelHas(call.Offset, operand, select.Field), CelType.Bool);
    }

    private (CelNode, CelType) CheckMatches(CelCall call)
    {
        var (text, type) = Check(call.Arguments[0]);
        if (!type.Fits(CelType.String))
        {
            return Wrong(CelProblemKind.WrongType, call.Offset, $"`matches` is applied to {type}", "apply it to text");
        }

        if (call.Arguments[1] is not CelLiteral { Value: CelString pattern } literal)
        {
            return Wrong(CelProblemKind.BadRegex, call.Arguments[1].Offset, "the regex of `matches` is not written out", "write it as text, for example `args.command.matches('^git (status|diff)')`");
        }

        return CelRegex.Parse(pattern.Value, out var problem) is { } regex
            ? (new CelMatches(call.Offset, text, regex), CelType.Bool)
            : Wrong(CelProblemKind.BadRegex, literal.Offset, $"`{Shown.Text(pattern.Value, 100)}` is no regex: {Shown.Text(problem!)}", "write it in RE2's syntax; look-around and back references are not supported, because matching must take linear time");
    }

    private (CelNode, CelType) CheckMacro(CelCall call, CelMacro macro)
    {
        var (range, type) = Check(call.Arguments[0]);
        if (type.Kind is not (CelKind.Dyn or CelKind.List or CelKind.Map))
        {
            return Wrong(CelProblemKind.WrongType, call.Offset, $"`{call.Function}` is applied to {type}", "apply it to a list or a map");
        }

        if (call.Arguments[1] is not CelName { Absolute: false } item)
        {
            return Wrong(CelProblemKind.WrongArguments, call.Arguments[1].Offset, $"the first argument of `{call.Function}` names the item", $"write for example `.{call.Function}(x, x > 1)`");
        }

        var itemType = type.Kind switch { CelKind.List => type.Element!, CelKind.Map => type.Key!, _ => CelType.Dyn };
        var slot = Slots++;
        _locals.Push((item.Name, slot, itemType));
        var hasTransform = macro == CelMacro.Map;
        var condition = !hasTransform || call.Arguments.Length == 4 ? Condition(call.Arguments[2], call.Function) : null;
        var (transform, transformType) = hasTransform ? Check(call.Arguments[^1]) : (null, CelType.Dyn);
        _locals.Pop();
        var result = macro switch
        {
            CelMacro.Map => CelType.ListOf(transformType),
            CelMacro.Filter => CelType.ListOf(itemType),
            _ => CelType.Bool,
        };
        return (new CelComprehension(call.Offset, macro, range, slot, condition, transform), result);
    }

    private (CelNode, CelType) CheckFunction(CelCall call)
    {
        var shown = CelFunction.Shown(call.Function);
        if (CelFunctions.Find(call.Function, call.IsMethod) is not { } function)
        {
            foreach (var argument in call.Arguments)
            {
                _ = Check(argument);
            }

            return Wrong(CelProblemKind.UnknownName, call.Offset, $"there is no {(call.IsMethod ? "method" : "function")} `{Shown.Text(shown, 64)}`{(IsMacro(call) ? " with so many arguments" : "")}", Remedy(call));
        }

        var arguments = call.Arguments.Select(Check).ToList();
        var ofLength = function.Overloads.Where(o => o.Parameters.Length == arguments.Count).ToList();
        if (ofLength.Count == 0)
        {
            var wanted = function.Overloads[0].Parameters.Length - (call.IsMethod ? 1 : 0);
            return Wrong(CelProblemKind.WrongArguments, call.Offset, $"`{shown}` has {arguments.Count - (call.IsMethod ? 1 : 0)} arguments", $"it takes {wanted}");
        }

        var fitting = ofLength.Where(o => o.Parameters.Select((p, i) => arguments[i].Type.Fits(p)).All(fits => fits)).ToList();
        if (fitting.Count == 0)
        {
            return Wrong(CelProblemKind.WrongType, call.Offset, $"`{shown}` cannot be applied to {string.Join(" and ", arguments.Select(a => a.Type))}", Takes(ofLength));
        }

        if (call.IsMethod && arguments.Count == 2 && CelClockFunctions.TakesZone(call.Function) && CheckZone(call.Arguments[1]) is { } wrong)
        {
            return wrong;
        }

        var result = Result(call.Function, fitting, arguments);
        return (new CelInvocation(call.Offset, function, [.. arguments.Select(a => a.Node)], isTest: fitting.TrueForAll(o => o.Result.Kind == CelKind.Bool)), result);
    }

    // Zones are files of the system: which ones are asked for is the policy's choice, not the agent's.
    private (CelNode, CelType)? CheckZone(CelSyntax argument)
    {
        if (argument is not CelLiteral { Value: CelString zone })
        {
            return Wrong(CelProblemKind.WrongArguments, argument.Offset, "the time zone is not written out", "write it as text, for example `now.getHours('Europe/Berlin')`");
        }

        return CelZone.Parse(zone.Value) is null
            ? Wrong(CelProblemKind.WrongArguments, argument.Offset, $"`{Shown.Text(zone.Value, 64)}` is no time zone known here", "write an IANA name, for example `Europe/Berlin`, or an offset such as `+01:00`")
            : null;
    }

    private static CelType Result(string function, List<CelOverload> fitting, List<(CelNode Node, CelType Type)> arguments)
    {
        if (function == "_[_]")
        {
            return arguments[0].Type.Element ?? CelType.Dyn;
        }

        if (function == "_+_" && arguments.TrueForAll(a => a.Type.Kind == CelKind.List))
        {
            return arguments[0].Type.Join(arguments[1].Type);
        }

        return fitting.TrueForAll(o => o.Result == fitting[0].Result) ? fitting[0].Result : CelType.Dyn;
    }

    private static bool IsMacro(CelCall call) => call.IsMethod && call.Function is "all" or "exists" or "exists_one" or "existsOne" or "map" or "filter";

    private static string Remedy(CelCall call)
    {
        if (IsMacro(call))
        {
            return $"write for example `.{call.Function}(x, x > 1)`";
        }

        if (CelFunctions.Find(call.Function, !call.IsMethod) is not null)
        {
            return call.IsMethod ? $"it is a function: `{call.Function}(x)`" : $"it is a method: `x.{call.Function}(…)`";
        }

        string[] names = [.. CelFunctions.Names(call.IsMethod), .. call.IsMethod ? ["all", "exists", "exists_one", "map", "filter", "matches"] : new[] { "has", "matches" }];
        return Nearest.Remedy(call.Function, [.. names.Order(StringComparer.Ordinal)]);
    }

    private static string Takes(List<CelOverload> overloads)
    {
        var shown = overloads.Take(4).Select(o => string.Join(" and ", o.Parameters));
        return $"it takes {string.Join(", or ", shown)}{(overloads.Count > 4 ? " …" : "")}";
    }
}
