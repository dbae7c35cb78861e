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
    private readonly CompoundWalker _compound;
    private readonly ImmutableArray<ShellStep>.Builder _steps = ImmutableArray.CreateBuilder<ShellStep>();
    private static readonly ImmutableDictionary<string, ShellValue> NoVariables = ImmutableDictionary.Create<string, ShellValue>(StringComparer.Ordinal);

    private readonly HashSet<ShellInput> _read = new(ReferenceEqualityComparer.Instance);
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
        _compound = new CompoundWalker(this, limits);
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

    /// <summary>Steps are not written down while it is above zero: what is walked is walked once more.</summary>
    public int Silent { get; set; }

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

        if (Silent == 0)
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
        Silent++;
        var after = WalkText(text, span, before).Either;
        Silent--;
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
                return _compound.Walk((CompoundCommand)command, state);
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
}
