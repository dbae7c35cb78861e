using Guard.Agents.Paths;
using Guard.Protocol;
using Guard.Shell.Effects;
using Guard.Shell.Lines;

namespace Guard.Agents.Shell;

/// <summary>The accesses of a command line.</summary>
internal static class ShellAccesses
{
    private const string NoFolderCode = "shell.no-folder";
    private const string EnvironmentCode = "shell.environment";

    /// <summary>Longer texts are no resource that a rule could read or a person could see.</summary>
    private const int MaxText = 64 * 1024;

    /// <summary>Adds everything the line would do.</summary>
    public static void Add(AccessList list, string line)
    {
        list.Add(new Access { Action = Actions.ExecuteShell, Resource = line, Inert = true, Why = "shell.line" });
        if (list.Folder is not { } folder)
        {
            AddOpaque(list, line, NoFolderCode, "the client states no folder that the line would run in");
            return;
        }

        var environment = list.Context.Shell;
        if (environment.AlteredBy is not null) AddOpaque(list, line, EnvironmentCode, "a variable of the environment changes how shells read lines (BASH_ENV, SHELLOPTS, BASHOPTS, GLOBIGNORE ...); start the client without it");
        var report = LineAccesses.Of(line, FactsOf(list, folder));
        if (Function(report, environment) is not null) AddOpaque(list, line, EnvironmentCode, "an exported shell function goes before a program of the line; start the client without it");
        new Translation(list, report, folder).Add();
    }

    private static LineFacts FactsOf(AccessList list, string folder)
    {
        var environment = list.Context.Shell;
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = environment.TemporaryFolder };
        if (!environment.HasFolderPath) variables["CDPATH"] = null;
        var paths = list.Context.Paths;
        return new LineFacts
        {
            WorkingDirectory = folder,
            Home = (list.Context.HomeVariable ?? list.Context.Home) is ['/', _, ..] home && home[^1] != '/' ? home : null,
            User = environment.User,
            Variables = variables,
            View = new PathGlobView(paths),
            Probe = path => paths.FormOf(path) switch
            {
                PathEntryForm.Folder => PathForm.Directory,
                PathEntryForm.File => PathForm.File,
                PathEntryForm.Missing => PathForm.Missing,
                _ => PathForm.Unknown,
            },
        };
    }

    private static string? Function(LineReport report, ShellEnvironment environment) =>
        environment.Functions.Count == 0 ? null : report.Commands.Select(c => c.Words[0].Text).FirstOrDefault(environment.Functions.Contains);

    private static void AddOpaque(AccessList list, string text, string code, string note) =>
        list.Add(new Access { Action = Actions.ExecuteOpaque, Resource = text, Why = code, Note = note });

    /// <summary>Puts a report into the words of the wire.</summary>
    private sealed class Translation(AccessList list, LineReport report, string folder)
    {
        private readonly int[] _index = [.. report.Commands.Select(static _ => -1)];

        private readonly HashSet<(string Action, bool Inert, int? By)> _unknown = [];

        public void Add()
        {
            var searchPath = new SearchPath(list.Context.Paths, list.Context.Shell.SearchPath);

            // Commands first, so that everything else can name its own.
            foreach (var access in report.Accesses)
            {
                if (access.Action == Actions.ExecuteShell) AddCommand(access, searchPath);
            }

            foreach (var access in report.Accesses)
            {
                switch (access.Action)
                {
                    case Actions.ExecuteShell:
                        break;
                    case Actions.ReadFile or Actions.WriteFile or Actions.DeleteFile:
                        AddFile(access);
                        break;
                    case Actions.ExecuteOpaque:
                        list.Add(new Access
                        {
                            Action = access.Action,
                            Resource = access.Resource.Length == 0 ? report.Line : access.Resource,
                            By = By(access),
                            Why = access.Why,
                            Note = access.Why is { } why ? LineOpacity.Explain(why) : null,
                        });
                        break;
                    default:
                        AddOther(access);
                        break;
                }
            }
        }

        private int? By(LineAccess access) => access.Command >= 0 && _index[access.Command] is >= 0 and var index ? index : null;

        private void AddCommand(LineAccess access, SearchPath searchPath)
        {
            var command = report.Commands[access.Command];
            if (_index[access.Command] >= 0) return;
            var open = command.Words.Any(static w => !w.IsKnown);
            int? by = command.Parent >= 0 && _index[command.Parent] is >= 0 and var parent ? parent : null;
            _index[access.Command] = list.Accesses.Count;
            list.Add(new Access
            {
                Action = access.Action,
                Resource = command.Normal,
                Canonical = command.Canonical == command.Normal ? null : command.Canonical,
                Words = ShownFrom(command.Words, 0),
                Command = ShapeOf(command, open, searchPath, access.Inert),
                By = by,
                Inert = access.Inert,
            });
        }

        private CommandShape ShapeOf(LineCommand command, bool open, SearchPath searchPath, bool inert)
        {
            var name = command.Words[0].IsKnown ? command.Words[0].Text : "?";
            var program = name[(name.LastIndexOf('/') + 1)..];
            var effects = command.Effects;
            var subcommand = effects?.Subcommand ?? [];
            var behind = effects?.Canonical ?? command.Words;
            return new CommandShape
            {
                Program = program,
                OnPath = effects is not null && name != "?" && searchPath.Gives(name),
                Subcommand = subcommand,
                Flags = FlagsOf(effects),
                Arguments = ShownFrom(behind, 1 + subcommand.Count),
                Reads = effects is { Reads: true },
                Open = open,
                Alone = inert || open || command.Parent >= 0 || command.Elsewhere ? null : Alone(command),
            };
        }

        private static List<string> FlagsOf(CommandEffects? effects)
        {
            var flags = new List<string>();
            foreach (var option in effects?.Options ?? [])
            {
                foreach (var name in option.Names)
                {
                    if (!flags.Contains(name)) flags.Add(name);
                }
            }

            return flags;
        }

        // A chain of queries goes through generic virtual methods, which the type loader finds at run time: a fiftieth of a hook's life.
        private static string[] ShownFrom(IReadOnlyList<Argument> words, int start)
        {
            var shown = new string[Math.Max(0, words.Count - start)];
            for (var i = 0; i < shown.Length; i++) shown[i] = Shown(words[start + i]);
            return shown;
        }

        /// <summary>The command as a line of its own; null where that would be the line itself.</summary>
        private string? Alone(LineCommand command)
        {
            if (command.WorkingDirectory is not { } at || command.Normal == report.Line.Trim()) return null;
            return at == folder ? command.Normal : $"cd {WordSpelling.Quoted(at)} && {command.Normal}";
        }

        private void AddFile(LineAccess access)
        {
            if (access.Unknown)
            {
                // What differs in them is only which part of the word is known.
                if (!_unknown.Add((access.Action, access.Inert, By(access)))) return;
                list.Add(new Access { Action = access.Action, Resource = Access.UnknownResource, Unknown = true, Inert = access.Inert, By = By(access), Why = "shell.unknown-file" });
                return;
            }

            list.AddPath(access.Action, access.Resource, access.Path, new PathUse
            {
                Inert = access.Inert,
                Subtree = access.Subtree,
                Filter = access.Filter,
                Program = access.Command >= 0 ? report.Commands[access.Command] : null,
                By = By(access),
                Why = access.Guessed ? "shell.guessed" : null,
            });
        }

        private void AddOther(LineAccess access)
        {
            var unknown = access.Unknown || access.Resource.Length is 0 or > MaxText || access.Resource.Contains('\0', StringComparison.Ordinal);
            list.Add(new Access
            {
                Action = access.Action,
                Resource = unknown ? Access.UnknownResource : WithScheme(access),
                Unknown = unknown,
                Inert = access.Inert,
                By = By(access),
                Why = unknown ? "shell.unknown-word" : access.Guessed ? "shell.guessed" : null,
            });
        }

        // Clients that take a URL without a scheme speak HTTP, whatever host they guess another from.
        private static string WithScheme(LineAccess access) =>
            access.Action is Actions.ReadWebFetch or Actions.WriteWeb && !access.Resource.Contains("://", StringComparison.Ordinal) && char.IsAsciiLetterOrDigit(access.Resource[0])
                ? "http://" + access.Resource
                : access.Resource;

        private static string Shown(Argument word) => word.ToString();
    }
}
