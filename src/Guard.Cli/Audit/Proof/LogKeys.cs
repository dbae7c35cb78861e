using System.CommandLine;
using Guard.Cli.Terminal;
using Guard.Proof;
using Guard.Proof.Notes;

namespace Guard.Cli.Audit.Proof;

/// <summary>The keys that a person knows to be the log's, as <c>--key</c> states them: texts, or files of them.</summary>
/// <param name="Pinned">Known to be the log's.</param>
/// <param name="Endorsements">Notes in which one key vouches for the next.</param>
internal sealed record LogKeys(IReadOnlyList<VerifierKey> Pinned, IReadOnlyList<SignedNote> Endorsements)
{
    private const int MaxFileBytes = 1024 * 1024;

    public static Option<string[]> Option(string description) => new("--key") { HelpName = "KEY", Description = description, AllowMultipleArgumentsPerToken = false };

    /// <summary>The pinned keys and those that they vouch for, with what else is known of rotations.</summary>
    public IReadOnlyList<VerifierKey> Follow(IEnumerable<SignedNote> more) => KeyEndorsement.Follow(Pinned, [.. Endorsements, .. more]);

    /// <exception cref="CliException">One of them is no key and no file of keys.</exception>
    public static LogKeys Read(CliContext context, IReadOnlyList<string> stated)
    {
        var pinned = new List<VerifierKey>();
        var endorsements = new List<SignedNote>();
        foreach (var text in stated)
        {
            if (TryParse(text) is { } key)
            {
                pinned.Add(key);
                continue;
            }

            var path = context.Resolve(text);
            if (!File.Exists(path)) throw CliException.Usage("--key is neither a key (name+id+base64, as `guard audit key` shows it) nor a file of keys");
            if (new FileInfo(path).Length > MaxFileBytes) throw CliException.Refused($"{path} is larger than {MaxFileBytes} bytes, so it holds no keys");
            var content = File.ReadAllText(path);
            var found = content.Split('\n').TakeWhile(line => !string.IsNullOrWhiteSpace(line)).Select(line => TryParse(line.Trim())).ToList();
            if (found.Count == 0 || found.Any(line => line is null)) throw new CliException(ExitCodes.BadDocument, $"{path} does not begin with keys, one to a line (name+id+base64, as `guard audit key` shows them)");
            pinned.AddRange(found.OfType<VerifierKey>());
            endorsements.AddRange(NoteFile.Read(content));
        }

        return new LogKeys(pinned, endorsements);
    }

    private static VerifierKey? TryParse(string text)
    {
        try
        {
            return VerifierKey.Parse(text);
        }
        catch (ProofFormatException)
        {
            return null;
        }
    }
}
