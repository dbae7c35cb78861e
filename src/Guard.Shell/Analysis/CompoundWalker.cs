using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>Compound commands: groups, branches, loops, arithmetic and conditions. Every branch is walked, and what is known behind it is what all of them agree on.</summary>
internal sealed class CompoundWalker(LineWalker walker, AnalysisLimits limits)
{
    public Flow Walk(CompoundCommand command, WalkState state)
    {
        var inner = state;
        var mayNotRun = false;
        if (!command.Redirects.IsEmpty)
        {
            var expander = walker.ExpanderIn(state);
            var redirects = RedirectExpansion.Expand(command.Redirects, expander);
            mayNotRun = RedirectExpansion.MayFail(redirects);
            inner = state with { Shell = expander.State, Input = RedirectExpansion.InputAfter(redirects, state.Input) };
            walker.Emit(new ShellRedirection(command.Span, redirects, state.Shell.WorkingDirectory) { Turn = walker.Turn });
        }

        var flow = command switch
        {
            Group group => walker.Walk(group.Body, inner),
            Subshell subshell => WalkSubshell(subshell, inner),
            IfCommand conditional => WalkIf(conditional, inner),
            ForCommand loop => WalkFor(loop.Span, loop.Variable, loop.Words, loop.Body, inner, unroll: true),
            SelectCommand loop => WalkFor(loop.Span, loop.Variable, loop.Words, loop.Body, inner, unroll: false),
            LoopCommand loop => WalkLoop(loop, inner),
            ArithmeticForCommand loop => WalkArithmeticFor(loop, inner),
            CaseCommand choice => WalkCase(choice, inner),
            ArithmeticCommand arithmetic => WalkArithmetic(arithmetic.Span, [arithmetic.Expression], inner),
            ConditionCommand condition => WalkCondition(condition, inner),
            _ => throw new InvalidOperationException("An unknown kind of command."),
        };
        if (mayNotRun)
            flow = new Flow(flow.Success, flow.Failure.Join(inner));

        // What "exec" did to standard input stays, unless the command had its own.
        return ReferenceEquals(inner.Input, state.Input) ? flow : new Flow(flow.Success with { Input = state.Input }, flow.Failure with { Input = state.Input });
    }

    private Flow WalkSubshell(Subshell subshell, WalkState state)
    {
        walker.Walk(subshell.Body, state);
        return Flow.Both(state);
    }

    private Flow WalkIf(IfCommand conditional, WalkState state)
    {
        Flow? result = null;
        var next = state;
        foreach (var branch in conditional.Branches)
        {
            var condition = walker.Walk(branch.Condition, next);
            result = Merge(result, walker.Walk(branch.Body, condition.Success));
            next = condition.Failure;
        }

        return Merge(result, conditional.Else is null ? Flow.Both(next) : walker.Walk(conditional.Else, next));
    }

    private Flow WalkCase(CaseCommand choice, WalkState state)
    {
        var expander = walker.ExpanderIn(state);
        var subject = expander.ExpandText(choice.Subject);
        Flow? result = null;
        WalkState? falling = null;

        // In which patterns are compared: as at the beginning, or as a clause leaves it after which comparing goes on.
        var comparing = state with { Shell = expander.State };
        foreach (var clause in choice.Clauses)
        {
            expander = walker.ExpanderIn(comparing);
            bool? matches = false;
            foreach (var pattern in clause.Patterns)
            {
                var one = subject is ExpandedField.Known known ? expander.Matches(pattern, known.Text) : VisitPattern(expander, pattern);
                matches = matches == true || one == true ? true : matches is null || one is null ? null : false;
            }

            comparing = comparing with { Shell = expander.State };

            // With everything known a clause that cannot match is still shown only if another falls into it.
            var reachable = matches != false || falling is not null;
            if (!reachable)
                continue;
            var start = falling?.Join(comparing) ?? comparing;
            var flow = clause.Body is null ? Flow.Both(start) : walker.Walk(clause.Body, start);
            falling = clause.End == CaseEnd.FallThrough ? flow.Either : null;
            if (clause.End == CaseEnd.TestNext)
                comparing = comparing.Join(flow.Either);
            result = Merge(result, flow);
            if (matches == true && clause.End == CaseEnd.Leave)
                return result;
        }

        return Merge(result, Flow.Both(comparing));
    }

    private static bool? VisitPattern(WordExpander expander, Word pattern)
    {
        expander.Visit(pattern);
        return pattern.LiteralText == "*" ? true : null;
    }

    private Flow WalkFor(SourceSpan span, string variable, ImmutableArray<Word>? words, CommandList body, WalkState state, bool unroll)
    {
        var expander = walker.ExpanderIn(state);
        ImmutableArray<ExpandedField> values = words is { } written
            ? expander.Expand(written)
            : state.Shell.Positionals is { } positionals ? [.. positionals.Select(p => new ExpandedField.Known(p))] : [ExpandedField.Unknown.Instance];
        state = state with { Shell = expander.State };
        walker.Emit(new VariableSet(span, variable));
        if (state.Shell.Integers.Contains(variable) && !values.All(IsTame))
            walker.EmitOpaque(span, OpacityCode.ArithmeticOnUnknown);
        if (!unroll || values.Length > limits.LoopRounds || values.Any(v => v is ExpandedField.Unknown))
        {
            var value = unroll && values.All(IsTame) ? ShellValue.Tame : ShellValue.Unknown;
            return WalkRounds(state, s => walker.Walk(body, s with { Shell = s.Shell.With(variable, value) }));
        }

        walker.LoopExits.Push([]);
        var after = state;
        foreach (var value in values)
        {
            var known = value is ExpandedField.Known { Text: var text } ? ShellValue.Of(text) : IsTame(value) ? ShellValue.Tame : ShellValue.Unknown;
            after = walker.Walk(body, after with { Shell = after.Shell.With(variable, known) }).Either;
            after = walker.LoopExits.Peek().Aggregate(after, (joined, exit) => joined.Join(exit));
        }

        walker.LoopExits.Pop();
        return Flow.Both(after);
    }

    private static bool IsTame(ExpandedField value) => value switch
    {
        ExpandedField.Known { Text: var text } => ShellValue.Of(text).IsTame,
        ExpandedField.Partial partial => partial.IsTame,
        ExpandedField.Unknown unknown => unknown.IsTame,
        _ => false,
    };

    private Flow WalkLoop(LoopCommand loop, WalkState state) => WalkRounds(state, s =>
    {
        var condition = walker.Walk(loop.Condition, s);
        var body = walker.Walk(loop.Body, loop.IsUntil ? condition.Failure : condition.Success);
        var left = loop.IsUntil ? condition.Success : condition.Failure;
        return Flow.Both(left.Join(body.Either));
    });

    private Flow WalkArithmeticFor(ArithmeticForCommand loop, WalkState state)
    {
        state = WalkArithmetic(loop.Span, [loop.Start], state).Either;
        return WalkRounds(state, s =>
        {
            var tested = WalkArithmetic(loop.Span, [loop.Condition], s).Either;
            var body = walker.Walk(loop.Body, tested).Either;
            return Flow.Both(tested.Join(WalkArithmetic(loop.Span, [loop.Step], body).Either));
        });
    }

    /// <summary>A body that runs any number of times: what it changes is forgotten first, then it is walked once.</summary>
    private Flow WalkRounds(WalkState state, Func<WalkState, Flow> round)
    {
        // Where the shell has left nothing flows on, so that rounds would never agree; what cannot run is followed as if it could.
        var head = state with { Dead = false };
        var turn = walker.BeginTurn(lasts: false);
        walker.Silent++;
        for (var i = 0; ; i++)
        {
            var next = head.Join(WalkRound(head, round));
            if (next.Agrees(head))
                break;
            head = i < 2 ? next : next with { Shell = next.Shell.ForgetVariables() with { WorkingDirectory = null } };
            if (i == 3 || walker.IsExhausted)
                break;
        }

        walker.Silent--;
        var after = head.Join(WalkRound(head, round));
        walker.Turn = turn;
        return Flow.Both(state.Dead ? after with { Dead = true } : after);
    }

    private WalkState WalkRound(WalkState state, Func<WalkState, Flow> round)
    {
        walker.LoopExits.Push([]);
        var after = round(state).Either;
        return walker.LoopExits.Pop().Aggregate(after, (joined, exit) => joined.Join(exit));
    }

    private Flow WalkArithmetic(SourceSpan span, ImmutableArray<Word> expressions, WalkState state)
    {
        var expander = walker.ExpanderIn(state);
        foreach (var expression in expressions)
            expander.Evaluate(expression);
        var after = state with { Shell = expander.State };
        walker.Emit(new ShellCommand(span, [new ExpandedField.Known("((")], [], [], state.Input, state.Shell.WorkingDirectory) { OutputIsPiped = state.OutputIsPiped });
        return Flow.Both(after);
    }

    private Flow WalkCondition(ConditionCommand command, WalkState state)
    {
        var expander = walker.ExpanderIn(state);
        var before = state.Shell;
        var words = ImmutableArray.CreateBuilder<ExpandedField>();
        words.Add(new ExpandedField.Known("[["));
        ConditionWalk.Visit(command.Condition, expander, words);
        words.Add(new ExpandedField.Known("]]"));
        walker.Emit(new ShellCommand(command.Span, words.ToImmutable(), [], [], state.Input, state.Shell.WorkingDirectory) { OutputIsPiped = state.OutputIsPiped });

        // Its parts are skipped when an earlier part decides.
        return Flow.Both(state with { Shell = before.Join(expander.State) });
    }

    private static Flow Merge(Flow? a, Flow b) => a is null ? b : new Flow(a.Success.Join(b.Success), a.Failure.Join(b.Failure));
}
