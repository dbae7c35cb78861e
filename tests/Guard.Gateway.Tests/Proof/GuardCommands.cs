using Guard.Cli.Terminal;

namespace Guard.Gateway.Tests.Proof;

/// <summary>The command line, run against a gateway as an administrator does.</summary>
internal sealed class GuardCommands(TestGateway gateway, TemporaryFolder folder)
{
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CliContext
        {
            Output = output,
            Error = error,
            Environment = name => name switch
            {
                "GUARD_ADMIN_KEY" => gateway.Credentials.AdminKey,
                "GUARD_GATEWAY_URL" => gateway.Http.BaseAddress!.ToString().TrimEnd('/'),
                _ => null,
            },
            Home = folder.Path,
            CurrentDirectory = folder.Path,
            ProgramFolder = folder.Path,
        };
        var exitCode = await CommandRunner.RunAsync(context, args, CancellationToken.None);
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs what must succeed.</summary>
    public async Task<string> DoneAsync(params string[] args)
    {
        var (exitCode, output, error) = await RunAsync(args);
        exitCode.Should().Be(0, error + output);
        return output;
    }
}
