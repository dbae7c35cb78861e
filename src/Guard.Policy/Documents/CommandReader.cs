using System.Collections.Immutable;
using Guard.Policy.Diagnostics;
using Guard.Policy.Matching;

namespace Guard.Policy.Documents;

/// <summary>Reads <c>command</c>: <c>program</c>, <c>subcommand</c>, <c>flags</c>, <c>anyFlags</c>, <c>args</c>, <c>reads</c>.</summary>
internal static class CommandReader
{
    /// <summary>Null where nothing usable is in it; the problems are reported.</summary>
    public static CommandTest? Read(MappingReader conditions, ResourceKinds kinds, bool exact, DiagnosticBag diagnostics)
    {
        if (conditions.Mapping("command") is not { } mapping)
        {
            return null;
        }

        if (!kinds.HasFlag(ResourceKinds.Command))
        {
            diagnostics.Error(DiagnosticCodes.Misplaced, conditions.KeyAt("command"), "`command` stands in a rule none of whose actions is a command", "use it with execute:shell");
        }

        var definition = new CommandDefinition
        {
            Program = Texts("program", Program),
            Subcommand = Texts("subcommand", Subcommand),
            Flags = Texts("flags", Flag),
            AnyFlags = Texts("anyFlags", Flag),
            Args = Texts("args", Glob),
            Reads = mapping.Boolean("reads"),
        };
        mapping.Finish();

        // An allow for a word, whatever the program, would let every program pass.
        if (definition.Reads is { } reads && reads != exact)
        {
            diagnostics.Error(DiagnosticCodes.BadCommand, mapping.KeyAt("reads"),
                exact ? "`reads: false` in an allow rule would allow what is not known to only look" : "`reads: true` stands in a rule that does not allow: what is not known to only look may do so too",
                exact ? "write `reads: true`, or leave it out" : "write `reads: false`: what is not known to only look");
        }

        if (exact && definition.Program.IsEmpty && definition.Reads != true)
        {
            diagnostics.Error(DiagnosticCodes.BadCommand, mapping.At, "`command` in an allow rule names no program", "add for example `program: git`");
        }

        return diagnostics.HasErrors ? null : CommandTest.Of(definition);

        ImmutableArray<string> Texts(string key, Func<string, string?> problem)
        {
            var nodes = mapping.Texts(key);
            foreach (var node in nodes)
            {
                if (problem(node.Text) is { } why)
                {
                    diagnostics.Error(DiagnosticCodes.BadCommand, node.At, $"`{key}: {Shown.Text(node.Text, 100)}` can match no command: {why}", Remedy(key));
                }
            }

            return [.. nodes.Select(n => n.Text)];
        }
    }

    private static string? Program(string text) =>
        text.Contains('/', StringComparison.Ordinal) ? "a program is compared by its base name"
        : text.Any(char.IsWhiteSpace) ? "a program is one word"
        : Glob(text);

    private static string? Subcommand(string text) => text.StartsWith('-') ? "an option is no subcommand" : text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Glob).FirstOrDefault(problem => problem is not null);

    private static string? Flag(string text) =>
        text.Any(char.IsWhiteSpace) ? "an option is one word"
        : text.Contains('=', StringComparison.Ordinal) ? "options are compared without their values"
        : text.Trim('-').Length == 0 ? "it names no option"
        : null;

    private static string? Glob(string text) => TextGlob.Parse(text, ignoreCase: false, out var problem) is null ? problem : null;

    private static string Remedy(string key) => key switch
    {
        "program" => "write for example `program: git`; subcommands and options have keys of their own",
        "subcommand" => "write for example `subcommand: push` or `subcommand: \"remote add\"`",
        "args" => "see the section on patterns in docs/policies.md",
        _ => "write for example `flags: [recursive, force]`; for a value use `args`",
    };
}
