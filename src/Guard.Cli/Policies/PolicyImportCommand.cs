using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Cli.Policies.Import;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Policy;

namespace Guard.Cli.Policies;

/// <summary><c>guard policy import</c>: the rules of something else as a policy.</summary>
internal sealed partial class PolicyImportCommand
{
    private const string Notes = """
        --from claude-settings reads `permissions` of a settings file of Claude Code and writes a policy of the rules dialect: to standard
        output, or with --output to a file that does not exist yet. It never allows what the rules of the client would not. A comment says
        of each rule what became wider or narrower, or why an allow is left out; what denies or asks and cannot be said stops the import.

          The exit code is 0 when a policy was written, 3 when the settings cannot be read or said.
        """;

    private readonly CliContext _context;
    private readonly Argument<string> _file = new("FILE") { Description = "A settings file, such as .claude/settings.json" };
    private readonly Option<string> _from = new("--from") { HelpName = "KIND", Description = "claude-settings", Required = true };
    private readonly Option<string> _name = new("--name") { HelpName = "NAME", Description = "The policy's name (default claude-settings)", DefaultValueFactory = _ => "claude-settings" };
    private readonly Option<string?> _output = new("--output", "-o") { HelpName = "FILE", Description = "Write it there instead of to standard output" };

    private PolicyImportCommand(CliContext context) => _context = context;

    public static Command Create(CliContext context)
    {
        var import = new PolicyImportCommand(context);
        import._from.AcceptOnlyFromAmong("claude-settings");
        var command = new NotedCommand("import", "Write the permission rules of an agent client as a policy") { Notes = Notes };
        command.Add(import._file);
        command.Add(import._from);
        command.Add(import._name);
        command.Add(import._output);
        command.SetAction(import.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(_name);
        if (!PolicyName().IsMatch(name) || name == Floor.PolicyName)
        {
            throw CliException.Usage($"`{name}` is no name for a policy: letters, digits, `.`, `_` and `-`, at most 64; `floor` is taken");
        }

        var path = _context.Resolve(parsed.GetRequiredValue(_file));
        var source = PolicyFiles.ReadOne(_context, path);
        var problems = new List<string>();
        var text = ClientPermissions.Read(source.Text, problems) is { } permissions ? ImportedPolicy.Write(permissions, name, IsProject(path), problems) : null;
        if (text is null)
        {
            foreach (var problem in problems)
            {
                _context.Error.WriteLine(PlainText.OneLine($"{source.Path}: {problem}"));
            }

            throw new CliException(ExitCodes.BadDocument, problems.Count == 1 ? "1 problem: nothing was written" : $"{problems.Count} problems: nothing was written");
        }

        if (parsed.GetValue(_output) is { } output)
        {
            WriteNew(_context.Resolve(output), text);
            _context.WriteLine($"Written: {output}. Try it with `guard policy test`, look at it with `guard policy lint`.");
        }
        else
        {
            _context.Output.Write(text);
        }

        return ExitCodes.Done;
    }

    /// <summary>In the <c>.claude</c> of a project. Below the home folder itself the client's own settings lie.</summary>
    private bool IsProject(string path) =>
        Path.GetDirectoryName(path) is { } folder && Path.GetFileName(folder) == ".claude" && Path.GetDirectoryName(folder) is { } project && project != _context.Home.TrimEnd('/');

    private static void WriteNew(string path, string text)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused($"{path} cannot be written: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex PolicyName();
}
