using Guard.Gateway.Hosting;
using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Guard.Gateway.Storage.Sqlite;

/// <summary>
/// Which SQLite the process uses: the system's where it is newer than the one that ships with the program, because the
/// system's gets security fixes and the bundled one is as old as its package.
/// </summary>
internal static class SqliteLibrary
{
    private const string ImportName = "e_sqlite3";
    private static readonly Lazy<SqliteChoice> Choice = new(Choose);

    /// <summary>Must be called before the first connection; the first call decides for the process.</summary>
    public static SqliteChoice Use() => Choice.Value;

    private static SqliteChoice Choose()
    {
        var provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        var bundled = Open(ImportName, provider);
        var system = OperatingSystem.IsLinux() ? Open("libsqlite3.so.0", provider) : null;
        var useSystem = system is not null && (bundled is null || system.Value.Number > bundled.Value.Number);
        if ((useSystem ? system : bundled) is not { } chosen)
        {
            throw new GatewayStartException("No SQLite library can be loaded: neither the bundled e_sqlite3 nor the system's libsqlite3.so.0. Install libsqlite3-0.");
        }

        NativeLibrary.SetDllImportResolver(provider, (name, _, _) => name == ImportName ? chosen.Handle : 0);
        Batteries_V2.Init();
        return new SqliteChoice(VersionText(chosen.Number), useSystem ? "system" : "bundled");
    }

    private static unsafe (nint Handle, int Number)? Open(string name, Assembly assembly)
    {
        if (!NativeLibrary.TryLoad(name, assembly, searchPath: null, out var handle))
        {
            return null;
        }

        if (!NativeLibrary.TryGetExport(handle, "sqlite3_libversion_number", out var export))
        {
            return null;
        }

        return (handle, ((delegate* unmanaged[Cdecl]<int>)export)());
    }

    // SQLite encodes 3.40.1 as 3040001.
    private static string VersionText(int number) => $"{number / 1_000_000}.{number / 1_000 % 1_000}.{number % 1_000}";
}

/// <summary>The SQLite in use.</summary>
/// <param name="Version">e.g. <c>3.40.1</c>.</param>
/// <param name="Origin"><c>system</c> or <c>bundled</c>.</param>
internal sealed record SqliteChoice(string Version, string Origin);
