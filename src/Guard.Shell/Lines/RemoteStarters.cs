namespace Guard.Shell.Lines;

/// <summary>Programs that start commands on another machine or in a container, whose files are not this machine's.</summary>
internal static class RemoteStarters
{
    /// <summary>Others that start commands elsewhere (chroot, unshare, systemd-run ...) still reach this machine's files.</summary>
    public static bool Contains(string program) => program is
        "ssh" or "mosh" or "rsh" or "docker" or "podman" or "nerdctl" or "docker-compose" or "kubectl" or "oc" or "vagrant" or "multipass" or "lima" or "fly" or "flyctl" or "heroku";
}
