using System.Diagnostics;
using System.Text;
using Guard.Gateway.Tests.Network;

namespace Guard.Hook.Tests;

/// <summary>The published native executable; published by the product's own script before the first test.</summary>
public sealed class HookBinary
{
    private static readonly string Root = FindRoot();

    public HookBinary()
    {
        using var publish = Process.Start(new ProcessStartInfo("/bin/bash", [Path.Combine(Root, "eng", "publish-hook.sh")]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        if (publish.ExitCode != 0) throw new InvalidOperationException(output);
    }

    public static string FilePath => Path.Combine(Root, "artifacts", "guard", "guard-hook");

    /// <summary>Runs the hook with these arguments and this input.</summary>
    internal HookResult Run(string[] args, byte[] input, Dictionary<string, string>? environment = null, string? folder = null, NetworkHost? host = null)
    {
        _ = this;
        using var process = Start(args, environment, folder, host);
        var output = Task.Run(() => ReadAll(process.StandardOutput.BaseStream));
        var error = Task.Run(() => ReadAll(process.StandardError.BaseStream));
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The hook may answer before it has read everything.
        }

        process.WaitForExit();
        return new HookResult(process.ExitCode, output.Result, error.Result);
    }

    internal static Process Start(string[] args, Dictionary<string, string>? environment = null, string? folder = null, NetworkHost? host = null)
    {
        var start = host?.Run(FilePath, args) ?? new ProcessStartInfo(FilePath, args) { UseShellExecute = false };
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = folder ?? Path.GetTempPath();
        start.Environment.Clear();
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(Root, "samples", "hook-inputs", name));

    public static IEnumerable<string> Samples(string pattern) =>
        Directory.GetFiles(Path.Combine(Root, "samples", "hook-inputs"), pattern).Select(file => Path.GetRelativePath(Path.Combine(Root, "samples", "hook-inputs"), file)).Order(StringComparer.Ordinal);

    public static string Document(string name) => File.ReadAllText(Path.Combine(Root, "docs", name));

    private static string ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Encoding.UTF8.GetString(copy.ToArray());
    }

    private static string FindRoot()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Guard.sln"))) at = Path.GetDirectoryName(at)!;
        return at;
    }
}

[CollectionDefinition(Name)]
public sealed class HookProcesses : ICollectionFixture<HookBinary>
{
    public const string Name = "hook processes";
}
