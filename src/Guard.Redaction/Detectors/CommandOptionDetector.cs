using System.Buffers;
using System.Collections.Frozen;

namespace Guard.Redaction.Detectors;

/// <summary>
/// Passwords given to programs by options that only those programs mean so (<c>mysql -px</c>, <c>curl -u name:x</c>). Options
/// that say by their name what they hold are <see cref="AssignmentDetector"/>'s.
/// </summary>
internal static class CommandOptionDetector
{
    private const int MaxProgram = 64;

    /// <summary>Program, and its options that take a secret. <c>:</c> after an option: only what follows a colon in its value. Separated by spaces.</summary>
    private static readonly FrozenDictionary<string, string[]> s_options = new Dictionary<string, string>
    {
        ["mysql"] = "-p",
        ["mysqldump"] = "-p",
        ["mysqladmin"] = "-p",
        ["mysqlimport"] = "-p",
        ["mysqlshow"] = "-p",
        ["mariadb"] = "-p",
        ["mariadb-dump"] = "-p",
        ["mariadb-admin"] = "-p",
        ["sshpass"] = "-p",
        ["login"] = "-p",
        ["mongo"] = "-p",
        ["mongosh"] = "-p",
        ["mongodump"] = "-p",
        ["mongorestore"] = "-p",
        ["cqlsh"] = "-p",
        ["sqlcmd"] = "-P",
        ["bcp"] = "-P",
        ["redis-cli"] = "-a",
        ["ldapsearch"] = "-w",
        ["ldapmodify"] = "-w",
        ["ldapadd"] = "-w",
        ["ldapdelete"] = "-w",
        ["ldappasswd"] = "-w -s -a",
        ["7z"] = "-p",
        ["7za"] = "-p",
        ["unrar"] = "-p",
        ["rar"] = "-p -hp",
        ["zip"] = "-P",
        ["unzip"] = "-P",
        ["curl"] = "-u: --user: -U: --proxy-user:",
        ["wget"] = "--http-passwd --ftp-passwd",
        ["http"] = "-a:",
        ["https"] = "-a:",
        ["xh"] = "-a:",
        ["smbclient"] = "-U%",
        ["rpcclient"] = "-U%",
        ["openssl"] = "-k -K -pass: -passin: -passout:",
        ["keytool"] = "-storepass -keypass",
        ["jarsigner"] = "-storepass -keypass",
        ["htpasswd"] = "",
        ["ipmitool"] = "-P",
        ["influx"] = "-p",
        ["snmpwalk"] = "-A -X -c",
        ["snmpget"] = "-A -X -c",
        ["rabbitmqadmin"] = "-p",
        ["xfreerdp"] = "/p:",
    }.ToFrozenDictionary(static pair => pair.Key, static pair => pair.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string[]>.AlternateLookup<ReadOnlySpan<char>> s_lookup = s_options.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly SearchValues<string> s_programs = SearchValues.Create([.. s_options.Keys], StringComparison.Ordinal);

    public static void Find(ReadOnlySpan<char> text, SecretFindings findings)
    {
        var at = 0;
        while (at < text.Length && text[at..].IndexOfAny(s_programs) is >= 0 and var next)
        {
            at += next;
            var end = at + TextShapes.Run(text[at..], TextShapes.Base64Url, MaxProgram);
            findings.Spend(1 + (end - at) / 8);
            var wordStart = at == 0 || text[at - 1] is ' ' or '\t' or '\n' or '/' or '"' or '\'' or '(' or '`' or ';' or '|' or '&';
            if (wordStart && end < text.Length && text[end] is ' ' or '\t' && s_lookup.TryGetValue(text[at..end], out var options))
            {
                at = ReadCommand(text, end, options, findings);
            }
            else
            {
                at = end;
            }
        }
    }

    // To the end of the command, so that no text is read twice.
    private static int ReadCommand(ReadOnlySpan<char> text, int at, string[] options, SecretFindings findings)
    {
        string? pending = null;
        while (at < text.Length)
        {
            findings.Spend(1);
            if (text[at] is '\n' or ';' or '|' or ')')
            {
                return at;
            }

            if (text[at] is ' ' or '\t' or '&' or '"' or '\'' or '\\')
            {
                at++;
                continue;
            }

            var start = at;
            at = WordEnd(text, at);
            findings.Spend((at - start) / 4 + options.Length);
            var word = text[start..at];
            if (pending is not null)
            {
                Judge(word, start, pending, findings);
                pending = null;
                continue;
            }

            foreach (var option in options)
            {
                var name = option.AsSpan().TrimEnd(":%");
                if (option[0] == '/' ? word.StartsWith(option, StringComparison.Ordinal) : word.SequenceEqual(name))
                {
                    pending = option[0] == '/' ? null : option;
                    if (option[0] == '/')
                    {
                        findings.Add(start + option.Length, word.Length - option.Length, "password");
                    }

                    break;
                }

                if (word.Length > name.Length && word.StartsWith(name, StringComparison.Ordinal) && (name.Length == 2 || word[name.Length] == '='))
                {
                    var value = name.Length == 2 ? name.Length : name.Length + 1;
                    value += value < word.Length && word[value] is '"' or '\'' ? 1 : 0;
                    Judge(word[value..], start + value, option, findings);
                    break;
                }
            }
        }

        return at;
    }

    private static void Judge(ReadOnlySpan<char> value, int at, string option, SecretFindings findings)
    {
        var secret = value;
        if (option[^1] is ':' or '%')
        {
            var mark = value.IndexOf(option[^1]);
            if (mark < 0)
            {
                return;
            }

            secret = value[(mark + 1)..];
        }

        if (!SecretValue.IsReference(secret))
        {
            findings.Add(at + value.Length - secret.Length, secret.Length, "password");
        }
    }

    private static int WordEnd(ReadOnlySpan<char> text, int at)
    {
        var quote = at > 0 && text[at - 1] is '"' or '\'' ? text[at - 1] : '\0';
        for (; at < text.Length; at++)
        {
            if (quote != '\0' ? text[at] == quote : text[at] is ' ' or '\t' or '\n' or ';' or '|' or '"' or '\'')
            {
                // -p"a b": the quotes belong to the word.
                if (quote == '\0' && text[at] is '"' or '\'')
                {
                    var close = text[(at + 1)..].IndexOf(text[at]);
                    return close < 0 ? text.Length : at + 1 + close;
                }

                return at;
            }
        }

        return at;
    }
}
