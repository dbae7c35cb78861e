using System.Globalization;
using Guard.Hook.Gateway;
using Guard.Protocol;

namespace Guard.Hook.Settings;

/// <summary>Checks settings one by one; the messages name the place and the key, never a value that could be secret.</summary>
internal sealed class SettingsBuilder(string place)
{
    public string? GatewayUrl { get; set; }
    public string? ApiKey { get; set; }
    public string? AgentName { get; set; }
    public string? Mode { get; set; }
    public double? TimeoutSeconds { get; set; }
    public string? TraceHeader { get; set; }
    public string? CaFile { get; set; }
    public string? StateDirectory { get; set; }
    public string? GatewayUser { get; set; }

    /// <exception cref="HookFailure">A setting is missing or wrong.</exception>
    public HookSettings Build(string gatewayKey, string apiKeyKey)
    {
        if (string.IsNullOrEmpty(GatewayUrl)) throw Wrong(gatewayKey, "is missing");
        if (string.IsNullOrEmpty(ApiKey)) throw Wrong(apiKeyKey, "is missing");
        if (ApiKey.Length > 512 || ApiKey.AsSpan().ContainsAnyExceptInRange('!', '~')) throw Wrong(apiKeyKey, "is not a key: it must be ASCII without blanks");
        if (Mode is not (null or Modes.Enforce or Modes.Audit)) throw Wrong("mode", "must be `enforce` or `audit`");
        if (TimeoutSeconds is <= 0 or > 3600 or double.NaN) throw Wrong("timeoutSeconds", "must be more than 0 and at most 3600");
        if (TraceHeader is not null && !IsToken(TraceHeader)) throw Wrong("traceHeader", "must be a header's name");
        if (CaFile is not null && !CaFile.StartsWith('/')) throw Wrong("caFile", "must be an absolute path");
        if (StateDirectory is not null && !StateDirectory.StartsWith('/')) throw Wrong("stateDirectory", "must be an absolute path");
        if (GatewayUser is { Length: 0 }) throw Wrong("gatewayUser", "must name an account");
        return new HookSettings
        {
            Gateway = GatewayAddress.Parse(GatewayUrl),
            ApiKey = ApiKey,
            AgentName = string.IsNullOrEmpty(AgentName) ? null : DisplayText.Clean(AgentName, 200),
            Audit = Mode == Modes.Audit,
            TimeoutSeconds = TimeoutSeconds ?? HookSettings.DefaultTimeoutSeconds,
            TraceHeader = TraceHeader ?? Wire.DefaultTraceHeader,
            CaFile = CaFile,
            StateDirectory = StateDirectory,
            GatewayUser = GatewayUser,
        };
    }

    /// <summary>Settings from the environment: <c>GUARD_API_KEY</c> and its like, and nothing else.</summary>
    /// <exception cref="HookFailure">A setting is missing or wrong.</exception>
    public static HookSettings FromEnvironment()
    {
        var builder = new SettingsBuilder("the environment")
        {
            GatewayUrl = Environment.GetEnvironmentVariable("GUARD_GATEWAY_URL"),
            ApiKey = Environment.GetEnvironmentVariable("GUARD_API_KEY"),
            AgentName = Environment.GetEnvironmentVariable("GUARD_AGENT_NAME"),
            Mode = NullIfEmpty(Environment.GetEnvironmentVariable("GUARD_MODE")),
            TraceHeader = NullIfEmpty(Environment.GetEnvironmentVariable("GUARD_TRACE_HEADER")),
        };
        if (NullIfEmpty(Environment.GetEnvironmentVariable("GUARD_TIMEOUT")) is { } timeout)
        {
            if (!double.TryParse(timeout, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) throw builder.Wrong("GUARD_TIMEOUT", "is not a number of seconds");
            builder.TimeoutSeconds = seconds;
        }

        return builder.Build("GUARD_GATEWAY_URL", "GUARD_API_KEY");
    }

    public HookFailure Wrong(string key, string why) => new($"`{DisplayText.Clean(key, 80)}` in {place} {why}. Correct it, or run `guard init` again");

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static bool IsToken(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
