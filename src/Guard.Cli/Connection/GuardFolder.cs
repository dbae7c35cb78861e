namespace Guard.Cli.Connection;

/// <summary>The data folder of a user installation, by default <c>~/.guard</c> (mode 0700).</summary>
internal sealed record GuardFolder(string Path)
{
    public string HookConfig => System.IO.Path.Combine(Path, "hook.json");
    public string Store => System.IO.Path.Combine(Path, "guard.db");
    public string Socket => System.IO.Path.Combine(Path, "gateway.sock");
    public string State => System.IO.Path.Combine(Path, "state");
    public string AdminKey => System.IO.Path.Combine(Path, "admin.key");
    public string Installations => System.IO.Path.Combine(Path, "installations");

    /// <summary>Makes the folder where it is missing, for this account alone.</summary>
    public void Create()
    {
        if (!Directory.Exists(Path))
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
