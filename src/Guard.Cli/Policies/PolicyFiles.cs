using System.Text;
using Guard.Cli.Terminal;
using Guard.Policy;

namespace Guard.Cli.Policies;

/// <summary>Reads policy documents and suites named on the command line.</summary>
internal static class PolicyFiles
{
    private const int MaxBytes = 8 * 1024 * 1024;
    private const string SuiteEnding = "_test";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The documents of files and folders. A folder stands for the <c>*.yaml</c> and <c>*.yml</c> directly in it, test
    /// suites and hidden files left out, as for the gateway.
    /// </summary>
    /// <exception cref="CliException">A path does not exist, cannot be read, or a folder holds no document.</exception>
    public static IReadOnlyList<PolicySource> Read(CliContext context, IReadOnlyList<string> paths) =>
        [.. paths.SelectMany(p => Expand(context, p, IsPolicy, "policy")).Distinct().Select(f => ReadOne(context, f))];

    /// <summary>The suites (<c>*_test.yaml</c>) among files and folders, those in folders below included.</summary>
    public static IReadOnlyList<string> FindSuites(CliContext context, IReadOnlyList<string> paths) =>
        [.. paths.SelectMany(p => Expand(context, p, IsSuite, "test suite", SearchOption.AllDirectories)).Distinct()];

    /// <summary>The documents directly in a folder; none is no error.</summary>
    public static IReadOnlyList<PolicySource> ReadFolder(CliContext context, string folder) =>
        [.. Directory.EnumerateFiles(folder).Where(IsPolicy).Order(StringComparer.Ordinal).Select(f => ReadOne(context, f))];

    public static PolicySource ReadOne(CliContext context, string path)
    {
        try
        {
            var bytes = new FileInfo(path) is { Length: > MaxBytes }
                ? throw new CliException(ExitCodes.BadDocument, $"{path} is larger than {MaxBytes} bytes")
                : File.ReadAllBytes(path);
            return new PolicySource(Display(context, path), Strict.GetString(bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused($"{path} cannot be read: {e.Message}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new CliException(ExitCodes.BadDocument, $"{path} is not UTF-8 text", e);
        }
    }

    private static IEnumerable<string> Expand(CliContext context, string stated, Func<string, bool> wanted, string kind, SearchOption depth = SearchOption.TopDirectoryOnly)
    {
        var path = context.Resolve(stated);
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw CliException.Refused($"{stated} does not exist");
        var found = Directory.EnumerateFiles(path, "*", depth).Where(wanted).Order(StringComparer.Ordinal).ToList();
        return found.Count > 0 ? found : throw CliException.Refused($"there is no {kind} in {stated} (*.yaml or *.yml)");
    }

    private static bool IsPolicy(string file) => IsYaml(file) && !Path.GetFileNameWithoutExtension(file).EndsWith(SuiteEnding, StringComparison.Ordinal);

    private static bool IsSuite(string file) => IsYaml(file) && Path.GetFileNameWithoutExtension(file).EndsWith(SuiteEnding, StringComparison.Ordinal);

    private static bool IsYaml(string file) => Path.GetExtension(file) is ".yaml" or ".yml" && !Path.GetFileName(file).StartsWith('.');

    // Below the current folder a relative name is what an editor and a person find again.
    private static string Display(CliContext context, string path) =>
        path.StartsWith(context.CurrentDirectory + "/", StringComparison.Ordinal) ? path[(context.CurrentDirectory.Length + 1)..] : path;
}
