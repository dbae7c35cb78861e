using System.Text;
using Guard.Shell.Effects;
using Guard.Shell.Syntax;

namespace Guard.Shell.Lines;

/// <summary>Takes what the line does, once each, within the limits.</summary>
internal sealed class LineOutput(string line, LineLimits limits, ChangedForms forms, int stepsBefore)
{
    /// <summary>Lines of sessions have a command for so many characters, and an access for so many; only the first room is made by them.</summary>
    private const int CharactersForCommand = 24;

    private const int CharactersForAccess = 8;

    private readonly int _steps = limits.StepsFor(line);
    private readonly DistinctList<LineCommand> _commands = new(SameCommand.Instance, Math.Clamp(line.Length / CharactersForCommand, 4, 256));
    private readonly DistinctList<LineAccess> _accesses = new(SameAccess.Instance, Math.Clamp(line.Length / CharactersForAccess, 8, 1_024));
    private readonly DistinctList<OpaquePart> _opaque = new(SameOpacity.Instance, 0);
    private readonly StringBuilder _spelling = new();
    private HashSet<string>? _links;
    private Dictionary<string, string>? _foreign;
    private LineFiles? _files;
    private int _numbers;

    public IReadOnlyList<LineCommand> Commands => _commands.Items;

    public IReadOnlyList<LineAccess> Accesses => _accesses.Items;

    public IReadOnlyList<OpaquePart> Opaque => _opaque.Items;

    /// <summary>The files that the line writes and runs.</summary>
    public LineFiles Files => _files ??= new LineFiles();

    /// <summary>What the line makes of paths.</summary>
    public ChangedForms Forms => forms;

    public LineLimits Limits => limits;

    public int Steps { get; private set; } = stepsBefore;

    public int StepsLeft => Math.Max(0, _steps - Steps);

    /// <summary>A limit was reached, which is written down; nothing more is looked at.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Another one each time.</summary>
    public int NextNumber() => ++_numbers;

    /// <summary>The line makes a link here: where paths through it lead is told by the line, not by the files there are now.</summary>
    public void AddLink(string path) => (_links ??= new HashSet<string>(StringComparer.Ordinal)).Add(path);

    public bool IsThroughLink(string path)
    {
        if (_links is null)
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
    public void AddForeign(string path, string opacity) => (_foreign ??= new Dictionary<string, string>(StringComparer.Ordinal))[path] = opacity;

    public string? OpacityOf(string path) => _foreign?.GetValueOrDefault(path);

    public string Spelling(IReadOnlyList<Argument> words) => WordSpelling.Join(words, _spelling);

    /// <summary>Once everything was walked: what the line runs of the files that it writes.</summary>
    /// <returns>Whether it runs any.</returns>
    public bool FollowFiles() => _files?.Follow(this) ?? false;

    /// <summary>Counts work. False: stop.</summary>
    public bool Step(SourceSpan span, int count = 1)
    {
        Steps += count;
        if (Steps > _steps)
            Exhaust(span);
        return !IsExhausted;
    }

    /// <summary>The command's index; the same one for a command that runs again from the same place.</summary>
    public int Add(LineCommand command) => _commands.Add(command, out _);

    public void Add(LineAccess access)
    {
        if (_accesses.Count >= limits.Accesses)
            Exhaust(access.Span);
        else
            _accesses.Add(access, out _);
    }

    public void AddOpaque(string code, SourceSpan span, int command)
    {
        _opaque.Add(new OpaquePart(code, span, LineOpacity.Explain(code)), out var isNew);
        if (isNew)
            _accesses.Add(new LineAccess("execute:opaque", span.Of(line), span, command) { Why = code }, out _);
    }

    private void Exhaust(SourceSpan span)
    {
        if (IsExhausted)
            return;
        IsExhausted = true;
        AddOpaque(LineOpacity.TooManySteps, span, -1);
    }
}
