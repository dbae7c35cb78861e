using Guard.EndToEnd.Tests.Bench;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>Commands that change or delete .claude/settings.json of the current folder.</summary>
internal static class SettingsAttacks
{
    public static TheoryData<string> Commands =>
    [
        "rm .claude/settings.json",
        "rm -rf .claude",
        "rm -f ./.claude/../.claude/settings.json",
        "mv .claude/settings.json gone.json",
        "cp empty.json .claude/settings.json",
        "sed -i s/e/x/g .claude/settings.json",
        "truncate -s 0 .claude/settings.json",
        "echo '{}' > .claude/settings.json",
        "cat empty.json | tee .claude/settings.json",
        "cd .claude && rm settings.json",
    ];

    /// <summary>Puts into the project what the commands use.</summary>
    public static void Prepare(CaseFolder folder) => folder.Put(folder.InProject("empty.json"), "{}");
}
