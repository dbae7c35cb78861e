using System.Text.Json;

namespace Guard.Cli.Policies.Import;

/// <summary>The permission rules of one settings file of the client.</summary>
/// <param name="Rules">Each once, in the order of the lists.</param>
/// <param name="DefaultMode">What holds where no rule does; null: not stated.</param>
/// <param name="Folders">Folders beside the project that the client may read.</param>
internal sealed record ClientPermissions(IReadOnlyList<ClientRule> Rules, string? DefaultMode, IReadOnlyList<string> Folders)
{
    private const int MaxRules = 1000;

    /// <summary>
    /// Reads the text as strictly as the client does, which leaves out a whole file that has a comment or a wrong type in it. Null where
    /// it cannot be read, with every problem: a rule that is left out might be the one that forbids.
    /// </summary>
    public static ClientPermissions? Read(string text, List<string> problems)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException e)
        {
            problems.Add($"line {e.LineNumber + 1}: it is not JSON, and the client takes no comments and no trailing commas either");
            return null;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add("it is no object with settings");
                return null;
            }

            if (!document.RootElement.TryGetProperty("permissions", out var permissions))
            {
                problems.Add("it has no `permissions`, so there is nothing to import");
                return null;
            }

            return permissions.ValueKind == JsonValueKind.Object ? Read(permissions, problems) : Wrong(problems, "permissions", "an object");
        }
    }

    private static ClientPermissions? Read(JsonElement permissions, List<string> problems)
    {
        var rules = new List<ClientRule>();
        foreach (var list in Enum.GetValues<PermissionList>())
        {
            var texts = Texts(permissions, list.Key(), problems);
            for (var i = 0; i < texts.Count; i++)
            {
                if (ClientRule.Parse(list, i, texts[i], out var problem) is not { } rule)
                {
                    problems.Add($"permissions.{list.Key()}[{i}] `{texts[i]}`: {problem}");
                }
                else if (!rules.Exists(r => r.List == list && r.Text == rule.Text))
                {
                    rules.Add(rule);
                }
            }
        }

        if (rules.Count > MaxRules)
        {
            problems.Add($"it has {rules.Count} rules, and a policy holds at most {MaxRules}");
        }

        var mode = permissions.TryGetProperty("defaultMode", out var stated) ? stated.ValueKind == JsonValueKind.String ? stated.GetString() : Wrong(problems, "permissions.defaultMode", "a text")?.DefaultMode : null;
        var folders = Texts(permissions, "additionalDirectories", problems);
        return problems.Count == 0 ? new ClientPermissions(rules, mode, folders) : null;
    }

    private static List<string> Texts(JsonElement permissions, string key, List<string> problems)
    {
        if (!permissions.TryGetProperty(key, out var list))
        {
            return [];
        }

        if (list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String))
        {
            return [.. list.EnumerateArray().Select(e => e.GetString()!)];
        }

        Wrong(problems, $"permissions.{key}", "a list of texts");
        return [];
    }

    private static ClientPermissions? Wrong(List<string> problems, string key, string wanted)
    {
        problems.Add($"{key}: it should be {wanted}");
        return null;
    }
}
