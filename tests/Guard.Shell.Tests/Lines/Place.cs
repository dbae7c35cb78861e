using Guard.Shell.Effects;
using Guard.Shell.Expansion;
using Guard.Shell.Lines;

namespace Guard.Shell.Tests.Lines;

/// <summary>A stated place for lines to run in, and a short form of what they do there.</summary>
internal static class Place
{
    private static readonly StatedGlobView View = new(
        ["/w/.env", "/w/a.txt", "/w/b.txt", "/w/pkg/package.json", "/w/src/main.py", "/w/run.sh", "/w/names/.keep", "/home/dev/.ssh/id_rsa", "/tmp/"]);

    public static LineFacts Facts { get; } = new()
    {
        WorkingDirectory = "/w",
        Home = "/home/dev",
        User = "dev",
        Variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["CDPATH"] = null },
        View = View,
        Probe = path => View.IsDirectory(path) ? PathForm.Directory : View.Exists(path) ? PathForm.File : PathForm.Missing,
    };

    public static IReadOnlyList<string> Of(string line) => [.. LineAccesses.Of(line, Facts).Accesses.Select(Show)];

    /// <summary>Such as <c>read:file /w/.env</c>, <c>delete:file /home/dev/**</c>, <c>(execute:shell echo x)</c> where inert, <c>execute:opaque shell.x</c>; a <c>~</c> before what is guessed, <c>!</c> behind what is run.</summary>
    public static string Show(LineAccess access)
    {
        var resource = access.Why ?? access.Resource;
        if (access.Subtree)
            resource = resource.TrimEnd('/') + "/**";
        var text = $"{(access.Guessed ? "~" : "")}{access.Action} {resource}{(access is { Written: { } written } && access.Why is null ? " <" + written + ">" : "")}{(access.Runs ? " !" : "")}";
        return access.Inert ? "(" + text + ")" : text;
    }
}
