using Guard.Shell.Lines;
using Guard.Shell.Syntax;

namespace Guard.Cli.Shell;

/// <summary>What <c>guard shell explain --json</c> prints.</summary>
internal sealed record ExplainReport
{
    public required string Line { get; init; }
    public required string Cwd { get; init; }

    /// <summary>One command per line; absent if the line is not understood at all.</summary>
    public string? Tree { get; init; }

    public required IReadOnlyList<ExplainedCommand> Commands { get; init; }
    public required IReadOnlyList<ExplainedAccess> Accesses { get; init; }
    public required IReadOnlyList<ExplainedOpacity> Opaque { get; init; }

    public static ExplainReport From(LineReport report, string folder) => new()
    {
        Line = report.Line,
        Cwd = folder,
        Tree = report.Script is { } script ? SyntaxPrinter.Print(script) : null,
        Commands = [.. report.Commands.Select(c => new ExplainedCommand
        {
            Start = c.Span.Start,
            Length = c.Span.Length,
            Normal = c.Normal,
            Canonical = c.Canonical,
            Words = [.. c.Words.Select(w => w.ToString())],
            Cwd = c.WorkingDirectory,
            StartedBy = c.Parent < 0 ? null : c.Parent,
            Elsewhere = c.Elsewhere,
            Reads = c.Effects is { Reads: true },
        })],
        Accesses = [.. report.Accesses.Select(a => new ExplainedAccess
        {
            Action = a.Action,
            Resource = a.Resource,
            Written = a.Written,
            Subtree = a.Subtree,
            Unknown = a.Unknown,
            Inert = a.Inert,
            Guessed = a.Guessed,
            Runs = a.Runs,
            Why = a.Why,
            Start = a.Span.Start,
            Length = a.Span.Length,
            Command = a.Command < 0 ? null : a.Command,
        })],
        Opaque = [.. report.Opaque.Select(o => new ExplainedOpacity { Code = o.Code, Message = o.Message, Start = o.Span.Start, Length = o.Span.Length })],
    };
}

/// <summary>A command; positions are UTF-16 offsets into the line, <c>startedBy</c> an index into the commands.</summary>
internal sealed record ExplainedCommand
{
    public required int Start { get; init; }
    public required int Length { get; init; }
    public required string Normal { get; init; }
    public required string Canonical { get; init; }
    public required IReadOnlyList<string> Words { get; init; }
    public string? Cwd { get; init; }
    public int? StartedBy { get; init; }
    public required bool Elsewhere { get; init; }

    /// <summary>By the program's description this use of it only looks.</summary>
    public bool Reads { get; init; }
}

internal sealed record ExplainedAccess
{
    public required string Action { get; init; }
    public required string Resource { get; init; }
    public string? Written { get; init; }
    public required bool Subtree { get; init; }
    public required bool Unknown { get; init; }
    public required bool Inert { get; init; }
    public required bool Guessed { get; init; }
    public required bool Runs { get; init; }
    public string? Why { get; init; }
    public required int Start { get; init; }
    public required int Length { get; init; }
    public int? Command { get; init; }
}

internal sealed record ExplainedOpacity
{
    public required string Code { get; init; }
    public required string Message { get; init; }
    public required int Start { get; init; }
    public required int Length { get; init; }
}
