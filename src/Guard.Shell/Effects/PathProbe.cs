namespace Guard.Shell.Effects;

/// <summary>What lies at a path.</summary>
public enum PathForm
{
    /// <summary>Not known; every possibility counts.</summary>
    Unknown,
    Missing,
    File,
    Directory,
}

/// <summary>Tells what lies at a path as a command of the line would write it, relative to the command's folder.</summary>
public delegate PathForm PathProbe(string path);
