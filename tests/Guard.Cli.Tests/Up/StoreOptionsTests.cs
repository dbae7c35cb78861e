namespace Guard.Cli.Tests.Up;

/// <summary>Where <c>guard up</c> takes the connection of a database from, and that no credential is shown.</summary>
public sealed class StoreOptionsTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=guard;Username=guard;Password=hunter2")]
    [InlineData("Host=127.0.0.1;Port=1;Database=guard;Username=guard;pwd=hunter2")]
    [InlineData("host=127.0.0.1;port=1;database=guard;username=guard;PASSWORD = 'hunter2'")]
    public async Task Up_WithAPasswordInTheArgument_IsRefusedWithTheRemedy(string connection)
    {
        var result = await _cli.RunAsync("up", "--no-tcp", "--database", connection);

        result.ExitCode.Should().NotBe(0);
        result.Error.Should().Contain("--database-file").And.Contain("Passfile=").And.Contain("PGPASSFILE").And.NotContain("hunter2");
    }

    [Fact]
    public async Task Up_WithAFileThatOthersCanRead_IsRefusedWithTheRemedy()
    {
        var file = ConnectionFile("Host=127.0.0.1;Port=1;Database=guard;Username=guard;Password=hunter2", UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var result = await _cli.RunAsync("up", "--no-tcp", "--database-file", file);

        result.ExitCode.Should().NotBe(0);
        result.Error.Should().Contain($"chmod 600 {file}").And.NotContain("hunter2");
    }

    [Fact]
    public async Task Up_WithADatabaseThatDoesNotAnswer_NamesItAndNoCredential()
    {
        var file = ConnectionFile("Host=127.0.0.1;Port=1;Database=guard;Username=ada;Password=hunter2", UnixFileMode.UserRead);

        var result = await _cli.RunAsync("up", "--no-tcp", "--database-file", file);

        result.ExitCode.Should().NotBe(0);
        result.Error.Should().Contain("The database 127.0.0.1:1/guard cannot be used").And.NotContain("hunter2").And.NotContain("ada");
    }

    [Theory]
    [InlineData("postgres://ada:hunter2@db/guard")]
    [InlineData("hunter2")]
    public async Task Up_WithWhatIsNoConnectionString_IsRefusedWithoutRepeatingIt(string connection)
    {
        var result = await _cli.RunAsync("up", "--no-tcp", "--database", connection);

        result.ExitCode.Should().NotBe(0);
        result.Error.Should().Contain("not a connection string").And.NotContain("hunter2");
    }

    private string ConnectionFile(string text, UnixFileMode mode)
    {
        var file = Path.Combine(_cli.Home, "database");
        File.WriteAllText(file, text + "\n");
        File.SetUnixFileMode(file, mode);
        return file;
    }
}
