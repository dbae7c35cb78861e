using System.Text.Json;

namespace Guard.Agents.ClaudeCode;

/// <summary>
/// Checks settings the way the client does when it loads them. The table was measured with <c>claude doctor</c> of client
/// 2.1.329, one wrong type at a time; keys that are not in it are left to the client.
/// </summary>
public sealed class SettingsShape
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

    private readonly List<SettingsFault> _faults = [];

    private SettingsShape()
    {
    }

    /// <summary>All that the client cannot load of a document that is plain JSON, in its order.</summary>
    public static IReadOnlyList<SettingsFault> Check(JsonElement root)
    {
        var shape = new SettingsShape();
        if (root.ValueKind == JsonValueKind.Object)
            shape.CheckRoot(root);
        else
            shape._faults.Add(new SettingsFault("", "the document must be one object", Voids: true));
        return shape._faults;
    }

    private void CheckRoot(JsonElement root)
    {
        foreach (var (key, value) in Members(root))
        {
            if (Types.TryGetValue(key, out var wanted) && !Is(value, wanted))
                Add(SettingsFault.PathOf("", key), $"`{key}` must be {Name(wanted)}, not {NameOf(value)}");
            else if (key == "permissions")
                CheckPermissions(value);
            else if (key == "hooks")
                CheckHooks(value);
            else if (key == "env")
                CheckEnvironment(value);
        }
    }

    private void CheckPermissions(JsonElement permissions)
    {
        foreach (var key in (string[])["allow", "deny", "ask", "additionalDirectories"])
        {
            if (permissions.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Array)
                Add($"/permissions/{key}", $"`permissions.{key}` must be a list, not {NameOf(value)}");
        }

        if (permissions.TryGetProperty("defaultMode", out var mode)
            && !(mode.ValueKind == JsonValueKind.String && PermissionModes.Contains(mode.GetString(), StringComparer.Ordinal)))
            Add("/permissions/defaultMode", $"`permissions.defaultMode` must be one of {string.Join(", ", PermissionModes)}");
    }

    private void CheckEnvironment(JsonElement environment)
    {
        foreach (var (name, value) in Members(environment))
        {
            if (value.ValueKind != JsonValueKind.String) Add(SettingsFault.PathOf("/env", name), $"`env.{name}` must be text, not {NameOf(value)}");
        }
    }

    private void CheckHooks(JsonElement hooks)
    {
        foreach (var (name, matchers) in Members(hooks))
        {
            var path = SettingsFault.PathOf("/hooks", name);
            if (!HookEvents.All.Contains(name))
            {
                Add(path, $"the client does not know the hook event `{name}`", voids: false);
                continue;
            }

            // What cannot be loaded there may be what guards the rest, so the client drops the file; elsewhere the entry alone.
            var voids = name is HookEvents.PreToolUse or HookEvents.PermissionRequest;
            if (matchers.ValueKind != JsonValueKind.Array)
            {
                Add(path, $"`hooks.{name}` must be a list of matchers, not {NameOf(matchers)}", voids);
                continue;
            }

            var i = 0;
            foreach (var matcher in matchers.EnumerateArray())
            {
                if (HookShape.FindProblem(matcher, out var inside) is { } wrong) Add($"{path}/{i}{inside}", $"`hooks.{name}[{i}]` {wrong}", voids);
                i++;
            }
        }
    }

    private void Add(string path, string message, bool voids = true) => _faults.Add(new SettingsFault(path, message, voids));

    // Of a key that stands twice the client takes the last.
    private static IEnumerable<(string Key, JsonElement Value)> Members(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (element.TryGetProperty(member.Name, out var last)) yield return (member.Name, last);
        }
    }

    internal static bool Is(JsonElement element, JsonValueKind wanted) => wanted == JsonValueKind.True
        ? element.ValueKind is JsonValueKind.True or JsonValueKind.False
        : element.ValueKind == wanted;

    internal static string NameOf(JsonElement element) => Name(element.ValueKind);

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
