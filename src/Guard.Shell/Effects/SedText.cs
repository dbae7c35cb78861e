namespace Guard.Shell.Effects;

/// <summary>What a sed script reads, writes and starts: <c>r R w W e</c> and the flags <c>e</c> and <c>w</c> of <c>s</c>. GNU sed's grammar.</summary>
internal static class SedText
{
    public static void Read(EffectSink sink, Argument script, int word)
    {
        if (!script.IsKnown)
        {
            sink.Opaque.Add(new OpaqueReason("sed-script", word));
            return;
        }

        Scanner scanner = new(sink, script.Text, word, seesBrackets: true);
        if (!scanner.Run())
        {
            sink.Opaque.Add(new OpaqueReason("sed-script", word));
        }

        // To some seds a delimiter within brackets ends the pattern. Where that makes no script of it they refuse it and do nothing.
        if (scanner.IsAmbiguous)
        {
            _ = new Scanner(sink, script.Text, word, seesBrackets: false).Run();
        }
    }

    private ref struct Scanner(EffectSink sink, string text, int word, bool seesBrackets)
    {
        private int _at;

        /// <summary>A delimiter stands within brackets.</summary>
        public bool IsAmbiguous { get; private set; }

        private readonly bool More => _at < text.Length;

        public bool Run()
        {
            while (More)
            {
                if (char.IsWhiteSpace(text[_at]) || text[_at] is ';' or '}' or '{')
                {
                    _at++;
                }
                else if (!Command())
                {
                    return false;
                }
            }

            return true;
        }

        private bool Command()
        {
            if (!Addresses() || !More)
            {
                return !More;
            }

            char command = text[_at++];
            switch (command)
            {
                case '{' or '}':
                    return true;
                case '#':
                    _ = Line();
                    return true;
                case '=' or 'd' or 'D' or 'g' or 'G' or 'h' or 'H' or 'n' or 'N' or 'p' or 'P' or 'x' or 'z' or 'F' or 'l' or 'L' or 'q' or 'Q':
                    while (More && (text[_at] is ' ' || char.IsAsciiDigit(text[_at])))
                    {
                        _at++;
                    }

                    return !More || text[_at] is ';' or '\n' or '}' or '\r' or '#';
                case 'a' or 'i' or 'c':
                    while (Line().EndsWith('\\') && More)
                    {
                    }

                    return true;
                case ':' or 'b' or 't' or 'T' or 'v':
                    while (More && text[_at] is not (';' or '\n'))
                    {
                        _at++;
                    }

                    return true;
                case 'r' or 'R':
                    sink.File(Argument.Of(Line().Trim()), ValueUse.Names["read"], word, isImplicit: false);
                    return true;
                case 'w' or 'W':
                    sink.File(Argument.Of(Line().Trim()), ValueUse.Names["write"], word, isImplicit: false);
                    return true;
                case 'e':
                    string shell = Line().Trim();
                    if (shell.Length == 0)
                    {
                        sink.Opaque.Add(new OpaqueReason("sed-execute", word));
                    }
                    else
                    {
                        sink.Inner.Add(new InnerCommand { ShellText = Argument.Of(shell), Word = word });
                    }

                    return true;
                case 's':
                    return Delimited(2) && SubstituteFlags();
                case 'y':
                    return Delimited(2, isPattern: false);
                default:
                    return false;
            }
        }

        private bool SubstituteFlags()
        {
            for (; More; _at++)
            {
                switch (text[_at])
                {
                    case 'g' or 'p' or 'i' or 'I' or 'm' or 'M':
                    case >= '0' and <= '9':
                        break;
                    case 'e':
                        sink.Opaque.Add(new OpaqueReason("sed-execute", word));
                        break;
                    case 'w':
                        _at++;
                        sink.File(Argument.Of(Line().Trim()), ValueUse.Names["write"], word, isImplicit: false);
                        return true;
                    default:
                        return char.IsWhiteSpace(text[_at]) || text[_at] is ';' or '}' or '#';
                }
            }

            return true;
        }

        private bool Addresses()
        {
            while (More)
            {
                char c = text[_at];
                if (char.IsAsciiDigit(c) || c is '$' or ',' or '+' or '~' or '!' || char.IsWhiteSpace(c))
                {
                    _at++;
                }
                else if (c is '/' or '\\')
                {
                    _at += c == '\\' ? 1 : 0;
                    if (!Delimited(1))
                    {
                        return false;
                    }

                    while (More && text[_at] is 'I' or 'M')
                    {
                        _at++;
                    }
                }
                else
                {
                    return true;
                }
            }

            return true;
        }

        /// <summary>Skips a delimiter and the texts that it ends.</summary>
        private bool Delimited(int parts, bool isPattern = true)
        {
            if (!More || text[_at] is '\n' or '\\')
            {
                return false;
            }

            char delimiter = text[_at++];
            BracketTracker brackets = default;
            while (More)
            {
                char c = text[_at++];
                if (c == delimiter && isPattern && brackets.IsInside)
                {
                    IsAmbiguous = true;
                }

                if (c == delimiter && !(seesBrackets && isPattern && brackets.IsInside))
                {
                    isPattern = false;
                    if (--parts == 0)
                    {
                        return true;
                    }
                }
                else if (c == '\\' && More)
                {
                    // Within brackets it is an ordinary character to some, and escapes to others.
                    if (isPattern && brackets.IsInside && text[_at] is ']' or '[')
                    {
                        return false;
                    }

                    _at++;
                }
                else if (isPattern)
                {
                    brackets.Take(text, _at - 1);
                }
            }

            return false;
        }

        private string Line()
        {
            int end = text.IndexOf('\n', _at);
            string line = end < 0 ? text[_at..] : text[_at..end];
            _at = end < 0 ? text.Length : end + 1;
            return line;
        }
    }
}
