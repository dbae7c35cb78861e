using System.Diagnostics;
using System.Text;

namespace Guard.Shell.Tests.Bash;

/// <summary>Runs a script in the machine's own bash with records on standard input and output, each ended with NUL.</summary>
internal static class BashProcess
{
    public static IReadOnlyList<string> Run(string script, IReadOnlyCollection<string> records, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("/bin/bash")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        start.ArgumentList.Add("--norc");
        start.ArgumentList.Add("--noprofile");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["PATH"] = "/usr/bin:/bin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        foreach (var record in records)
        {
            process.StandardInput.Write(record);
            process.StandardInput.Write('\0');
        }

        process.StandardInput.Close();
        process.WaitForExit();
        var text = output.GetAwaiter().GetResult();
        errors.GetAwaiter().GetResult();
        return text.Length == 0 ? [] : text[..^1].Split('\0');
    }
}
