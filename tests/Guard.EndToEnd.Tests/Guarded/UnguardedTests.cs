using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>The calls that other tests see denied do run where Guard is not registered: those tests can fail.</summary>
public sealed class UnguardedTests
{
    public static TheoryData<string> Tools => ToolCase.Names;

    [Theory]
    [MemberData(nameof(Tools))]
    public Task Tool_WithoutGuard_Runs(string tool) => ClientBench.PlayAsync(async bench =>
    {
        var toolCase = ToolCase.Create(tool, bench.Folder);

        var run = await bench.RunAsync(toolCase.Script(), ClientOptions.SkipPermissions.With(toolCase.Arguments));

        toolCase.Ran(run).Should().BeTrue();
    });
}
