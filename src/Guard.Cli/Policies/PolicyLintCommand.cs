using System.CommandLine;
using System.Text;
using Guard.Cli.Terminal;
using Guard.Policy;
using Guard.Policy.Diagnostics;
using Guard.Policy.Lint;

namespace Guard.Cli.Policies;

/// <summary><c>guard policy lint</c>: what in valid policies probably means something else than it reads.</summary>
internal sealed class PolicyLintCommand
{
    private const string Notes = """
        Each finding has a code (docs/policies.md), a place, an access that shows it, and what to write instead. The policies named are
        looked at together, as they would be in force together. --fix writes what only makes a policy stricter, and reports what is left.

          The exit code is 0 when nothing was found, 1 when something was, 3 when a policy has errors.
        """;

    private readonly CliContext _context;
    private readonly Argument<string[]> _paths = new("PATH") { Description = "Policy files, or folders of them", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _format = new("--format") { HelpName = "FORMAT", Description = "text, json or sarif (default text)", DefaultValueFactory = _ => "text" };
    private readonly Option<bool> _fix = new("--fix") { Description = "Write the fixes that only make a policy stricter" };

    private PolicyLintCommand(CliContext context) => _context = context;

    public static Command Create(CliContext context)
    {
        var lint = new PolicyLintCommand(context);
        lint._format.AcceptOnlyFromAmong("text", "json", "sarif");
        var command = new NotedCommand("lint", "Find what in policies probably means something else than it reads") { Notes = Notes };
        command.Add(lint._paths);
        command.Add(lint._format);
        command.Add(lint._fix);
        command.SetAction(lint.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var paths = parsed.GetRequiredValue(_paths);
        var sources = PolicyFiles.Read(_context, paths);
        var format = parsed.GetRequiredValue(_format);
        var compiled = PolicyCompiler.Compile(sources, FloorSettings.Default);
        var findings = Linter.Run(sources);
        var replaced = parsed.GetValue(_fix) && compiled.Succeeded ? Fix(sources, findings) : 0;
        if (replaced > 0)
        {
            sources = PolicyFiles.Read(_context, paths);
            compiled = PolicyCompiler.Compile(sources, FloorSettings.Default);
            findings = Linter.Run(sources);
        }

        var diagnostics = Unexplained(compiled.Diagnostics, findings);
        switch (format)
        {
            case "json":
                _context.WriteJson(new LintReport(replaced, [.. diagnostics.Select(DiagnosticOutput.ToWire)], [.. findings.Select(LintReportEntry.Of)]), CliJson.Default.LintReport);
                break;
            case "sarif":
                _context.WriteJson(SarifLog.Of(diagnostics, findings), CliJson.Default.SarifLog);
                break;
            default:
                WriteText(sources.Count, diagnostics, findings, replaced);
                break;
        }

        if (!compiled.Succeeded)
        {
            throw new CliException(ExitCodes.BadDocument, $"{DiagnosticOutput.Count(compiled.Diagnostics.Count(d => d.Severity == Severity.Error))}: policies with errors cannot be looked through");
        }

        return findings.Count == 0 && diagnostics.Count == 0 ? ExitCodes.Done : ExitCodes.Negative;
    }

    // What a finding says of the same place, with an access that shows it, need not be said twice.
    private static List<Diagnostic> Unexplained(IReadOnlyList<Diagnostic> diagnostics, IReadOnlyList<LintFinding> findings) =>
        [.. diagnostics.Where(d => d.Code != DiagnosticCodes.ProvesNoHost || !findings.Any(f => f.Code == DiagnosticCodes.LintWiderAllow && (f.File, f.Line, f.Column) == (d.File, d.Line, d.Column)))];

    private int Fix(IReadOnlyList<PolicySource> sources, IReadOnlyList<LintFinding> findings)
    {
        var all = 0;
        foreach (var source in sources)
        {
            var (text, count) = LintFixer.Fix(source, findings);
            if (count > 0)
            {
                Write(source.Path, text);
                all += count;
            }
        }

        return all;
    }

    private void Write(string path, string text)
    {
        var file = _context.Resolve(path);
        try
        {
            var temporary = $"{file}.{Guid.NewGuid():N}";
            File.WriteAllText(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(file));
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused($"{path} cannot be written: {e.Message}", e);
        }
    }

    private void WriteText(int policies, IReadOnlyList<Diagnostic> diagnostics, IReadOnlyList<LintFinding> findings, int replaced)
    {
        DiagnosticOutput.Write(_context, diagnostics.Select(DiagnosticOutput.ToWire));
        foreach (var finding in findings)
        {
            _context.WriteLine($"{finding.File}:{finding.Line}:{finding.Column} {finding.Code} {(finding.Rule is null ? "" : $"rule {finding.Rule}: ")}{finding.Message}");
            if (finding.Example is not null) _context.WriteLine($"    for example: {finding.Example}");
            _context.WriteLine($"    fix: {finding.Fix}{(finding.Replacement is null ? "" : " (--fix does)")}");
        }

        if (replaced > 0) _context.WriteLine(replaced == 1 ? "1 place was fixed." : $"{replaced} places were fixed.");
        if (diagnostics.All(d => d.Severity == Severity.Warning))
        {
            List<string> found = [];
            if (diagnostics.Count > 0) found.Add(Count(diagnostics.Count, "warning", "warnings"));
            if (findings.Count > 0) found.Add(Count(findings.Count, "finding", "findings"));
            _context.WriteLine($"{(found.Count == 0 ? "Nothing found" : string.Join(" and ", found))} in {Count(policies, "policy", "policies")}.");
        }
    }

    private static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";
}

/// <summary>Result of <c>guard policy lint --format json</c>.</summary>
internal sealed record LintReport(int Fixed, IReadOnlyList<Protocol.PolicyDiagnostic> Diagnostics, IReadOnlyList<LintReportEntry> Findings);

/// <summary>A finding. <paramref name="Example"/> is an access that shows it.</summary>
internal sealed record LintReportEntry(string Code, string File, int Line, int Column, string Policy, string? Rule, string Message, string? Example, string Fix, bool Fixable)
{
    public static LintReportEntry Of(LintFinding f) => new(f.Code, f.File, f.Line, f.Column, f.Policy, f.Rule, f.Message, f.Example, f.Fix, f.Replacement is not null);
}
