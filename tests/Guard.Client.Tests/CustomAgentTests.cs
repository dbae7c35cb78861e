using System.Diagnostics;
using System.Text.RegularExpressions;
using Guard.Gateway.Hosting;
using Guard.Protocol;

namespace Guard.Client.Tests;

/// <summary>samples/custom-agent, built and run against a real gateway.</summary>
public sealed class CustomAgentTests : IAsyncLifetime
{
    private const string Policy = """
        name: everyday
        rules:
          - id: project-files
            effect: allow
            actions: ["read:file"]
            conditions:
              resource: { matches: ["./**"] }
          - id: credentials
            effect: deny
            actions: ["read:file"]
            conditions:
              resource: { matches: ["**/.env*"] }
            reason: "Credential files are off limits."
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("guard-sample-").FullName;
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync()
    {
        Write("policies/everyday.yaml", Policy);
        Write("app/README.md", "hello");
        Write("app/.env", "SECRET=1");
        _gateway = await GatewayHost.StartAsync(
            new GatewayOptions { DataDirectory = Path.Combine(_folder, "data"), PolicyFolders = [Path.Combine(_folder, "policies")], UnixSocketPath = Path.Combine(_folder, "g.sock"), Http = null },
            CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Sample_AllowedDeniedAndWithoutGateway_ReadsOnlyWhatIsAllowed()
    {
        var allowed = await RunAsync("README.md");
        allowed.Should().Be((0, "read README.md: 5 bytes\n", ""));

        var denied = await RunAsync(".env");
        denied.ExitCode.Should().Be(1);
        denied.Output.Should().BeEmpty();
        denied.Error.Should().MatchRegex(@"^guard: denied by policy everyday, rule credentials: Credential files are off limits\. \(trace [0-9a-f-]{36}\)\n$");

        using var admin = new GatewayClient(new GatewayClientOptions { Address = GatewayAddress.Parse(_gateway.Addresses[0]), ApiKey = _gateway.FirstStart!.AdminKey });
        var record = new List<AuditEvent>();
        await foreach (var e in admin.QueryAuditAsync(new AuditFilter())) record.Add(e);
        record.Where(e => e.Client == "custom-agent").Select(e => (e.Kind, e.Effect, e.Outcome?.OutputBytes)).Should().Equal(
            (AuditKinds.Decision, Effects.Allow, null), (AuditKinds.Outcome, null, 5L), (AuditKinds.Decision, Effects.Deny, null));

        await _gateway.StopAsync();
        var alone = await RunAsync("README.md");
        alone.ExitCode.Should().Be(2);
        alone.Output.Should().BeEmpty();
        alone.Error.Should().StartWith("not read: no gateway answers at unix:");
    }

    [Fact]
    public void Document_ShowsTheSample()
    {
        var document = File.ReadAllText(Path.Combine(Root, "docs", "client.md"));
        var sample = File.ReadAllText(Path.Combine(Root, "samples", "custom-agent", "Program.cs"));

        Regex.Matches(document, "<!-- from the sample -->\n```csharp\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value.Trim())
            .Should().NotBeEmpty().And.OnlyContain(part => sample.Contains(part, StringComparison.Ordinal));
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] files)
    {
        var program = Path.Combine(Root, "artifacts", "bin", "CustomAgent", Configuration, "custom-agent.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. files]) { UseShellExecute = false, WorkingDirectory = Path.Combine(_folder, "app"), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GUARD_GATEWAY_URL"] = "unix:" + Path.Combine(_folder, "g.sock");
        start.Environment["GUARD_API_KEY"] = _gateway.FirstStart!.AgentKey;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Guard.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }
}
