using System.Globalization;
using Guard.Protocol;

namespace Guard.Hook;

/// <summary>What the registration asks of the hook.</summary>
internal sealed record CommandLine
{
    public const double DefaultDeadlineSeconds = 25;

    public const string Usage = """
        guard-hook decides, with a Guard gateway, whether a coding agent's tool call may happen.

        guard-hook pre     before a tool call: reads the client's JSON, denies with exit code 2
        guard-hook post    after it: reports how it ended
        guard-hook config  when the client's settings changed: denies what would disarm Guard
        guard-hook flush   hands over what no gateway took so far, without a call

          --config FILE        settings (default ~/.guard/hook.json; /etc/guard/hook.json goes before all)
          --config-from-env    settings from GUARD_API_KEY, GUARD_GATEWAY_URL, GUARD_AGENT_NAME, GUARD_MODE,
                               GUARD_TIMEOUT and GUARD_TRACE_HEADER
          --workspace DIR      the project folder (default: what the client states)
          --deadline SECONDS   the hook denies by itself after this time (default 25)
          --trace FILE         writes what the hook does to FILE
          --version, --help

        Try it: echo '{"tool_name": "Read", "tool_input": {"path": "README.md"}}' | guard-hook pre

        """;

    public required string Verb { get; init; }
    public string? ConfigFile { get; init; }
    public bool ConfigFromEnvironment { get; init; }
    public string? Workspace { get; init; }
    public double DeadlineSeconds { get; init; } = DefaultDeadlineSeconds;
    public string? TraceFile { get; init; }

    /// <exception cref="HookFailure">The registration is wrong.</exception>
    public static CommandLine Parse(string[] args)
    {
        if (args.Length == 0 || args[0] is not ("pre" or "post" or "config" or "flush")) throw Wrong("its first argument must be pre, post, config or flush");
        var command = new CommandLine { Verb = args[0] };
        for (var i = 1; i < args.Length; i++)
        {
            command = args[i] switch
            {
                "--config-from-env" => command with { ConfigFromEnvironment = true },
                "--config" => command with { ConfigFile = AbsolutePath(Value(args, ref i), "--config") },
                "--workspace" => command with { Workspace = Value(args, ref i) },
                "--trace" => command with { TraceFile = Value(args, ref i) },
                "--deadline" => command with { DeadlineSeconds = Seconds(Value(args, ref i)) },
                _ => throw Wrong($"it does not know {DisplayText.Clean(args[i], 80)}"),
            };
        }

        if (command.ConfigFile is not null && command.ConfigFromEnvironment) throw Wrong("--config and --config-from-env exclude each other");
        return command;
    }

    private static string Value(string[] args, ref int at)
    {
        if (at + 1 == args.Length || args[at + 1].Length == 0) throw Wrong($"{args[at]} needs a value");
        return args[++at];
    }

    private static string AbsolutePath(string path, string option) =>
        path[0] == '/' ? path : throw Wrong($"{option} needs an absolute path: the agent can move the current folder");

    private static double Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 3600
            ? seconds
            : throw Wrong("--deadline needs a number of seconds, more than 0 and at most 3600");

    private static HookFailure Wrong(string why) => new($"guard-hook is registered wrongly: {why}. See `guard-hook --help`, or run `guard init` again");
}
