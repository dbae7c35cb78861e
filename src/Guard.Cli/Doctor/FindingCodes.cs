namespace Guard.Cli.Doctor;

/// <summary>The codes of findings. Stable: docs/operations.md lists them.</summary>
internal static class FindingCodes
{
    public const string AuditMode = "mode.audit";
    public const string CanaryNotAllowed = "canary.not-allowed";
    public const string CanaryNotDenied = "canary.not-denied";
    public const string ClientMissing = "client.missing";
    public const string ClientTooOld = "client.too-old";
    public const string ClockOff = "clock.off";
    public const string Environment = "environment.reaches-hook";
    public const string GatewayDegraded = "gateway.degraded";
    public const string GatewayUnreachable = "gateway.unreachable";
    public const string HookForeign = "hook.other-may-rewrite";
    public const string HookMissing = "hook.missing";
    public const string HookProgram = "hook.program";
    public const string HookSettings = "hook.settings";
    public const string HookShadowed = "hook.shadowed";
    public const string HookUnwatched = "hook.changes-unwatched";
    public const string HooksDisabled = "hooks.disabled";
    public const string KeyExpires = "key.expires";
    public const string KeyRefused = "key.refused";
    public const string PolicyNobody = "policy.applies-to-nobody";
    public const string PolicyNone = "policy.none";
    public const string RecordGaps = "record.gaps";
    public const string SettingsVoid = "settings.void";
}
