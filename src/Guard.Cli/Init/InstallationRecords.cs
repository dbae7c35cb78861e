using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init;

/// <summary>Keeps one <see cref="InstallationRecord"/> per settings file in Guard's data folder, readable by its owner alone.</summary>
internal sealed class InstallationRecords(GuardFolder folder)
{
    public InstallationRecord? Find(SettingsFile file)
    {
        var path = PathFor(file);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJson.Default.InstallationRecord);
        }
        catch (JsonException e)
        {
            throw CliException.Refused($"{path} is not a record of this version ({e.Message}); move it away to go on without it", e);
        }
    }

    public void Save(SettingsFile file, InstallationRecord record)
    {
        folder.Create();
        Directory.CreateDirectory(folder.Installations, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        PrivateFile.Write(PathFor(file), JsonSerializer.SerializeToUtf8Bytes(record, CliJson.Default.InstallationRecord));
    }

    public void Remove(SettingsFile file)
    {
        if (File.Exists(PathFor(file))) File.Delete(PathFor(file));
    }

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private string PathFor(SettingsFile file) =>
        Path.Combine(folder.Installations, Digest(Encoding.UTF8.GetBytes(file.RealPath))[..16] + ".json");
}
