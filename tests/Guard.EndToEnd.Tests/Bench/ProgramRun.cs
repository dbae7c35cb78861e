using System.Diagnostics;
using System.Text;

namespace Guard.EndToEnd.Tests.Bench;

internal sealed record ProgramResult(int ExitCode, string StandardOutput, string StandardError);

/// <summary>Runs a program to its end with exactly the stated environment, and kills it with its children when it takes too long.</summary>
internal sealed record ProgramRun(string Program)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string Folder { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string StandardInput { get; init; } = "";

    /// <summary>What it writes goes to this path with <c>.stdout</c> and <c>.stderr</c> as it arrives.</summary>
    public required string Log { get; init; }

    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    public ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }

    /// <exception cref="TimeoutException">It did not end within <see cref="Limit"/>.</exception>
    public async Task<ProgramResult> RunAsync()
    {
        using var process = Process.Start(StartInfo()) ?? throw new InvalidOperationException($"{Program} did not start.");
        var output = CopyAsync(process.StandardOutput, Log + ".stdout");
        var error = CopyAsync(process.StandardError, Log + ".stderr");
        try
        {
            await process.StandardInput.WriteAsync(StandardInput);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended, or closed its input, without reading all of it; its exit code tells.
        }

        try
        {
            await Task.WhenAll(process.WaitForExitAsync(), output, error).WaitAsync(Limit);
        }
        catch (TimeoutException waited)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Program} did not end within {Limit.TotalSeconds:0} s; what it wrote is in {Log}.stdout and .stderr.", waited);
        }

        return new ProgramResult(process.ExitCode, await output, await error);
    }

    private static async Task<string> CopyAsync(StreamReader reader, string path)
    {
        var text = new StringBuilder();
        await using var log = new StreamWriter(path, append: true) { AutoFlush = true };
        while (await reader.ReadLineAsync() is { } line)
        {
            text.Append(line).Append('\n');
            await log.WriteLineAsync(line);
        }

        return text.ToString();
    }
}
