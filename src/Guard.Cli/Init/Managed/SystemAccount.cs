using System.Globalization;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init.Managed;

/// <summary>The account and the group of a managed installation, as the machine's files have them.</summary>
/// <param name="User">Null: there is no such account.</param>
/// <param name="Group">Null: there is no such group.</param>
internal sealed record SystemAccount(uint? User, uint? Group)
{
    // What useradd gives to people begins there (login.defs: UID_MIN).
    private const uint FirstPerson = 1000;

    /// <exception cref="CliException">The name is a person's, or the group has members.</exception>
    public static SystemAccount Find()
    {
        var account = Line("/etc/passwd");
        var group = Line("/etc/group");
        var user = Number(account, 2);
        if (user is >= FirstPerson and < 65534 or 0)
            throw CliException.Refused($"the account {ManagedLayout.Account} (number {user}) is not a system account; the gateway needs one of its own. Rename that one, or remove it with `userdel {ManagedLayout.Account}`");
        if (group is { Length: > 3 } && group[3].Length > 0)
            throw CliException.Refused($"the group {ManagedLayout.Account} has members ({group[3]}), who could read the hook's key. Take them out with `gpasswd -d NAME {ManagedLayout.Account}`");
        return new SystemAccount(user, Number(group, 2));
    }

    private static string[]? Line(string file) =>
        File.ReadLines(file).Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] == ManagedLayout.Account);

    private static uint? Number(string[]? fields, int at) =>
        fields is not null && fields.Length > at && uint.TryParse(fields[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
