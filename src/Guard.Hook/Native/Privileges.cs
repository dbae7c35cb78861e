namespace Guard.Hook.Native;

/// <summary>
/// The group that a managed installation's setgid bit lends to the hook. It opens the machine's settings, the request
/// counter and the gateway's socket; it is given back before anything that a tool call names is looked at, so that no call
/// can ask about files that the group alone may see.
/// </summary>
internal static unsafe class Privileges
{
    private const int SetDumpable = 4;

    /// <summary>Whether the process still has more rights than whoever started it.</summary>
    public static bool AreHeld { get; private set; }

    /// <summary>Finds out what was lent, and hides the process from its user's debuggers and core files.</summary>
    /// <exception cref="HookFailure">The program has a setuid bit, which no installation gives it.</exception>
    public static void Inspect()
    {
        uint real, effective, saved;
        if (Libc.GetGroupIds(&real, &effective, &saved) != 0) throw new HookFailure("the hook cannot find out its own groups");
        AreHeld = effective != real || saved != real;
        if (AreHeld) Libc.ProcessControl(SetDumpable, 0, 0, 0, 0);
        if (Libc.GetEffectiveUserId() != Libc.GetUserId())
            throw new HookFailure("the hook's program file has a setuid bit, with which it does not run. Remove it (chmod u-s), or run `guard init --managed` again");
    }

    /// <summary>Gives the group back for good, in all threads.</summary>
    /// <exception cref="HookFailure">The kernel did not take it.</exception>
    public static void Drop()
    {
        if (!AreHeld) return;
        uint real, effective, saved;
        if (Libc.GetGroupIds(&real, &effective, &saved) != 0 || Libc.SetGroupIds(real, real, real) != 0 ||
            Libc.GetGroupIds(&real, &effective, &saved) != 0 || effective != real || saved != real)
            throw new HookFailure("the hook could not give up its group, and does not go on with it");
        AreHeld = false;
    }
}
