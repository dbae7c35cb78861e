using System.Security.Cryptography;
using Guard.Gateway.Hosting;
using Guard.Proof;
using Guard.Proof.Notes;

namespace Guard.Gateway.Proof;

/// <summary>
/// The file <c>audit.key</c> of the data directory: the key that signs the heads of the log, the name of the log, and the public
/// keys before it. Gateways that share a store need the same one; one without it records, and signs nothing.
/// </summary>
internal sealed class LogKeyFile : IDisposable
{
    public const string FileName = "audit.key";

    /// <summary>Written before a rotation is recorded, renamed when it is.</summary>
    private const string NextName = "audit.key.next";

    private const string OriginStart = "log: ";
    private const string PreviousStart = "before: ";
    private const int MaxBytes = 64 * 1024;
    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private LogKeyFile(NoteSigner signer, IReadOnlyList<VerifierKey> previous)
    {
        Signer = signer;
        Previous = previous;
    }

    public NoteSigner Signer { get; }

    /// <summary>Keys of the same log that this one replaced, oldest first.</summary>
    public IReadOnlyList<VerifierKey> Previous { get; }

    /// <summary>Of the log.</summary>
    public string Origin => Signer.Verifier.Name;

    /// <summary>This key and those before it.</summary>
    public IReadOnlyList<VerifierKey> All => [.. Previous, Signer.Verifier];

    /// <summary>A new key, in no file yet.</summary>
    public static LogKeyFile Make(string origin, IReadOnlyList<VerifierKey> previous) => new(new NoteSigner(origin, ECDsa.Create(ECCurve.NamedCurves.nistP256)), previous);

    /// <returns>Null: there is none.</returns>
    /// <exception cref="GatewayStartException">The file is there and cannot be used as a key.</exception>
    public static LogKeyFile? Read(string directory) => ReadFile(Path.Combine(directory, FileName));

    /// <summary>A key whose rotation was begun and may have been recorded.</summary>
    public static LogKeyFile? ReadNext(string directory) => ReadFile(Path.Combine(directory, NextName));

    /// <summary>The rotation is recorded: the next key is the key.</summary>
    public static void PromoteNext(string directory) => File.Move(Path.Combine(directory, NextName), Path.Combine(directory, FileName), overwrite: true);

    public void Write(string directory) => WriteFile(directory, FileName);

    public void WriteNext(string directory) => WriteFile(directory, NextName);

    public void Dispose() => Signer.Dispose();

    private void WriteFile(string directory, string name)
    {
        var previous = string.Concat(Previous.Select(static key => $"{PreviousStart}{key}\n"));
        PrivateReplace.Write(Path.Combine(directory, name), $"{OriginStart}{Origin}\n{previous}{Signer.ExportPem()}\n");
    }

    private static LogKeyFile? ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new GatewayStartException($"{path} is larger than {MaxBytes} bytes, so it is no key.");
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ForOthers) != UnixFileMode.None)
            {
                throw new GatewayStartException($"{path} can be read by others, who could sign a history of their own with it. Run `chmod 600 {path}`, start, and rotate the key with `guard audit rotate-key`.");
            }

            return Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or ProofFormatException)
        {
            throw new GatewayStartException($"{path} is no audit key that can be used: {exception.Message} Restore it from where you keep a copy.", exception);
        }
    }

    private static LogKeyFile Parse(string text)
    {
        var lines = text.Split('\n');
        if (!lines[0].StartsWith(OriginStart, StringComparison.Ordinal))
        {
            throw new ProofFormatException($"It does not begin with `{OriginStart}` and the name of a log.");
        }

        var previous = lines.Skip(1).TakeWhile(static line => line.StartsWith(PreviousStart, StringComparison.Ordinal)).Select(static line => VerifierKey.Parse(line[PreviousStart.Length..])).ToList();
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            return new LogKeyFile(new NoteSigner(lines[0][OriginStart.Length..], key), previous);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
