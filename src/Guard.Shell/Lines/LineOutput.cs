using Guard.Shell.Syntax;

namespace Guard.Shell.Lines;

/// <summary>Takes what the line does, once each, within the limits.</summary>
internal sealed class LineOutput(string line, LineLimits limits)
{
    private readonly HashSet<LineAccess> _seen = new(SameAccess.Instance);
    private readonly int _steps = limits.StepsFor(line);
    private readonly HashSet<(string Code, SourceSpan Span)> _opaque = [];

    private readonly Dictionary<(SourceSpan Span, string Normal, string? Folder, int Parent, bool Elsewhere), int> _commands = [];

    private readonly HashSet<string> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _foreign = new(StringComparer.Ordinal);

    public List<LineCommand> Commands { get; } = [];

    public List<LineAccess> Accesses { get; } = [];

    public List<OpaquePart> Opaque { get; } = [];

    public LineLimits Limits => limits;

    public int Steps { get; private set; }

    public int StepsLeft => Math.Max(0, _steps - Steps);

    /// <summary>A limit was reached, which is written down; nothing more is looked at.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>The line makes a link here: where paths through it lead is told by the line, not by the files there are now.</summary>
    public void AddLink(string path) => _links.Add(path);

    public bool IsThroughLink(string path)
    {
        if (_links.Count == 0)
            return false;
        var links = _links.GetAlternateLookup<ReadOnlySpan<char>>();
        if (links.Contains(path) || links.Contains("/"))
            return true;
        for (var slash = path.IndexOf('/', Math.Min(1, path.Length)); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (links.Contains(path.AsSpan(0, slash)))
                return true;
        }

        return false;
    }

    /// <summary>The line fills this file with text from the network or a decoder.</summary>
    public void AddForeign(string path, string opacity) => _foreign[path] = opacity;

    public string? OpacityOf(string path) => _foreign.GetValueOrDefault(path);

    /// <summary>Counts work. False: stop.</summary>
    public bool Step(SourceSpan span, int count = 1)
    {
        Steps += count;
        if (Steps > _steps)
            Exhaust(span);
        return !IsExhausted;
    }

    /// <summary>The command's index; the same one for a command that runs again from the same place.</summary>
    public int Add(LineCommand command)
    {
        var key = (command.Span, command.Normal, command.WorkingDirectory, command.Parent, command.Elsewhere);
        if (_commands.TryGetValue(key, out var known))
            return known;
        Commands.Add(command);
        return _commands[key] = Commands.Count - 1;
    }

    public void Add(LineAccess access)
    {
        if (!_seen.Add(access))
            return;
        if (Accesses.Count >= limits.Accesses)
            Exhaust(access.Span);
        else
            Accesses.Add(access);
    }

    public void AddOpaque(string code, SourceSpan span, int command)
    {
        if (!_opaque.Add((code, span)))
            return;
        Opaque.Add(new OpaquePart(code, span, LineOpacity.Explain(code)));
        Accesses.Add(new LineAccess("execute:opaque", span.Of(line), span, command) { Why = code });
    }

    private void Exhaust(SourceSpan span)
    {
        if (IsExhausted)
            return;
        IsExhausted = true;
        AddOpaque(LineOpacity.TooManySteps, span, -1);
    }
}
