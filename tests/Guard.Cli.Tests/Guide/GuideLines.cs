namespace Guard.Cli.Tests.Guide;

/// <summary>
/// Every command of the rules guide with what does the same here, in the guide's order. docs/coming-from.md is made of it
/// and <see cref="ComingFromTests"/> runs it, each line in the shell that ran those before it.
/// </summary>
internal static class GuideLines
{
    public static IReadOnlyList<GuideLine> All { get; } =
    [
        new("pip install meshguard", "eng/build.sh", "builds `guard` and `guard-hook` into `artifacts/guard/`; put that folder on your `PATH`") { Run = "guard --version && guard-hook --version", Shows = "[0-9]+\\.[0-9]+\\.[0-9]+\n.*[0-9]+\\.[0-9]+\\.[0-9]+" },
        new("pip install meshguard[all]", "eng/build.sh", "there are no parts to choose") { Run = "guard --help", Shows = "Decides, records and proves" },
        new("export MESHGUARD_API_KEY=\"mg_live_abc123...\"", "guard agent create claude-code-dev --tag claude-code --audit-mode --write-hook-config ~/.guard/claude-code-dev.json", "keys are made by your own gateway (`guard up`); the hook reads its key from a file that only you can read") { Shows = "^Agent claude-code-dev is made .*\nIts key is in .*claude-code-dev\\.json" },
        new("export MESHGUARD_GATEWAY_URL=\"https://dashboard.meshguard.app\"", "export GUARD_GATEWAY_URL=unix:$HOME/.guard/gateway.sock", "for the command; the hook's settings hold its own. Without it the gateway of `guard up` is used") { Run = "export GUARD_GATEWAY_URL=unix:$HOME/.guard/gateway.sock && guard agent list", Shows = "claude-code-dev +active" },
        new("export MESHGUARD_AGENT_NAME=\"claude-code-dev\"", "export GUARD_AGENT_NAME=claude-code-dev", "a label only: which agent it is follows from the key") { Run = "export GUARD_AGENT_NAME=claude-code-dev && echo $GUARD_AGENT_NAME", Shows = "^claude-code-dev$" },
        new("export MESHGUARD_MODE=\"enforce\"", "export GUARD_MODE=enforce", "for a hook registered with `--config-from-env`; else `\"mode\"` in its settings") { Run = "export GUARD_MODE=enforce && echo $GUARD_MODE", Shows = "^enforce$" },
        new("python3 /path/to/meshguard_hook.py", "guard init", "registers `guard-hook` for all events; nothing to write yourself") { Run = "guard init --config ~/.guard/claude-code-dev.json --dry-run", Shows = "guard-hook" },
        new("meshguard mcp-server --policy ./policies/dev-assistant.yaml", null, "governed tools over MCP are not in this version; calls of MCP tools are decided as `invoke:mcp__...`"),
        new("meshguard audit tail -f --agent claude-code-dev", "guard audit tail -f --agent claude-code-dev", "goes on across restarts of the gateway, with nothing left out or twice") { InBackground = true, Shows = "claude-code-dev +deny +write:file" },
        new("meshguard policy apply ./policies/dev-assistant.yaml", "guard policy apply ./policies/dev-assistant.yaml", "all or nothing, with every error at its line") { Shows = "dev-assistant" },
        new("export MESHGUARD_MODE=audit", "export GUARD_MODE=audit", "holds for agents that may use it (`guard agent set claude-code-dev --audit-mode yes`), and never against the floor") { Run = "guard agent set claude-code-dev --audit-mode yes && export GUARD_MODE=audit && echo $GUARD_MODE", Shows = "audit mode allowed\\.\naudit$" },
        new("claude", "claude", "the same; `tests/Guard.EndToEnd.Tests` drives the real client") { Run = null },
        new("export MESHGUARD_MODE=enforce", "export GUARD_MODE=enforce", "") { Run = "export GUARD_MODE=enforce && echo $GUARD_MODE", Shows = "^enforce$" },
        new("ls -la .claude/hooks/meshguard_hook.py", "ls -la \"$(command -v guard-hook)\"", "`guard init` names the file by its absolute path") { Shows = "^-rwx.*guard-hook" },
        new("echo '{\"tool_name\": \"Read\", \"tool_input\": {\"path\": \"README.md\"}}' | python3 .claude/hooks/meshguard_hook.py", "echo '{\"tool_name\": \"Read\", \"tool_input\": {\"path\": \"README.md\"}}' | guard-hook pre --config ~/.guard/claude-code-dev.json", "writes nothing where the call may happen") { Shows = "^$" },
        new("echo $?", "echo $?", "0 for allowed, 2 for denied, never anything else") { Run = "echo '{\"tool_name\": \"Write\", \"tool_input\": {\"file_path\": \".env\"}}' | guard-hook pre --config ~/.guard/claude-code-dev.json; echo $?", Shows = "\"permissionDecision\":\"deny\"(.|\n)*rule credentials(.|\n)*^2$" },
        new("curl -w \"%{time_total}s\\n\" -o /dev/null -s https://dashboard.meshguard.app/health", "curl --unix-socket ~/.guard/gateway.sock -w \"%{time_total}s\\n\" -o /dev/null -s http://localhost/health", "") { Shows = "^[0-9.]+s$" },
        new("meshguard policy test claude-code-dev \"read:file\" --resource \"./src/main.py\"", "guard policy test claude-code-dev \"read:file\" --resource \"./src/main.py\"", "") { Shows = "allow" },
        new("meshguard policy test claude-code-dev \"execute:shell\" --resource \"git status\"", "guard policy test claude-code-dev \"execute:shell\" --resource \"git status\"", "the line is taken apart first, as the hook does") { Shows = "git status" },
        new("meshguard policy test claude-code-dev \"write:file\" --resource \"./.env\" --verbose", "guard policy test claude-code-dev \"write:file\" --resource \"./.env\" --verbose", "every rule with the reason why it did or did not match") { Shows = "deny(.|\n)*credentials" },
        new("echo $MESHGUARD_MODE", "echo $GUARD_MODE", "") { Shows = "^enforce$" },
        new("meshguard agent list", "guard agent list", "`guard agent show NAME` for one with its keys") { Shows = "^NAME +STATE +TIER +TAGS +LAST SEEN(.|\n)*claude-code-dev +active" },
        new("meshguard audit query --agent claude-code-dev --action \"execute:shell\" --limit 20", "guard audit query --agent claude-code-dev --action \"execute:shell\" --limit 20", "") { Run = "echo '{\"tool_name\": \"Bash\", \"tool_input\": {\"command\": \"git status\"}}' | guard-hook pre --config ~/.guard/claude-code-dev.json; guard audit query --agent claude-code-dev --action \"execute:shell\" --limit 20", Shows = "^TIME \\(UTC\\)(.|\n)*execute:shell +git status" },
        new("meshguard audit query --agent claude-code-dev --decision deny", "guard audit query --agent claude-code-dev --decision deny", "") { Shows = "deny +write:file +\\S*\\.env +dev-assistant/credentials" },
        new("meshguard audit query --agent claude-code-dev --limit 20", "guard audit query --agent claude-code-dev --limit 20", "") { Shows = "allow +read:file(.|\n)*deny +write:file" },
        new("meshguard audit export --agent claude-code-dev --from 2026-01-01 --format csv > audit.csv", "guard audit export --agent claude-code-dev --from 2026-01-01 --format csv > audit.csv", "safe to open in a spreadsheet") { Run = "guard audit export --agent claude-code-dev --from 2026-01-01 --format csv > audit.csv && cat audit.csv", Shows = "^position,time,kind(.|\n)*\"claude-code-dev\"(.|\n)*\"write:file\"" },
    ];
}

/// <summary>A command of the guide and its counterpart.</summary>
/// <param name="Guide">As the guide has it.</param>
/// <param name="Ours">What to type here; null: there is nothing yet.</param>
/// <param name="Note">What is different; empty: nothing.</param>
internal sealed record GuideLine(string Guide, string? Ours, string Note)
{
    /// <summary>What the test runs: the counterpart itself unless it needs something around it. Null: it is not run here.</summary>
    public string? Run { get; init; } = Ours;

    /// <summary>A pattern, over several lines, that the output must have.</summary>
    public string Shows { get; init; } = "";

    /// <summary>It follows until the others have run; its output is looked at then.</summary>
    public bool InBackground { get; init; }
}
