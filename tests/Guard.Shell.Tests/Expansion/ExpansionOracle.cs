using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;
using Guard.Shell.Tests.Bash;

namespace Guard.Shell.Tests.Expansion;

/// <summary>A folder on disk, the same folder as a stated tree, and the same variables for bash and for the expander.</summary>
internal sealed class ExpansionOracle : IDisposable
{
    private static readonly string[] Files =
        ["a.txt", "b.txt", "B", "ab", "a1", ".hidden", "src/a.cs", "src/b.cs", "src/.x.cs", "src/sub/c.cs", "lib/a.cs", "a b.txt", "[x]", "ünder", "a*c", "empty/", "x=1"];

    private static readonly Dictionary<string, string> Scalars = new(StringComparer.Ordinal)
    {
        ["plain"] = "plan",
        ["blank"] = "a  b.txt c",
        ["empty"] = "",
        ["star"] = "*.txt",
        ["path"] = "src/a.cs",
        ["padded"] = " x y ",
        ["n"] = "7",
        ["back"] = "a\\*b",
        ["tilde"] = "~/q",
        ["m"] = "-3",
        ["HOME"] = "/home/dev user",
    };

    private static readonly string[] Elements = ["e0", "e 1", "", "*"];

    /// <summary>
    /// One subshell expands many texts, each with the variables as they were: a process for each takes a hundred times as long as the text. A text that ends
    /// the subshell is an error, and the next one begins behind it.
    /// </summary>
    private const string Script =
        """
        show() { printf '%s\x1f' "$#" "$@"; }
        ended=33 again=34
        while
          (
            for ((__count = 0; __count < 500; __count++)); do
              IFS= read -r -d '' __line || exit $ended
              restore
              eval "$__line" 2>/dev/null || printf 'error'
              printf '\0'
            done
            exit $again
          )
          __status=$?
          ((__status != ended))
        do
          ((__status == again)) || printf 'error\0'
        done
        """;

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("guard-expansion-");
    private readonly DirectoryInfo _folder;

    public ExpansionOracle()
    {
        _folder = _parent.CreateSubdirectory("parent/work");
        foreach (var file in Files)
        {
            var path = Path.Combine(_folder.FullName, file);
            Directory.CreateDirectory(file.EndsWith('/') ? path : Path.GetDirectoryName(path)!);
            if (!file.EndsWith('/'))
                File.WriteAllText(path, "");
        }

        View = new TreeOnDisk(_parent.FullName, new StatedGlobView(Files.Select(f => Path.Combine(_folder.FullName, f))));
        State = new ShellState
        {
            WorkingDirectory = _folder.FullName,
            Variables = Scalars.Select(s => KeyValuePair.Create(s.Key, ShellValue.Of(s.Value)))
                .Append(KeyValuePair.Create("arr", (ShellValue)new ShellValue.IndexedArray(Elements.Select((e, i) => KeyValuePair.Create((long)i, e)).ToImmutableSortedDictionary())))
                .Append(KeyValuePair.Create("unset", ShellValue.Unset))
                .Append(KeyValuePair.Create("PWD", ShellValue.Of(_folder.FullName)))
                .ToImmutableDictionary(StringComparer.Ordinal),
        };
    }

    public IGlobView View { get; }

    public ShellState State { get; }

    /// <summary>What bash makes of each text, which calls <c>show</c>; null where it fails.</summary>
    public IReadOnlyList<IReadOnlyList<string>?> Bash(IReadOnlyCollection<string> lines)
    {
        var assignments = string.Concat(Scalars.Select(s => $"{s.Key}='{s.Value}'\n")) + "unset arr unset\narr=('e0' 'e 1' '' '*')\n";
        var answers = BashProcess.Run("restore() {\n" + assignments + "}\nPATH=/nonexistent\n" + Script, lines, _folder.FullName);
        answers.Should().HaveCount(lines.Count);
        return [.. answers.Select(a => a.EndsWith("error", StringComparison.Ordinal) || a.Length == 0 ? null : (IReadOnlyList<string>?)a[..^1].Split('\x1f')[1..])];
    }

    /// <summary>Names of the variables that lines use.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Scalars.Keys, "arr", "unset"];

    /// <summary>The same place, of which these variables are not stated: they may hold anything, or what the environment gave them.</summary>
    public ShellState Without(IEnumerable<string> names, bool inherited) => State with { Variables = State.Variables.RemoveRange(names), InheritsRest = inherited };

    /// <summary>The expander's fields for a line of one simple command, its first word left out; null if it does not parse.</summary>
    public ImmutableArray<ExpandedField>? Ours(string line, ShellState? state = null)
    {
        if (ShellParser.Parse(line).Script is not { Body.Items: [{ Command: Guard.Shell.Syntax.SimpleCommand command }] })
            return null;
        var expander = new WordExpander(state ?? State, new SilentObserver(), View);
        return expander.Expand(command.Words.Skip(1));
    }

    /// <summary>What the expander makes of a word on the right side of an assignment; null if it does not parse.</summary>
    public ExpandedField? OurValue(string word)
    {
        if (ShellParser.Parse("v=" + word).Script is not { Body.Items: [{ Command: Guard.Shell.Syntax.SimpleCommand { Words: [], Assignments: [var assignment] } }] })
            return null;
        return new WordExpander(State, new SilentObserver(), View).ExpandValue(assignment.Value);
    }

    public void Dispose() => _parent.Delete(recursive: true);

    /// <summary>Our fields allow what bash made: equal where known, starting and ending alike where partly known.</summary>
    public static bool Allows(ImmutableArray<ExpandedField> ours, IReadOnlyList<string>? bash)
    {
        if (ours.Any(f => f is ExpandedField.Unknown))
            return true;
        if (bash is null)
            return ours.Any(f => f is ExpandedField.Partial);
        return ours.Length == bash.Count && ours.Zip(bash).All(pair => pair.First switch
        {
            ExpandedField.Known known => known.Text == pair.Second,
            ExpandedField.Partial partial => pair.Second.Length >= partial.Prefix.Length + partial.Suffix.Length
                && pair.Second.StartsWith(partial.Prefix, StringComparison.Ordinal) && pair.Second.EndsWith(partial.Suffix, StringComparison.Ordinal),
            _ => false,
        });
    }

    /// <summary>The stated tree below one folder, and the disk elsewhere.</summary>
    private sealed class TreeOnDisk(string root, StatedGlobView tree) : IGlobView
    {
        public IReadOnlyList<string>? List(string directory)
        {
            if (Covers(directory))
                return tree.List(directory);
            return Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Select(p => Path.GetFileName(p))] : null;
        }

        public bool Exists(string path) => Covers(path) ? tree.Exists(path) : Path.Exists(path);

        public bool IsDirectory(string path) => Covers(path) ? tree.IsDirectory(path) : Directory.Exists(path);

        private bool Covers(string path) => Path.GetFullPath(path).StartsWith(root, StringComparison.Ordinal);
    }

    private sealed class SilentObserver : IExpansionObserver
    {
        public ShellValue RunCommandSubstitution(CommandSubstitutionPart part, ShellState state) => ShellValue.Unknown;

        public void RunProcessSubstitution(ProcessSubstitutionPart part, ShellState state)
        {
        }

        public void Report(ExpansionHazard hazard, SourceSpan span)
        {
        }

        public void ReadVariable(string name, SourceSpan span)
        {
        }

        public void SetVariable(string name, SourceSpan span)
        {
        }
    }
}
