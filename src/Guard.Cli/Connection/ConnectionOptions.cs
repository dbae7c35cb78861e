using System.CommandLine;
using System.Security.Cryptography;
using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Connection;

/// <summary>
/// Where a command finds the gateway, and with which key it administers it. Keys come from files and the environment
/// only: an argument would show in process lists and shell histories.
/// </summary>
internal sealed class ConnectionOptions
{
    private const string KeyVariable = "GUARD_ADMIN_KEY";
    private const int MaxKeyFileBytes = 1024;

    private readonly Option<string?> _gateway = new("--gateway")
    {
        HelpName = "URL",
        Description = "unix:/path, http://127.0.0.1:port or https://host:port (GUARD_GATEWAY_URL; default: the socket in Guard's data folder)",
    };

    private readonly Option<string?> _adminKeyFile = new("--admin-key-file")
    {
        HelpName = "FILE",
        Description = "File that holds the admin key (else GUARD_ADMIN_KEY, else admin.key in Guard's data folder)",
    };

    private readonly Option<string?> _caFile = new("--ca-file") { HelpName = "FILE", Description = "PEM file of the authorities to trust for https (default: the machine's)" };

    private readonly Option<string?> _data = CommonOptions.Data();

    public void AddTo(Command command)
    {
        command.Options.Add(_gateway);
        command.Options.Add(_adminKeyFile);
        command.Options.Add(_caFile);
        command.Options.Add(_data);
    }

    /// <summary>Whether the command line itself names a gateway.</summary>
    public bool IsStated(ParseResult parsed) => parsed.GetResult(_gateway) is not null;

    public GatewayAddress AddressOf(ParseResult parsed, CliContext context)
    {
        var stated = parsed.GetValue(_gateway) ?? context.Environment("GUARD_GATEWAY_URL");
        if (string.IsNullOrEmpty(stated)) return GatewayAddress.Unix(CommonOptions.FolderOf(parsed, _data, context).Socket);
        return GatewayAddress.TryParse(stated, out var address, out var problem) ? address : throw CliException.Usage(problem);
    }

    /// <summary>The file of authorities for https, absolute; null: the machine's.</summary>
    public string? CaFileOf(ParseResult parsed, CliContext context) => parsed.GetValue(_caFile) is { } stated ? context.Resolve(stated) : null;

    public GuardFolder FolderOf(ParseResult parsed, CliContext context) => CommonOptions.FolderOf(parsed, _data, context);

    public GatewayClient Connect(ParseResult parsed, CliContext context)
    {
        var caFile = CaFileOf(parsed, context);
        try
        {
            return new GatewayClient(new GatewayClientOptions
            {
                Address = AddressOf(parsed, context),
                ApiKey = KeyOf(parsed, context),
                CaFile = caFile,
            });
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCodes.NotAuthorised, e.Message, e);
        }
        catch (CryptographicException e)
        {
            throw CliException.Refused($"the authorities in {caFile} cannot be read: {e.Message}", e);
        }
    }

    private string KeyOf(ParseResult parsed, CliContext context)
    {
        var key = FindKey(parsed, context);
        return key.StartsWith("guard_agent_", StringComparison.Ordinal)
            ? throw new CliException(ExitCodes.NotAuthorised, "this is an agent's key; administration needs an admin key (guard_admin_...)")
            : key;
    }

    private string FindKey(ParseResult parsed, CliContext context)
    {
        if (parsed.GetValue(_adminKeyFile) is { } stated) return ReadKey(context.Resolve(stated));
        if (context.Environment(KeyVariable) is { Length: > 0 } key) return key.Trim();
        var kept = CommonOptions.FolderOf(parsed, _data, context).AdminKey;
        if (File.Exists(kept)) return ReadKey(kept);
        throw new CliException(
            ExitCodes.NotAuthorised,
            $"no admin key: put it in {KeyVariable}, or in a file named with --admin-key-file or {context.Shorten(kept)}; `guard up` shows it at its first start, `guard up --reset-admin-key` makes a new one");
    }

    private static string ReadKey(string path)
    {
        try
        {
            var key = new FileInfo(path) is { Length: > MaxKeyFileBytes } ? "" : File.ReadAllText(path).Trim();
            return key.Length > 0 ? key : throw new CliException(ExitCodes.NotAuthorised, $"{path} holds no admin key");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.NotAuthorised, $"the admin key in {path} cannot be read: {e.Message}", e);
        }
    }
}
