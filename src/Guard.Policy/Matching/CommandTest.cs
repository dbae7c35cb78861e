using System.Collections.Immutable;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Matching;

/// <summary>Whether a condition holds for a command of which some words may not be known.</summary>
internal enum CommandMatch
{
    No,

    /// <summary>It depends on words that are not known.</summary>
    Maybe,
    Yes,
}

/// <summary>A <c>command</c> condition, compiled for both polarities.</summary>
internal sealed class CommandTest
{
    private readonly ImmutableArray<(TextGlob Exact, TextGlob Generous)> _programs;
    private readonly ImmutableArray<ImmutableArray<(TextGlob Exact, TextGlob Generous)>> _subcommands;
    private readonly ImmutableArray<ImmutableArray<string>> _flags;
    private readonly ImmutableArray<ImmutableArray<string>> _anyFlags;
    private readonly ImmutableArray<(TextGlob Exact, TextGlob Generous)> _args;

    private CommandTest(CommandDefinition definition)
    {
        Definition = definition;
        _programs = [.. definition.Program.Select(Both)];
        _subcommands = [.. definition.Subcommand.Select(s => s.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Both).ToImmutableArray())];
        _flags = [.. definition.Flags.Select(Spellings)];
        _anyFlags = [.. definition.AnyFlags.Select(Spellings)];
        _args = [.. definition.Args.Select(Both)];
    }

    public CommandDefinition Definition { get; }

    /// <summary>The programs that it can hold for, by their literal names in ASCII; null: not known.</summary>
    public ImmutableArray<string>? LiteralPrograms =>
        Definition.Program.IsEmpty || Definition.Program.Any(p => !p.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+')) ? null : Definition.Program;

    /// <summary>The definition's patterns must be ones that <see cref="TextGlob.Parse"/> takes.</summary>
    public static CommandTest Of(CommandDefinition definition) => new(definition);

    /// <summary>In an allow: certain for every value of what is not known. Otherwise <see cref="CommandMatch.Maybe"/> where it depends on that.</summary>
    public CommandMatch Match(RequestedCommand command, IReadOnlyList<string>? words, bool generous)
    {
        var result = Reads(command, generous) ? Programs(command, generous) : CommandMatch.No;
        result = Least(result, () => Subcommands(command, generous));
        foreach (var flag in _flags) result = Least(result, () => Has(command, flag, generous));
        if (!_anyFlags.IsEmpty) result = Least(result, () => _anyFlags.Max(flag => Has(command, flag, generous)));
        return Least(result, () => Arguments(command, words, generous));
    }

    public string Explain(RequestedCommand command, bool generous) =>
        !Reads(command, generous) ? Definition.Reads == true ? "it is not known to only read" : "it only reads"
        : Programs(command, generous) == CommandMatch.No ? $"the program is not {string.Join(" or ", Definition.Program.Select(p => $"`{p}`"))}{(!generous && !command.OnPath ? " as the search path gives it" : "")}"
        : Subcommands(command, generous) == CommandMatch.No ? $"the subcommand is not {string.Join(" or ", Definition.Subcommand.Select(p => $"`{p}`"))}"
        : "its options or words are others";

    private static CommandMatch Least(CommandMatch so, Func<CommandMatch> more)
    {
        if (so == CommandMatch.No) return so;
        var other = more();
        return other < so ? other : so;
    }

    private CommandMatch Programs(RequestedCommand command, bool generous)
    {
        if (_programs.IsEmpty) return CommandMatch.Yes;
        if (!generous && !command.OnPath) return CommandMatch.No;
        var name = generous ? TextForm.Composed(command.Program) : command.Program;
        return _programs.Any(p => (generous ? p.Generous : p.Exact).IsMatch(name)) ? CommandMatch.Yes : CommandMatch.No;
    }

    // A fact about the program of that name, so it must be that program.
    private bool Reads(RequestedCommand command, bool generous) =>
        Definition.Reads is not { } wanted || (wanted == command.Reads && (generous || command.OnPath));

    private CommandMatch Subcommands(RequestedCommand command, bool generous)
    {
        if (_subcommands.IsEmpty) return CommandMatch.Yes;
        return _subcommands.Max(wanted => Subcommand(wanted, command, generous));
    }

    private static CommandMatch Subcommand(ImmutableArray<(TextGlob Exact, TextGlob Generous)> wanted, RequestedCommand command, bool generous)
    {
        // A program without subcommands that are known: the first words stand for them; in a deny options may come between.
        IEnumerable<string> rest = command.Arguments;
        if (generous) rest = rest.Where(a => !a.StartsWith('-'));
        var actual = command.Subcommand.Concat(rest).Take(wanted.Length).ToList();
        for (var i = 0; i < wanted.Length; i++)
        {
            if (i >= actual.Count) return CommandMatch.No;
            var isOpen = command.Open && i >= command.Subcommand.Count && actual[i].Contains('?', StringComparison.Ordinal);
            if (isOpen) return generous ? CommandMatch.Maybe : CommandMatch.No;

            // An option is no subcommand, so that a pattern does not take the options before one for it.
            if (actual[i].StartsWith('-') || !(generous ? wanted[i].Generous.IsMatch(TextForm.Composed(actual[i])) : wanted[i].Exact.IsMatch(actual[i]))) return CommandMatch.No;
        }

        return CommandMatch.Yes;
    }

    private static CommandMatch Has(RequestedCommand command, ImmutableArray<string> spellings, bool generous)
    {
        // Letters mean different options in upper and lower case; long names do not.
        var found = command.Flags.Any(flag => spellings.Any(s => flag == s || (generous && s.Length > 2 && flag.Equals(s, StringComparison.OrdinalIgnoreCase))))
            || (generous && command.Arguments.Any(word => spellings.Any(s => Abbreviates(word, s) || IsInCluster(word, s))));
        return found ? CommandMatch.Yes : generous && command.Open && command.Arguments.Any(MayHoldOption) ? CommandMatch.Maybe : CommandMatch.No;
    }

    // GNU programs take the beginning of a long option for it.
    private static bool Abbreviates(string word, string option)
    {
        if (!option.StartsWith("--", StringComparison.Ordinal) || word.Length < 4 || !word.StartsWith("--", StringComparison.Ordinal)) return false;
        var sign = word.IndexOf('=', StringComparison.Ordinal);
        return option.StartsWith(sign < 0 ? word : word[..sign], StringComparison.OrdinalIgnoreCase);
    }

    // Whether a letter behind one that may take a value is its value or an option is for the program to say.
    private static bool IsInCluster(string word, string option) =>
        option is ['-', not '-'] && word.Length is 3 or 4 && word[0] == '-' && word.AsSpan(1).IndexOfAnyExceptInRange('A', 'z') < 0 && word.Contains(option[1], StringComparison.Ordinal);

    private static bool MayHoldOption(string word) => word.StartsWith('?') || (word.StartsWith('-') && word.Contains('?', StringComparison.Ordinal));

    private CommandMatch Arguments(RequestedCommand command, IReadOnlyList<string>? words, bool generous)
    {
        if (_args.IsEmpty) return CommandMatch.Yes;
        if (!generous)
        {
            return !command.Open && command.Arguments.All(word => _args.Any(a => a.Exact.IsMatch(word))) ? CommandMatch.Yes : CommandMatch.No;
        }

        var found = command.Arguments.Concat((words ?? []).Skip(1).Where(word => word.StartsWith('-'))).Select(TextForm.Composed).Any(word => _args.Any(a => a.Generous.IsMatch(word)));
        return found ? CommandMatch.Yes : command.Open ? CommandMatch.Maybe : CommandMatch.No;
    }

    private static (TextGlob Exact, TextGlob Generous) Both(string pattern) =>
        (TextGlob.Parse(pattern, ignoreCase: false, out _)!, TextGlob.Parse(pattern, ignoreCase: true, out _)!);

    // `recursive` and `--recursive`, `r` and `-r`; a long name may stand behind one dash (`-delete`).
    private static ImmutableArray<string> Spellings(string flag)
    {
        if (flag.StartsWith('-') || flag.StartsWith('+')) return [flag];
        return flag.Length == 1 ? ["-" + flag] : ["--" + flag, "-" + flag];
    }
}
