using System.Collections.Immutable;

namespace Guard.Shell.Expansion;

/// <summary>What is known of the shell at one point of a line: variables, folder, positional parameters, options that change expansion.</summary>
/// <remarks>Immutable. Where two ways through a line meet, <see cref="Join"/> keeps what both agree on.</remarks>
public sealed record ShellState
{
    /// <summary>Variables that bash changes by itself, or whose assignment does not simply store the text.</summary>
    private static bool IsVolatile(string name) =>
        name is "_" or "RANDOM" or "SRANDOM" or "SECONDS" or "LINENO" or "EPOCHSECONDS" or "EPOCHREALTIME" or "BASHPID" or "BASH_COMMAND" or
            "BASH_SUBSHELL" or "BASH_ARGV0" or "BASHOPTS" or "SHELLOPTS" or "BASH_ALIASES" or "BASH_CMDS" or "BASH_ARGC" or "BASH_ARGV" or
            "BASH_LINENO" or "BASH_SOURCE" or "BASH_REMATCH" or "BASH_VERSION" or "BASH_VERSINFO" or "BASH_EXECUTION_STRING" or "BASH_TRAPSIG" or "BASH" or "COMP_WORDBREAKS" or "DIRSTACK" or
            "EUID" or "UID" or "PPID" or "FUNCNAME" or "GROUPS" or "HISTCMD" or "HOSTNAME" or "HOSTTYPE" or "MACHTYPE" or "OSTYPE" or "MAPFILE" or
            "OLDPWD" or "OPTARG" or "OPTIND" or "OPTERR" or "PIPESTATUS" or "READLINE_LINE" or "READLINE_POINT" or "REPLY" or "SHLVL" or "COLUMNS" or
            "LINES" or "COPROC" or "PS4" or "BASH_COMPAT" or "POSIXLY_CORRECT" or "LC_ALL" or "LC_CTYPE" or "LC_COLLATE" or "LANG";

    private static bool IsNumeric(string name) =>
        name is "RANDOM" or "SRANDOM" or "SECONDS" or "LINENO" or "EPOCHSECONDS" or "BASHPID" or "BASH_SUBSHELL" or "EUID" or "UID" or "PPID" or
            "SHLVL";

    public ImmutableDictionary<string, ShellValue> Variables { get; init; } = ImmutableDictionary.Create<string, ShellValue>(StringComparer.Ordinal);

    /// <summary>The current folder as an absolute path; null if it is not known.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary><c>$1</c> and on; null if they are not known.</summary>
    public ImmutableArray<string>? Positionals { get; init; }

    /// <summary>False once an option that changes expansion may have been set (<c>set -f</c>, <c>shopt -s nullglob</c> ...).</summary>
    public bool DefaultOptions { get; init; } = true;

    /// <summary>Names whose assignments do more, or less, than store the text (integer, read-only, case-changing attributes).</summary>
    public ImmutableHashSet<string> Attributed { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Names whose assignments may be calculated (<c>declare -i</c>): bash then evaluates what is assigned. Whether the attribute is still there is not followed.</summary>
    public ImmutableHashSet<string> Integers { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Word splitting works by the default characters.</summary>
    public bool DefaultSplitting => !Variables.TryGetValue("IFS", out var ifs) || ifs is ShellValue.Scalar { Text: " \t\n" };

    /// <summary>Variables that are not stated hold what the shell's environment gave them: <see cref="ShellValue.Tame"/>, not anything at all.</summary>
    public bool InheritsRest { get; init; }

    public ShellValue this[string name]
    {
        get
        {
            if (!IsVolatile(name))
                return Variables.GetValueOrDefault(name, Rest);

            // Once assigned or unset they may have lost their meaning.
            return InheritsRest && IsNumeric(name) && !Variables.ContainsKey(name) ? ShellValue.Number : ShellValue.Unknown;
        }
    }

    private ShellValue Rest => InheritsRest ? ShellValue.Tame : ShellValue.Unknown;

    /// <summary>The state after an assignment. A text assigned to an array is its first element; what cannot simply be stored makes the variable unknown.</summary>
    public ShellState With(string name, ShellValue value)
    {
        if (Attributed.Contains(name))
            value = value.MayBeArray ? ShellValue.UnknownArray : ShellValue.Unknown;
        if (Variables.TryGetValue(name, out var before) && before.MayBeArray && value is not ShellValue.IndexedArray && !ReferenceEquals(value, ShellValue.Unset))
            value = value is ShellValue.Scalar { Text: var first } && before is ShellValue.IndexedArray array ? new ShellValue.IndexedArray(array.Elements.SetItem(0, first)) : ShellValue.UnknownArray;
        return this with { Variables = Variables.SetItem(name, value), DefaultOptions = DefaultOptions && !ChangesPatterns(name) };
    }

    /// <summary>The state in which <paramref name="name"/> can no longer be known, whatever is assigned to it.</summary>
    public ShellState WithAttribute(string name) =>
        this with
        {
            Attributed = Attributed.Add(name),
            Variables = Variables.SetItem(name, Forgotten(Variables.GetValueOrDefault(name, ShellValue.Unknown))),
            DefaultOptions = DefaultOptions && !ChangesPatterns(name),
        };

    /// <summary>While it is set, hidden files match patterns too.</summary>
    private static bool ChangesPatterns(string name) => name == "GLOBIGNORE";

    private static ShellValue Forgotten(ShellValue value) => value.MayBeArray ? ShellValue.UnknownArray : ShellValue.Unknown;

    /// <summary>The state in which no variable is known any more.</summary>
    public ShellState ForgetVariables()
    {
        // IFS included: its absence would mean the default.
        var forgotten = Variables.Select(v => KeyValuePair.Create(v.Key, Forgotten(v.Value)));
        return this with { Variables = Variables.SetItems(forgotten).SetItem("IFS", ShellValue.Unknown), Positionals = null, InheritsRest = false };
    }

    /// <summary>What holds whichever of the two states is the real one.</summary>
    public ShellState Join(ShellState other)
    {
        if (ReferenceEquals(this, other))
            return this;
        return new ShellState
        {
            Variables = ReferenceEquals(Variables, other.Variables) && InheritsRest == other.InheritsRest ? Variables : JoinVariables(other),
            WorkingDirectory = string.Equals(WorkingDirectory, other.WorkingDirectory, StringComparison.Ordinal) ? WorkingDirectory : null,
            Positionals = SamePositionals(other) ? Positionals : null,
            DefaultOptions = DefaultOptions && other.DefaultOptions,
            InheritsRest = InheritsRest && other.InheritsRest,
            Attributed = ReferenceEquals(Attributed, other.Attributed) ? Attributed : Attributed.Union(other.Attributed),
            Integers = ReferenceEquals(Integers, other.Integers) ? Integers : Integers.Union(other.Integers),
        };
    }

    private bool SamePositionals(ShellState other) =>
        Positionals is { } mine && other.Positionals is { } others && (mine == others || mine.SequenceEqual(others, StringComparer.Ordinal));

    private ImmutableDictionary<string, ShellValue> JoinVariables(ShellState other)
    {
        var variables = Variables.ToBuilder();
        foreach (var (name, value) in Variables)
        {
            var theirs = other.Variables.GetValueOrDefault(name, other.Rest);
            if (!Same(value, theirs))
                variables[name] = ShellValue.Either(value, theirs);
        }

        foreach (var (name, value) in other.Variables)
        {
            // Kept where it says nothing new, too: that it was assigned is what a trap is asked for.
            if (!Variables.ContainsKey(name))
                variables[name] = Same(Rest, value) ? value : ShellValue.Either(Rest, value);
        }

        return variables.ToImmutable();
    }

    private static bool Same(ShellValue a, ShellValue b) => a switch
    {
        ShellValue.Scalar scalar => b is ShellValue.Scalar other && string.Equals(scalar.Text, other.Text, StringComparison.Ordinal),
        ShellValue.IndexedArray array => b is ShellValue.IndexedArray other && array.Elements.SequenceEqual(other.Elements),
        _ => ReferenceEquals(a, b),
    };
}
