using System.CommandLine;
using System.Net;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Gateway.Hosting;
using Guard.Protocol;

namespace Guard.Cli.Up;

/// <summary><c>guard up</c>: runs a gateway in this process.</summary>
internal static class UpCommand
{
    public static Command Create(CliContext context)
    {
        var data = CommonOptions.Data();
        var database = new Option<string?>("--database") { HelpName = "CONN", Description = "A PostgreSQL database instead of a file, as in `Host=db;Database=guard;Username=guard;SSL Mode=VerifyFull`; no password here" };
        var databaseFile = new Option<string?>("--database-file") { HelpName = "FILE", Description = "The same from a file that only its owner can read; may hold the password" };
        var migrationFile = new Option<string?>("--migration-database-file") { HelpName = "FILE", Description = "The connection of the role that owns the schema (default: the same)" };
        var allowVolatile = new Option<bool>("--allow-volatile-database") { Description = "Also take a PostgreSQL that can lose commits in a power cut (fsync=off); for trials" };
        var spool = new Option<string?>("--spool") { HelpName = "DIR", Description = "Record to a file in this folder while the store takes no events, for at most 60 s (default: deny meanwhile)" };
        var otlp = new Option<string?>("--otlp") { HelpName = "URL", Description = "Send metrics and traces to this OpenTelemetry collector (OTLP over HTTP, as in http://127.0.0.1:4318)" };
        var policies = new Option<string?>("--policies") { HelpName = "DIR", Description = "Folder whose policies are put in force, beside those applied with `guard policy apply`" };
        var listen = new Option<string>("--listen") { HelpName = "ADDR", Description = "Loopback address and port for http", DefaultValueFactory = _ => "127.0.0.1:7411" };
        var noTcp = new Option<bool>("--no-tcp") { Description = "Listen on the Unix socket alone (and https, if stated)" };
        var socket = new Option<string?>("--socket") { HelpName = "PATH", Description = "The Unix socket (default: gateway.sock in the data folder)" };
        var socketGroup = new Option<string?>("--socket-group") { HelpName = "GROUP", Description = "Also let processes with this effective group call over the Unix socket (mode 0660); a managed installation's hook is one" };
        var https = new Option<string?>("--https") { HelpName = "ADDR", Description = "Address and port for https; needs --certificate and --key" };
        var certificate = new Option<string?>("--certificate") { HelpName = "PEM", Description = "Certificate and its intermediates, for --https" };
        var key = new Option<string?>("--key") { HelpName = "PEM", Description = "Private key of the certificate" };
        var agent = new Option<string?>("--agent") { HelpName = "NAME", Description = "The agent that the first start makes (default: claude-code- and the host's name)" };
        var organisation = new Option<string?>("--organisation") { HelpName = "NAME", Description = "The organisation that the first start makes" };
        var adminKeyFile = new Option<string?>("--admin-key-file") { HelpName = "FILE", Description = "Write a new admin key there (mode 0600) instead of showing it" };
        var resetAdminKey = new Option<bool>("--reset-admin-key") { Description = "Revoke all admin keys and make a new one" };
        var checkpointFile = new Option<string[]>("--checkpoint-file") { HelpName = "FILE", Description = "Add every published head of the audit log to this file, outside of the store; repeat for several" };
        var checkpointUrl = new Option<string[]>("--checkpoint-url") { HelpName = "URL", Description = "Put the newest head of the audit log there (HTTP PUT; https, or http to this machine); repeat for several" };
        var checkpointToken = new Option<string?>("--checkpoint-token-file") { HelpName = "FILE", Description = "Holds the bearer token for --checkpoint-url; readable by its owner alone" };
        var publishEvery = new Option<TimeSpan?>("--publish-every")
        {
            HelpName = "SPAN",
            Description = "How often heads are published at most, as in 10s, 5m (default: 10s)",
            CustomParser = result =>
            {
                if (AuditTime.TryParseSpan(result.Tokens[0].Value, out var span) && span <= TimeSpan.FromDays(1)) return span;
                result.AddError("--publish-every must be a span of at most a day, such as 10s or 5m");
                return default;
            },
        };
        var json = new Option<bool>("--json") { Description = "Write the state after the start as JSON; a new admin key then needs --admin-key-file" };
        var command = new Command("up", "Run a gateway on this machine until Ctrl-C; the first start makes the store, an agent and its keys")
        {
            data, database, databaseFile, migrationFile, allowVolatile, spool, otlp, policies, listen, noTcp, socket, socketGroup, https, certificate, key, agent, organisation, adminKeyFile, resetAdminKey,
            checkpointFile, checkpointUrl, checkpointToken, publishEvery, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var folder = CommonOptions.FolderOf(parsed, data, context);
            var request = new UpRequest
            {
                Folder = folder,
                Postgres = StoreOptions.Read(parsed.GetValue(database), Absolute(databaseFile), Absolute(migrationFile), parsed.GetValue(allowVolatile)),
                Spool = Absolute(spool),
                Otlp = parsed.GetValue(otlp) is { } collector ? Collector(collector) : null,
                Policies = Absolute(policies),
                Http = parsed.GetValue(noTcp) ? null : Loopback(parsed.GetRequiredValue(listen)),
                Socket = Absolute(socket) ?? folder.Socket,
                SocketGroup = parsed.GetValue(socketGroup),
                Https = parsed.GetValue(https) is { } stated ? Address("--https", stated) : null,
                Certificate = Absolute(certificate),
                Key = Absolute(key),
                Agent = parsed.GetValue(agent),
                Organisation = parsed.GetValue(organisation),
                AdminKeyFile = Absolute(adminKeyFile),
                ResetAdminKey = parsed.GetValue(resetAdminKey),
                Proof = new ProofOptions
                {
                    CheckpointFiles = [.. (parsed.GetValue(checkpointFile) ?? []).Select(context.Resolve)],
                    CheckpointUrls = [.. (parsed.GetValue(checkpointUrl) ?? []).Select(Url)],
                    CheckpointToken = Absolute(checkpointToken) is { } tokenFile ? StoreOptions.ReadLine("--checkpoint-token-file", tokenFile, "it holds no token") : null,
                    PublishInterval = parsed.GetValue(publishEvery) ?? TimeSpan.FromSeconds(10),
                },
                Json = parsed.GetValue(json),
            };
            if (parsed.GetValue(noTcp) && parsed.GetResult(listen) is { Implicit: false }) throw CliException.Usage("--listen and --no-tcp exclude each other");
            if (request.Https is not null != (request.Certificate is not null && request.Key is not null) || request.Certificate is not null != request.Key is not null)
                throw CliException.Usage("--https, --certificate and --key are needed together");
            return new GatewayRun(context, request).RunAsync(cancel);

            string? Absolute(Option<string?> option) => parsed.GetValue(option) is { } path ? context.Resolve(path) : null;
        });
        return command;
    }

    private static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) && url.UserInfo.Length == 0
            ? url
            : throw CliException.Usage("--checkpoint-url must be https, or http to this machine, without a name or password in it");

    private static IPEndPoint Loopback(string text)
    {
        var address = Address("--listen", text);
        return IPAddress.IsLoopback(address.Address)
            ? address
            : throw CliException.Usage($"--listen {text}: plain http would send keys in the clear, so only a loopback address is possible; use --https for others");
    }

    private static Uri Collector(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw CliException.Usage($"--otlp {text} is not an address, as in http://127.0.0.1:4318");

    private static IPEndPoint Address(string option, string text)
    {
        var stated = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        // Without a colon in the right place the port would silently be 0.
        return IPEndPoint.TryParse(stated, out var address) && stated.EndsWith($":{address.Port}", StringComparison.Ordinal)
            ? address
            : throw CliException.Usage($"{option} {text} is not an address with a port, as in 127.0.0.1:7411");
    }
}
