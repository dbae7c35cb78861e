namespace Guard.Shell.Effects;

/// <summary>
/// Tells options, values, subcommands and operands of an argument vector apart, the way the described program does.
/// Each word is looked at a bounded number of times.
/// </summary>
internal sealed class CommandLineReader
{
    private readonly ProgramCatalog _catalog;
    private readonly CommandLine _line;
    private int _next = 1;
    private bool _optionsOver;
    private bool _behindDashes;
    private bool _subcommandsOver;
    private int _countedOperands;

    private CommandLineReader(ProgramCatalog catalog, CommandLine line) => (_catalog, _line) = (catalog, line);

    public static CommandLine Read(ProgramCatalog catalog, ProgramNode program, Argument[] words)
    {
        CommandLine line = CommandLine.Take(words);
        line.Nodes.Add(program);
        new CommandLineReader(catalog, line).Read();
        return line;
    }

    private void Read()
    {
        Argument[] words = _line.Words;
        if (_line.Leaf.Bundle && words.Length > 1 && words[1].Text is [not '-', ..] && words[1].IsKnown)
        {
            _next = 2;
            Cluster(words[1], 1, start: 0, bundle: true);
        }

        while (_next < words.Length)
        {
            int at = _next++;
            Argument word = words[at];
            if (_optionsOver || _line.Leaf.Syntax == OptionSyntax.None || !LooksLikeOption(word))
            {
                if (!_optionsOver && !_behindDashes && word.MayBeOption && _line.Leaf.Syntax != OptionSyntax.None)
                {
                    Uncertain(at);
                }

                Operand(word, at);
            }
            else if (word.Text == "--" && word.IsKnown)
            {
                _optionsOver = _behindDashes = true;
                _line.Rest.Add((word, null));
            }
            else
            {
                Option(word, at);
            }
        }
    }

    private bool LooksLikeOption(Argument word) =>
        word.Form is ArgumentForm.Known or ArgumentForm.Partial && word.Text.Length > 0 && word.Text[0] switch
        {
            // To most programs a dash alone is standard input; to env it is an option.
            '-' => word.Text.Length > 1 || Find(word.Text) is not null,
            '+' => word.Text.Length > 1 && Any(node => node.HasPlusOptions),
            _ => Any(node => node.HasKeywords) && (Find(word.Text) is not null || FindPrefix(word.Text) is not null),
        };

    private void Operand(Argument word, int at)
    {
        ProgramNode leaf = _line.Leaf;
        if (leaf.Children.Count > 0 && !_subcommandsOver && !_behindDashes)
        {
            if (word.IsKnown && leaf.Children.TryGetValue(word.Text, out string? name) && _catalog.Find($"{leaf.Path} {name}") is { } child)
            {
                _line.Nodes.Add(child);
                _countedOperands = 0;
                return;
            }

            _subcommandsOver = true;
            _line.UnknownSubcommandWord = at;
        }

        _line.Operands.Add(new FoundOperand(word, at, _behindDashes));
        _line.Rest.Add((word, null));
        if (leaf.Assignments && !_behindDashes && IsAssignment(word.Text))
        {
            return;
        }

        _countedOperands++;
        _optionsOver |= leaf.Stops > 0 && _countedOperands >= leaf.Stops;
    }

    internal static bool IsAssignment(string text)
    {
        int equals = text.IndexOf('=');
        return equals > 0 && !text.AsSpan(0, equals).Contains('/') && !text.AsSpan(0, equals).Contains(Argument.Hole);
    }

    private void Option(Argument word, int at)
    {
        string text = word.Text;
        int equals = text.IndexOf('=');
        ReadOnlySpan<char> name = equals > 0 ? text.AsSpan(0, equals) : text;
        if (name.Contains(Argument.Hole) && (name.StartsWith("--") || name.IndexOf(Argument.Hole) == 1 || _line.Leaf.Syntax == OptionSyntax.Long))
        {
            Uncertain(at);
            Unknown(word, at);
            return;
        }

        // Whole words first: single-dash long options, keywords, and one-letter options that stand alone.
        if (Find(text) is { } exact)
        {
            Found(exact, word, at, attached: null, attachedShort: false);
        }
        else if (equals > 0 && name.Length > 2 && Find(text[..equals]) is { } valued)
        {
            Found(valued, word, at, word.Part(text[(equals + 1)..]), attachedShort: false);
        }
        else if (FindPrefix(text) is { } prefixed)
        {
            Found(prefixed.Option, word, at, word.Part(text[prefixed.Prefix.Length..]), attachedShort: false);
        }
        else if (text.StartsWith("--", StringComparison.Ordinal))
        {
            Long(word, at, text, equals);
        }
        else if (Find("-#") is { } number && IsNumber(text))
        {
            Found(number, word, at, word.Part(text[1..]), attachedShort: false);
        }
        else if (_line.Leaf.Syntax == OptionSyntax.Long || text[0] != '-')
        {
            Unknown(word, at);
        }
        else
        {
            Cluster(word, at, start: 1, bundle: false);
        }
    }

    private void Long(Argument word, int at, string text, int equals)
    {
        string name = equals > 0 ? text[..equals] : text;
        if (_line.Leaf.Syntax == OptionSyntax.Long && Find(name[1..]) is { } single)
        {
            Found(single, word, at, equals > 0 ? word.Part(text[(equals + 1)..]) : null, attachedShort: false);
        }
        else if (Abbreviated(name) is { } option)
        {
            Found(option, word, at, equals > 0 ? word.Part(text[(equals + 1)..]) : null, attachedShort: false);
        }
        else if (name.StartsWith("--no-", StringComparison.Ordinal) && Find("--" + name[5..]) is { } negated)
        {
            Found(new OptionSpec(["--no-" + negated.Names.First(n => n.StartsWith("--", StringComparison.Ordinal))[2..]], [], false, false), word, at, null, false);
        }
        else
        {
            Unknown(word, at);
        }
    }

    private void Cluster(Argument word, int at, int start, bool bundle)
    {
        string text = word.Text;
        for (int i = start; i < text.Length; i++)
        {
            if (Find("-" + text[i]) is not { } option)
            {
                if (text[i] == Argument.Hole)
                {
                    Uncertain(at);
                }

                Unknown(word, at);
                return;
            }

            ProgramNode? owner = Owner(option);
            if (i == start)
            {
                _line.Rest.Add((word, owner));
            }

            if (option.Values.Length == 0)
            {
                Add(option, [], at, false);
                continue;
            }

            if (bundle && !option.Optional)
            {
                int taken = _next;
                Add(option, Values(option, null), at, false);
                AddRest(taken, owner);
                continue;
            }

            string rest = text[(i + 1)..];
            Argument? attached = rest.Length > 0 ? word.Part(rest) : null;
            int before = _next;
            Argument[] values = option.Optional ? attached is { } value ? [value] : [] : Values(option, attached);
            Add(option, values, at, attached is not null);
            AddRest(before, owner);
            return;
        }
    }

    private void Found(OptionSpec option, Argument word, int at, Argument? attached, bool attachedShort)
    {
        ProgramNode? owner = Owner(option);
        _line.Rest.Add((word, owner));
        if (option.Values.Length == 0 || option.Optional)
        {
            // Go and .NET programs take --flag=false.
            if (option.Values.Length == 0 && attached is { IsKnown: true, Text: "false" or "0" or "no" })
            {
                return;
            }

            Add(option, attached is { } value && option.Values.Length > 0 ? [value] : [], at, attachedShort);
            return;
        }

        int before = _next;
        Argument[] values = Values(option, attached);
        Add(option, values, at, attachedShort);
        AddRest(before, owner);
    }

    private void AddRest(int from, ProgramNode? owner)
    {
        for (int i = from; i < _next; i++)
        {
            _line.Rest.Add((_line.Words[i], owner));
        }
    }

    private void Add(OptionSpec option, Argument[] values, int at, bool attachedShort)
    {
        _line.Options.Add(new FoundOption(option, values, at, attachedShort));
        _optionsOver |= option.Ends;
    }

    private Argument[] Values(OptionSpec option, Argument? attached)
    {
        List<Argument> values = [];
        if (attached is { } first)
        {
            values.Add(first);
        }

        ValueUse last = option.Values[^1];
        if (last.Kind == ValueKind.CommandUntilSemicolon)
        {
            TakeUntilSemicolon(values);
        }
        else if (last.TakesRest)
        {
            while (_next < _line.Words.Length)
            {
                values.Add(_line.Words[_next++]);
            }
        }
        else
        {
            while (values.Count < option.Values.Length && _next < _line.Words.Length)
            {
                if (_line.Words[_next].Form == ArgumentForm.Words)
                {
                    Uncertain(_next);
                }

                values.Add(_line.Words[_next++]);
            }
        }

        return [.. values];
    }

    private void TakeUntilSemicolon(List<Argument> values)
    {
        while (_next < _line.Words.Length)
        {
            Argument word = _line.Words[_next++];
            if (word.IsKnown && (word.Text == ";" || (word.Text == "+" && values is [.., { Text: "{}" }])))
            {
                return;
            }

            values.Add(word);
        }
    }

    private void Unknown(Argument word, int at)
    {
        _line.UnknownOptions.Add((word, at));
        _line.Rest.Add((word, null));
    }

    private void Uncertain(int at)
    {
        if (_line.UncertainWord < 0)
        {
            _line.UncertainWord = at;
        }
    }

    // The subcommand's own options, then those of outer nodes that are read anywhere.
    private OptionSpec? Find(string name)
    {
        for (int i = _line.Nodes.Count - 1; i >= 0; i--)
        {
            if ((i == _line.Nodes.Count - 1 || _line.Nodes[i].GlobalsAnywhere) && _line.Nodes[i].Options.TryGetValue(name, out OptionSpec? option))
            {
                return option;
            }
        }

        return null;
    }

    private bool Any(Func<ProgramNode, bool> has)
    {
        for (int i = _line.Nodes.Count - 1; i >= 0; i--)
        {
            if ((i == _line.Nodes.Count - 1 || _line.Nodes[i].GlobalsAnywhere) && has(_line.Nodes[i]))
            {
                return true;
            }
        }

        return false;
    }

    private (string Prefix, OptionSpec Option)? FindPrefix(string text)
    {
        for (int i = _line.Nodes.Count - 1; i >= 0; i--)
        {
            if (i < _line.Nodes.Count - 1 && !_line.Nodes[i].GlobalsAnywhere)
            {
                continue;
            }

            foreach ((string prefix, OptionSpec option) in _line.Nodes[i].Prefixes)
            {
                if (text.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return (prefix, option);
                }
            }
        }

        return null;
    }

    private OptionSpec? Abbreviated(string name)
    {
        OptionSpec? found = null;
        for (int i = _line.Nodes.Count - 1; i >= 0; i--)
        {
            if (i < _line.Nodes.Count - 1 && !_line.Nodes[i].GlobalsAnywhere)
            {
                continue;
            }

            foreach ((string candidate, OptionSpec option) in _line.Nodes[i].Options)
            {
                if (!candidate.StartsWith(name, StringComparison.Ordinal))
                {
                    continue;
                }

                if (found is not null && !ReferenceEquals(found, option))
                {
                    return null;
                }

                found = option;
            }
        }

        return found;
    }

    private ProgramNode? Owner(OptionSpec option)
    {
        for (int i = _line.Nodes.Count - 1; i >= 0; i--)
        {
            if (_line.Nodes[i].Options.TryGetValue(option.Names[0], out OptionSpec? own) && ReferenceEquals(own, option))
            {
                return _line.Nodes[i];
            }
        }

        return null;
    }

    private static bool IsNumber(string text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }
        }

        return text.Length > 1 && text[0] == '-';
    }
}
