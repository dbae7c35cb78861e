using System.Text.Json;
using Guard.Policy.Cel;

namespace Guard.Policy.Evaluation;

/// <summary>The tool and its input as the client stated them: what the call is. Immutable.</summary>
public sealed class ToolFact
{
    private readonly JsonElement? _input;
    private readonly string? _command;
    private readonly string? _url;

    // Filled at first use: most calls meet no rule that reads their input. Two threads would fill in the same.
    private CelValue? _arguments;

    private ToolFact(string name, JsonElement? input, string? command, string? url) => (Name, _input, _command, _url) = (name, input, command, url);

    /// <summary>As the client spells it.</summary>
    public string Name { get; }

    /// <summary>The input as a map, or an error where it cannot be looked into.</summary>
    internal CelValue Arguments => _arguments ??= Read();

    /// <param name="name">The tool, as the client spells it.</param>
    /// <param name="input">Its input; texts that travelled as a digest may stand in it.</param>
    /// <param name="accesses">Of the call: they hold the whole command line or URL where the input does not.</param>
    public static ToolFact Of(string name, JsonElement? input, IReadOnlyList<RequestedAccess> accesses)
    {
        var primary = accesses.FirstOrDefault(a => a.Primary && !a.Unknown);
        return new ToolFact(
            name,
            input,
            primary is { Action: "execute:shell" } ? primary.Resource : null,
            primary is { Action: "read:web_fetch" or "read:web_browse" } ? primary.Resource : null);
    }

    private CelValue Read()
    {
        if (_input is not { ValueKind: not JsonValueKind.Undefined } input)
        {
            return new CelError("the tool's input was not sent");
        }

        var value = CelJson.Read(input, Complete, ToolMembers.Optional(Name));
        return value is CelMap or CelError ? value : new CelError("the tool's input is no set of members");
    }

    private void Complete(List<KeyValuePair<CelValue, CelValue>> members)
    {
        Replace(members, "command", _command);
        Replace(members, "url", _url);
        if (Find(members, "path") is null && (Find(members, "file_path") ?? Find(members, "notebook_path")) is { } path)
        {
            members.Add(new(new CelString("path"), path));
        }
    }

    private static void Replace(List<KeyValuePair<CelValue, CelValue>> members, string name, string? whole)
    {
        var place = members.FindIndex(m => ((CelString)m.Key).Value == name);
        if (whole is not null && place >= 0 && members[place].Value == CelJson.Withheld)
        {
            members[place] = new(members[place].Key, new CelString(whole));
        }
    }

    private static CelValue? Find(List<KeyValuePair<CelValue, CelValue>> members, string name) =>
        members.Find(m => ((CelString)m.Key).Value == name).Value;
}
