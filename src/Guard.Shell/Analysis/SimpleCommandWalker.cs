using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;


/// <summary>Simple commands: expands them in bash's order, writes them down, and applies what builtins and functions do to the shell.</summary>
internal sealed class SimpleCommandWalker(LineWalker walker, IGlobView? view)
{
    private readonly BuiltinWalker _builtins = new(walker, view);

    public Flow Walk(SimpleCommand command, WalkState state)
    {
        var expander = walker.ExpanderIn(state);
        var declares = command.Words is [{ LiteralText: { } first }, ..] && Builtins.Declares(first);
        var words = declares ? ExpandDeclaration(command.Words, expander) : expander.Expand(command.Words);
        var expanded = expander.State;
        var redirects = RedirectExpansion.Expand(command.Redirects, expander);

        // A program's redirects are expanded by the process that becomes it: what they assign is lost, unlike with a builtin.
        if (!ReferenceEquals(expander.State, expanded) && words is not [ExpandedField.Known { Text: "exec" }])
            expander.State = expanded.Join(expander.State);
        var standsAlone = command.Words.IsEmpty || words.IsEmpty;
        var assignments = ExpandAssignments(command.Assignments, expander, out var assigned);
        var input = RedirectExpansion.InputAfter(redirects, state.Input);

        // By the name of a stream it may read what the commands around it read.
        if (!ReferenceEquals(input, state.Input) && input is ShellInput.Other or ShellInput.File { Path: not ExpandedField.Known { Text: not ['/', ..] } })
            walker.Read(state.Input);
        var given = words is [ExpandedField.Known { Text: var reader }, ..] && !state.Functions.ContainsKey(reader) && !Builtins.LeavesInput(reader) && (reader != "exec" || words.Length > 1) ? walker.Read(input) : input;
        var step = new ShellCommand(command.Span, words, assignments, redirects, given, state.Shell.WorkingDirectory) { OutputIsPiped = state.OutputIsPiped, Turn = walker.Turn };

        // Expansions of the words may have assigned; assignments before a name last only as long as the command.
        var shell = standsAlone ? assigned : expander.State;
        var after = ReferenceEquals(shell, state.Shell) ? state : state with { Shell = shell };
        if (standsAlone)
        {
            walker.Emit(step);
            return Flow.Both(after);
        }

        if (step.Name is not { } name)
        {
            walker.Emit(step);
            walker.EmitOpaque(command.Span, OpacityCode.UnknownProgram);

            // It may be a builtin that changes the shell.
            return Flow.Both(after with { Shell = after.Shell.ForgetVariables() with { WorkingDirectory = null } });
        }

        if (state.Functions.TryGetValue(name, out var bodies) && !bodies.IsEmpty)
        {
            walker.Emit(step with { IsFunction = true });
            var inner = after with { Shell = assigned, Input = input, Locals = after.Locals.Clear(), Covered = after.Covered.Union(after.Locals).Union(command.Assignments.Select(static a => a.Name)) };
            var called = walker.Call(bodies, Arguments(words), command.Span, inner);
            var keepsInput = ReferenceEquals(input, state.Input);
            var flow = new Flow(Return(called.Success, state, keepsInput), Return(called.Failure, state, keepsInput));
            foreach (var assignment in command.Assignments)
                flow = new Flow(Forget(flow.Success, assignment.Name), Forget(flow.Failure, assignment.Name));
            flow = OrNotRun(flow, step, after);
            return state.Doubtful.Contains(name) ? Merge(flow, Builtin(step, command, after, assigned)) : flow;
        }

        return Builtin(step, command, after, assigned);
    }

    private Flow Builtin(ShellCommand step, SimpleCommand command, WalkState after, ShellState assigned)
    {
        walker.Emit(step);
        if (command.Assignments.IsEmpty)
            return OrNotRun(_builtins.Walk(step, after), step, after);

        // A builtin works with what is assigned before its name. While it does, bash keeps both values, and unset brings the older one back.
        var inner = after with { Shell = assigned with { Attributed = assigned.Attributed.Union(command.Assignments.Select(a => a.Name)) } };
        var exits = walker.LoopExits.Concat(walker.CallExits).Select(static states => (States: states, states.Count)).ToList();
        var flow = _builtins.Walk(step, inner);
        foreach (var (states, count) in exits)
        {
            // Where it leaves a loop or function, the older values are back as well.
            for (var i = count; i < states.Count; i++)
                states[i] = Uncovered(states[i]);
        }

        if (ReferenceEquals(flow.Success, inner) && ReferenceEquals(flow.Failure, inner))
            return Flow.Both(after);
        return OrNotRun(new Flow(Uncovered(flow.Success), Uncovered(flow.Failure)), step, after);

        WalkState Uncovered(WalkState state)
        {
            foreach (var name in command.Assignments.Select(a => a.Name).Distinct(StringComparer.Ordinal))
            {
                // Some builtins assign to the variable itself where they name it, and other shells than bash keep it behind special ones: those leave it unknown.
                var isTouched = Builtins.Named(step.Words) is not [ExpandedField.Known { Text: var builtin }, ..] words || Builtins.IsSpecial(builtin)
                    || words.Any(w => w is not ExpandedField.Known known || known.Text.Contains(name, StringComparison.Ordinal));
                var variables = isTouched ? state.Shell.Variables.SetItem(name, ShellValue.Unknown)
                    : after.Shell.Variables.TryGetValue(name, out var before) ? state.Shell.Variables.SetItem(name, before) : state.Shell.Variables.Remove(name);
                var attributed = after.Shell.Attributed.Contains(name) ? state.Shell.Attributed : state.Shell.Attributed.Remove(name);
                state = state with { Shell = state.Shell with { Variables = variables, Attributed = attributed } };
            }

            return state;
        }
    }

    private static Flow OrNotRun(Flow flow, ShellCommand step, WalkState before) =>
        step.Redirects.IsEmpty || !RedirectExpansion.MayFail(step.Redirects) ? flow : new Flow(flow.Success, flow.Failure.Join(before));

    // A local variable hides one of the caller, which the function may have set before.
    private static WalkState Return(WalkState inner, WalkState caller, bool keepsInput)
    {
        foreach (var name in inner.Locals)
            inner = Forget(inner, name);
        return inner with { Input = keepsInput ? inner.Input : caller.Input, Locals = caller.Locals, Covered = caller.Covered };
    }

    private static WalkState Forget(WalkState state, string name) => state with { Shell = state.Shell.With(name, ShellValue.Unknown) };

    private static Flow Merge(Flow a, Flow b) => new(a.Success.Join(b.Success), a.Failure.Join(b.Failure));

    private static ImmutableArray<string>? Arguments(ImmutableArray<ExpandedField> words)
    {
        var known = words.Skip(1).OfType<ExpandedField.Known>().Select(w => w.Text).ToImmutableArray();
        return known.Length == words.Length - 1 ? known : null;
    }

    /// <summary>Operands of <c>export</c> and its like that are assignments expand like assignments, unless braces make several words of one first.</summary>
    private static ImmutableArray<ExpandedField> ExpandDeclaration(ImmutableArray<Word> words, WordExpander expander)
    {
        var fields = ImmutableArray.CreateBuilder<ExpandedField>();
        foreach (var word in words)
        {
            if (expander.HasBraces(word) || DeclaredAssignment.TrySplit(word) is not { } declared)
            {
                fields.AddRange(expander.Expand(word));
            }
            else if (declared.Value.Parts is [ArrayPart array])
            {
                var hasKeys = fields.Any(static f => f is ExpandedField.Known { Text: ['-', ..] option } && option.Contains('A', StringComparison.Ordinal));
                AssignmentWalk.Array(array, expander, isCalculated: expander.State.Integers.Contains(declared.Name), hasKeys);
                fields.Add(new ExpandedField.Partial(declared.Prefix, DeclaredAssignment.ArrayEnd));
            }
            else
            {
                fields.Add(Prefix(declared.Prefix, expander.ExpandValue(declared.Value)));
            }
        }

        return fields.ToImmutable();
    }

    private static ExpandedField Prefix(string prefix, ExpandedField value) => value switch
    {
        ExpandedField.Known known => new ExpandedField.Known(prefix + known.Text),
        ExpandedField.Partial partial => partial with { Prefix = prefix + partial.Prefix, IsTame = false },
        _ => new ExpandedField.Partial(prefix, ""),
    };

    private static ImmutableArray<ShellAssignment> ExpandAssignments(ImmutableArray<Assignment> written, WordExpander expander, out ShellState after)
    {
        var before = expander.State;
        if (written.IsEmpty)
        {
            after = before;
            return [];
        }

        var assignments = ImmutableArray.CreateBuilder<ShellAssignment>(written.Length);
        foreach (var assignment in written)
            assignments.Add(AssignmentWalk.Apply(assignment, expander));
        after = expander.State;
        expander.State = before;
        return assignments.MoveToImmutable();
    }
}
