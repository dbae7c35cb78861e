using System.Text.Json;
using System.Text.Json.Nodes;

namespace Guard.Cli.Init;

/// <summary>
/// Checks settings the way the client does when it loads them: what makes it drop the whole file is a defect, what it
/// ignores by itself is a remark. The table was measured with <c>claude doctor</c> of client 2.1.329, one wrong type at a
/// time; keys that are not in it are left to the client.
/// </summary>
internal sealed class SettingsShape
{
    private static readonly Dictionary<string, JsonValueKind> Types = TypesOf(
        (JsonValueKind.String, """
            $schema advisorModel agent apiKeyHelper attributionProject autoMemoryDirectory awsAuthRefresh awsCredentialExport
            claudeMd gcpAuthRefresh language minimumVersion model otelHeadersHelper outputStyle plansDirectory
            pluginTrustMessage prUrlTemplate processWrapper proxyAuthHelper requiredMaximumVersion requiredMinimumVersion timeZone
            """),
        (JsonValueKind.Object, """
            breakReminder fileSuggestion permissions quietHours remote remoteTools sandbox spinnerVerbs statusLine voice worktree
            enabledPlugins env modelOverrides pluginConfigs skillOverrides hooks
            """),
        (JsonValueKind.Array, """
            allowedChannelPlugins allowedHttpHookUrls availableModels blockedMarketplaces claudeMdExcludes companyAnnouncements
            disabledMcpjsonServers enabledMcpjsonServers fallbackModel httpHookAllowedEnvVars pluginSuggestionMarketplaces
            sshConfigs strictKnownMarketplaces
            """),
        (JsonValueKind.Number, "cleanupPeriodDays desktopSessionCleanupPeriodDays feedbackSurveyRate skillListingBudgetFraction skillListingMaxDescChars totalTokensReminderBudget"),
        (JsonValueKind.True, """
            agentPushNotifEnabled allowAllClaudeAiMcps allowManagedHooksOnly allowManagedMcpServersOnly allowManagedPermissionRulesOnly
            alwaysThinkingEnabled autoCompactEnabled autoMemoryEnabled autoUploadSessions awaySummaryEnabled channelsEnabled
            disableAgentView disableAllHooks disableBundledSkills disableRemoteControl disableSideloadFlags disableSkillShellExecution
            disableWorkflows enableAllProjectMcpServers enableArtifact enableWorkflows enforceAvailableModels fastMode
            fastModePerSessionOptIn fileCheckpointingEnabled forceRemoteSettingsRefresh includeCoAuthoredBy includeGitInstructions
            inputNeededNotifEnabled isolatePeerMachines prefersReducedMotion promptSuggestionEnabled remoteControlAtStartup
            respectGitignore showClearContextOnPlanAccept showMessageTimestamps showThinkingSummaries showTurnDuration
            skipDangerousModePermissionPrompt skipWebFetchPreflight spinnerTipsEnabled syncClaudeAiPlugins syncClaudeAiSkills
            syntaxHighlightingDisabled terminalProgressBarEnabled terminalTitleFromRename todoFeatureEnabled verbose
            """));

    private static readonly string[] PermissionModes = ["acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan"];

    private readonly SettingsText _text;
    private readonly List<SettingsDefect> _defects = [];
    private readonly List<SettingsRemark> _remarks = [];
    private readonly List<string> _droppable = [];

    private SettingsShape(SettingsText text) => _text = text;

    public IReadOnlyList<SettingsDefect> Defects => _defects;

    public IReadOnlyList<SettingsRemark> Remarks => _remarks;

    public static SettingsShape Check(SettingsText text)
    {
        var shape = new SettingsShape(text);
        if (text.Root is { } root) shape.CheckRoot(root);
        return shape;
    }

    /// <summary>Takes out every value that is a defect, until none is left.</summary>
    public static void Repair(SettingsText text)
    {
        while (Check(text) is { _droppable: { Count: > 0 } droppable })
        {
            // Backwards, so that the places of earlier members of a list stay true.
            foreach (var path in Enumerable.Reverse(droppable)) Drop(text.Root!, path);
        }
    }

    private void CheckRoot(JsonObject root)
    {
        foreach (var (key, value) in root)
        {
            if (Types.TryGetValue(key, out var wanted) && !Is(value, wanted))
                Defect(SettingsText.Child("", key), $"`{key}` must be {Name(wanted)}, not {NameOf(value)}");
            else if (key == "permissions")
                CheckPermissions((JsonObject)value!);
            else if (key == "hooks")
                CheckHooks((JsonObject)value!);
        }
    }

    private void CheckPermissions(JsonObject permissions)
    {
        foreach (var key in (string[])["allow", "deny", "ask", "additionalDirectories"])
        {
            if (permissions.TryGetPropertyValue(key, out var value) && value is not JsonArray)
                Defect($"/permissions/{key}", $"`permissions.{key}` must be a list, not {NameOf(value)}");
        }

        if (permissions.TryGetPropertyValue("defaultMode", out var mode)
            && !(Is(mode, JsonValueKind.String) && PermissionModes.Contains(mode!.GetValue<string>(), StringComparer.Ordinal)))
            Defect("/permissions/defaultMode", $"`permissions.defaultMode` must be one of {string.Join(", ", PermissionModes)}");
    }

    private void CheckHooks(JsonObject hooks)
    {
        foreach (var (name, matchers) in hooks)
        {
            var path = SettingsText.Child("/hooks", name);
            if (!HookEvents.All.Contains(name))
            {
                Remark(path, $"the client does not know the hook event `{name}` and ignores it");
                continue;
            }

            // What cannot be loaded there may be what guards the rest, so the client drops the file; elsewhere the entry alone.
            var voids = name is HookEvents.PreToolUse or HookEvents.PermissionRequest;
            if (matchers is not JsonArray list)
            {
                var problem = $"`hooks.{name}` must be a list of matchers, not {NameOf(matchers)}";
                if (!voids && HookEvents.Registered.Contains(name))
                    Defect(path, problem, "Guard's own registration belongs there");
                else
                    Report(voids, path, problem);
                continue;
            }

            for (var i = 0; i < list.Count; i++)
            {
                if (HookShape.FindProblem(list[i], out var inside) is { } wrong)
                    Report(voids, $"{path}/{i}{inside}", $"`hooks.{name}[{i}]` {wrong}");
            }
        }
    }

    private void Report(bool voids, string path, string message)
    {
        if (voids)
            Defect(path, message);
        else
            Remark(path, message + "; the client ignores it");
    }

    private void Defect(string path, string message, string because = "the client drops the whole file for it")
    {
        var (line, column) = _text.PlaceOf(path);
        _defects.Add(new SettingsDefect(line, column, $"{message}; {because}", "takes it out"));
        _droppable.Add(path);
    }

    private void Remark(string path, string message)
    {
        var (line, column) = _text.PlaceOf(path);
        _remarks.Add(new SettingsRemark(line, column, message));
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

    internal static bool Is(JsonNode? node, JsonValueKind wanted) => wanted == JsonValueKind.True
        ? node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False
        : node?.GetValueKind() == wanted;

    internal static string NameOf(JsonNode? node) => Name(node?.GetValueKind() ?? JsonValueKind.Null);

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => "null",
    };

    private static Dictionary<string, JsonValueKind> TypesOf(params ReadOnlySpan<(JsonValueKind Kind, string Keys)> groups)
    {
        var types = new Dictionary<string, JsonValueKind>(StringComparer.Ordinal);
        foreach (var (kind, keys) in groups)
        {
            foreach (var key in keys.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                types.Add(key, kind);
        }

        return types;
    }
}
