using System.Buffers;

namespace Guard.Redaction.Detectors;

/// <summary>
/// Values given to a name that is one of a secret: <c>DB_PASSWORD=x</c>, <c>"apiKey": "x"</c>, <c>Password=x;</c> in a connection
/// string, <c>--token x</c>, <c>&lt;password&gt;x&lt;/password&gt;</c>, <c>identified by 'x'</c>, <c>login a password x</c>.
/// </summary>
internal static class AssignmentDetector
{
    private const int MaxName = 128;
    private const int MaxValue = 4_096;
    private const int MaxSpace = 8;

    /// <summary>After a colon stands prose as well; a bare word that short is no secret.</summary>
    private const int MinBareWord = 6;

    /// <summary>What every such name has in it. "key" alone would be in every second line of a program.</summary>
    private static readonly SearchValues<string> s_words = SearchValues.Create(
        [
            "password", "passwd", "passphrase", "passcode", "pwd", "pass", "secret", "token", "credential", "apikey", "api_key", "api-key", "accesskey", "access_key", "access-key",
            "privatekey", "private_key", "private-key", "accountkey", "account_key", "account-key", "authkey", "auth_key", "auth-key", "encryptionkey", "encryption_key", "encryption-key",
            "signingkey", "signing_key", "signing-key", "sharedkey", "shared_key", "shared-key", "masterkey", "master_key", "master-key", "servicekey", "service_key", "service_role_key",
            "deploykey", "deploy_key", "deploy-key", "licensekey", "license_key", "license-key", "sessionkey", "session_key", "session-key", "clientkey", "client_key",
            "storagekey", "storage_key", "storage-key", "connectionstring", "connection_string", "connection-string", "identified by",
        ],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> s_bareEnd = SearchValues.Create(" \t\r\n\"'`<>|");

    private static readonly SearchValues<char> s_perhapsEnd = SearchValues.Create("&\\;,)]}");

    public static void Find(ReadOnlySpan<char> text, SecretFindings findings)
    {
        var at = 0;
        while (at < text.Length && text[at..].IndexOfAny(s_words) is >= 0 and var next)
        {
            at += next;
            at = Match(text, at, findings);
        }
    }

    // Where to go on: always after the name.
    private static int Match(ReadOnlySpan<char> text, int at, SecretFindings findings)
    {
        if (text[at..].StartsWith("identified by", StringComparison.OrdinalIgnoreCase))
        {
            var from = at + "identified by".Length;
            return ReadValue(text, SkipSpace(text, from), new Context { Strong = true, QuotedOnly = true }, findings);
        }

        var start = at;
        while (start > 0 && at - start < MaxName && TextShapes.Name.Contains(text[start - 1]))
        {
            start--;
        }

        var end = at + TextShapes.Run(text[at..], TextShapes.Name, MaxName);
        findings.Spend((end - start) / 4);
        if (SecretMarker.IsKind(text, start))
        {
            return end;
        }

        var dashed = text[start] == '-';
        var name = text[start..end].Trim("-.");
        var strength = SecretName.Of(name);
        if (strength == SecretNameStrength.None)
        {
            return end;
        }

        var context = new Context
        {
            Strong = strength == SecretNameStrength.Strong,
            Token = name.EndsWith("token", StringComparison.OrdinalIgnoreCase),
            InQuery = start > 0 && text[start - 1] is '?' or '&',
        };
        var value = Separator(text, end, dashed, ref context);
        if (value < 0 && IsNetrc(text, start, findings))
        {
            value = SkipSpace(text, end);
        }

        return value < 0 ? end : ReadValue(text, value, context, findings);
    }

    // Where the value begins; negative: nothing is assigned here.
    private static int Separator(ReadOnlySpan<char> text, int end, bool dashed, ref Context context)
    {
        var at = end;
        // "name" : or ['name'] = or name\" : in JSON that is quoted itself.
        while (at < text.Length && at - end < 4 && text[at] is '"' or '\'' or '`' or '\\' or ']')
        {
            at++;
        }

        if (at == end && at < text.Length && text[at] == '>')
        {
            context.UntilTag = true;
            return at + 1;
        }

        at = SkipSpace(text, at);
        if (at >= text.Length)
        {
            return -1;
        }

        if (text[at] is '=' or ':')
        {
            context.Colon = text[at] == ':';
            while (at < text.Length && text[at] is '=' or ':' or '>')
            {
                at++;
            }

            var value = SkipSpace(text, at);
            context.Spaced = value > at;
            return value;
        }

        // An option and its value: --token x; the next option is no value.
        return dashed && at > end && text[at] is not ('-' or '|' or '>' or '<' or '&' or ';') ? at : -1;
    }

    // machine example.com login somebody password x
    private static bool IsNetrc(ReadOnlySpan<char> text, int start, SecretFindings findings)
    {
        var before = text[Math.Max(0, start - 256)..start].TrimEnd();
        findings.Spend(32);
        var user = before.LastIndexOfAny(" \t\n");
        return user > 0 && before[..user].TrimEnd().EndsWith("login", StringComparison.OrdinalIgnoreCase);
    }

    private static int ReadValue(ReadOnlySpan<char> text, int at, Context context, SecretFindings findings)
    {
        if (at >= text.Length)
        {
            return text.Length;
        }

        // \" opens a quoted value inside of text that is quoted itself.
        var open = at;
        while (open < text.Length && text[open] == '\\' && open - at < 4)
        {
            open++;
        }

        var quoted = open < text.Length && text[open] is '"' or '\'' or '`';
        // A literal of a program or of a data file opens with a bracket, and can hold the next name: password: { token: "x" }.
        if (!quoted && (context.QuotedOnly || text[at] is '{' or '[' or '('))
        {
            return at;
        }

        var (start, length) = quoted ? (open + 1, QuotedLength(text[(open + 1)..], text[open], open > at)) : (at, BareLength(text[at..], context));
        findings.Spend(1 + length / 8);
        var value = text.Slice(start, length);
        if (IsSecret(value, quoted, context))
        {
            findings.Add(start, length, "secret");
            return start + length;
        }

        return start + length;
    }

    private static bool IsSecret(ReadOnlySpan<char> value, bool quoted, Context context)
    {
        if (SecretValue.IsReference(value) || (context.Token && value.Length < 10 && !value.ContainsAnyExceptInRange('0', '9')))
        {
            return false;
        }

        if (!context.Strong)
        {
            return SecretValue.LooksRandom(value);
        }

        // Prose: "your token: see below".
        return quoted || !context.Colon || !context.Spaced || value.Length >= MinBareWord || value.ContainsAnyInRange('0', '9');
    }

    private static int QuotedLength(ReadOnlySpan<char> text, char quote, bool escaped)
    {
        var window = text[..Math.Min(text.Length, MaxValue)];
        for (var i = 0; i < window.Length; i++)
        {
            if (window[i] == '\\' && !escaped)
            {
                // What is escaped does not end the value.
                i++;
            }
            else if (window[i] == quote)
            {
                return escaped && i > 0 && window[i - 1] == '\\' ? i - 1 : i;
            }
        }

        return window.Length;
    }

    private static int BareLength(ReadOnlySpan<char> text, Context context)
    {
        var window = text[..Math.Min(text.Length, MaxValue)];
        if (context.UntilTag)
        {
            var tag = window.IndexOf('<');
            return tag < 0 ? window.Length : tag;
        }

        var end = window.IndexOfAny(s_bareEnd);
        window = end < 0 ? window : window[..end];
        for (var at = 0; window[at..].IndexOfAny(s_perhapsEnd) is >= 0 and var next; at++)
        {
            at += next;
            if (EndsBare(window, at, context))
            {
                return at;
            }
        }

        return window.Length;
    }

    private static bool EndsBare(ReadOnlySpan<char> value, int at, Context context) => value[at] switch
    {
        '&' => context.InQuery,
        '\\' => at + 1 >= value.Length || value[at + 1] is 'n' or 'r' or '"' or '\'',
        // The end of a statement, an argument or a member: what follows is nothing, or the next name.
        ';' or ',' => IsNextName(value[(at + 1)..]),
        ')' or ']' or '}' => at + 1 >= value.Length || !char.IsAsciiLetterOrDigit(value[at + 1]),
        _ => false,
    };

    private static bool IsNextName(ReadOnlySpan<char> rest)
    {
        var name = TextShapes.Run(rest, TextShapes.Name, MaxName);
        return rest.IsEmpty || (name > 0 && (name == rest.Length || rest[name] is '=' or ':'));
    }

    private static int SkipSpace(ReadOnlySpan<char> text, int at)
    {
        var end = Math.Min(text.Length, at + MaxSpace);
        while (at < end && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    private struct Context
    {
        public bool Strong;
        public bool Token;
        public bool Colon;
        public bool Spaced;
        public bool InQuery;
        public bool UntilTag;
        public bool QuotedOnly;
    }
}
