using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;


/// <summary>What bash's builtins do to the shell itself. Programs leave it as it is.</summary>
internal sealed class BuiltinWalker(LineWalker walker, IGlobView? view)
{
    private readonly FolderWalker _folders = new(view, walker.Changes);

    public Flow Walk(ShellCommand step, WalkState state)
    {
        if (Builtins.Named(step.Words) is not { } words)
        {
            // It may be a builtin that changes the shell.
            return Flow.Both(FolderWalker.Lost(state with { Shell = state.Shell.ForgetVariables() }));
        }

        var name = words is [ExpandedField.Known first, ..] ? first.Text : null;
        switch (name)
        {
            case "cd" or "pushd":
                return _folders.ChangeTo(Operands(), state, isPush: name == "pushd");
            case "popd":
                return Flow.Both(FolderWalker.Lost(state));
            case "export" or "declare" or "typeset" or "local" or "readonly":
                return Flow.Both(Declare(step, Operands(), state, name));
            case "unset":
                return Flow.Both(Unset(step, Operands(), state));
            case "read" or "mapfile" or "readarray" or "getopts" or "printf" or "wait":
                return Flow.Both(Fill(step, name, Operands(), state));
            case "let":
                return Flow.Both(Let(step, Operands(), state));
            case "set":
                return Flow.Both(Set(step, Operands(), state));
            case "shift":
                return Flow.Both(state with { Shell = state.Shell with { Positionals = Shifted(Operands(), state.Shell.Positionals) } });
            case "shopt":
                return Flow.Both(ChangeOptions(step, Operands(), state));
            case "hash" when words is [_, ExpandedField.Known { Text: "-r" }]:
                return Flow.Both(state);
            case "alias" or "unalias" or "enable" or "hash" when words.Length > 1:
                walker.EmitOpaque(step.Span, OpacityCode.ReadingChanged);
                return Flow.Both(state);
            case "eval":
                return Evaluate(step, Operands(), state);
            case "trap":
                return Trap(step, Operands(), state);
            case "source" or ".":
                // A script of the project, as if it were run: it may set anything, and is trusted not to move the shell.
                return Flow.Both(state with { Shell = state.Shell.ForgetVariables() });
            case "exit":
                return Flow.Both(state with { Dead = Leaves() });
            case "exec":
                return Flow.Both(state with { Input = step.Input, Dead = Replaces() });
            case "return":
                // Outside a function bash complains and goes on.
                if (!walker.CallExits.TryPeek(out var calls))
                    return new Flow(state with { Dead = true }, state);
                calls.Add(state);
                return Flow.Both(state with { Dead = Leaves() });
            case "break" or "continue":
                foreach (var exits in walker.LoopExits)
                    exits.Add(state);
                return Flow.Both(state with { Dead = walker.LoopExits.Count > 0 && Leaves() });
            case "true" or ":":
                return new Flow(state, state with { Dead = true });
            case "false":
                return new Flow(state with { Dead = true }, state);
            default:
                return Flow.Both(state);
        }

        ImmutableArray<ExpandedField> Operands() => words.RemoveAt(0);

        // With more than one operand bash complains, and with an option it explains; that it leaves then is not counted on.
        bool Leaves() => words is [_] or [_, ExpandedField.Partial { IsTame: true }] || (words is [_, ExpandedField.Known { Text: { Length: > 0 } number }] && number.All(char.IsAsciiDigit));

        // Options alone leave the shell as it is, and unknown words may be none.
        bool Replaces()
        {
            var at = 1;
            while (at < words.Length && words[at] is ExpandedField.Known { Text: "-c" or "-l" or "-cl" or "-lc" or "-a" } option)
                at += option.Text == "-a" ? 2 : 1;
            if (at < words.Length && words[at] is ExpandedField.Known { Text: "--" })
                at++;
            return at < words.Length && words[at] is ExpandedField.Known { Text: not ['-', ..] };
        }
    }

    private WalkState Declare(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state, string builtin)
    {
        var shell = state.Shell;
        var attributes = string.Concat(operands.OfType<ExpandedField.Known>().Select(w => w.Text).Where(w => w.StartsWith('-') || w.StartsWith('+')));
        if (attributes.Contains('n', StringComparison.Ordinal) && builtin != "export")
        {
            walker.EmitOpaque(step.Span, OpacityCode.Indirection);
            return state with { Shell = shell.ForgetVariables() };
        }

        if (attributes.Contains('f', StringComparison.Ordinal) && (builtin == "export" || attributes.Contains('x', StringComparison.Ordinal)))
            HandOnFunctions(step, operands, state);
        var isCalculated = attributes.Contains('i', StringComparison.Ordinal);
        var isPlain = builtin != "readonly" && attributes.All(c => c is '-' or 'x' or 'g' or 'a' or 'p' or 'f');
        foreach (var word in operands)
        {
            if (word is ExpandedField.Unknown || (word is ExpandedField.Partial partial && !partial.Prefix.Contains('=', StringComparison.Ordinal)))
            {
                shell = shell.ForgetVariables();
                continue;
            }

            var (text, isKnown) = word is ExpandedField.Known known ? (known.Text, true) : (((ExpandedField.Partial)word).Prefix, false);
            var sign = text.IndexOf('=', StringComparison.Ordinal);
            var name = (sign < 0 ? text : text[..sign]).TrimEnd('+');
            if (!Characters.IsName(name))
            {
                if (name.Contains('[', StringComparison.Ordinal))
                    walker.EmitOpaque(step.Span, OpacityCode.ArithmeticOnUnknown);
                continue;
            }

            if (builtin == "local" || (builtin is "declare" or "typeset" or "readonly" && !attributes.Contains('g', StringComparison.Ordinal)))
            {
                var wasLocal = state.Locals.Contains(name);
                state = state with { Locals = state.Locals.Add(name) };

                // In a function it is a variable of its own, and no element of an array that has the name outside.
                if (builtin != "readonly" && walker.CallExits.Count > 0 && !wasLocal && shell[name].MayBeArray)
                    shell = shell.With(name, ShellValue.Unset).With(name, ShellValue.Unknown);
            }

            var value = isKnown ? (ExpandedField)new ExpandedField.Known(sign < 0 ? "" : text[(sign + 1)..]) : new ExpandedField.Partial("", "");
            var isArray = word is ExpandedField.Partial { Suffix: DeclaredAssignment.ArrayEnd };
            var mayBeArray = attributes.AsSpan().ContainsAny('a', 'A') || shell[name].MayBeArray;

            // A text in parentheses is read as elements, once more and with all that expands in it.
            if (sign >= 0 && mayBeArray && !isArray && builtin != "export" && (!isKnown || text.AsSpan(sign + 1) is ['(', .., ')']))
                walker.EmitOpaque(step.Span, OpacityCode.UnknownCode);
            if (isArray || mayBeArray)
                shell = shell.With(name, ShellValue.UnknownArray);
            if (isCalculated)
                shell = Calculated(step, state with { Shell = shell }, name, sign < 0 ? null : value);
            else if (!isPlain)
                shell = shell.With(name, sign < 0 ? ShellValue.Unknown : AssignmentWalk.Combine(shell[name], value, append: false)).WithAttribute(name);
            else if (sign >= 0)
                shell = shell.With(name, AssignmentWalk.Combine(shell[name], value, append: text[sign - 1] == '+'));
            else if (builtin is "local" or "declare" or "typeset")
                shell = shell.With(name, ShellValue.Unknown);
        }

        return state with { Shell = shell };
    }

    /// <summary>A variable that only takes numbers: bash evaluates whatever is assigned to it.</summary>
    private ShellState Calculated(ShellCommand step, WalkState state, string name, ExpandedField? value)
    {
        var expander = walker.ExpanderIn(state);
        if (value is not null)
            expander.Calculate(value, step.Span);
        var after = expander.State.WithAttribute(name) with { Integers = state.Shell.Integers.Add(name) };

        // Only here is it certain that it is a number.
        return value is null ? after : after with { Variables = after.Variables.SetItem(name, ShellValue.Number) };
    }

    /// <summary>Functions that shells started by the line can call: they run there in a state that is not known.</summary>
    private void HandOnFunctions(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        var names = operands.All(o => o is ExpandedField.Known) ? operands.Select(o => ((ExpandedField.Known)o).Text).Where(state.Functions.ContainsKey) : state.Functions.Keys;
        var turn = walker.BeginTurn(lasts: true);
        foreach (var name in names)
            walker.Call(state.Functions[name], null, step.Span, FolderWalker.Lost(state with { Shell = state.Shell.ForgetVariables() }));
        walker.Turn = turn;
    }

    /// <summary>The array of <c>name[number]</c>, which there is nothing to calculate in; null for any other text.</summary>
    private static string? ElementName(string text)
    {
        var opening = text.IndexOf('[', StringComparison.Ordinal);
        if (opening <= 0 || !text.EndsWith(']') || !Characters.IsName(text.AsSpan(0, opening)))
            return null;
        return ShellValue.Of(text[(opening + 1)..^1]) is { IsTame: true } ? text[..opening] : null;
    }

    private WalkState Let(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        if (operands.Any(o => o is not ExpandedField.Known))
        {
            walker.EmitOpaque(step.Span, OpacityCode.ArithmeticOnUnknown);
            return state with { Shell = state.Shell.ForgetVariables() };
        }

        var expander = walker.ExpanderIn(state);
        foreach (var operand in operands)
            expander.Evaluate(((ExpandedField.Known)operand).Text, step.Span);
        return state with { Shell = expander.State };
    }

    private WalkState Unset(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        var onlyFunctions = operands is [ExpandedField.Known { Text: "-f" }, ..];
        foreach (var operand in operands)
        {
            if (onlyFunctions && operand is ExpandedField.Known { Text: var function })
            {
                // One that is read-only stays.
                state = state with { Doubtful = state.Doubtful.Add(function) };
                continue;
            }

            if (operand is ExpandedField.Known { Text: var element } && ElementName(element) is { } array)
            {
                state = state with { Shell = state.Shell.With(array, ShellValue.UnknownArray) };
                continue;
            }

            if (operand is not ExpandedField.Known { Text: var name } || (!name.StartsWith('-') && !Characters.IsName(name)))
            {
                walker.EmitOpaque(step.Span, OpacityCode.ArithmeticOnUnknown);
                return state with { Shell = state.Shell.ForgetVariables() };
            }

            if (!name.StartsWith('-'))
            {
                // bash's default splitting differs from an unset IFS only in name. Of a caller's own variable nothing is left, and the one that it hid is back.
                var value = state.Shell.Attributed.Contains(name) || name == "IFS" || state.Covered.Contains(name) ? ShellValue.Unknown : ShellValue.Unset;
                state = state with { Shell = state.Shell.With(name, value), Doubtful = state.Doubtful.Add(name) };
            }
        }

        return state;
    }

    /// <summary>Builtins that store what they read or make in the variables that are named on them.</summary>
    private WalkState Fill(ShellCommand step, string name, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        if (name is "printf" or "wait" && !operands.Any(o => o is not ExpandedField.Known { Text: var text } || text.StartsWith('-')))
            return state;
        if (name == "printf" && operands is [ExpandedField.Known { Text: not "-v" } format, ..] && !format.Text.StartsWith("-v", StringComparison.Ordinal))
            return state;
        foreach (var operand in operands)
        {
            // The number of a process, or nothing.
            if (name == "wait" && operand is ExpandedField.Partial { IsTame: true } or ExpandedField.Unknown { IsTame: true })
                continue;
            if (operand is not ExpandedField.Known { Text: var text })
            {
                walker.EmitOpaque(step.Span, OpacityCode.Indirection);
                return state with { Shell = state.Shell.ForgetVariables() };
            }

            if (ElementName(text) is { } array)
                state = state with { Shell = state.Shell.With(array, ShellValue.UnknownArray) };
            else if (text.Contains('[', StringComparison.Ordinal) && Characters.IsNameStart(text[0]))
                walker.EmitOpaque(step.Span, OpacityCode.ArithmeticOnUnknown);
            var isOption = text.StartsWith('-');

            // What mapfile calls for every few lines.
            if (isOption && name is "mapfile" or "readarray" && text.Contains('C', StringComparison.Ordinal))
                walker.EmitOpaque(step.Span, OpacityCode.UnknownCode);

            // An array's name may stand in the word of its option, behind other letters.
            var variable = text.StartsWith("-v", StringComparison.Ordinal) ? text[2..] : isOption ? text[(text.IndexOf('a', StringComparison.Ordinal) + 1)..] : text;
            if (state.Shell.Integers.Contains(variable))
                walker.EmitOpaque(step.Span, OpacityCode.ArithmeticOnUnknown);
            if (Characters.IsName(variable))
                state = state with { Shell = state.Shell.With(variable, name is "read" or "mapfile" or "readarray" ? ShellValue.UnknownArray : ShellValue.Unknown) };
        }

        return state;
    }

    private WalkState Set(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i] is not ExpandedField.Known { Text: var text })
            {
                walker.EmitOpaque(step.Span, OpacityCode.ReadingChanged);
                return state with { Shell = state.Shell with { Positionals = null, DefaultOptions = false } };
            }

            if (text is "--" || text.Length == 0 || text[0] is not ('-' or '+'))
            {
                var rest = operands.Skip(text == "--" ? i + 1 : i).ToList();
                var known = rest.OfType<ExpandedField.Known>().Select(f => f.Text).ToImmutableArray();
                return state with { Shell = state.Shell with { Positionals = known.Length == rest.Count ? known : null } };
            }

            var letters = text.AsSpan(1);
            if (letters.IndexOfAny('k', 'n', 'P') >= 0 || letters.IndexOfAny('f', 'B', 'T') >= 0)
                state = ChangedReading(step, state, letters.IndexOfAny('k', 'n', 'T') >= 0 || (text[0] == '+' && letters.Contains('B')));
            if (letters.Contains('a'))
                state = state with { ExportsAll = text[0] == '-' };
            if (!letters.Contains('o') || i + 1 >= operands.Length)
                continue;
            i++;
            if (operands[i] is not ExpandedField.Known { Text: "pipefail" or "errexit" or "nounset" or "xtrace" or "verbose" or "noclobber" })
                state = ChangedReading(step, state, opaque: true);
        }

        return state;
    }

    private WalkState ChangeOptions(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        var changes = operands.Any(o => o is not ExpandedField.Known { Text: var text } || (text.StartsWith('-') && text.AsSpan().IndexOfAny("suo") >= 0));
        if (!changes)
            return state;
        var harmless = operands.All(o => o is ExpandedField.Known { Text: "-s" or "-u" or "-q" or "nullglob" or "dotglob" or "globstar" or "failglob" or "nocaseglob" or "inherit_errexit" });
        return ChangedReading(step, state, opaque: !harmless);
    }

    private WalkState ChangedReading(ShellCommand step, WalkState state, bool opaque)
    {
        if (opaque)
            walker.EmitOpaque(step.Span, OpacityCode.ReadingChanged);
        return state with { Shell = state.Shell with { DefaultOptions = false } };
    }

    private static ImmutableArray<string>? Shifted(ImmutableArray<ExpandedField> operands, ImmutableArray<string>? positionals) =>
        operands.IsEmpty && positionals is { Length: > 0 } some ? some.RemoveAt(0) : null;

    private Flow Evaluate(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        if (operands.Any(o => o is not ExpandedField.Known))
        {
            walker.EmitOpaque(step.Span, OpacityCode.UnknownCode);
            return Flow.Both(FolderWalker.Lost(state with { Shell = state.Shell.ForgetVariables() }));
        }

        var texts = operands.Select(o => ((ExpandedField.Known)o).Text).SkipWhile((t, i) => i == 0 && t == "--");
        return walker.WalkText(string.Join(' ', texts), step.Span, state with { Input = step.Input });
    }

    /// <summary>The text runs later, in a state that is not known then; it is shown where it is set.</summary>
    private Flow Trap(ShellCommand step, ImmutableArray<ExpandedField> operands, WalkState state)
    {
        var code = operands.SkipWhile(o => o is ExpandedField.Known { Text: "--" }).ToList();
        if (code is [] or [ExpandedField.Known { Text: "-" or "" or "-l" or "-p" }, ..])
            return Flow.Both(state);
        if (code[0] is not ExpandedField.Known { Text: var text })
        {
            walker.EmitOpaque(step.Span, OpacityCode.UnknownCode);
            return Flow.Both(state);
        }

        var turn = walker.BeginTurn(lasts: true);
        walker.WalkText(text, step.Span, FolderWalker.Lost(state with { Shell = state.Shell.ForgetVariables() }));
        walker.Turn = turn;

        // At the end of the shell it changes nothing any more; at any other time what follows goes on with what it leaves.
        if (code.Skip(1).All(static signal => signal is ExpandedField.Known { Text: "EXIT" or "0" }))
            return Flow.Both(state);
        if (walker.ChangedVariables(text, step.Span, state) is not { } changed)
            walker.EmitOpaque(step.Span, OpacityCode.ReadingChanged);
        else
            state = state with { Shell = changed.Aggregate(state.Shell, static (shell, name) => shell.WithAttribute(name)) };
        return Flow.Both(state);
    }
}
