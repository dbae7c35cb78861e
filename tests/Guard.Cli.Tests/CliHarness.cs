using Guard.Cli.Terminal;

namespace Guard.Cli.Tests;

/// <summary>A home, a project and a program folder of their own, and the command line run in-process in them.</summary>
internal sealed class CliHarness : IDisposable
{
    /// <summary>Answers like the real hook when the floor denies.</summary>
    public const string FloorHook = """
        #!/bin/sh
        cat > "$0.input"
        printf '%s\n' "$@" > "$0.args"
        reason='guard: denied by policy floor, rule client-settings: The settings of the agent client hold the hook. (trace t)'
        printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"%s"}}' "$reason"
        echo "$reason" >&2
        exit 2
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("guard-cli-").FullName;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public CliHarness()
    {
        Home = Folder("home");
        Project = Folder("home/project");
        Programs = Folder("programs");
        Bin = Folder("bin");
        Managed = Path.Combine(_root, "etc-claude-code");
        _environment["PATH"] = Bin;
    }

    public string Home { get; }
    public string Project { get; }

    /// <summary>Where guard and guard-hook lie.</summary>
    public string Programs { get; }

    /// <summary>The only folder on PATH.</summary>
    public string Bin { get; }
    public string Managed { get; }
    public string GuardFolder => Path.Combine(Home, ".guard");
    public string HookPath => Path.Combine(Programs, "guard-hook");
    public string ProjectSettings => Path.Combine(Project, ".claude", "settings.json");
    public string UserSettings => Path.Combine(Home, ".claude", "settings.json");

    public bool IsTerminal { get; set; }
    public bool IsErrorTerminal { get; set; }
    public int Width { get; set; } = 120;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    public void Set(string variable, string value) => _environment[variable] = value;

    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public static void WriteProgram(string path, string script)
    {
        Write(path, script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A hook that answers as the real one does, its settings, and a client of a good version.</summary>
    public CliHarness WithInstallation()
    {
        WriteProgram(HookPath, FloorHook);
        WriteProgram(Path.Combine(Bin, "claude"), "#!/bin/sh\necho '2.1.329 (Claude Code)'\n");
        Write(Path.Combine(GuardFolder, "hook.json"), "{}");
        return this;
    }

    public Task<CliResult> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public async Task<CliResult> RunAsync(CancellationToken cancel, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandRunner.RunAsync(Context(output, error), args, cancel);
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    public CliContext Context(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        IsTerminal = IsTerminal,
        IsErrorTerminal = IsErrorTerminal,
        Width = Width,
        Environment = name => _environment.GetValueOrDefault(name),
        Home = Home,
        CurrentDirectory = Project,
        ProgramFolder = Programs,
        ManagedSettingsFolder = Managed,
    };
}

internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    /// <summary>The one line that a failed command owes.</summary>
    public string ErrorLine
    {
        get
        {
            Error.TrimEnd('\n').Should().NotContain("\n", "an error is one line");
            return Error.TrimEnd('\n');
        }
    }
}
