using System.Text.Json;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;

namespace Guard.Agents.Tests.ClaudeCode;

public sealed class SamplesTests
{
    private static readonly AdapterContext Context = new() { Paths = new StatedPathView(), Home = "/home/dev", Workspace = "/home/dev/app", ManualFolder = "/home/dev/app" };

    public static TheoryData<string> Pre => Files("pre-*.json");

    public static TheoryData<string> Bad => Files("bad/*.json");

    [Theory]
    [MemberData(nameof(Pre))]
    public void PreSample_Adapted_IsACallThatCanBeSent(string file)
    {
        var adapted = ClaudeCodeAdapter.Adapt(File.ReadAllBytes(Repository.File("samples", "hook-inputs", file)), Context);

        adapted.Call.Input!.Value.ValueKind.Should().Be(JsonValueKind.Object);
        adapted.Call.ToolUseId.Should().StartWith("toolu_sample_");
        adapted.Accesses[0].Primary.Should().BeTrue();
        adapted.Accesses.Should().OnlyContain(access => !access.Unknown || access.Why == "tool.script-elsewhere");
        var known = ToolTable.Known.FirstOrDefault(row => row.Names.Contains(adapted.Call.Tool));
        if (known is not null && file != "pre-monitor-websocket.json") adapted.Accesses[0].Action.Should().Be(known.Action);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void BadSample_Adapted_IsRefused(string file)
    {
        var act = () => ClaudeCodeAdapter.Adapt(File.ReadAllBytes(Repository.File("samples", "hook-inputs", file)), Context);
        act.Should().Throw<UnreadableInputException>();
    }

    [Fact]
    public void Samples_Together_CoverEveryKnownAndInertTool()
    {
        var tools = Directory.GetFiles(Repository.File("samples", "hook-inputs"), "pre-*.json")
            .Select(file => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("tool_name").GetString()).ToHashSet();
        tools.Should().Contain(ToolTable.Known.SelectMany(row => row.Names));
    }

    private static TheoryData<string> Files(string pattern)
    {
        var folder = Repository.File("samples", "hook-inputs");
        var data = new TheoryData<string>();
        foreach (var file in Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)) data.Add(Path.GetRelativePath(folder, file));
        return data;
    }
}
