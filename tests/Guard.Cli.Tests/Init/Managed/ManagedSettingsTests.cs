using System.Text.Json.Nodes;
using Guard.Cli.Init.Managed;
using Guard.Cli.Terminal;

namespace Guard.Cli.Tests.Init.Managed;

public sealed class ManagedSettingsTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"companyAnnouncements":["x"],"env":{"NO_PROXY":"intra.example","A":"b"}}""")]
    [InlineData("""{"allowManagedHooksOnly":true,"requiredMinimumVersion":"2.2.0","env":{"no_proxy":"*"}}""")]
    public void Members_AddedAndTakenOut_LeaveWhatWasThere(string before)
    {
        var settings = JsonNode.Parse(before)!.AsObject();

        var (set, warnings) = ManagedSettings.Add(settings, "guard.example.com");
        settings["allowManagedHooksOnly"]!.GetValue<bool>().Should().BeTrue();
        settings["env"]!["NO_PROXY"]!.GetValue<string>().Should().EndWith("localhost,127.0.0.1,::1,guard.example.com");
        ManagedSettings.Add(settings, "guard.example.com").Set.Should().BeEmpty("twice is once");
        ManagedSettings.Remove(settings, set);

        warnings.Should().BeEmpty();
        JsonNode.DeepEquals(settings, JsonNode.Parse(before)).Should().BeTrue(settings.ToJsonString());
    }

    [Fact]
    public void Members_StatedOtherwise_AreLeftWithAWarning()
    {
        var settings = JsonNode.Parse("""{"allowManagedHooksOnly":false,"requiredMinimumVersion":"2.0.0"}""")!.AsObject();

        var (_, warnings) = ManagedSettings.Add(settings, gatewayHost: null);

        warnings.Should().HaveCount(2).And.Contain(warning => warning.Contains("rewrite a call", StringComparison.Ordinal));
        settings["allowManagedHooksOnly"]!.GetValue<bool>().Should().BeFalse();
    }

    [Theory]
    [InlineData("init --managed --user", "exclude each other")]
    [InlineData("init --purge --uninstall", "--purge is for --managed")]
    [InlineData("init --managed --purge", "--purge is for --uninstall")]
    [InlineData("init --managed --hook /x", "--hook is not for --managed")]
    [InlineData("init --managed --gateway http://x --agent-key-file k", "is reached by https://")]
    [InlineData("init --managed --gateway https://x", "needed together")]
    [InlineData("init --managed --ca-file x", "--ca-file is for --gateway")]
    public async Task Options_ThatDoNotGoTogether_AreRefused(string line, string because)
    {
        using var cli = new CliHarness().WithInstallation();

        var result = await cli.RunAsync(line.Split(' '));

        result.ExitCode.Should().Be(ExitCodes.Usage);
        result.ErrorLine.Should().Contain(because);
    }
}
