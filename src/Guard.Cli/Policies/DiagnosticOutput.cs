using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Policy.Diagnostics;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>Shows problems of policy documents, one line each, as editors read them.</summary>
internal static class DiagnosticOutput
{
    public static void Write(CliContext context, IEnumerable<PolicyDiagnostic> diagnostics)
    {
        foreach (var d in diagnostics)
            context.Error.WriteLine(PlainText.OneLine($"{d.File}:{d.Line}:{d.Column} {d.Code} {d.Severity}: {d.Message} ({d.Remedy})"));
    }

    public static PolicyDiagnostic ToWire(Diagnostic d) => new()
    {
        Code = d.Code,
        Severity = d.Severity == Severity.Error ? "error" : "warning",
        File = d.File,
        Line = d.Line,
        Column = d.Column,
        Message = d.Message,
        Remedy = d.Remedy,
    };

    public static string Count(int errors) => errors == 1 ? "1 error" : $"{errors} errors";
}
