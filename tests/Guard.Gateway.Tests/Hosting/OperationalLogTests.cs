using System.Net;
using Guard.Gateway.Hosting;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Tests.Hosting;

public sealed class OperationalLogTests
{
    [Fact]
    public async Task Log_OfAWholeRun_IsPrivateAndHoldsNoKey()
    {
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { Log = new LogOptions { Level = LogLevel.Trace, File = Path.Combine(options.DataDirectory, "logs", "gateway.log") } });
        var agent = await gateway.CreateAgentAsync("logged");
        await gateway.DecideAsync(Some.Read(), agent.ApiKey);
        await gateway.RefusedAsync(Some.Read(), HttpStatusCode.Unauthorized, agent.ApiKey[..^3] + "xyz");
        await gateway.Host.StopAsync();

        var path = gateway.Options.Log.File!;
        var text = await File.ReadAllTextAsync(path);

        text.Should().Contain("Guard gateway").And.Contain("is in force with 1 policies");
        text.Should().NotContain(agent.ApiKey[24..]).And.NotContain(gateway.Credentials.AgentKey[24..]).And.NotContain(gateway.Credentials.AdminKey[24..]);
        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Log_OfHostileText_IsOneLineWithoutControls()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("log");
        using (var loggers = OperationalLog.Create(new LogOptions { File = file }))
        {
            loggers.CreateLogger("Guard.Test").LogError(new InvalidOperationException("a\r\nb\u001b[31m"), "path {Path}", "/x\u001b]0;pwned\u0007\n2026-01-01 forged line");
        }

        File.ReadAllLines(file).Should().ContainSingle().Which.Should().NotContainAny("\u001b", "\u0007").And.Contain("forged line");
    }

    [Fact]
    public void Log_OfASecret_HoldsItsMarkOnly()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("log");
        using (var loggers = OperationalLog.Create(new LogOptions { File = file }))
        {
            loggers.CreateLogger("Guard.Test").LogError(new InvalidOperationException("Host=db;Password=hunter2;Port=1"), "calling {Url}", "https://me:hunter2@example.org");
        }

        File.ReadAllText(file).Should().NotContain("hunter2").And.Contain("https://me:[erased:url-password]@example.org").And.Contain("Password=[erased:secret];Port=1");
    }

    [Fact]
    public async Task Log_ThatCannotBeWritten_RefusesToStart()
    {
        var start = () => TestGateway.StartAsync(adjust: options => options with { Log = new LogOptions { File = "/proc/nothing/gateway.log" } });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("The log file /proc/nothing/gateway.log cannot be written*");
    }
}
