using System.Reflection;
using Guard.Agents.ClaudeCode;
using Guard.Shell.Lines;

namespace Guard.Agents.Tests.ClaudeCode;

/// <summary>docs/hooks.md says what the code does.</summary>
public sealed class DocumentTests
{
    private static readonly string Document = File.ReadAllText(Repository.File("docs", "hooks.md"));

    [Fact]
    public void Document_HasEveryKnownTool()
    {
        var rows = ToolTable.Known.Select(row => $"| {string.Join(", ", row.Names.Select(name => $"`{name}`"))} | `{row.Action}` | {row.Resource} |");
        foreach (var row in rows) Document.Should().Contain(row + "\n");
    }

    [Fact]
    public void Document_HasEveryInertToolAndNoOther()
    {
        foreach (var tool in ToolTable.Inert) Document.Should().Contain($"| `{tool.Name}` | {tool.Reason} |\n");
        var section = Document[Document.IndexOf("Inert tools touch", StringComparison.Ordinal)..Document.IndexOf("Texts of more than", StringComparison.Ordinal)];
        section.Split('\n').Count(line => line.StartsWith("| `", StringComparison.Ordinal)).Should().Be(ToolTable.Inert.Count);
    }

    [Fact]
    public void Document_HasEveryOpaqueCode()
    {
        foreach (var field in typeof(LineOpacity).GetFields(BindingFlags.Public | BindingFlags.Static)) Document.Should().Contain($"| `{field.GetRawConstantValue()}` |");
    }

    [Fact]
    public void Table_Names_AreUnique() =>
        ToolTable.Known.SelectMany(row => row.Names).Concat(ToolTable.Inert.Select(row => row.Name)).Should().OnlyHaveUniqueItems();
}
