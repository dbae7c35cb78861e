using System.Collections.Immutable;
using Guard.Shell.Analysis;
using Guard.Shell.Effects;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Lines;

/// <summary>One text that bash reads: the line itself, or what a command of it hands to another shell.</summary>
internal sealed class TextWalk
{
    private readonly LineOutput _output;
    private readonly LineFacts _facts;
    private readonly CommandWalk _commands;
    private readonly Dictionary<ShellInput.Pipe, string?> _opacities = [];
    private readonly Dictionary<ShellInput.Pipe, TextOrigin> _origins = [];

    /// <summary>For each step the command that it was.</summary>
    private FeedingCommand?[] _feeding = [];

    /// <summary>For a text within the line: where in the line it comes from, and which command runs it.</summary>
    private readonly CommandPlace? _origin;
    private readonly Func<string, bool> _changes;

    /// <summary>Among the texts of the line.</summary>
    private readonly int _number;
    private string _text = "";
    private ImmutableArray<ShellStep> _steps = [];
    private AssignableNames? _assignable;

    public TextWalk(LineOutput output, LineFacts facts, CommandPlace? origin = null)
    {
        (_output, _facts, _origin) = (output, facts, origin);
        _commands = new CommandWalk(output, facts, this);
        _number = output.NextNumber();
        _changes = name => MayAssign(name) || (_origin?.Changes(name) ?? false);
    }

    private int Parent => _origin?.Parent ?? -1;

    public ShellScript? Run(string text)
    {
        _text = text;
        var whole = _origin?.Span ?? new SourceSpan(0, text.Length);
        if (!_output.Step(whole, 1 + (text.Length / 256)))
            return null;
        if (text.AsSpan().IndexOfAny(Argument.Hole, '\uFDD1') >= 0)
        {
            _output.AddOpaque(LineOpacity.Refused, whole, Parent);
            return null;
        }

        var analysis = LineAnalysis.Of(text, State(), _facts.View, new AnalysisLimits { Steps = Math.Max(1, _output.StepsLeft) });
        if (analysis.Script is null)
        {
            _output.AddOpaque(LineOpacity.Refused, whole, Parent);
            return null;
        }

        _steps = analysis.Steps;
        _feeding = new FeedingCommand?[_steps.Length];
        if (!_output.Step(whole, analysis.Work))
        {
            // Too much to look at, but why it is so may stand among the first steps.
            foreach (var opaque in _steps.OfType<OpaqueStep>())
                _output.AddOpaque(LineOpacity.Of(opaque.Code), SpanOf(opaque.Span), Parent);
            return analysis.Script;
        }

        for (var i = 0; i < _steps.Length && !_output.IsExhausted; i++)
            Walk(i);
        return analysis.Script;
    }

    /// <summary>True if the text, or a value in it, may change a variable: its name stands in it other than behind a dollar.</summary>
    public bool MayAssign(string name) => (_assignable ??= new AssignableNames(_text, _steps)).Contains(name);

    /// <summary>The command whose output a step's input is; null where it is none, or several.</summary>
    public FeedingCommand? Feeder(ShellInput input)
    {
        if (input is not ShellInput.Pipe pipe)
            return null;
        FeedingCommand? only = null;
        for (var i = pipe.FirstStep; i < pipe.EndStep && i < _steps.Length; i++)
        {
            if (_steps[i] is VariableRead or VariableSet)
                continue;
            if (only is not null || (only = _feeding[i]) is null)
                return null;
        }

        return only;
    }

    /// <summary>Why a file that holds what comes through a pipe, from however far ahead, must not be run; null: it may.</summary>
    public string? OpacityOfInput(ShellInput input)
    {
        if (input is not ShellInput.Pipe pipe)
            return null;
        if (_opacities.TryGetValue(pipe, out var opacity))
            return opacity;
        for (var i = pipe.FirstStep; opacity is null && i < pipe.EndStep && i < _steps.Length; i++)
        {
            if (_feeding[i] is not { } feeder)
                continue;

            // Steps only ever read from earlier ones; those within the pipe's own range are looked at anyway.
            opacity = PipedText.OpacityOfFile(feeder.Effects) ?? (feeder.Input is ShellInput.Pipe next && next.FirstStep < pipe.FirstStep ? OpacityOfInput(next) : null);
        }

        return _opacities[pipe] = opacity;
    }

    /// <summary>Why text that comes through a pipe, from however far ahead, is not known as code.</summary>
    public string OpacityOfCode(ShellInput input)
    {
        // Each pipe is looked at once: what was found for one holds for all that come behind it.
        List<(ShellInput.Pipe Pipe, TextOrigin Own)> chain = [];
        var origin = TextOrigin.Command;
        while (input is ShellInput.Pipe pipe && !_origins.TryGetValue(pipe, out origin))
        {
            ShellInput before = ShellInput.Inherited.Instance;
            var own = TextOrigin.Command;
            for (var i = pipe.FirstStep; i < pipe.EndStep && i < _steps.Length; i++)
            {
                if (_feeding[i] is not { } feeder)
                    continue;
                own |= PipedText.OriginOf(feeder.Effects);
                if (feeder.Input is ShellInput.Pipe)
                    before = feeder.Input;
            }

            chain.Add((pipe, own));

            // Steps only ever read from earlier ones.
            input = before is ShellInput.Pipe next && next.FirstStep >= pipe.FirstStep ? ShellInput.Inherited.Instance : before;
        }

        for (var i = chain.Count - 1; i >= 0; i--)
            _origins[chain[i].Pipe] = origin |= chain[i].Own;
        return PipedText.Opacity(origin);
    }

    private SourceSpan SpanOf(SourceSpan span) => _origin?.Span ?? span;

    private string WrittenAt(SourceSpan span) => span.Start >= 0 && span.End <= _text.Length ? span.Of(_text) : "$";

    private ShellState State()
    {
        var folder = _origin is { } origin ? origin.Folder : _facts.WorkingDirectory;
        var state = new ShellState { WorkingDirectory = folder, InheritsRest = _origin is null };
        if (_origin is { Elsewhere: true })
            return state;
        foreach (var (name, value) in _facts.Variables)
            state = With(state, name, value is null ? ShellValue.Unset : ShellValue.Of(value));
        if (_facts.Home is { } home)
            state = With(state, "HOME", ShellValue.Of(home));
        if (_facts.User is { } user)
            state = With(state, "USER", ShellValue.Of(user));
        return folder is null ? state : state.With("PWD", ShellValue.Of(folder));
    }

    private ShellState With(ShellState state, string name, ShellValue value) =>
        _origin is { } origin && origin.Changes(name) ? state.With(name, ShellValue.Unknown) : state.With(name, value);

    private void Walk(int index)
    {
        switch (_steps[index])
        {
            case ShellCommand command:
                Walk(command, index);
                break;
            case ShellRedirection redirection:
                _output.Forms.Turn = TurnOf(redirection);
                foreach (var redirect in redirection.Redirects)
                    Redirect(redirect, redirection.WorkingDirectory, Parent);
                Written(redirection.Redirects, null);
                break;
            case VariableRead read when SensitiveNames.IsSecret(read.Name) && !(IsLocalName(read.Name) && MayAssign(read.Name)):
                _output.Add(new LineAccess("read:env", read.Name, SpanOf(read.Span), Parent) { Inert = IsRemote });
                break;
            case VariableSet set:
                Assigned(set.Name, null, SpanOf(set.Span), Parent);
                break;
            case OpaqueStep opaque:
                _output.AddOpaque(LineOpacity.Of(opaque.Code), SpanOf(opaque.Span), Parent);
                break;
        }
    }

    /// <summary>All that a text does is done in the turn of the command that runs it.</summary>
    private long TurnOf(ShellStep step) =>
        _origin is { Turn: not ShellStep.InOrder } origin ? origin.Turn : step.Turn <= ShellStep.InOrder ? step.Turn : ((long)_number << 32) + step.Turn;

    private bool IsRemote => _origin is { Remote: true };

    private bool IsElsewhere => _origin is { Elsewhere: true };

    // By custom the environment's names are upper case; a lower-case name that the text itself sets is its own.
    private static bool IsLocalName(string name) => !name.Any(char.IsAsciiLetterUpper);

    private void Walk(ShellCommand command, int index)
    {
        var span = SpanOf(command.Span);
        var words = new Argument[command.Words.Length];
        var opensPipes = false;
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = ToArgument(command.Words[i], command.Span);
            opensPipes |= words[i] is { IsKnown: true, Text: ProcessSubstitutions.Name };
        }

        var place = new CommandPlace
        {
            Span = span,
            Folder = command.WorkingDirectory,
            Input = command.Input,
            Parent = Parent,
            Depth = (_origin?.Depth ?? -1) + 1,
            Elsewhere = IsElsewhere,
            Remote = IsRemote,
            Turn = TurnOf(command),
            OpensPipes = opensPipes,
            Changes = _changes,
        };
        foreach (var assignment in command.Assignments)
            Assigned(assignment.Name, (assignment.Value as ExpandedField.Known)?.Text, SpanOf(assignment.Span), Parent);
        var at = Parent;
        if (words.Length > 0)
        {
            var effects = command.IsFunction ? _commands.Function(words, place, out at) : _commands.Run(words, place, out at);
            if (effects is not null)
                _feeding[index] = new FeedingCommand(words, effects, command.Input, command.WorkingDirectory);
        }

        // What the command starts has turns of its own.
        _output.Forms.Turn = place.Turn;
        foreach (var redirect in command.Redirects)
            Redirect(redirect, command.WorkingDirectory, at);
        Written(command.Redirects, words.Length == 0 ? "" : _feeding[index] is { } feeder ? PrintedText.Of(feeder, this) : null);
        if (!command.Redirects.IsEmpty && _feeding[index] is { } fed && (PipedText.OpacityOfFile(fed.Effects) ?? OpacityOfInput(command.Input)) is { } opacity)
        {
            foreach (var redirect in command.Redirects)
            {
                if (IsWrite(redirect) && redirect.Target is ExpandedField.Known known)
                    _commands.Filled(known.Text, place, opacity);
            }
        }
    }

    /// <param name="redirects">Of one command.</param>
    /// <param name="printed">What it prints; null if that is not known.</param>
    private void Written(ImmutableArray<ShellRedirect> redirects, string? printed)
    {
        foreach (var redirect in redirects)
        {
            if (!IsWrite(redirect) || NameOf(redirect.Target) is not { } name || PathPlace.IsStream(name))
                continue;
            var isAllOfIt = redirect is { Descriptor: 1, Operator: RedirectOperator.Write or RedirectOperator.WriteOver } && redirects.Count(static r => r.Descriptor is 1 or null || IsBoth(r)) == 1;
            _output.Files.Write(name, isAllOfIt ? printed : null);
        }
    }

    private static bool IsBoth(ShellRedirect redirect) => redirect.Operator is RedirectOperator.WriteBoth or RedirectOperator.AppendBoth;

    /// <summary>The end of a path is enough to tell its last name.</summary>
    private static string? NameOf(ExpandedField target) => target switch
    {
        ExpandedField.Known known => known.Text,
        ExpandedField.Partial { Suffix: var end } when end.Contains('/', StringComparison.Ordinal) => end,
        _ => null,
    };

    private static bool IsWrite(ShellRedirect redirect) => redirect.Operator is
        RedirectOperator.ReadWrite or RedirectOperator.Write or RedirectOperator.WriteOver or RedirectOperator.Append or RedirectOperator.WriteBoth or RedirectOperator.AppendBoth;

    public void Assigned(string name, string? value, SourceSpan span, int command)
    {
        if (SensitiveNames.Loads(name) && !SensitiveNames.IsIdle(name, value))
            _output.AddOpaque(LineOpacity.LoadingVariable, span, command);
    }

    private void Redirect(ShellRedirect redirect, string? folder, int command)
    {
        var (reads, writes) = redirect.Operator switch
        {
            RedirectOperator.Read => (true, false),
            RedirectOperator.ReadWrite => (true, true),
            RedirectOperator.Write or RedirectOperator.WriteOver or RedirectOperator.Append or RedirectOperator.WriteBoth or RedirectOperator.AppendBoth => (false, true),
            _ => (false, false),
        };
        if ((!reads && !writes) || ProcessSubstitutions.IsOne(redirect.Target, WrittenAt(redirect.Span)))
            return;
        var target = ToArgument(redirect.Target, default);
        var span = SpanOf(redirect.Span);
        if (target.IsKnown && PathPlace.Socket(target.Text) is { } socket)
        {
            _output.Add(new LineAccess("connect:network", socket, span, command));
            return;
        }

        var place = new CommandPlace { Span = span, Folder = folder, Input = ShellInput.Other.Instance, Parent = command, Depth = 0, Elsewhere = IsElsewhere, Remote = IsRemote, Changes = _ => true };
        if (reads)
            _commands.File(new Effect(EffectAction.ReadFile, target.Text) { Unknown = !target.IsKnown }, place, command);
        if (writes)
        {
            _output.Forms.Change(target.IsKnown ? PathPlace.Absolute(target.Text, folder) : null, isFile: true, tree: false);
            _commands.File(new Effect(EffectAction.WriteFile, target.Text) { Unknown = !target.IsKnown }, place, command);
        }
    }

    private Argument ToArgument(ExpandedField field, SourceSpan written) => field switch
    {
        ExpandedField.Known known => known.Text.Contains(Argument.Hole) ? Argument.Unknown : Argument.Of(known.Text),
        ExpandedField.Partial when ProcessSubstitutions.IsOne(field, written == default ? "$" : WrittenAt(written)) => Argument.Of(ProcessSubstitutions.Name),
        ExpandedField.Partial partial => new Argument(partial.Prefix + Argument.Hole + partial.Suffix, ArgumentForm.Partial),
        _ => Argument.AnyWords,
    };
}
