using Guard.Cli.Init.Managed;

namespace Guard.Cli.Init;

/// <summary>What Guard put into one settings file, so that it can take out exactly that.</summary>
internal sealed record InstallationRecord
{
    public required string SettingsPath { get; init; }

    /// <summary>SHA-256 of the file as Guard left it, in hexadecimal. While it still holds, nobody else has changed the file.</summary>
    public required string Written { get; init; }

    /// <summary>
    /// The bytes before Guard's first change, in base64; empty: there was no file. Null: others have changed the file
    /// between Guard's changes, so there are no bytes to go back to.
    /// </summary>
    public string? Original { get; init; }

    /// <summary>The settings folder did not exist before.</summary>
    public bool MadeFolder { get; init; }

    /// <summary>Containers that were made, as paths such as <c>/hooks/PreToolUse</c>.</summary>
    public required IReadOnlyList<string> Made { get; init; }

    /// <summary>Entries added to <c>permissions.allow</c>.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    public required IReadOnlyList<string> Backups { get; init; }

    /// <summary>Members set in managed settings.</summary>
    public IReadOnlyList<SetMember> Set { get; init; } = [];
}
