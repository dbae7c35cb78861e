using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;


/// <summary>Follows a tree through every way it might take and writes down what happens on them.</summary>
internal sealed class LineWalker : IExpansionObserver
{
    private readonly AnalysisLimits _limits;
    private readonly IGlobView? _view;
    private readonly SimpleCommandWalker _simple;
    private readonly ImmutableArray<ShellStep>.Builder _steps = ImmutableArray.CreateBuilder<ShellStep>();
    private static readonly ImmutableDictionary<string, ShellValue> NoVariables = ImmutableDictionary.Create<string, ShellValue>(StringComparer.Ordinal);

    private readonly HashSet<ShellInput> _read = new(ReferenceEqualityComparer.Instance);
    private int _silent;
    private int _calls;
    private bool _exhausted;
    private int _turns;

    /// <summary>The state in which a word is being expanded, for the substitutions in it.</summary>
    private WalkState _current = new(new ShellState());

    /// <summary>For text that is evaluated: everything in it is shown as the command that evaluates it.</summary>
    private SourceSpan? _origin;

    public LineWalker(IGlobView? view, AnalysisLimits limits)
    {
        _view = view;
        _limits = limits;
        _simple = new SimpleCommandWalker(this, view);
    }

    /// <summary>What happens, in order; asked for once, at the end.</summary>
    public ImmutableArray<ShellStep> TakeSteps() => _steps.DrainToImmutable();

    /// <summary>See <see cref="LineAnalysis.Work"/>.</summary>
    public int Work { get; private set; }

    public bool IsExhausted => _exhausted;

    /// <summary>Of the steps that are written down now.</summary>
    public int Turn { get; set; }

    /// <summary>What the line may have changed so far of the place that is known.</summary>
    public PlaceChanges Changes { get; } = new();

    /// <summary>States in which a loop's body is left early; innermost loop last.</summary>
    public Stack<List<WalkState>> LoopExits { get; private set; } = new();

    /// <summary>States in which a function is left early; innermost call last.</summary>
    public Stack<List<WalkState>> CallExits { get; } = new();

    public void Run(ShellScript script, ShellState state) => Walk(script.Body, new WalkState(state));

    public void Emit(ShellStep step)
    {
        Work += step is ShellCommand command ? 1 + Weight(command) : 1;
        if (step is ShellCommand run)
            Changes.Note(run);
        else if (step is ShellRedirection redirection)
            Changes.Note(redirection.Redirects, redirection.WorkingDirectory);
        if (Work > _limits.Steps)
        {
            if (!_exhausted)
                _steps.Add(new OpaqueStep(step.Span, OpacityCode.TooManySteps));
            _exhausted = true;
            return;
        }

        if (_silent == 0)
            _steps.Add(_origin is { } origin ? ShownAt(origin, step) : step);
    }

    /// <summary>A step of an evaluated text: no place in that text is one in the line.</summary>
    private static ShellStep ShownAt(SourceSpan origin, ShellStep step) => step switch
    {
        ShellCommand command => command with { Span = origin, Assignments = ShownAt(origin, command.Assignments), Redirects = ShownAt(origin, command.Redirects) },
        ShellRedirection redirection => redirection with { Span = origin, Redirects = ShownAt(origin, redirection.Redirects) },
        _ => step with { Span = origin },
    };

    private static ImmutableArray<ShellAssignment> ShownAt(SourceSpan origin, ImmutableArray<ShellAssignment> assignments) =>
        assignments.IsEmpty ? assignments : [.. assignments.Select(assignment => assignment with { Span = origin })];

    private static ImmutableArray<ShellRedirect> ShownAt(SourceSpan origin, ImmutableArray<ShellRedirect> redirects) =>
        redirects.IsEmpty ? redirects : [.. redirects.Select(redirect => redirect with { Span = origin })];

    /// <summary>Values can grow with each use, so that few commands could stand for much text.</summary>
    private static int Weight(ShellCommand command)
    {
        var characters = 0;
        foreach (var word in command.Words)
            characters += word is ExpandedField.Known known ? known.Text.Length : 0;
        foreach (var assignment in command.Assignments)
            characters += assignment.Value is ExpandedField.Known known ? known.Text.Length : 0;
        return (command.Words.Length / 16) + (characters / 256);
    }

    public void EmitOpaque(SourceSpan span, OpacityCode code) => Emit(new OpaqueStep(span, code));

    /// <summary>An expander that works in a state; substitutions it meets are walked in that state.</summary>
    public WordExpander ExpanderIn(WalkState state)
    {
        _current = state;
        return new WordExpander(state.Shell, this, Changes.HasNewLinks ? null : _view) { MadeFiles = Changes.Made };
    }

    public Flow Walk(CommandList list, WalkState state)
    {
        var flow = Flow.Both(state);
        foreach (var item in list.Items)
        {
            if (_exhausted)
                break;
            var before = flow.Either;
            if (item.Background)
            {
                var turn = BeginTurn(lasts: true);
                Walk(item.Command, before with { Input = before.Input is ShellInput.Inherited ? ShellInput.Other.Instance : before.Input });
                Turn = turn;
                flow = Flow.Both(before);
            }
            else
            {
                flow = Walk(item.Command, before);
            }
        }

        return flow;
    }

    /// <summary>What is walked now may happen in another order than it is written down, until the turn is set to what is returned.</summary>
    public int BeginTurn(bool lasts)
    {
        var outer = Turn;
        Turn = lasts ? ShellStep.AnyTimeLater : outer == ShellStep.InOrder ? ++_turns : outer;
        return outer;
    }

    /// <summary>A text handed to the shell itself, as by <c>eval</c>. What is not understood is opaque and leaves nothing known.</summary>
    public Flow WalkText(string text, SourceSpan span, WalkState state)
    {
        var parsed = ShellParser.Parse(text);
        if (parsed.Script is null || ++_calls > _limits.Calls)
        {
            EmitOpaque(span, parsed.Script is null ? OpacityCode.UnknownCode : OpacityCode.Recursion);
            return Flow.Both(state with { Shell = state.Shell.ForgetVariables() with { WorkingDirectory = null } });
        }

        var outer = _origin;
        _origin = outer ?? span;
        var flow = Walk(parsed.Script.Body, state);
        _origin = outer;
        _calls--;
        return flow;
    }

    /// <summary>The variables that a text may assign to which runs at some other time; null if it changes more of the shell than those.</summary>
    public IReadOnlyList<string>? ChangedVariables(string text, SourceSpan span, WalkState state)
    {
        // No variable is set at the start, so that whatever is assigned shows, and what else there is would be seen to change.
        const string Somewhere = "/\uFDD1";
        var before = state with
        {
            Shell = new ShellState { Variables = NoVariables.Add("IFS", ShellValue.Of(Somewhere)), WorkingDirectory = Somewhere, Positionals = [Somewhere], Integers = state.Shell.Integers },
            Dead = false,
        };
        _silent++;
        var after = WalkText(text, span, before).Either;
        _silent--;
        if (after.Dead)
            return [];
        var changed = after.Shell.Variables.Where(v => v.Key != "IFS" || !Equals(v.Value, ShellValue.Of(Somewhere))).Select(static v => v.Key).ToList();
        var rest = after with { Shell = after.Shell with { Variables = before.Shell.Variables } };
        return rest.Agrees(before) && rest.Shell.Positionals is [Somewhere] && ReferenceEquals(rest.Functions, before.Functions) ? changed : null;
    }

    /// <summary>Input that several commands read in turn: the first has all of it, those behind it what is left.</summary>
    public ShellInput Read(ShellInput input)
    {
        if (input is not (ShellInput.Text or ShellInput.Pipe) || _read.Add(input))
            return input;
        return input is ShellInput.Pipe pipe ? pipe with { IsRest = true } : new ShellInput.Text(new ExpandedField.Partial("", ""));
    }

    /// <summary>Calls every function that a name may mean.</summary>
    public Flow Call(ImmutableArray<FunctionDefinition> bodies, ImmutableArray<string>? arguments, SourceSpan span, WalkState state)
    {
        if (++_calls > _limits.Calls)
        {
            _calls--;
            EmitOpaque(span, OpacityCode.Recursion);
            return Flow.Both(state with { Shell = state.Shell.ForgetVariables() with { WorkingDirectory = null } });
        }

        // What leaves a loop within a function leaves none of its caller's.
        var loops = LoopExits;
        LoopExits = new();
        Flow? result = null;
        foreach (var body in bodies)
        {
            CallExits.Push([]);
            var inner = Walk(body.Body, state with { Shell = state.Shell with { Positionals = arguments } });
            var exits = CallExits.Pop();
            var left = exits.Aggregate((WalkState?)null, (joined, exit) => joined?.Join(exit) ?? exit);
            if (left is not null)
                inner = Flow.Both(inner.Either.Join(left));
            result = result is null ? inner : new Flow(result.Success.Join(inner.Success), result.Failure.Join(inner.Failure));
        }

        _calls--;
        LoopExits = loops;
        result ??= Flow.Both(state);
        return new Flow(Returned(result.Success), Returned(result.Failure));

        // Positional parameters are the caller's again; what the function set stays, its standard input too.
        WalkState Returned(WalkState after) => after with
        {
            Shell = after.Shell with { Positionals = state.Shell.Positionals },
            OutputIsPiped = state.OutputIsPiped,
        };
    }

    public Flow Walk(Command command, WalkState state)
    {
        if (_exhausted)
            return Flow.Both(state);
        switch (command)
        {
            case SimpleCommand simple:
                return _simple.Walk(simple, state);
            case AndOr pair:
                return WalkAndOr(pair, state);
            case Pipeline pipeline:
                return WalkPipeline(pipeline, state);
            case FunctionDefinition function:
                // bash calls it by itself for every program that is not there, or hands it on to shells that can call it.
                if (function.Name == "command_not_found_handle" || state.ExportsAll)
                {
                    var turn = BeginTurn(lasts: true);
                    Call([function], null, function.Span, FolderWalker.Lost(state with { Shell = state.Shell.ForgetVariables() }));
                    Turn = turn;
                }

                return Flow.Both(state with
                {
                    Functions = state.Functions.SetItem(function.Name, [function]),
                    Doubtful = state.Doubtful.Remove(function.Name),
                });
            case Coprocess coprocess:
                Emit(new VariableSet(coprocess.Span, coprocess.Name));
                var before = BeginTurn(lasts: true);
                Walk(coprocess.Body, state with { Input = ShellInput.Other.Instance, OutputIsPiped = true });
                Turn = before;
                return Flow.Both(state with { Shell = state.Shell.With(coprocess.Name, ShellValue.Unknown).With(coprocess.Name + "_PID", ShellValue.Unknown) });
            default:
                return WalkCompound((CompoundCommand)command, state);
        }
    }

    ShellValue IExpansionObserver.RunCommandSubstitution(CommandSubstitutionPart part, ShellState state)
    {
        var outer = _current;
        var first = _steps.Count;
        Walk(part.Body, outer with { Shell = state, OutputIsPiped = true });
        _current = outer;
        if (part.Body.Items is not [{ Background: false, Command: var command }])
            return ShellValue.Unknown;
        if (command is SimpleCommand && _steps.Count == first + 1 && _steps[first] is ShellCommand only && KnownOutput.Of(only, state) is { } text)
            return ShellValue.Of(text);

        // Only the last command of a pipeline prints.
        var printing = command is Pipeline pipeline ? pipeline.Commands[^1] : command;
        if (printing is not SimpleCommand simple || !state.InheritsRest || _steps.Count == first || _steps[^1] is not ShellCommand last || last.Span != simple.Span)
            return ShellValue.Unknown;
        for (var i = first; i < _steps.Count; i++)
        {
            if (_steps[i] is ShellCommand { IsFunction: true })
                return ShellValue.Unknown;
        }

        return KnownOutput.IsNumber(last) ? ShellValue.Tame : ShellValue.Unknown;
    }

    void IExpansionObserver.RunProcessSubstitution(ProcessSubstitutionPart part, ShellState state)
    {
        var outer = _current;
        var turn = BeginTurn(lasts: true);
        Walk(part.Body, outer with { Shell = state, OutputIsPiped = part.IsInput || outer.OutputIsPiped, Input = part.IsInput ? outer.Input : ShellInput.Other.Instance });
        _current = outer;
        Turn = turn;
    }

    void IExpansionObserver.Report(ExpansionHazard hazard, SourceSpan span) => EmitOpaque(span, hazard switch
    {
        ExpansionHazard.ArithmeticOnUnknown => OpacityCode.ArithmeticOnUnknown,
        ExpansionHazard.Indirection => OpacityCode.Indirection,
        _ => OpacityCode.PromptExpansion,
    });

    void IExpansionObserver.SetVariable(string name, SourceSpan span) => Emit(new VariableSet(span, name));

    void IExpansionObserver.ReadVariable(string name, SourceSpan span) => Emit(new VariableRead(span, name));

    private Flow WalkAndOr(AndOr pair, WalkState state)
    {
        var left = Walk(pair.Left, state);
        if (pair.IsAnd)
        {
            var right = Walk(pair.Right, left.Success);
            return new Flow(right.Success, left.Failure.Join(right.Failure));
        }

        var other = Walk(pair.Right, left.Failure);
        return new Flow(left.Success.Join(other.Success), other.Failure);
    }

    private Flow WalkPipeline(Pipeline pipeline, WalkState state)
    {
        Flow flow;
        if (pipeline.Commands.Length == 1)
        {
            flow = Walk(pipeline.Commands[0], state);
        }
        else
        {
            var input = state.Input;
            var turn = BeginTurn(lasts: false);
            for (var i = 0; i < pipeline.Commands.Length; i++)
            {
                var first = _steps.Count;
                Walk(pipeline.Commands[i], state with { Input = input, OutputIsPiped = i + 1 < pipeline.Commands.Length || state.OutputIsPiped });
                input = new ShellInput.Pipe(first, _steps.Count);
            }

            Turn = turn;
            flow = Flow.Both(state);
        }

        return pipeline.Negated ? new Flow(flow.Failure, flow.Success) : flow;
    }

    private Flow WalkCompound(CompoundCommand command, WalkState state)
    {
        var inner = state;
        var mayNotRun = false;
        if (!command.Redirects.IsEmpty)
        {
            var expander = ExpanderIn(state);
            var redirects = RedirectExpansion.Expand(command.Redirects, expander);
            mayNotRun = RedirectExpansion.MayFail(redirects);
            inner = state with { Shell = expander.State, Input = RedirectExpansion.InputAfter(redirects, state.Input) };
            Emit(new ShellRedirection(command.Span, redirects, state.Shell.WorkingDirectory) { Turn = Turn });
        }

        var flow = command switch
        {
            Group group => Walk(group.Body, inner),
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
        Walk(subshell.Body, state);
        return Flow.Both(state);
    }

    private Flow WalkIf(IfCommand conditional, WalkState state)
    {
        Flow? result = null;
        var next = state;
        foreach (var branch in conditional.Branches)
        {
            var condition = Walk(branch.Condition, next);
            result = Merge(result, Walk(branch.Body, condition.Success));
            next = condition.Failure;
        }

        return Merge(result, conditional.Else is null ? Flow.Both(next) : Walk(conditional.Else, next));
    }

    private Flow WalkCase(CaseCommand choice, WalkState state)
    {
        var expander = ExpanderIn(state);
        var subject = expander.ExpandText(choice.Subject);
        Flow? result = null;
        WalkState? falling = null;

        // In which patterns are compared: as at the beginning, or as a clause leaves it after which comparing goes on.
        var comparing = state with { Shell = expander.State };
        foreach (var clause in choice.Clauses)
        {
            expander = ExpanderIn(comparing);
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
            var flow = clause.Body is null ? Flow.Both(start) : Walk(clause.Body, start);
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
        var expander = ExpanderIn(state);
        ImmutableArray<ExpandedField> values = words is { } written
            ? expander.Expand(written)
            : state.Shell.Positionals is { } positionals ? [.. positionals.Select(p => new ExpandedField.Known(p))] : [ExpandedField.Unknown.Instance];
        state = state with { Shell = expander.State };
        Emit(new VariableSet(span, variable));
        if (state.Shell.Integers.Contains(variable) && !values.All(IsTame))
            EmitOpaque(span, OpacityCode.ArithmeticOnUnknown);
        if (!unroll || values.Length > _limits.LoopRounds || values.Any(v => v is ExpandedField.Unknown))
        {
            var value = unroll && values.All(IsTame) ? ShellValue.Tame : ShellValue.Unknown;
            return WalkRounds(state, s => Walk(body, s with { Shell = s.Shell.With(variable, value) }));
        }

        LoopExits.Push([]);
        var after = state;
        foreach (var value in values)
        {
            var known = value is ExpandedField.Known { Text: var text } ? ShellValue.Of(text) : IsTame(value) ? ShellValue.Tame : ShellValue.Unknown;
            after = Walk(body, after with { Shell = after.Shell.With(variable, known) }).Either;
            after = LoopExits.Peek().Aggregate(after, (joined, exit) => joined.Join(exit));
        }

        LoopExits.Pop();
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
        var condition = Walk(loop.Condition, s);
        var body = Walk(loop.Body, loop.IsUntil ? condition.Failure : condition.Success);
        var left = loop.IsUntil ? condition.Success : condition.Failure;
        return Flow.Both(left.Join(body.Either));
    });

    private Flow WalkArithmeticFor(ArithmeticForCommand loop, WalkState state)
    {
        state = WalkArithmetic(loop.Span, [loop.Start], state).Either;
        return WalkRounds(state, s =>
        {
            var tested = WalkArithmetic(loop.Span, [loop.Condition], s).Either;
            var body = Walk(loop.Body, tested).Either;
            return Flow.Both(tested.Join(WalkArithmetic(loop.Span, [loop.Step], body).Either));
        });
    }

    /// <summary>A body that runs any number of times: what it changes is forgotten first, then it is walked once.</summary>
    private Flow WalkRounds(WalkState state, Func<WalkState, Flow> round)
    {
        // Where the shell has left nothing flows on, so that rounds would never agree; what cannot run is followed as if it could.
        var head = state with { Dead = false };
        var turn = BeginTurn(lasts: false);
        _silent++;
        for (var i = 0; ; i++)
        {
            var next = head.Join(WalkRound(head, round));
            if (next.Agrees(head))
                break;
            head = i < 2 ? next : next with { Shell = next.Shell.ForgetVariables() with { WorkingDirectory = null } };
            if (i == 3 || _exhausted)
                break;
        }

        _silent--;
        var after = head.Join(WalkRound(head, round));
        Turn = turn;
        return Flow.Both(state.Dead ? after with { Dead = true } : after);
    }

    private WalkState WalkRound(WalkState state, Func<WalkState, Flow> round)
    {
        LoopExits.Push([]);
        var after = round(state).Either;
        return LoopExits.Pop().Aggregate(after, (joined, exit) => joined.Join(exit));
    }

    private Flow WalkArithmetic(SourceSpan span, ImmutableArray<Word> expressions, WalkState state)
    {
        var expander = ExpanderIn(state);
        foreach (var expression in expressions)
            expander.Evaluate(expression);
        var after = state with { Shell = expander.State };
        Emit(new ShellCommand(span, [new ExpandedField.Known("((")], [], [], state.Input, state.Shell.WorkingDirectory) { OutputIsPiped = state.OutputIsPiped });
        return Flow.Both(after);
    }

    private Flow WalkCondition(ConditionCommand command, WalkState state)
    {
        var expander = ExpanderIn(state);
        var before = state.Shell;
        var words = ImmutableArray.CreateBuilder<ExpandedField>();
        words.Add(new ExpandedField.Known("[["));
        ConditionWalk.Visit(command.Condition, expander, words);
        words.Add(new ExpandedField.Known("]]"));
        Emit(new ShellCommand(command.Span, words.ToImmutable(), [], [], state.Input, state.Shell.WorkingDirectory) { OutputIsPiped = state.OutputIsPiped });

        // Its parts are skipped when an earlier part decides.
        return Flow.Both(state with { Shell = before.Join(expander.State) });
    }

    private static Flow Merge(Flow? a, Flow b) => a is null ? b : new Flow(a.Success.Join(b.Success), a.Failure.Join(b.Failure));
}
