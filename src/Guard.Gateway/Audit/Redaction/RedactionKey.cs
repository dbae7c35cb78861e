using Guard.Gateway.Hosting;
using Guard.Redaction;

namespace Guard.Gateway.Audit.Redaction;

/// <summary>
/// The key of the marks that let equal secrets be found again: the file <c>redaction.key</c> of the data directory, if a person put
/// it there. Gateways that share a store need the same one.
/// </summary>
internal static class RedactionKey
{
    public const string FileName = "redaction.key";

    private const int MaxLength = 4_096;
    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="GatewayStartException">The file is there and cannot be used as a key.</exception>
    public static SecretMarker Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return new SecretMarker();
        }

        try
        {
            var length = new FileInfo(path).Length;
            if (length is < SecretMarker.MinKeyLength or > MaxLength)
            {
                throw new GatewayStartException($"{path} has {length} bytes; a key for marks has {SecretMarker.MinKeyLength} to {MaxLength} random ones. Make it with `head -c {SecretMarker.MinKeyLength} /dev/urandom`.");
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ForOthers) != UnixFileMode.None)
            {
                throw new GatewayStartException($"{path} can be read by others, who could test guesses of secrets with it. Run `chmod 600 {path}`, and replace the key.");
            }

            return new SecretMarker(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"{path} cannot be read: {exception.Message}", exception);
        }
    }
}
