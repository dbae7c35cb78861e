using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Guard.Mutation;

/// <summary>A process that runs changed code; started when it is asked something, ended when it does not answer.</summary>
internal sealed class HostProcess(string tests) : IDisposable
{
    // Of what a host may take, in bytes, as the runtime reads it: hexadecimal. Code that takes all memory must not take this machine's.
    private const string HeapLimit = "60000000";

    private Process? _process;

    /// <summary>Asks a process that has run other changes before.</summary>
    /// <param name="question">To ask.</param>
    /// <param name="allowed">Between two lines of the answer.</param>
    /// <returns>Null: it did not answer in time, or ended.</returns>
    public async Task<Answer?> AskAsync(Question question, TimeSpan allowed)
    {
        _process ??= Start(null);
        var answer = await AskAsync(_process, question, allowed);
        if (answer is null or { IsSpoilt: true })
        {
            End();
        }

        return answer;
    }

    /// <summary>Asks a process of its own, in which nothing runs without the change.</summary>
    /// <param name="question">To ask.</param>
    /// <param name="allowed">Between two lines of the answer, the start of the process included.</param>
    /// <returns>Null: it did not answer in time, or ended.</returns>
    public async Task<Answer?> AskAnewAsync(Question question, TimeSpan allowed)
    {
        using var anew = new HostProcess(tests);
        anew._process = anew.Start(question.Mutant);
        return await AskAsync(anew._process, question, allowed);
    }

    public void Dispose() => End();

    private void End()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    private static async Task<Answer?> AskAsync(Process process, Question question, TimeSpan allowed)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question, HostJson.Default.Question));
            while (true)
            {
                using var late = new CancellationTokenSource(allowed);
                var line = await process.StandardOutput.ReadLineAsync(late.Token);
                if (line != MutantHost.AtWork)
                {
                    return line is null ? null : JsonSerializer.Deserialize(line, HostJson.Default.Answer);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Late, or ended: the same to who asked.
            return null;
        }
    }

    private Process Start(int? first)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        foreach (var argument in new[] { "host", tests })
        {
            start.ArgumentList.Add(argument);
        }

        if (first is { } mutant)
        {
            start.ArgumentList.Add(mutant.ToString(CultureInfo.InvariantCulture));
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }
}
