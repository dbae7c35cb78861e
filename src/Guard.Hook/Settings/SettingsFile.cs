using System.Text.Json;
using Guard.Hook.Native;
using Guard.Protocol;

namespace Guard.Hook.Settings;

/// <summary>Reads <c>hook.json</c>.</summary>
internal static class SettingsFile
{
    private const int MaxLength = 64 * 1024;
    private const int GroupOrOthersWrite = 0x12;

    /// <summary>The settings in the file; null where no file is.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="onlyRoot">Whether the file must belong to root; else it may belong to the account too.</param>
    /// <exception cref="HookFailure">The file is there and cannot be trusted or understood.</exception>
    public static HookSettings? Read(string path, bool onlyRoot)
    {
        if (onlyRoot && !FolderIsThere(Path.GetDirectoryName(path)!)) return null;
        var descriptor = Libc.Open(path, Libc.ReadOnlyFlag | Libc.CloseOnExec | Libc.NonBlockingFile, 0);
        if (descriptor < 0)
        {
            if (Libc.LastError is Libc.NoEntry or Libc.NotAFolder) return null;
            throw new HookFailure($"the settings {Name(path)} cannot be read ({Errors.Name(Libc.LastError)}){WhyNoAccess(Libc.LastError, onlyRoot)}");
        }

        byte[]? json;
        try
        {
            if (Distrust(Descriptor.StatusOf(descriptor), onlyRoot, Libc.GetUserId()) is { } why) throw new HookFailure($"the settings {Name(path)} are not used: {why}");
            json = Descriptor.ReadFile(descriptor, MaxLength);
        }
        finally
        {
            Libc.Close(descriptor);
        }

        return Parse(json ?? throw new HookFailure($"the settings {Name(path)} cannot be read whole (at most 64 KiB)"), Name(path));
    }

    // Who may write the folder may take the file away, and with it the settings that hold above all others.
    private static bool FolderIsThere(string folder)
    {
        var descriptor = Libc.Open(folder, Libc.PathOnly | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            if (Libc.LastError is Libc.NoEntry or Libc.NotAFolder) return false;
            throw new HookFailure($"the settings in {Name(folder)} cannot be read ({Errors.Name(Libc.LastError)}){WhyNoAccess(Libc.LastError, onlyRoot: true)}");
        }

        try
        {
            return Distrust(Descriptor.StatusOf(descriptor), onlyRoot: true, Libc.GetUserId()) is not { } why
                ? true
                : throw new HookFailure($"the settings in the folder {Name(folder)} are not used: {why}");
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    private static string WhyNoAccess(int error, bool onlyRoot) => error != Libc.NoAccess || !onlyRoot ? "" :
        ". On a machine with a managed installation only its own guard-hook may read them: this is another copy, or it has lost its setgid bit, or lies on a nosuid mount, or was started with no_new_privs. `guard doctor` looks into it";

    /// <summary>Why a file of this owner and mode must not steer the hook; null where it may.</summary>
    internal static string? Distrust((uint Owner, int Mode)? status, bool onlyRoot, uint user)
    {
        if (status is not { } known) return "their owner cannot be read";
        if (known.Owner != 0 && (onlyRoot || known.Owner != user)) return onlyRoot ? "they must belong to root" : "they belong to another account";
        return (known.Mode & GroupOrOthersWrite) != 0 ? "others than their owner may write them; run chmod go-w" : null;
    }

    internal static HookSettings Parse(ReadOnlySpan<byte> json, string name)
    {
        var builder = new SettingsBuilder(name);
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new HookFailure($"the settings {name} are not a JSON object");
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                if (!seen.Add(key)) throw builder.Wrong(key, "stands twice");
                reader.Read();
                ReadSetting(ref reader, key, builder);
            }

            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var line = e is JsonException broken ? $" (line {broken.LineNumber + 1})" : "";
            throw new HookFailure($"the settings {name} are not valid JSON{line}");
        }

        return builder.Build("gatewayUrl", "apiKey");
    }

    private static void ReadSetting(ref Utf8JsonReader reader, string key, SettingsBuilder builder)
    {
        switch (key)
        {
            case "gatewayUrl":
                builder.GatewayUrl = Text(ref reader, key, builder);
                break;
            case "apiKey":
                builder.ApiKey = Text(ref reader, key, builder);
                break;
            case "agentName":
                builder.AgentName = Text(ref reader, key, builder);
                break;
            case "mode":
                builder.Mode = Text(ref reader, key, builder);
                break;
            case "timeoutSeconds":
                builder.TimeoutSeconds = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) ? seconds : throw builder.Wrong(key, "must be a number");
                break;
            case "traceHeader":
                builder.TraceHeader = Text(ref reader, key, builder);
                break;
            case "caFile":
                builder.CaFile = Text(ref reader, key, builder);
                break;
            case "gatewayUser":
                builder.GatewayUser = Text(ref reader, key, builder);
                break;
            case "stateDirectory":
                builder.StateDirectory = Text(ref reader, key, builder);
                break;
            default:
                throw builder.Wrong(key, "is no setting of the hook");
        }
    }

    private static string Text(ref Utf8JsonReader reader, string key, SettingsBuilder builder) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw builder.Wrong(key, "must be text");

    private static string Name(string path) => DisplayText.Clean(path, 300);
}
