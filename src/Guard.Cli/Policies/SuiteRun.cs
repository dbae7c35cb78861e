using System.Text;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Cli.Terminal;
using Guard.Gateway.Decisions;
using Guard.Policy;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;
using Guard.Policy.Suites;

namespace Guard.Cli.Policies;

/// <summary>Runs test suites of policies; each judges by the policies it names, in the file tree it states.</summary>
internal static class SuiteRun
{
    /// <exception cref="CliException">A suite or one of its policies has errors; all of them have been shown.</exception>
    public static IReadOnlyList<(SuiteResult Result, PolicyBundle Bundle)> Run(CliContext context, IReadOnlyList<string> suitePaths)
    {
        var diagnostics = new List<Diagnostic>();
        var prepared = new List<(Suite Suite, PolicyBundle Bundle)>();
        foreach (var path in suitePaths)
        {
            var read = SuiteReader.Read(PolicyFiles.ReadOne(context, path));
            diagnostics.AddRange(read.Diagnostics);
            if (read.Suite is not { } suite) continue;
            var compiled = PolicyCompiler.Compile([.. PoliciesOf(suite, path).Select(p => PolicyFiles.ReadOne(context, p))], FloorSettings.Default);
            diagnostics.AddRange(compiled.Diagnostics);
            if (compiled.Bundle is { } bundle) prepared.Add((suite, bundle));
        }

        DiagnosticOutput.Write(context, diagnostics.Distinct().Select(DiagnosticOutput.ToWire));
        var errors = diagnostics.Distinct().Count(d => d.Severity == Severity.Error);
        if (errors > 0) throw new CliException(ExitCodes.BadDocument, $"{DiagnosticOutput.Count(errors)}: no suite was run");
        return [.. prepared.Select(p => (SuiteRunner.Run(p.Suite, p.Bundle, call => Adapt(call, p.Bundle)), p.Bundle))];
    }

    // A suite that names no policies is about the one beside it: dev_test.yaml about dev.yaml.
    private static IEnumerable<string> PoliciesOf(Suite suite, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!suite.Policies.IsEmpty) return suite.Policies.Select(p => Path.GetFullPath(p, folder));
        var name = Path.GetFileNameWithoutExtension(path);
        return [Path.Combine(folder, name[..^"_test".Length] + Path.GetExtension(path))];
    }

    // Input that cannot be judged has no accesses, which is denied, as the hook denies it.
    public static IReadOnlyList<RequestedAccess> Adapt(SuiteToolCall call, PolicyBundle bundle)
    {
        try
        {
            var adapted = ClaudeCodeAdapter.AdaptTool(
                call.Tool,
                Encoding.UTF8.GetBytes(call.Input.GetRawText()),
                call.Cwd,
                StatedPlace.Of(call.Workspace).Context(bundle));
            return [.. adapted.Accesses.Select(RequestedAccesses.Of)];
        }
        catch (UnreadableInputException)
        {
            return [];
        }
    }
}
