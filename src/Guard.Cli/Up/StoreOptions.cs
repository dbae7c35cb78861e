using System.Data.Common;
using Guard.Cli.Terminal;
using Guard.Gateway.Hosting;

namespace Guard.Cli.Up;

/// <summary>Which database <c>guard up</c> was told to use, with its credentials where others cannot read them.</summary>
internal static class StoreOptions
{
    private const int MaxFileBytes = 16 * 1024;
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <returns>Null: none was named, so the store is a file in the data folder.</returns>
    /// <exception cref="CliException">A password stands in an argument, or a file can be read by others.</exception>
    public static PostgresOptions? Read(string? argument, string? file, string? migrationFile, bool allowVolatile)
    {
        if (argument is not null && file is not null) throw CliException.Usage("--database and --database-file exclude each other");
        if (argument is not null && HasPassword("--database", argument))
            throw CliException.Usage("--database holds a password, which every account of this machine can read in the list of processes. Put the connection into a file with mode 0600 and name it with --database-file, or add Passfile=FILE, or set PGPASSFILE");
        var connection = argument ?? (file is null ? null : ReadFile("--database-file", file));
        if (connection is null && allowVolatile) throw CliException.Usage("--allow-volatile-database needs --database or --database-file");
        if (connection is null) return migrationFile is null ? null : throw CliException.Usage("--migration-database-file needs --database or --database-file");
        return new PostgresOptions { Connection = connection, MigrationConnection = migrationFile is null ? null : ReadFile("--migration-database-file", migrationFile), AllowVolatile = allowVolatile };
    }

    // Npgsql knows the key by three names.
    private static bool HasPassword(string option, string connection)
    {
        try
        {
            var pairs = new DbConnectionStringBuilder { ConnectionString = connection };
            return pairs.ContainsKey("Password") || pairs.ContainsKey("PWD") || pairs.ContainsKey("PSW");
        }
        catch (ArgumentException)
        {
            // Not repeated here: it may be a password in the wrong place.
            throw CliException.Usage($"{option} is not a connection string, as in `Host=db;Database=guard;Username=guard`");
        }
    }

    private static string ReadFile(string option, string path) => ReadLine(option, path, "it must hold one line, as in `Host=db;Database=guard;Username=guard;Password=...`");

    /// <summary>The one line of a file that holds a credential.</summary>
    /// <param name="option">Names the file.</param>
    /// <param name="path">Absolute.</param>
    /// <param name="otherwise">What to say of a file that holds something else.</param>
    /// <exception cref="CliException">It can be read by others, or holds something else.</exception>
    public static string ReadLine(string option, string path, string otherwise)
    {
        try
        {
            // Opened first, so that what is checked is what is read.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & Others) != UnixFileMode.None)
                throw CliException.Refused($"{option} {path} can be read or written by other accounts. Run `chmod 600 {path}`");
            if (stream.Length > MaxFileBytes) throw CliException.Refused($"{option} {path} is larger than {MaxFileBytes} bytes: {otherwise}");
            using var reader = new StreamReader(stream);
            var text = reader.ReadToEnd().Trim();
            return text.Length > 0 && !text.Contains('\n', StringComparison.Ordinal) ? text : throw CliException.Refused($"{option} {path}: {otherwise}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused($"{option} {path} cannot be read: {e.Message}", e);
        }
    }
}
