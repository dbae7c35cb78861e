namespace Guard.Shell.Effects;

/// <summary>What an awk program reads, writes and starts: <c>system()</c>, pipes, redirected print and getline, ENVIRON, gawk's @load and @include.</summary>
internal static class AwkText
{
    private enum TokenKind
    {
        End,
        Name,
        Text,
        Operand,
        Sign,
    }

    private readonly record struct Token(TokenKind Kind, string Text);

    public static void Read(EffectSink sink, Argument program, int word)
    {
        if (!program.IsKnown)
        {
            sink.Opaque.Add(new OpaqueReason("awk-program", word));
            return;
        }

        List<Token> tokens = Tokens(program.Text, out bool isClear);
        if (!isClear)
        {
            sink.Opaque.Add(new OpaqueReason("awk-program", word));
        }

        bool inPrint = false;
        bool inGetline = false;
        int depth = 0;
        int printDepth = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            Token token = tokens[i];
            Token next = i + 1 < tokens.Count ? tokens[i + 1] : default;
            switch (token)
            {
                case { Kind: TokenKind.Name, Text: "print" or "printf" }:
                    inPrint = true;
                    printDepth = depth;
                    break;
                case { Kind: TokenKind.Name, Text: "getline" }:
                    inGetline = true;
                    break;
                case { Kind: TokenKind.Name, Text: "system" }:
                    Start(sink, i + 3 < tokens.Count && tokens[i + 3].Text == ")" ? tokens[i + 2] : default, word);
                    break;
                case { Kind: TokenKind.Name, Text: "ENVIRON" }:
                    string name = next.Text == "[" && i + 2 < tokens.Count && tokens[i + 2].Kind == TokenKind.Text ? tokens[i + 2].Text : "*";
                    sink.Environment(Argument.Of(name), word);
                    break;
                case { Kind: TokenKind.Name, Text: "ARGV" or "ARGC" }:
                    sink.Opaque.Add(new OpaqueReason("awk-arguments", word));
                    break;
                case { Kind: TokenKind.Sign, Text: "@" }:
                    sink.Opaque.Add(new OpaqueReason("awk-load", word));
                    break;
                case { Kind: TokenKind.Sign, Text: "|" or "|&" }:
                    Token command = next.Text == "getline" && next.Kind == TokenKind.Name ? Alone(tokens, i - 1, backward: true) : Alone(tokens, i + 1, backward: false);
                    Start(sink, command, word);
                    break;
                case { Kind: TokenKind.Sign, Text: ">" or ">>" } when inPrint && depth == printDepth:
                    File(sink, Alone(tokens, i + 1, backward: false), "write", word);
                    break;
                case { Kind: TokenKind.Sign, Text: "<" } when inGetline:
                    File(sink, next, "read", word);
                    inGetline = false;
                    break;
                case { Kind: TokenKind.Sign, Text: ";" or "\n" or "}" }:
                    inPrint = inGetline = false;
                    break;
                case { Kind: TokenKind.Sign, Text: "(" }:
                    depth++;
                    break;
                case { Kind: TokenKind.Sign, Text: ")" }:
                    depth--;
                    break;
            }
        }
    }

    // A text that no concatenation makes longer.
    private static Token Alone(List<Token> tokens, int at, bool backward)
    {
        if (at < 0 || at >= tokens.Count || tokens[at].Kind != TokenKind.Text)
        {
            return default;
        }

        int beside = backward ? at - 1 : at + 1;
        return beside < 0 || beside >= tokens.Count || tokens[beside] is { Kind: TokenKind.Sign, Text: ";" or "\n" or "}" or "{" or ")" or "(" or "|" or "&&" }
            ? tokens[at]
            : default;
    }

    private static void Start(EffectSink sink, Token command, int word)
    {
        if (command.Kind == TokenKind.Text)
        {
            sink.Inner.Add(new InnerCommand { ShellText = Argument.Of(command.Text), Word = word });
        }
        else
        {
            sink.Opaque.Add(new OpaqueReason("awk-command", word));
        }
    }

    private static void File(EffectSink sink, Token name, string use, int word) =>
        sink.File(name.Kind == TokenKind.Text ? Argument.Of(name.Text) : Argument.Unknown, ValueUse.Names[use], word, isImplicit: false);

    /// <param name="text">The program.</param>
    /// <param name="isClear">False where a slash within brackets ends a regular expression to some awks and not to others.</param>
    private static List<Token> Tokens(string text, out bool isClear)
    {
        List<Token> tokens = [];
        isClear = true;
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '#')
            {
                int end = text.IndexOf('\n', at);
                at = end < 0 ? text.Length : end;
            }
            else if (c is ' ' or '\t' or '\r')
            {
                at++;
            }
            else if (c == '\\' && at + 1 < text.Length && text[at + 1] == '\n')
            {
                at += 2;
            }
            else if (c == '"')
            {
                tokens.Add(Quoted(text, ref at));
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                int start = at;
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
                {
                    at++;
                }

                tokens.Add(new Token(TokenKind.Name, text[start..at]));
            }
            else if (char.IsAsciiDigit(c) || c == '$')
            {
                at++;
                tokens.Add(new Token(TokenKind.Operand, c == '$' ? "$" : "0"));
            }
            else if (c == '/' && !EndsOperand(tokens))
            {
                isClear &= SkipExpression(text, ref at);
                tokens.Add(new Token(TokenKind.Operand, "/"));
            }
            else
            {
                string two = at + 1 < text.Length ? text.Substring(at, 2) : "";
                string sign = two is "||" or "&&" or ">>" or "|&" or ">=" or "<=" ? two : c.ToString();
                at += sign.Length;
                tokens.Add(new Token(TokenKind.Sign, sign));
            }
        }

        return tokens;
    }

    private static bool EndsOperand(List<Token> tokens) =>
        tokens.Count > 0 && tokens[^1] is { Kind: TokenKind.Text or TokenKind.Operand, Text: not "$" } or { Kind: TokenKind.Sign, Text: ")" or "]" }
            or { Kind: TokenKind.Name, Text: not ("print" or "printf" or "return" or "in" or "if" or "while" or "else" or "do") };

    private static bool SkipExpression(string text, ref int at)
    {
        BracketTracker brackets = default;
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '/')
            {
                at++;
                return !brackets.IsInside;
            }

            if (text[at] != '\\')
            {
                brackets.Take(text, at);
            }
            else if (brackets.IsInside && at + 1 < text.Length && text[at + 1] is '/' or ']' or '[')
            {
                return false;
            }
            else
            {
                at++;
            }
        }

        return true;
    }

    /// <summary>A string; one with escapes that stand for other characters is an operand that is not known.</summary>
    private static Token Quoted(string text, ref int at)
    {
        System.Text.StringBuilder content = new();
        bool isKnown = true;
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
                isKnown &= text[at] is 'n' or 't' or '"' or '\\' or '/';
                content.Append(text[at] switch { 'n' => '\n', 't' => '\t', var other => other });
            }
            else
            {
                content.Append(text[at]);
            }
        }

        at = Math.Min(at + 1, text.Length);
        return isKnown ? new Token(TokenKind.Text, content.ToString()) : new Token(TokenKind.Operand, "?");
    }
}
