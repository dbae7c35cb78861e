using Guard.Gateway.Hosting;

namespace Guard.Gateway.Tests.Hosting;

/// <summary>Only root can lift a part of the floor; these tests write as whoever runs them.</summary>
public sealed class MachineSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Settings_Absent_LiftNothing() => MachineSettings.Read(_folder.File("gateway.json")).LiftedPaths.Should().BeEmpty();

    [RootFact]
    public void Settings_OfRoot_LiftThosePaths() =>
        MachineSettings.Read(_folder.Write("gateway.json", """{"liftedPaths":["/home/dev/app/.git/config"]}""")).LiftedPaths.Should().Equal("/home/dev/app/.git/config");

    [Fact]
    public void Settings_OthersCanWrite_AreRefused()
    {
        var path = _folder.Write("gateway.json", """{"liftedPaths":["/x"]}""");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);

        Reading(path).Should().Throw<GatewayStartException>().WithMessage("*must belong to root and be writable by nobody else*");
    }

    [Fact]
    public void Settings_InAFolderOthersCanWrite_AreRefused()
    {
        var path = _folder.Write("open/gateway.json", """{"liftedPaths":["/x"]}""");
        File.SetUnixFileMode(_folder.File("open"), (UnixFileMode)0b111_111_111);

        Reading(path).Should().Throw<GatewayStartException>().WithMessage("*must belong to root*");
    }

    [RootTheory]
    [InlineData("""{"liftedPath":[]}""", "*unknown member `liftedPath`*")]
    [InlineData("""{"liftedPaths":["relative"]}""", "*absolute path*")]
    [InlineData("""{"liftedPaths":"/x"}""", "*must be like*")]
    [InlineData("""[]""", "*must be like*")]
    [InlineData("""{""", "*must be like*")]
    [InlineData("""{"liftedPaths":["/x"],"liftedPaths":["/y"]}""", "*must be like*")]
    public void Settings_OfAnotherForm_AreRefused(string text, string message) =>
        Reading(_folder.Write("gateway.json", text)).Should().Throw<GatewayStartException>().WithMessage(message);

    [RootFact]
    public async Task Settings_ThatLiftAPath_LeaveItToPolicy()
    {
        const string AllowAll = "name: open\nrules:\n  - { id: all, effect: allow, actions: [\"*\"] }\n";
        var path = _folder.Write("gateway.json", """{"liftedPaths":["/home/dev/app/.git/config"]}""");
        await using var gateway = await TestGateway.StartAsync(AllowAll, options => options with { MachineSettingsPath = path });

        (await gateway.DecideAsync(Some.Write("/home/dev/app/.git/config"))).Answer.Should().Be("allow");
        (await gateway.DecideAsync(Some.Write("/home/dev/app/.git/hooks/pre-commit"))).Answer.Should().Be("deny");
    }

    public void Dispose() => _folder.Dispose();

    private static Action Reading(string path) => () => MachineSettings.Read(path);
}

/// <summary>Needs files that belong to root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Needs files that belong to root.";
}

/// <summary>Needs files that belong to root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Needs files that belong to root.";
}
