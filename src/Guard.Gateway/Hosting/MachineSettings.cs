using System.Text.Json;
using Guard.Protocol;

namespace Guard.Gateway.Hosting;

/// <summary>
/// <c>/etc/guard/gateway.json</c>: what only the machine's administrator may say. Today one member,
/// <c>{"liftedPaths": ["/absolute/path"]}</c>: paths that the floor leaves to policy.
/// </summary>
internal sealed record MachineSettings(IReadOnlyList<string> LiftedPaths)
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>No file: nothing is lifted.</summary>
    /// <exception cref="GatewayStartException">The file or its folder is not root's alone, or does not say what it may say.</exception>
    public static MachineSettings Read(string path)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(path))
        {
            return new MachineSettings([]);
        }

        try
        {
            using var file = File.OpenHandle(path);
            RequireRoot(FileStatus.Of(file), path);
            var folder = Path.GetDirectoryName(path)!;
            RequireRoot(FileStatus.Of(folder), folder);
            var length = RandomAccess.GetLength(file);
            if (length > MaxBytes)
            {
                throw new GatewayStartException($"{path} is larger than {MaxBytes} bytes.");
            }

            var content = new byte[length];
            var read = RandomAccess.Read(file, content, 0);
            return Parse(content.AsMemory(0, read), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static MachineSettings Parse(ReadOnlyMemory<byte> content, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var lifted = new List<string>();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name != "liftedPaths")
                {
                    throw new GatewayStartException($"{path} has the unknown member `{DisplayText.Clean(member.Name, 100)}`; it may have `liftedPaths`.");
                }

                lifted.AddRange(member.Value.EnumerateArray().Select(static item => item.GetString() ?? ""));
            }

            return lifted.All(static item => item.StartsWith('/'))
                ? new MachineSettings(lifted)
                : throw new GatewayStartException($"{path}: every entry of `liftedPaths` must be an absolute path.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new GatewayStartException($"{path} must be like {{\"liftedPaths\": [\"/absolute/path\"]}}: {exception.Message}", exception);
        }
    }

    private static void RequireRoot(FileStatus status, string path)
    {
        if (status.Owner != 0 || status.IsWritableByOthers)
        {
            throw new GatewayStartException($"{path} must belong to root and be writable by nobody else, because it can lift parts of the floor. Run `chown root:root {path} && chmod go-w {path}`.");
        }
    }
}
