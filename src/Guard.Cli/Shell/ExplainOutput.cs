using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Shell.Lines;
using Guard.Shell.Syntax;

namespace Guard.Cli.Shell;

/// <summary>Shows what a line would do, for people.</summary>
internal static class ExplainOutput
{
    private const int ContextCharacters = 60;

    public static void Write(CliContext context, LineReport report, string folder)
    {
        context.WriteLine($"in {context.Shorten(folder)}");
        if (report.Script is { } script)
        {
            Heading(context, "line");
            foreach (var line in SyntaxPrinter.Print(script).TrimEnd('\n').Split('\n')) context.WriteLine("  " + line);
        }

        if (report.Commands.Count > 0)
        {
            Heading(context, "commands");
            for (var i = 0; i < report.Commands.Count; i++) WriteCommand(context, report, i, folder);
        }

        if (report.Accesses.Any(a => a.Action != "execute:opaque"))
        {
            Heading(context, "accesses");
            foreach (var access in report.Accesses.Where(a => a.Action != "execute:opaque")) context.WriteLine("  " + Describe(context, report, access));
        }

        Heading(context, report.Opaque.Count == 0 ? "opaque: nothing" : "opaque");
        foreach (var part in report.Opaque)
        {
            context.WriteLine($"  {part.Code}: {part.Message}");
            WritePointer(context, report.Line, part.Span);
        }
    }

    private static void Heading(CliContext context, string text)
    {
        context.Output.WriteLine();
        context.WriteLine(text);
    }

    private static void WriteCommand(CliContext context, LineReport report, int index, string folder)
    {
        var command = report.Commands[index];
        var depth = 1;
        for (var parent = command.Parent; parent >= 0; parent = report.Commands[parent].Parent) depth++;
        var indent = new string(' ', 2 * depth);
        var where = command.Elsewhere ? "  (elsewhere)"
            : command.WorkingDirectory is null ? "  (in a folder that is not known)"
            : command.WorkingDirectory == folder ? "" : $"  (in {context.Shorten(command.WorkingDirectory)})";
        context.WriteLine(indent + command.Normal + where);
        if (command.Canonical != command.Normal) context.WriteLine($"{indent}  = {command.Canonical}");
    }

    private static string Describe(CliContext context, LineReport report, LineAccess access)
    {
        var isFile = access.Action.EndsWith(":file", StringComparison.Ordinal);
        var resource = isFile ? context.Shorten(access.Resource) : access.Resource;
        if (access.Subtree) resource = resource.TrimEnd('/') + "/**";
        if (access.Written is { } written && access.Action != "execute:shell") resource += $"  (written {written})";
        List<string> notes = [];
        if (access.Inert) notes.Add("inert");
        else if (access is { Action: "execute:shell", Command: >= 0 and var index } && report.Commands[index].Effects is { Reads: true }) notes.Add("only looks");
        if (access.Guessed) notes.Add("guessed");
        if (access.Runs) notes.Add("runs it");
        return $"{access.Action,-15} {resource}{(notes.Count > 0 ? "  [" + string.Join(", ", notes) + "]" : "")}";
    }

    /// <summary>The line that holds the part, and carets under the part. Both are cut to what fits; what could steer a terminal is a blank.</summary>
    private static void WritePointer(CliContext context, string line, SourceSpan span)
    {
        var start = span.Start == 0 ? 0 : line.LastIndexOf('\n', Math.Min(span.Start, line.Length) - 1) + 1;
        var end = line.IndexOf('\n', span.Start);
        end = end < 0 ? line.Length : end;
        start = Math.Max(start, span.Start - ContextCharacters);
        end = Math.Min(end, Math.Max(start + 1, span.Start + ContextCharacters));
        if (start >= end) return;
        var shown = string.Concat(line[start..end].Select(c => c is < ' ' or > '~' && PlainText.OneLine(c.ToString()).Length != 1 ? ' ' : c));
        var carets = Math.Max(1, Math.Min(span.End, end) - span.Start);
        context.WriteLine("    " + shown);
        context.WriteLine("    " + new string(' ', span.Start - start) + new string('^', carets));
    }
}
