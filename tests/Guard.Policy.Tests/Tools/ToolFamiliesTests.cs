using Guard.Policy.Tools;

namespace Guard.Policy.Tests.Tools;

/// <summary>Which tools a short name stands for, and which accesses its entry judges.</summary>
public sealed class ToolFamiliesTests
{
    private static readonly string[] Actions =
        ["execute:shell", "execute:opaque", "read:file", "write:file", "delete:file", "read:web_fetch", "write:web", "read:web_search", "read:web_browse", "delegate:agent", "invoke:x"];

    [Theory]
    [InlineData("Shell", "bash shell exec Bash")]
    [InlineData("Read", "read READ")]
    [InlineData("Write", "write")]
    [InlineData("Edit", "edit multiedit notebookedit notebook_edit MultiEdit")]
    [InlineData("WebFetch", "webfetch web_fetch fetch")]
    [InlineData("WebSearch", "websearch web_search")]
    [InlineData("Browser", "browser")]
    [InlineData("Agent", "agent task Task")]
    [InlineData("None", "glob grep mcp__x__y reads")]
    public void Names_StandForAFamily(string family, string names) => names.Split(' ').Should().OnlyContain(name => $"{ToolFamilies.Of(name)}" == family);

    [Theory]
    [InlineData("Shell", "execute:shell", "execute:shell", "")]
    [InlineData("Read", "read:file", "read:file", "")]
    [InlineData("Write", "write:file delete:file", "write:file delete:file", "")]
    [InlineData("Edit", "write:file", "write:file delete:file", "")]
    [InlineData("WebFetch", "read:web_fetch", "read:web_fetch", "write:web")]
    [InlineData("WebSearch", "read:web_search", "read:web_search", "")]
    [InlineData("Browser", "read:web_browse", "read:web_browse", "write:web")]
    [InlineData("Agent", "delegate:agent", "delegate:agent", "")]
    [InlineData("None", "", "", "")]
    public void Family_JudgesAccesses(string name, string calls, string accesses, string onlyForbids)
    {
        var family = Enum.Parse<ToolFamily>(name);

        string.Join(' ', Actions.Where(action => ToolFamilies.HoldsCall(family, null, action))).Should().Be(calls);
        string.Join(' ', Actions.Where(action => ToolFamilies.HoldsAccess(family, action))).Should().Be(accesses);
        string.Join(' ', Actions.Where(action => ToolFamilies.OnlyForbids(family, action))).Should().Be(onlyForbids);
    }

    /// <summary>Where the tool is known, an entry for editors is about editors.</summary>
    [Theory]
    [InlineData("Edit", true)]
    [InlineData("MultiEdit", true)]
    [InlineData("NotebookEdit", true)]
    [InlineData("Write", false)]
    [InlineData("edit", false)]
    public void Editors_AreToolsByName(string tool, bool isOne) => ToolFamilies.HoldsCall(ToolFamily.Edit, tool, "write:file").Should().Be(isOne);

    [Theory]
    [InlineData("bash", null, "execute:*")]
    [InlineData("read", null, "read:file")]
    [InlineData("write", null, "write:file")]
    [InlineData("edit", null, "write:file")]
    [InlineData("fetch", null, "read:web_fetch write:web")]
    [InlineData("web_search", null, "read:web_search")]
    [InlineData("browser", null, "read:web_browse write:web")]
    [InlineData("task", null, "delegate:agent")]
    [InlineData("Glob", null, "invoke:Glob")]
    [InlineData("mcp__github__push", null, "invoke:mcp__github__push")]
    [InlineData("mcp__github__push", "github", "invoke:mcp__github__push")]
    [InlineData("push", "github", "invoke:mcp__github__push")]
    [InlineData("push", "mcp", "invoke:mcp__*__push")]
    [InlineData("push", "builtin", "invoke:push")]
    [InlineData("bash", "claude_code", "execute:*")]
    public void Entry_IsARuleForActions(string name, string? source, string actions)
    {
        var bundle = Requests.Bundle($"version: \"1.0\"\nmetadata: {{ name: p }}\ntools:\n  - name: {name}\n{(source is null ? "" : $"    source: {source}\n")}    conditions: [ {{ expression: \"true\", action: deny }} ]");

        bundle.Policies.Single().Rules.SelectMany(static rule => rule.Actions).Distinct().Should().Equal(actions.Split(' '));
    }
}
