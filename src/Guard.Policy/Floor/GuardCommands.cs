namespace Guard.Policy;

/// <summary>The <c>guard</c> command's administrative parts, and ending its processes.</summary>
internal static class GuardCommands
{
    /// <summary>What forbids the command, or null.</summary>
    public static FloorVerdict? Judge(RoughCommand command)
    {
        var words = command is { Program: "dotnet", Words: [_, var program, ..] } && RoughCommand.BaseName(program) == "guard.dll" ? command.Words[1..] : command.Words;
        if (words is [var name, ..] && RoughCommand.BaseName(name) is "guard" or "guard.dll" && !OnlyReads(words))
        {
            return new FloorVerdict("guard-administration", "Administering Guard is for people. Run this `guard` command yourself, outside the agent.");
        }

        var ends = command.Program is "kill" or "pkill" or "killall" or "killall5" or "skill" || (command.Program is "systemctl" or "service" or "launchctl" or "rc-service");
        return ends && command.Arguments.Any(NamesGuard)
            ? new FloorVerdict("guard-processes", "Guard's processes may not be ended by agents. Do it yourself, outside the agent.")
            : null;
    }

    private static bool OnlyReads(IReadOnlyList<string> words) => words.Skip(1).ToArray() switch
    {
        [] or ["--help" or "-h" or "-?" or "--version" or "help", ..] => true,
        [.., "--help" or "-h"] => true,
        ["policy", "validate", ..] or ["shell", "explain", ..] => true,
        ["policy", "show", "floor", ..] => true,
        _ => false,
    };

    private static bool NamesGuard(string word)
    {
        var name = RoughCommand.BaseName(string.Concat(word.Where(static c => c is not ('^' or '$' or '[' or ']'))));
        return name is "guard" or "guard-hook" or "guard.service" or "guard-gateway" || name.StartsWith("guard ", StringComparison.Ordinal) || name is "uard";
    }
}
