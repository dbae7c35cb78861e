using System.Text;

namespace Guard.ProgramTables;

/// <summary>The options of an entry: groups of names that mean the same, each with its kind. What is added first holds.</summary>
internal sealed class OptionTable
{
    private readonly List<(string Kind, List<string> Names)> _groups = [];
    private readonly Dictionary<string, int> _groupOf = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _groupOf.Keys;

    public void Add(string kind, IReadOnlyList<string> names)
    {
        List<string> fresh = [.. names.Where(name => !_groupOf.ContainsKey(name))];
        if (fresh.Count == 0)
        {
            return;
        }

        foreach (string name in fresh)
        {
            _groupOf[name] = _groups.Count;
        }

        _groups.Add((kind, fresh));
    }

    public string? KindOf(IEnumerable<string> names) =>
        names.Where(_groupOf.ContainsKey).Select(name => _groups[_groupOf[name]].Kind).FirstOrDefault();

    /// <summary>Adds the names that are missing to the group that holds one of them.</summary>
    public void Join(IReadOnlyList<string> names)
    {
        int group = names.Where(_groupOf.ContainsKey).Select(name => _groupOf[name]).First();
        foreach (string name in names)
        {
            if (_groupOf.TryAdd(name, group))
            {
                _groups[group].Names.Add(name);
            }
        }
    }

    public void Write(StringBuilder lines)
    {
        foreach (IGrouping<string, (string Kind, List<string> Names)> kind in _groups.GroupBy(group => group.Kind, StringComparer.Ordinal))
        {
            lines.Append("k ").Append(kind.Key).Append('\t').AppendJoin(' ', kind.Select(group => string.Join(',', group.Names))).Append('\n');
        }
    }
}
