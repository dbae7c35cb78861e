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

    private const string Script =
        """
        show() { printf '%s\x1f' "$#" "$@"; }
        while IFS= read -r -d '' line; do
          ( eval "$line" ) 2>/dev/null || printf 'error'
          printf '\0'
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
        var assignments = string.Concat(Scalars.Select(s => $"{s.Key}='{s.Value}'\n")) + "arr=('e0' 'e 1' '' '*')\nPATH=/nonexistent\nunset unset\n";
        var answers = BashProcess.Run(assignments + Script, lines, _folder.FullName);
        answers.Should().HaveCount(lines.Count);
        return [.. answers.Select(a => a.EndsWith("error", StringComparison.Ordinal) || a.Length == 0 ? null : (IReadOnlyList<string>?)a[..^1].Split('\x1f')[1..])];
    }

    /// <summary>The expander's fields for a line of one simple command, its first word left out; null if it does not parse.</summary>
    public ImmutableArray<ExpandedField>? Ours(string line)
    {
        if (ShellParser.Parse(line).Script is not { Body.Items: [{ Command: Guard.Shell.Syntax.SimpleCommand command }] })
            return null;
        var expander = new WordExpander(State, new SilentObserver(), View);
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
