namespace Guard.Cli.Init.Managed;

/// <summary>Where a managed installation lies, and whose it is. docs/managed.md lists the same.</summary>
internal static class ManagedLayout
{
    /// <summary>The system account and its group.</summary>
    public const string Account = "guard";

    public const string Programs = "/usr/local/lib/guard";
    public const string Command = Programs + "/guard";
    public const string Hook = Programs + "/guard-hook";
    public const string StartScript = Programs + "/start-gateway";
    public const string Link = "/usr/local/bin/guard";

    public const string Configuration = "/etc/guard";
    public const string HookSettings = Configuration + "/hook.json";
    public const string Authorities = Configuration + "/ca.pem";
    public const string Policies = Configuration + "/policies";
    public const string Record = Configuration + "/managed.json";

    public const string Data = "/var/lib/guard";
    public const string HookState = "/var/lib/guard-hook";
    public const string RunFolder = "/run/guard";
    public const string Socket = RunFolder + "/gateway.sock";
    public const string Unit = "/etc/systemd/system/guard-gateway.service";
    public const string UnitName = "guard-gateway.service";

    /// <summary>There while systemd runs the machine.</summary>
    public const string SystemdRuns = "/run/systemd/system";

    /// <summary>As a hook's <c>gatewayUrl</c>.</summary>
    public const string LocalGateway = "unix:" + Socket;
}
