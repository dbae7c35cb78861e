using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Agents.ClaudeCode;

namespace Guard.Cli.Init;

/// <summary>
/// The client's judgement of a settings file, with the places of its faults: what makes it drop the whole file is a defect,
/// what it ignores by itself is a remark.
/// </summary>
internal sealed class SettingsCheck
{
    private readonly List<string> _droppable = [];

    private SettingsCheck(SettingsText text)
    {
        var defects = new List<SettingsDefect>();
        var remarks = new List<SettingsRemark>();
        if (text.Root is { } root)
        {
            using var document = JsonDocument.Parse(root.ToJsonString());
            foreach (var fault in SettingsShape.Check(document.RootElement))
            {
                var (line, column) = text.PlaceOf(fault.Path);
                // Guard's own registration belongs in these lists, so one that is none is in its way.
                var inTheWay = HookEvents.Registered.Any(name => fault.Path == "/hooks/" + name);
                if (!fault.Voids && !inTheWay)
                {
                    remarks.Add(new SettingsRemark(line, column, fault.Message + "; the client ignores it"));
                    continue;
                }

                var because = fault.Voids ? "the client drops the whole file for it" : "Guard's own registration belongs there";
                defects.Add(new SettingsDefect(line, column, $"{fault.Message}; {because}", "takes it out"));
                _droppable.Add(fault.Path);
            }
        }

        (Defects, Remarks) = (defects, remarks);
    }

    public IReadOnlyList<SettingsDefect> Defects { get; }

    public IReadOnlyList<SettingsRemark> Remarks { get; }

    public static SettingsCheck Of(SettingsText text) => new(text);

    /// <summary>Takes out every value that is a defect, until none is left.</summary>
    public static void Repair(SettingsText text)
    {
        while (Of(text) is { _droppable: { Count: > 0 } droppable })
        {
            // Backwards, so that the places of earlier members of a list stay true.
            foreach (var path in Enumerable.Reverse(droppable)) Drop(text.Root!, path);
        }
    }

    // Drops the value at a path, or, where a member is missing, what should have held it.
    private static void Drop(JsonNode root, string path)
    {
        JsonNode? at = root;
        var parts = path.Split('/').Skip(1).Select(p => p.Replace("~1", "/").Replace("~0", "~")).ToArray();
        for (var i = 0; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            switch (at)
            {
                case JsonObject o when last:
                    o.Remove(parts[i]);
                    return;
                case JsonArray a when last && int.Parse(parts[i]) < a.Count:
                    a.RemoveAt(int.Parse(parts[i]));
                    return;
                case JsonObject o:
                    at = o[parts[i]];
                    break;
                case JsonArray a:
                    at = a[int.Parse(parts[i])];
                    break;
                default:
                    return;
            }
        }
    }
}
