using System.Text.Json.Nodes;

namespace Guard.Cli.Init.Managed;

/// <summary>
/// What the client's managed settings need beside the hooks, each measured with client 2.1.329:
/// <c>allowManagedHooksOnly</c>, because another hook can rewrite a call after Guard has judged it;
/// <c>disableSkillShellExecution</c>, because commands inside skills run without being shown to hooks;
/// <c>requiredMinimumVersion</c>, because older clients ignore <c>onFailure</c>: an older one refuses to start, in print mode
/// and with its bare and safe modes too, if it is new enough to know the setting;
/// <c>NO_PROXY</c>, because a project's environment otherwise reroutes hooks of type http, managed ones too.
/// </summary>
internal static class ManagedSettings
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "::1"];

    /// <summary>Adds what is missing. What an administrator has stated otherwise stays, with a warning.</summary>
    /// <returns>What was set, for taking it out again, and the warnings.</returns>
    public static (IReadOnlyList<SetMember> Set, IReadOnlyList<string> Warnings) Add(JsonObject settings, string? gatewayHost)
    {
        var set = new List<SetMember>();
        var warnings = new List<string>();
        State("allowManagedHooksOnly", true, "hooks of users and projects run too, and one of them can rewrite a call after Guard has judged it");
        State("disableSkillShellExecution", true, "commands inside skills run without being judged");
        State("requiredMinimumVersion", AgentClient.Oldest.ToString(), "a client that ignores `onFailure` may be started");

        if (settings["env"] is not JsonObject environment) settings["env"] = environment = [];
        string[] hosts = gatewayHost is null ? Loopback : [.. Loopback, gatewayHost];
        foreach (var name in (string[])["NO_PROXY", "no_proxy"])
        {
            var before = environment[name]?.GetValue<string>();
            var present = (before ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (present.Contains("*", StringComparer.Ordinal) || hosts.All(host => present.Contains(host, StringComparer.Ordinal))) continue;
            var wanted = string.Join(',', present.Union(hosts, StringComparer.Ordinal));
            environment[name] = wanted;
            set.Add(new SetMember(name, wanted, "env", before));
        }

        return (set, warnings);

        void State(string name, JsonNode wanted, string otherwise)
        {
            if (settings[name] is not { } stated)
            {
                settings[name] = wanted;
                set.Add(new SetMember(name, wanted.ToJsonString()));
            }
            else if (!JsonNode.DeepEquals(stated, wanted) && !IsNewer(stated))
            {
                warnings.Add($"`{name}` is {stated.ToJsonString()} there and was left so: {otherwise}");
            }
        }

        static bool IsNewer(JsonNode stated) =>
            stated.GetValueKind() == System.Text.Json.JsonValueKind.String && Version.TryParse(stated.GetValue<string>(), out var version) && version >= AgentClient.Oldest;
    }

    /// <summary>Takes out what was set and still stands as it was set.</summary>
    public static void Remove(JsonObject settings, IEnumerable<SetMember> set)
    {
        foreach (var member in set)
        {
            var holder = member.Holder is null ? settings : settings[member.Holder] as JsonObject;
            if (holder?[member.Name] is not { } value) continue;
            var text = value.GetValueKind() == System.Text.Json.JsonValueKind.String && member.Holder is not null ? value.GetValue<string>() : value.ToJsonString();
            if (text != member.Value) continue;
            if (member.Before is null)
                holder.Remove(member.Name);
            else
                holder[member.Name] = member.Before;
            if (member.Holder is not null && holder.Count == 0) settings.Remove(member.Holder);
        }
    }
}

/// <summary>A member that Guard set in settings.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What was set: JSON, or below a holder the text itself.</param>
/// <param name="Holder">The object it stands in; null: the document.</param>
/// <param name="Before">The text that stood there; null: nothing.</param>
internal sealed record SetMember(string Name, string Value, string? Holder = null, string? Before = null);
