using Guard.Gateway.Hosting;
using Guard.Policy;

namespace Guard.Gateway.Policies;

/// <summary>Policy documents in a folder: <c>*.yaml</c> and <c>*.yml</c> directly in it, test suites (<c>*_test.yaml</c>) and subfolders left out.</summary>
internal static class PolicyFolder
{
    /// <summary>In the order of their names, which means nothing to policy and keeps messages stable.</summary>
    /// <exception cref="GatewayStartException">The folder or a file in it cannot be read.</exception>
    public static IReadOnlyList<PolicySource> Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new GatewayStartException($"The policy folder {folder} does not exist. Create it, or start without it.");
        }

        try
        {
            return [.. Directory.EnumerateFiles(folder)
                .Where(IsPolicy)
                .Order(StringComparer.Ordinal)
                .Select(static file => new PolicySource(Path.GetFileName(file), File.ReadAllText(file)))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"The policy folder {folder} cannot be read: {exception.Message}", exception);
        }
    }

    private static bool IsPolicy(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return Path.GetExtension(file) is ".yaml" or ".yml" && !name.EndsWith("_test", StringComparison.Ordinal) && !name.StartsWith('.');
    }
}
