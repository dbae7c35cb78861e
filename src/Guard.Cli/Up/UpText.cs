using Guard.Cli.Terminal;

namespace Guard.Cli.Up;

/// <summary>Says on a terminal what is running and what to do next.</summary>
internal static class UpText
{
    public static void Write(CliContext context, UpReport report)
    {
        var state = report.State;
        context.WriteLine(state.FirstStart ? "Guard is up. This is its first start: the store is new." : "Guard is up.");
        context.WriteLine("");
        if (state.FirstStart)
        {
            Line("organisation", $"{state.Organisation}, owner {state.Owner}");
            Line("agent", $"{state.Agent}; its key is in {context.Shorten(state.HookConfig!)}, where the hook finds it");
        }

        Line("listens on", state.Addresses[0]);
        foreach (var address in state.Addresses.Skip(1)) Line("", address);
        Line("policies", state.Policies.Count == 0
            ? "none: whatever needs an allow is denied. Apply some with `guard policy apply FOLDER`"
            : $"{string.Join(", ", state.Policies)} (bundle {ShortHash(state.Bundle)})");
        if (state.PolicyProblem is { } problem) Line("", problem);
        Line("store", state.Store);
        Line("data", context.Shorten(state.DataFolder));
        WriteAdminKey();
        if (state.HookConfig is null)
            context.Warn($"there is no hook.json in {state.DataFolder}: make an agent with `guard agent create NAME --write-hook-config {state.DataFolder}/hook.json`");

        context.WriteLine("");
        if (state.FirstStart) WriteNextSteps(context, state);
        context.WriteLine("Ctrl-C stops the gateway. While it is down, the hook denies every tool call.");

        void Line(string name, string text) => context.WriteLine($"  {name,-13} {text}");

        void WriteAdminKey()
        {
            if (!report.HasNewAdminKey) return;
            if (state.AdminKeyFile is { } file)
            {
                Line("admin key", $"in {context.Shorten(file)}");
            }
            else if (report.AdminKeyToShow is { } key)
            {
                Line("admin key", key);
                Line("", "shown this once. Keep it where no agent runs; commands take it from GUARD_ADMIN_KEY");
                if (report.KeyWasReset) Line("", "all earlier admin keys are revoked");
            }
            else
            {
                Line("admin key", "not shown, because this is no terminal: make one with `guard up --reset-admin-key --admin-key-file FILE`");
            }
        }
    }

    private static void WriteNextSteps(CliContext context, UpState state)
    {
        context.WriteLine("Next, in another terminal:");
        context.WriteLine("  cd PROJECT && guard init       register the hook with Claude Code, and prove that it holds");
        context.WriteLine("  export GUARD_ADMIN_KEY=...     for the commands below");
        context.WriteLine("  guard audit tail -f            watch what is decided");
        context.WriteLine($"  guard policy test {state.Agent} write:file --resource ./README.md");
        context.WriteLine("");
    }

    private static string ShortHash(string bundle) => bundle.Length > 19 ? bundle[..19] : bundle;
}
