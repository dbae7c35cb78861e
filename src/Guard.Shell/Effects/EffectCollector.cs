namespace Guard.Shell.Effects;

/// <summary>Turns a command line that was read by its description into what the command does.</summary>
internal sealed class EffectCollector
{
    private static readonly string[] s_systemFolders =
        ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/", "/opt/homebrew/bin/", "/snap/bin/"];

    private const string UnlessPiped = " unless piped";

    /// <summary>Programs take one target; more than a few are a means to make work.</summary>
    private const int MaxTargets = 4;

    private readonly CommandLine _line;
    private readonly CommandFacts _facts;
    private readonly Traits _traits;
    private readonly EffectSink _sink;
    private readonly ReadingUse _reading;

    /// <summary>Each of these is made when something first comes into it.</summary>
    private List<string>? _only;

    private List<string>? _except;
    private List<(string Text, int Word)>? _roots;
    private StartedCommands? _started;

    private EffectCollector(CommandLine line, CommandFacts facts)
    {
        _line = line;
        _facts = facts;
        _traits = SettledTraits.Of(line);
        _reading = ReadingUse.Of(line, _traits);
        _sink = new EffectSink(facts.Probe) { MakesFolders = _traits.MakesFolders == true || _traits.KeepsFolders == true, KeepsFolders = _traits.KeepsFolders == true, GlobsUrls = _traits.GlobsUrls == true };
    }

    public static CommandEffects Collect(CommandLine line, CommandFacts facts) => new EffectCollector(line, facts).Collect();

    /// <summary>True for a program given by a path that is not one of the system's program folders: it may be anything.</summary>
    public static bool IsLocalProgram(string program)
    {
        int slash = program.LastIndexOf('/');
        return slash >= 0 && Array.IndexOf(s_systemFolders, program[..(slash + 1)]) < 0;
    }

    private CommandEffects Collect()
    {
        ProgramNode leaf = _line.Leaf;
        ChangeDirectories();
        Filters();
        List<(FoundOperand Operand, ValueUse Use)> operands = AssignedOperands.Of(_line, _traits);
        foreach (FoundOption option in _line.Options)
        {
            OptionValues(option);
        }

        foreach (FixedEffect effect in _traits.Effects)
        {
            Fixed(effect);
        }

        Operands(operands);
        UnknownOptions(operands);
        UncertainWord.Add(_sink, _line, _traits);
        bool local = IsLocalProgram(_line.Words[0].Text);
        if (local)
        {
            Guesses();
        }

        string[] named = _line.Named();
        IReadOnlyList<string> subcommand = named.Length == 0 ? leaf.Subcommand : [.. leaf.Subcommand, .. named];
        Argument[] canonical = CommandWords.Canonical(_line, subcommand, named);

        // An option that is not described may do anything, so nothing is promised then.
        bool quiet = _sink.AllEffects.Count == 0 && _sink.AllInner.Count == 0 && _sink.AllCode.Count == 0 && _sink.AllOpaque.Count == 0 && !local
            && _line.UnknownOptions.Count == 0;
        return new CommandEffects
        {
            Program = canonical[0].Text,
            Described = true,
            Complete = leaf.Complete,
            Subcommand = subcommand,
            Canonical = canonical,
            Options = CommandWords.Options(_line),
            Operands = CommandWords.Operands(_line),
            Effects = _sink.AllEffects,
            Inner = _sink.AllInner,
            Code = _sink.AllCode,
            Opaque = _sink.AllOpaque,
            Inert = quiet && _traits.Inert == true,
            Filter = quiet && _traits.Filter == true,
            Reads = _reading.IsClaimed && !local && !RunsInput && _reading.Holds(_sink),
            Wrapper = _sink.AllInner.Count == 0 || _traits.Wrapper is not { } wrapper ? WrapperKind.None
                : local && wrapper == WrapperKind.Transparent ? WrapperKind.Changer : wrapper,
            RunsInput = RunsInput,
            PrintsNamesBelow = _traits.PrintsNames == true ? [.. Roots.Select(root => root.Text)] : null,
        };
    }

    private List<(string Text, int Word)> Roots => _roots ??= [];

    private StartedCommands Started => _started ??= new StartedCommands(_line, _traits, _sink, Roots, _only ?? []);

    private bool RunsInput => _traits.RunsInput == true || _sink.RunsInput;

    private ValueUse[] UsesOf(OptionSpec option)
    {
        for (int i = _traits.Kinds.Count - 1; i >= 0; i--)
        {
            foreach (string name in _traits.Kinds[i].Names)
            {
                if (Array.IndexOf(option.Names, name) >= 0)
                {
                    return _traits.Kinds[i].Values;
                }
            }
        }

        return option.Values;
    }

    private void ChangeDirectories()
    {
        foreach (FoundOption option in _line.Options)
        {
            ValueUse[] uses = UsesOf(option.Option);
            for (int i = 0; i < Math.Min(uses.Length, option.Values.Length); i++)
            {
                if (uses[i].Kind == ValueKind.ChangeDirectory)
                {
                    _sink.ChangeDirectory(option.Values[i], option.Word);
                }
            }
        }

        foreach (ProgramNode node in _line.Nodes)
        {
            _sink.DirectoryIsPositional |= node.PositionalDirectory;
        }
    }

    private void Filters()
    {
        foreach (FoundOption option in _line.Options)
        {
            ValueUse[] uses = UsesOf(option.Option);
            for (int i = 0; i < Math.Min(uses.Length, option.Values.Length); i++)
            {
                if (uses[i].Kind == ValueKind.Include && option.Values[i].IsKnown)
                {
                    (_only ??= []).Add(option.Values[i].Text);
                }
                else if (uses[i].Kind == ValueKind.Exclude && option.Values[i].IsKnown)
                {
                    (_except ??= []).Add(option.Values[i].Text);
                }
            }
        }

        // find: an `-o`, `!` or parenthesis makes names alternatives of something else; then they say nothing about the whole.
        if (_only is not null && _line.Leaf.HasKeywords && _line.Options.Any(o => o.Option.Values.Length == 0 && o.Option.Names.Any(n => n is "-o" or "-or" or "!" or "-not" or "(" or ",")))
        {
            _only.Clear();
        }

        if (_only is { Count: > 0 } || _except is not null || _traits.LeftOut is not (null or LeftOut.None))
        {
            _sink.Filter = new SubtreeFilter([.. _only ?? []], [.. _except ?? []], _traits.LeftOut ?? LeftOut.None);
        }
    }

    private void Operands(List<(FoundOperand Operand, ValueUse Use)> operands)
    {
        List<Argument>? rest = null;
        List<Argument>? variables = null;
        List<Argument>? sources = null;
        ValueUse? restUse = null;
        int restWord = -1;
        bool tree = _traits.Subtree == true;
        foreach ((FoundOperand operand, ValueUse use) in operands)
        {
            ValueUse settled = tree && use.File != FileUse.None ? use with { Tree = true } : use;
            switch (settled.Kind)
            {
                case ValueKind.Assignment:
                    (variables ??= []).Add(operand.Argument);
                    break;
                case ValueKind.Command or ValueKind.ShellWords or ValueKind.Module:
                    restUse ??= settled;
                    restWord = restWord < 0 ? operand.Word : restWord;
                    (rest ??= []).Add(operand.Argument);
                    break;
                case ValueKind.Into or ValueKind.RemoteInto:
                    Value(operand.Argument, settled, operand.Word, operand: true, Known(sources));
                    break;
                default:
                    if (settled.File != FileUse.None)
                    {
                        (sources ??= new List<Argument>(operands.Count)).Add(operand.Argument);
                        Roots.Add((operand.Argument.Text, operand.Word));
                    }

                    Value(operand.Argument, settled, operand.Word, operand: true, []);
                    break;
            }
        }

        int targets = 0;
        foreach (FoundOption option in _line.Options)
        {
            // A target folder given by an option (cp -t) receives every source.
            ValueUse[] uses = UsesOf(option.Option);
            if (uses is [{ Kind: ValueKind.Into or ValueKind.RemoteInto }] && option.Values is [var target])
            {
                if (++targets > MaxTargets)
                {
                    _sink.Opaque.Add(new OpaqueReason("too-many-targets", option.Word));
                    break;
                }

                _sink.Into(target.Text.EndsWith('/') ? target : target.Part(target.Text + "/"), uses[0] with { Tree = uses[0].Tree || tree }, Known(sources), option.Word);
            }
        }

        if (_roots is null or { Count: 0 } && _traits.Default is { } standard && !(_facts.InputIsGiven && standard.EndsWith(UnlessPiped, StringComparison.Ordinal)))
        {
            standard = standard.EndsWith(UnlessPiped, StringComparison.Ordinal) ? standard[..^UnlessPiped.Length] : standard;
            Roots.Add((standard, -1));
            ValueUse use = _traits.Operands?.Slots.Select(slot => slot.Use).LastOrDefault(u => u.File != FileUse.None) ?? default;
            if (use.File != FileUse.None)
            {
                _sink.File(Argument.Of(standard), use with { Tree = use.Tree || tree }, -1, isImplicit: false);
            }
        }

        if (_traits.Output is { } output)
        {
            foreach (Argument source in Known(sources))
            {
                Derived(source, output, tree);
            }
        }

        if (restUse is { } started)
        {
            Started.Start(started, rest ?? [], variables ?? [], restWord);
        }

        foreach (FoundOption option in _line.Options)
        {
            ValueUse[] uses = UsesOf(option.Option);
            if (uses is [{ Kind: ValueKind.Backup }] && option.Values is [var suffix])
            {
                Backups(suffix, option.Word);
            }

            if (uses is [{ Kind: ValueKind.CommandUntilSemicolon }, ..] || uses is [{ Kind: ValueKind.Command }])
            {
                Started.Start(uses[0], [.. option.Values], [], option.Word + 1);
            }
        }
    }

    private static IReadOnlyList<Argument> Known(List<Argument>? found) => (IReadOnlyList<Argument>?)found ?? [];

    /// <summary>sed -i and perl -i: a suffix, or with a star a pattern of the name that may lead into another folder.</summary>
    private void Backups(Argument suffix, int word)
    {
        if (suffix.IsKnown && suffix.Text.Length == 0)
        {
            return;
        }

        List<Effect> changed = [.. _sink.Effects.Where(static effect => effect.Action == EffectAction.WriteFile && effect.Word >= 0)];
        foreach (Effect effect in changed)
        {
            string name = ProgramEffects.BaseName(effect.Resource);
            string folder = effect.Resource[..^name.Length];
            if (!suffix.IsKnown || effect.Unknown)
            {
                _sink.File(Argument.Unknown, ValueUse.Names["write"], word, isImplicit: false, operand: false);
                continue;
            }

            string made = suffix.Text.Contains('*') ? suffix.Text.Replace("*", name, StringComparison.Ordinal) : name + suffix.Text;
            _sink.File(Argument.Of(folder + made), ValueUse.Names["write"], word, isImplicit: false, operand: false);
            if (made.Contains('/') && folder.Length > 0)
            {
                _sink.File(Argument.Of(made), ValueUse.Names["write"], word, isImplicit: false, operand: false);
            }
        }
    }

    private void Derived(Argument source, string output, bool tree)
    {
        if (!source.IsKnown || source.Text is "-" or "")
        {
            return;
        }

        string text = source.Text;
        int dot = text.LastIndexOf('.');
        string? name = output[0] == '+' ? text + output[1..] : dot > text.LastIndexOf('/') + 1 ? text[..dot] : null;
        if (name is not null && !tree)
        {
            _sink.File(Argument.Of(name), ValueUse.Names["write"], -1, isImplicit: true);
        }
    }

    private void OptionValues(FoundOption option)
    {
        ValueUse[] uses = UsesOf(option.Option);
        if (uses is [{ Kind: ValueKind.CommandUntilSemicolon or ValueKind.Command or ValueKind.Into or ValueKind.RemoteInto }, ..])
        {
            return;
        }

        if (uses is [{ Kind: ValueKind.Module }])
        {
            Started.Start(uses[0], [.. option.Values], [], option.Word);
            return;
        }

        for (int i = 0; i < Math.Min(uses.Length, option.Values.Length); i++)
        {
            Value(option.Values[i], uses[i], option.Word, operand: false, []);
            if (option.AttachedShort && option.Values[i].Text.StartsWith('='))
            {
                // -f=x is "=x" to getopt and "x" to other readers of options; both count.
                Value(option.Values[i].Part(option.Values[i].Text[1..]), uses[i], option.Word, operand: false, []);
            }
        }
    }

    private void Value(Argument value, ValueUse use, int word, bool operand, IReadOnlyList<Argument> sources)
    {
        switch (use.Kind)
        {
            case ValueKind.File: _sink.File(value, use, word, isImplicit: false, operand); break;
            case ValueKind.Into: _sink.Into(value, use, sources, word); break;
            case ValueKind.RemoteInto: _sink.RemoteInto(value, use, sources, word); break;
            case ValueKind.Prefix: _sink.Prefix(value, word); break;
            case ValueKind.Fetch: WebText.Url(_sink, value, EffectAction.WebFetch, word); Save(value); break;
            case ValueKind.Post: WebText.Url(_sink, value, EffectAction.WebWrite, word); Save(value); break;
            case ValueKind.Host: _sink.Host(value, word); break;
            case ValueKind.Remote: _sink.Remote(value, use, word); break;
            case ValueKind.Repository: _sink.Repository(value, use, EffectAction.WebFetch, word); Save(value); break;
            case ValueKind.RepositoryTarget: _sink.Repository(value, use, EffectAction.WebWrite, word); break;
            case ValueKind.Shell:
                _sink.Inner.Add(new InnerCommand { ShellText = value, Elsewhere = _line.Leaf.Elsewhere, Directory = _sink.Directory, Word = word });
                break;
            case ValueKind.Program:
                _sink.Inner.Add(new InnerCommand { Words = [value, Argument.AnyWords], Directory = _sink.Directory, Word = word });
                break;
            case ValueKind.Code: _sink.Code.Add(new InlineCode(value, word)); break;
            case ValueKind.Script: _sink.Script(value, use, word); break;
            case ValueKind.Environment: _sink.Environment(value, word); break;
            case ValueKind.Data: WebText.Data(_sink, value, use, word); break;
            case ValueKind.Cookies when !value.IsKnown || !value.Text.Contains('='):
                _sink.File(value, use with { Kind = ValueKind.File }, word, isImplicit: false, operand: false);
                break;
            case ValueKind.Listed:
                _sink.File(value, ValueUse.Names["read"], word, isImplicit: false, operand: false);
                _sink.File(Argument.Unknown, ValueUse.Names["read"], word, isImplicit: false, operand: false);
                break;
            case ValueKind.WriteOut: WebText.WriteOut(_sink, value, use, word); break;
            case ValueKind.ToolOptions: ToolOptions.Read(_sink, value, word, _facts.Probe); break;
            case ValueKind.ProcessFlags when !value.IsKnown || (value.Text.Contains('e') && value.Text.All(char.IsAsciiLetter)): _sink.Environment(Argument.Of("*"), word); break;
            case ValueKind.Upload: WebText.Upload(_sink, value, word); break;
            case ValueKind.PassPhrase: WebText.PassPhrase(_sink, value, word); break;
            case ValueKind.Form: WebText.Form(_sink, value, use, word); break;
            case ValueKind.KeyedFile: _sink.KeyedFile(value, use, word); break;
            case ValueKind.Volume: _sink.Volume(value, use, word); break;
            case ValueKind.Mount: _sink.Mount(value, use, word); break;
            case ValueKind.Revision: _sink.Revision(value, use, word); break;
            case ValueKind.Guess: Guess(value, use, word); break;
            case ValueKind.Setting: Setting(value, word); break;
            case ValueKind.Sed: SedText.Read(_sink, value, word); break;
            case ValueKind.Awk: AwkText.Read(_sink, value, word); break;
            case ValueKind.Jq: JqText.Read(_sink, value, word); break;
            case ValueKind.Database: _sink.Database(value, use, word); break;
            case ValueKind.Sql: SqlText.Read(_sink, value, word); break;
            case ValueKind.KeyActions: KeyActions.Read(_sink, value, word); break;
            case ValueKind.EditorCommand: EditorText.Read(_sink, value, word); break;
            case ValueKind.GitAlias: GitAlias.Read(_sink, value, word); break;
            case ValueKind.Variable: _sink.Variable(value, word); break;
            case ValueKind.Opaque: _sink.Opaque.Add(new OpaqueReason("option", word)); break;
            case ValueKind.Module: Started.Start(use, [value], [], word); break;
        }
    }

    private void Setting(Argument value, int word)
    {
        if (SettingText.Read(_line, value) is { } setting)
        {
            Value(setting.Value, setting.Use, word, operand: false, []);
        }
        else
        {
            _sink.Opaque.Add(new OpaqueReason("setting", word));
        }
    }

    private void Save(Argument url)
    {
        if (_traits.Saves is { Length: > 0 } saves)
        {
            SavedFile.Add(_sink, saves, url);
        }
    }

    private void Fixed(FixedEffect effect)
    {
        switch (effect.Verb)
        {
            case "opaque": _sink.Opaque.Add(new OpaqueReason(effect.Resource, 0)); break;
            case "env": _sink.Effects.Add(new Effect(EffectAction.ReadEnv, effect.Resource) { Implicit = true }); break;
            case "connect": _sink.Effects.Add(new Effect(EffectAction.Connect, effect.Resource) { Implicit = true }); break;
            case "fetch": _sink.Effects.Add(new Effect(EffectAction.WebFetch, effect.Resource) { Implicit = true }); break;
            case "post": _sink.Effects.Add(new Effect(EffectAction.WebWrite, effect.Resource) { Implicit = true }); break;
            default: _sink.File(Argument.Of(effect.Resource), ValueUse.Names[effect.Verb], -1, isImplicit: true); break;
        }
    }

    /// <summary>An option that nobody described may take the next word for its value, which then names nothing as an operand.</summary>
    private void UnknownOptions(List<(FoundOperand Operand, ValueUse Use)> operands)
    {
        foreach ((Argument text, int word) in _line.UnknownOptions)
        {
            if (_line.Leaf.Complete)
            {
                _sink.Opaque.Add(new OpaqueReason("unknown-option", word));
            }

            Guess(text, ValueUse.Names["guess"], word);
            if (!text.Text.Contains('=') && operands.Exists(found => found.Operand.Word == word + 1 && found.Use.Kind == ValueKind.Plain))
            {
                Guess(_line.Words[word + 1], ValueUse.Names["guess"], word + 1);
            }
        }
    }

    /// <summary>A program that only looks writes nothing that its undescribed words name.</summary>
    private void Guess(Argument value, ValueUse use, int word)
    {
        if (!_reading.IsClaimed || _reading.Words is not { } words)
        {
            GuessedWords.Add(_sink, value, _reading.IsClaimed ? use with { File = FileUse.Read } : use, word, _facts.Probe);
        }
        else if (words.Kind == ValueKind.Data && ReadingUse.FileOf(value) is { } file)
        {
            _sink.File(file, ValueUse.Names["read"], word, isImplicit: false, operand: false);
        }
    }

    private void Guesses()
    {
        for (int i = 1; i < _line.Words.Length; i++)
        {
            GuessedWords.Add(_sink, _line.Words[i], ValueUse.Names["guess"], i, _facts.Probe);
        }
    }
}
