using System.Text;
using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Doctor;

/// <summary>Shows a person what <c>guard doctor</c> found. On a terminal lines are broken between words; in files they are whole.</summary>
internal static class DoctorText
{
    private const string Indent = "  ";

    public static void Write(CliContext context, DoctorReport report)
    {
        Line("installation", report.Installation);
        if (report.RegisteredIn is { } file) Line("registered in", context.Shorten(file));
        if (report.Hook is { } hook) Line("hook", context.Shorten(hook));
        if (report.Gateway is { } gateway) Line("gateway", gateway);
        if (report.Client is { } client) Line("client", context.Shorten(client));
        foreach (var canary in report.Canaries) Line("canary", Describe(canary));
        context.WriteLine("");
        foreach (var finding in report.Findings)
        {
            Paragraph(context, $"{finding.Code}: {finding.Message}");
            Paragraph(context, $"{Indent}what to do: {finding.Remedy}");
            context.WriteLine("");
        }

        context.WriteLine(report.Findings.Count switch { 0 => "All is well.", 1 => "1 finding.", var count => $"{count} findings." });
        foreach (var note in report.Notes) Paragraph(context, $"Note: {note}.");

        void Line(string name, string text) => context.WriteLine($"{Indent}{name,-14} {text}");
    }

    private static string Describe(CanaryResult canary) => $"must be {canary.Name}: " + canary switch
    {
        { Passed: true } => "it is",
        { Stopped: true, Name: "denied" } => "it is, but not by the floor",
        { Stopped: true } => "it is denied",
        _ => "it is NOT",
    };

    private static void Paragraph(CliContext context, string text)
    {
        if (!context.IsTerminal)
        {
            context.WriteLine(text);
            return;
        }

        var line = new StringBuilder();
        foreach (var word in PlainText.OneLine(text.TrimStart()).Split(' '))
        {
            // A word longer than the line is the terminal's to break.
            if (line.Length > 0 && Indent.Length + line.Length + 1 + word.Length > context.Width)
            {
                End();
                line.Append(Indent);
            }

            if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
            if (line.Length == 0 && text.StartsWith(Indent, StringComparison.Ordinal)) line.Append(Indent);
            line.Append(word);
        }

        End();

        void End()
        {
            context.WriteLine(line.ToString());
            line.Clear();
        }
    }
}
