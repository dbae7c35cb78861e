using Guard.Agents.Paths;
using Guard.Protocol;
using Guard.Shell;

namespace Guard.Agents;

/// <summary>The accesses of a command line.</summary>
internal static class ShellAccesses
{
    // More separators than this in one word: the pieces between them stand for it, so that the work stays linear.
    private const int MaxSuffixes = 8;

    private const string WordCode = "shell.word";

    private static readonly string[] FileActions = [Actions.ReadFile, Actions.WriteFile, Actions.DeleteFile];
    private static readonly string[] WebActions = [Actions.ReadWebFetch, Actions.WriteWeb, Actions.ConnectNetwork];

    /// <summary>Adds everything the line would do or mentions.</summary>
    public static void Add(AccessList list, string line)
    {
        // The shell expands `~` by HOME; where that is not the account's home, a rule about `~` would mean another folder.
        var home = list.Context.HomeVariable is null || list.Context.HomeVariable == list.Context.Home ? list.Context.Home : null;
        var analysis = ShellAnalyser.Analyse(line, new ShellContext(home));
        list.Add(new Access { Action = Actions.ExecuteShell, Resource = line, Inert = true, Why = "shell.line" });
        if (analysis.Opaque is { } why) list.Add(new Access { Action = Actions.ExecuteOpaque, Resource = line, Why = why });
        foreach (var command in analysis.Commands)
        {
            list.Add(new Access { Action = Actions.ExecuteShell, Resource = command.Normal, Canonical = command.Canonical, Words = command.Words });
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in analysis.Words)
        {
            foreach (var piece in PiecesOf(word))
            {
                if (!seen.Add(piece)) continue;
                AddFile(list, piece);
                AddWeb(list, piece);
            }
        }
    }

    /// <summary>The word, what follows each <c>=</c>, <c>:</c> and <c>@</c> in it, and the value stuck to a short option.</summary>
    private static IEnumerable<string> PiecesOf(string word)
    {
        yield return word;
        if (word.Length > 2 && word[0] == '-' && word[1] != '-') yield return word[2..];

        var separators = 0;
        for (var i = word.AsSpan().IndexOfAny('=', ':', '@'); i >= 0 && separators < MaxSuffixes; separators++)
        {
            yield return word[(i + 1)..];
            var next = word.AsSpan(i + 1).IndexOfAny('=', ':', '@');
            i = next < 0 ? -1 : i + 1 + next;
        }

        if (separators == 0) yield break;
        foreach (var piece in word.Split(['=', ':', '@'], StringSplitOptions.RemoveEmptyEntries)) yield return piece;
    }

    private static void AddFile(AccessList list, string piece)
    {
        // Programs follow the kernel: `..` is taken after symlinks, and the text is only a second spelling.
        var absolute = PathResolver.Absolute(piece, list.Folder, list.Context.HomeVariable ?? list.Context.Home);
        if (absolute is null) return;
        var resolved = PathResolver.Resolve(list.Context.Paths, absolute);
        var written = PathResolver.Lexical(absolute);
        foreach (var action in FileActions)
        {
            list.Add(AccessList.FileAccess(action, written, resolved.Real, inert: true) with { Why = WordCode });
        }
    }

    private static void AddWeb(AccessList list, string piece)
    {
        if (Authority(piece) is not { } authority) return;
        foreach (var action in WebActions)
        {
            var resource = action == Actions.ConnectNetwork ? authority : piece;
            list.Add(new Access { Action = action, Resource = resource, Inert = true, Why = WordCode });
        }
    }

    /// <summary>The host, with its port where one is stated, of a text that can be a URL or a host; else null.</summary>
    private static string? Authority(string piece)
    {
        if (piece.Length is 0 or > PathResolver.MaxLength) return null;
        var rest = piece.AsSpan();
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0) rest = rest[(scheme + 3)..];
        else if (rest.IsEmpty || rest[0] is '/' or '.' or '-' or '~') return null;

        var end = rest.IndexOfAny('/', '?', '#');
        if (end >= 0) rest = rest[..end];
        rest = rest[(rest.LastIndexOf('@') + 1)..];
        if (rest.IsEmpty) return null;
        return scheme > 0 || LooksLikeHost(rest) ? rest.ToString() : null;
    }

    private static bool LooksLikeHost(ReadOnlySpan<char> text)
    {
        if (text[0] == '[') return text.Contains(']');
        var colon = text.IndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (colon >= 0 && (text[(colon + 1)..].IsEmpty || text[(colon + 1)..].ContainsAnyExceptInRange('0', '9'))) return false;
        if (host.IsEmpty || (colon < 0 && !host.Contains('.'))) return false;
        foreach (var c in host)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('.' or '-' or '_')) return false;
        }

        return true;
    }
}
