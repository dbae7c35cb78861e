using Guard.Shell.Analysis;
using Guard.Shell.Effects;
using Guard.Shell.Expansion;

namespace Guard.Shell.Lines;

/// <summary>Turns a command and those that it starts into accesses.</summary>
internal sealed class CommandWalk(LineOutput output, LineFacts facts, TextWalk text)
{
    /// <summary>What the last command was told of its place: most commands of a line run in the same folder.</summary>
    private (string? Folder, bool Elsewhere, CommandFacts Given, CommandFacts Not)? _told;

    /// <summary>A call of a function: its body's commands count by themselves.</summary>
    public CommandEffects? Function(IReadOnlyList<Argument> words, CommandPlace place, out int command)
    {
        command = Shown(words, words, null, place, inert: true);
        return null;
    }

    /// <summary>Null if it is beyond a limit.</summary>
    public CommandEffects? Run(IReadOnlyList<Argument> words, CommandPlace place, out int command)
    {
        command = place.Parent;
        if (!output.Step(place.Span))
            return null;
        if (place.Depth > output.Limits.Depth)
        {
            output.AddOpaque(LineOpacity.TooDeep, place.Span, place.Parent);
            return null;
        }

        output.Forms.Turn = place.Turn;
        var given = place.Input is ShellInput.Pipe or ShellInput.Text or ShellInput.File;
        var effects = ProgramEffects.Of(words, FactsFor(place, given));
        var name = words[0] is { IsKnown: true } program ? program.Text : null;
        command = Shown(words, effects.Canonical, effects, place, IsInert(effects, name, words, place));
        string? opacity = null;
        var writes = false;
        for (var i = 0; i < effects.Effects.Count; i++)
        {
            var effect = effects.Effects[i];
            Add(effect, place, command);
            if (effect.Action != EffectAction.WriteFile)
                continue;
            if (!writes)
                opacity = PipedText.OpacityOfFile(effects) ?? text.OpacityOfInput(place.Input);
            writes = true;
            if (opacity is not null)
                Filled(effect.Resource, place, opacity);
        }

        if (writes)
            output.Files.Note(effects, place.Input, text);
        if (!place.Elsewhere)
            output.Forms.Note(effects, place.Folder, facts.Probe);

        // Only now: a link that is made again is still the same name.
        if (effects.Program is "ln" or "gln" || (effects.Program is "cp" && effects.Options.Any(o => o.Names.Contains("-s", StringComparer.Ordinal))))
        {
            foreach (var effect in effects.Effects.Where(e => e.Action == EffectAction.WriteFile))
            {
                if (PathPlace.Absolute(effect.Resource, place.Folder) is { } link)
                    output.AddLink(link);
            }
        }

        foreach (var reason in effects.Opaque)
            output.AddOpaque("shell." + reason.Code, place.Span, command);
        foreach (var code in effects.Code)
            Code(code.Text, place, command);
        if (name is not null && EffectCollector.IsLocalProgram(name))
        {
            File(new Effect(EffectAction.ReadFile, name) { Runs = true }, place, command, inert: true);
            Runs(name, "", place, command);
        }

        RunFiles(effects, place, command);
        Builtin(name, words, place, command);
        if (effects.RunsInput)
            InputCode(effects, place, command);

        // What eval and trap are given was followed by the shell's own walk, in its own state.
        if (name is not ("eval" or "trap"))
        {
            foreach (var inner in effects.Inner)
                Inner(inner, effects, place, command);
        }

        return effects;
    }

    /// <summary>A file that holds text from the network or a decoder.</summary>
    public void Filled(string path, CommandPlace place, string opacity)
    {
        if (PathPlace.Absolute(path, place.Folder) is { } absolute)
            output.AddForeign(absolute, opacity);
    }

    /// <summary>A path as the command writes it becomes an access on what it means here.</summary>
    public void File(Effect effect, CommandPlace place, int command, bool inert = false)
    {
        var path = effect.Resource;
        var unknown = effect.Unknown || path.Contains(Argument.Hole);
        if (!unknown && path == ProcessSubstitutions.Name && place.OpensPipes)
        {
            if (effect.Runs)
                output.AddOpaque(LineOpacity.CodeFromPipe, place.Span, command);
            return;
        }

        // Only what a program uses by itself means the home folder by a tilde; a tilde on the line was expanded before.
        if (effect.Implicit && path.StartsWith("~/", StringComparison.Ordinal))
        {
            unknown |= facts.Home is null || place.Changes("HOME");
            path = unknown ? path : facts.Home + path[1..];
        }

        var absolute = unknown ? null : PathPlace.Absolute(path, place.Folder);
        if (absolute is not null && PathPlace.IsStream(absolute))
        {
            if (effect.Runs)
                output.AddOpaque(LineOpacity.CodeFromInput, place.Span, command);
            return;
        }

        if (absolute is not null && effect.Action == EffectAction.ReadFile && PathPlace.IsEnvironment(absolute))
            output.Add(new LineAccess("read:env", "*", place.Span, command));
        if (effect.Runs && absolute is not null && output.OpacityOf(absolute) is { } foreign)
            output.AddOpaque(foreign, place.Span, command);
        if (absolute is not null && (PathPlace.IsThroughProcess(absolute) || output.IsThroughLink(absolute)))
            absolute = null;
        if (effect.Runs && absolute is null)
            output.AddOpaque(LineOpacity.UnknownCode, place.Span, command);
        var action = effect.Action switch { EffectAction.ReadFile => "read:file", EffectAction.WriteFile => "write:file", _ => "delete:file" };
        output.Add(new LineAccess(action, absolute ?? "?", place.Span, command)
        {
            Subtree = effect.Subtree,
            Filter = effect.Filter,
            Path = absolute is null ? null : PathPlace.Unreduced(path, place.Folder),
            Unknown = absolute is null,
            Inert = inert || place.Remote || effect.OnTheWay,
            Guessed = effect.Guessed,
            Runs = effect.Runs,
            Written = absolute is null && path.AsSpan().Trim(Argument.Hole).Length > 0 ? WordSpelling.Plain(path) : null,
        });
    }

    private static bool IsSystemShell(string? name) =>
        name is not null && ShellNames.Contains(ProgramEffects.BaseName(name)) && !EffectCollector.IsLocalProgram(name);

    private static bool IsInert(CommandEffects effects, string? name, IReadOnlyList<Argument> words, CommandPlace place)
    {
        if (effects.Opaque.Count > 0)
            return false;
        if (effects.Inert || name is "((" or "eval" or "trap" || (name is "exec" && words.Count == 1))
            return true;
        if (effects.Filter && place.Input is ShellInput.Pipe)
            return true;
        if (effects.Wrapper == WrapperKind.Transparent)
            return true;

        // A shell with its text on the line is what the text does.
        return IsSystemShell(name) && effects.Inner is [{ ShellText.IsKnown: true }] && effects.Effects.Count == 0 && !effects.RunsInput;
    }

    private int Shown(IReadOnlyList<Argument> words, IReadOnlyList<Argument> canonical, CommandEffects? effects, CommandPlace place, bool inert)
    {
        var normal = output.Spelling(words);
        var index = output.Add(new LineCommand(place.Span, normal, AreSame(words, canonical) ? normal : output.Spelling(canonical), words, place.Folder, place.Parent) { Elsewhere = place.Elsewhere, Effects = effects });
        output.Add(new LineAccess("execute:shell", normal, place.Span, index) { Inert = inert, Unknown = !AreKnown(words) });
        return index;
    }

    private static bool AreSame(IReadOnlyList<Argument> words, IReadOnlyList<Argument> canonical)
    {
        if (words.Count != canonical.Count)
            return false;
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i].Form != canonical[i].Form || !string.Equals(words[i].Text, canonical[i].Text, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    private static bool AreKnown(IReadOnlyList<Argument> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].IsKnown)
                return false;
        }

        return true;
    }

    private CommandFacts FactsFor(CommandPlace place, bool inputIsGiven)
    {
        if (_told is not { } told || told.Elsewhere != place.Elsewhere || !string.Equals(told.Folder, place.Folder, StringComparison.Ordinal))
        {
            var probe = Probe(place.Folder, place.Elsewhere);
            told = (place.Folder, place.Elsewhere, new CommandFacts { Probe = probe, InputIsGiven = true }, new CommandFacts { Probe = probe });
            _told = told;
        }

        return inputIsGiven ? told.Given : told.Not;
    }

    private PathProbe Probe(string? folder, bool isElsewhere) =>
        isElsewhere ? _ => PathForm.Unknown : path => PathPlace.Absolute(path, folder) is { } absolute ? output.Forms.FormOf(absolute, facts.Probe) : PathForm.Unknown;

    private void Add(Effect effect, CommandPlace place, int command)
    {
        if (effect.Action is EffectAction.ReadFile or EffectAction.WriteFile or EffectAction.DeleteFile)
        {
            File(effect, place, command);
            return;
        }

        var action = effect.Action switch
        {
            EffectAction.ReadEnv => "read:env",
            EffectAction.WebFetch => "read:web_fetch",
            EffectAction.WebWrite => "write:web",
            _ => "connect:network",
        };
        var unknown = effect.Unknown || effect.Resource.Contains(Argument.Hole);
        output.Add(new LineAccess(action, unknown ? "?" : effect.Resource, place.Span, command)
        {
            Unknown = unknown,
            Guessed = effect.Guessed,
            Inert = place.Remote && effect.Action == EffectAction.ReadEnv,
            Written = unknown && effect.Resource.AsSpan().Trim(Argument.Hole).Length > 0 ? WordSpelling.Plain(effect.Resource) : null,
        });
    }

    private void Code(Argument code, CommandPlace place, int command)
    {
        output.Add(new LineAccess("execute:code", code.IsKnown ? code.Text : "?", place.Span, command)
        {
            Unknown = !code.IsKnown,
            Written = code.IsKnown || code.Form == ArgumentForm.Words ? null : WordSpelling.Plain(code.Text),
        });
        if (!code.IsKnown)
            output.AddOpaque(LineOpacity.UnknownCode, place.Span, command);
    }

    /// <summary>What builtins do that no description says: they set and show variables.</summary>
    private void Builtin(string? name, IReadOnlyList<Argument> words, CommandPlace place, int command)
    {
        switch (name)
        {
            case "source" or "." when words.Count < 2 || !words[1].IsKnown || (place.OpensPipes && words[1].Text == ProcessSubstitutions.Name) || (PathPlace.Absolute(words[1].Text, place.Folder) is { } path && PathPlace.IsStream(path)):
                output.AddOpaque(LineOpacity.SourcedFile, place.Span, command);
                break;
            case "export" or "declare" or "typeset" or "local" or "readonly":
                var prints = words.Skip(1).Any(w => w.IsKnown && w.Text.StartsWith('-') && w.Text.Contains('p'));
                foreach (var word in words.Skip(1))
                    Declared(word, prints, place, command);
                if (words.Skip(1).All(w => w.IsKnown && w.Text.StartsWith('-')))
                    output.Add(new LineAccess("read:env", "*", place.Span, command));
                break;
            case "read" or "mapfile" or "readarray" or "getopts" or "printf":
                foreach (var word in words.Skip(1))
                {
                    var variable = word.Text.StartsWith("-v", StringComparison.Ordinal) || word.Text.StartsWith("-a", StringComparison.Ordinal) ? word.Text[2..] : word.Text;
                    if (word.IsKnown && SensitiveNames.Loads(variable) && (name != "printf" || words.Any(w => w.Text.StartsWith("-v", StringComparison.Ordinal))))
                        output.AddOpaque(LineOpacity.LoadingVariable, place.Span, command);
                }

                break;
        }
    }

    private void Declared(Argument word, bool prints, CommandPlace place, int command)
    {
        if (word.Form == ArgumentForm.Words || word.MayBeOption)
        {
            output.AddOpaque(LineOpacity.LoadingVariable, place.Span, command);
            return;
        }

        var sign = word.Text.IndexOf('=');
        var variable = (sign < 0 ? word.Text : word.Text[..sign]).TrimEnd('+');
        if (prints && SensitiveNames.IsSecret(variable))
            output.Add(new LineAccess("read:env", variable, place.Span, command));
        else if (!prints)
            text.Assigned(variable, sign >= 0 && word.IsKnown ? word.Text[(sign + 1)..] : null, place.Span, command);
    }

    /// <summary>Standard input is code: from the line it is followed, from elsewhere it is opaque.</summary>
    private void InputCode(CommandEffects effects, CommandPlace place, int command)
    {
        switch (place.Input)
        {
            case ShellInput.Text { Content: ExpandedField.Known known }:
                GivenCode(known.Text, effects, place, command);
                return;
            case ShellInput.File { Path: ExpandedField.Known { Text: var path } } when PathPlace.Absolute(path, place.Folder) is { } absolute && !PathPlace.IsStream(absolute) && PathPlace.Socket(path) is null:
                File(new Effect(EffectAction.ReadFile, path) { Runs = true }, place, command);
                if (RunsShellText(effects))
                    Runs(path, effects.Program, place, command);
                return;
            case ShellInput.Pipe when PrintedText.Given(place.Input, text) is { } printed:
                GivenCode(printed, effects, place, command);
                return;
            case ShellInput.Pipe:
                output.AddOpaque(text.OpacityOfCode(place.Input), place.Span, command);
                return;
            default:
                output.AddOpaque(LineOpacity.CodeFromInput, place.Span, command);
                return;
        }
    }

    private void GivenCode(string code, CommandEffects effects, CommandPlace place, int command)
    {
        if (RunsShellText(effects))
            ShellText(Argument.Of(code), effects.Program, place with { Parent = command, Depth = place.Depth + 1, Input = ShellInput.Other.Instance });
        else
            Code(Argument.Of(code), place, command);
    }

    private static bool RunsShellText(CommandEffects effects) =>
        ShellNames.Contains(effects.Program) || effects.Wrapper == WrapperKind.Changer || effects.Program is "sudo" or "doas" or "su" or "parallel" or "at" or "batch";

    private void RunFiles(CommandEffects effects, CommandPlace place, int command)
    {
        if (OwnScripts.RunBy(effects) is { } own)
            Runs(own.Path, own.Shell, place, command);
        var isSource = effects.Program is "source" or ".";
        if (!isSource && !RunsShellText(effects))
            return;
        for (var i = 0; i < effects.Effects.Count; i++)
        {
            // Of files below a folder it may be any.
            if (effects.Effects[i] is { Runs: true, Unknown: false } effect)
                Runs(effect.Subtree ? "*" : effect.Resource, isSource ? null : effects.Program, place, command);
        }
    }

    private void Runs(string path, string? shell, CommandPlace place, int command)
    {
        if (!path.Contains(Argument.Hole))
            output.Files.Run(new FileRun(path, shell, place, command, this));
    }

    /// <summary>A file of the line is run: null is a text that is not known.</summary>
    public void Script(FileRun run, string? script)
    {
        // What it does to the shell that goes on is not followed.
        if (run.Shell is null)
        {
            output.AddOpaque(LineOpacity.SourcedFile, run.Place.Span, run.Command);
            return;
        }

        if (script is null)
        {
            output.AddOpaque(LineOpacity.WrittenCode, run.Place.Span, run.Command);
            return;
        }

        switch (run.Shell.Length > 0 ? run.Shell : ScriptHead.Interpreter(script))
        {
            case ScriptHead.Unknown:
                output.AddOpaque(LineOpacity.WrittenCode, run.Place.Span, run.Command);
                break;
            case ScriptHead.OtherLanguage:
                break;
            case var shell:
                ShellText(Argument.Of(script), shell, run.Place with { Turn = ShellStep.AnyTimeLater, Parent = run.Command, Depth = run.Place.Depth + 1, Input = ShellInput.Other.Instance });
                break;
        }
    }

    private void Inner(InnerCommand inner, CommandEffects outer, CommandPlace place, int command)
    {
        // What an option starts (ssh -o ProxyCommand) runs here, whatever the rest does.
        var elsewhere = inner.Elsewhere && !outer.Options.Any(o => o.Word == inner.Word);
        var folder = elsewhere ? null : inner.Directory is not { } directory ? place.Folder : directory.IsKnown ? PathPlace.Absolute(directory.Text, place.Folder) : null;
        var within = place with
        {
            Parent = command,
            Depth = place.Depth + 1,
            Folder = folder,
            Elsewhere = place.Elsewhere || elsewhere,
            Remote = place.Remote || (elsewhere && RemoteStarters.Contains(outer.Program)),
            Input = inner.FromInput ? ShellInput.Other.Instance : place.Input,
            // Programs such as find and xargs run it again and again.
            Turn = place.Turn != ShellStep.InOrder || (outer.Wrapper == WrapperKind.Transparent && !inner.FromInput) || IsSystemShell(outer.Program) ? place.Turn : ((long)output.NextNumber() << 32) + 1,
        };
        List<string> assigned = [];
        for (var i = 0; i < inner.Assignments.Count; i++)
        {
            var assignment = inner.Assignments[i];
            var sign = assignment.Text.IndexOf('=');
            var name = sign < 0 ? assignment.Text : assignment.Text[..sign];
            assigned.Add(name);
            text.Assigned(name, sign >= 0 && assignment.IsKnown ? assignment.Text[(sign + 1)..] : null, place.Span, command);
        }

        if (assigned.Count > 0)
            within = within with { Changes = name => assigned.Contains(name) || place.Changes(name) };
        if (inner.ShellText is { } shellText)
            ShellText(shellText, outer.Program, within);
        else
            Run(inner.FromInput ? Fed(inner.Words, outer, place) : inner.Words, within, out _);
    }

    /// <summary>The words that come through the pipe are names of files where the command before it prints nothing else.</summary>
    private IReadOnlyList<Argument> Fed(IReadOnlyList<Argument> words, CommandEffects outer, CommandPlace place)
    {
        if (PrintedNames.Below(text.Feeder(place.Input), text, outer, place.Folder, facts.View) is not { } folders)
            return words;
        return [.. words.SelectMany(word => word.Form == ArgumentForm.Words || word == Argument.Unknown ? folders.Select(folder => Argument.Below(folder)) : [word])];
    }

    private void ShellText(Argument code, string shell, CommandPlace place)
    {
        if (!code.IsKnown)
        {
            output.AddOpaque(LineOpacity.UnknownCode, place.Span, place.Parent);
            return;
        }

        if (ShellNames.Contains(shell) && !ShellDialect.ReadsLikeBash(shell, code.Text))
            output.AddOpaque(LineOpacity.OtherShell, place.Span, place.Parent);
        if (place.Depth > output.Limits.Depth)
            output.AddOpaque(LineOpacity.TooDeep, place.Span, place.Parent);
        else
            new TextWalk(output, facts, place).Run(code.Text);
    }
}
