using Guard.Agents.ClaudeCode;
using Guard.Hook.Native;
using Guard.Protocol;

namespace Guard.Hook.Commands;

/// <summary><c>guard-hook config</c>: may the client take over these changed settings?</summary>
internal static class ConfigCommand
{
    private const int MaxSettingsLength = 4 * 1024 * 1024;
    private const string ManagedSettings = "/etc/claude-code/managed-settings.json";

    public static ClaudeCodeAnswer Run(HookRun run)
    {
        var input = ClaudeCodeInputReader.Read(StandardInput.ReadAll(run.Deadline));
        var why = WhyDisarmed(run, input);
        TraceLog.Write(why ?? "the change leaves Guard in force");

        var adapted = ClaudeCodeAdapter.AdaptConfigChange(input, run.PlaceOf(input), why is not null);
        var decision = run.Decide(run.Identity(), adapted, input.ToolInput);
        if (decision.Answer == Effects.Allow) return ClaudeCodeAnswer.Silent;
        return ClaudeCodeAnswer.ToConfigChange(why is null ? decision : decision with { Message = decision.Message + " The change would disarm Guard: " + why + "." });
    }

    private static string? WhyDisarmed(HookRun run, ClaudeCodeInput input)
    {
        // The client asks about managed settings and skills too; the first cannot be refused, the second hold no hooks.
        if (input.Source is "policy_settings" or "skills") return null;
        if (Read(ManagedSettings).Content is not null && SettingsJudge.WhyDisarmed([Read(ManagedSettings)], null) is null) return null;

        var user = Environment.GetEnvironmentVariable("CLAUDE_CONFIG_DIR") ?? run.Home + "/.claude";
        List<SettingsContent> files = [Read(user + "/settings.json")];
        if (run.Workspace is { } workspace)
        {
            files.Add(Read(workspace + "/.claude/settings.json"));
            files.Add(Read(workspace + "/.claude/settings.local.json"));
        }

        return SettingsJudge.WhyDisarmed(files, input.FilePath);
    }

    private static SettingsContent Read(string path)
    {
        var descriptor = Libc.Open(path, Libc.ReadOnlyFlag | Libc.CloseOnExec | Libc.NonBlockingFile, 0);
        if (descriptor < 0)
        {
            if (Libc.LastError is Libc.NoEntry or Libc.NotAFolder) return new SettingsContent(path, null);
            throw new HookFailure($"the client's settings {DisplayText.Clean(path, 300)} cannot be read ({Errors.Name(Libc.LastError)})");
        }

        var content = Descriptor.ReadFile(descriptor, MaxSettingsLength);
        Libc.Close(descriptor);
        return new SettingsContent(path, content ?? throw new HookFailure($"the client's settings {DisplayText.Clean(path, 300)} cannot be read whole"));
    }
}
