using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary><c>guard key</c>: the keys that administer.</summary>
internal static class KeyCommand
{
    public static Command Create(CliContext context) => new("key", "Make, list and revoke admin keys that can do no more than they must")
    {
        CreateCreate(context),
        CreateList(context),
        CreateRevoke(context),
    };

    private static Command CreateCreate(CliContext context)
    {
        var scopes = KeyOptions.Scope("What the key may do", Scopes.OfAdmins);
        scopes.Required = true;
        scopes.DefaultValueFactory = null;
        var expires = KeyOptions.Expires(context);
        var owner = new Option<string?>("--owner") { HelpName = "NAME", Description = "Who administers with it; the record names them (default: the owner of the admin key)" };
        var file = new Option<string?>("--write") { HelpName = "FILE", Description = "Write the key there (mode 0600, never over another file) instead of showing it" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("create", "Make an admin key with stated scopes, none of which the calling key lacks") { scopes, expires, owner, file, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var path = parsed.GetValue(file) is { } stated ? context.Resolve(stated) : null;
            if (path is not null) HookConfigFile.RefuseUnwritable(path, "no key was made");
            using var client = connection.Connect(parsed, context);
            var created = await client.CreateKeyAsync(
                new CreateKeyRequest { Scopes = parsed.GetRequiredValue(scopes), ExpiresAt = parsed.GetValue(expires), Owner = parsed.GetValue(owner) },
                cancel);
            if (path is not null) PrivateFile.Write(path, System.Text.Encoding.ASCII.GetBytes(created.ApiKey + "\n"));
            if (parsed.GetValue(json))
            {
                context.WriteJson(path is null ? created : created with { ApiKey = "" }, ProtocolJson.Default.CreateKeyResponse);
                return ExitCodes.Done;
            }

            var key = created.Key;
            context.WriteLine($"Key {key.Prefix} is made (owner {key.Owner}, scopes {string.Join(", ", key.Scopes)}, {(key.ExpiresAt is { } end ? $"until {KeyOptions.Time(end)}" : "without an end")}).");
            context.WriteLine(path is null ? $"The key, shown this once: {created.ApiKey}" : $"The key is in {context.Shorten(path)}, for --admin-key-file.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateList(CliContext context)
    {
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("list", "List all admin keys, without their secrets") { json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var list = await client.GetKeysAsync(cancel);
            if (parsed.GetValue(json))
            {
                context.WriteJson(list, ProtocolJson.Default.AdminKeyList);
                return ExitCodes.Done;
            }

            var now = context.Time.GetUtcNow();
            context.WriteTable(
                [new("KEY"), new("OWNER"), new("STATE"), new("MADE"), new("SCOPES")],
                list.Keys.Select(k => (IReadOnlyList<Cell>)
                [
                    k.Prefix,
                    k.Owner,
                    KeyOptions.State(k.RevokedAt, k.ExpiresAt, now),
                    KeyOptions.Time(k.CreatedAt),
                    k.Scopes.Count == Scopes.OfAdmins.Count ? "all" : string.Join(", ", k.Scopes),
                ]));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateRevoke(CliContext context)
    {
        var prefix = new Argument<string>("PREFIX") { Description = "The visible part of the key, as `guard key list` shows it" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("revoke", "Revoke an admin key; the next request with it is refused") { prefix, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var revoked = await client.RevokeKeyAsync(parsed.GetRequiredValue(prefix), cancel);
            if (parsed.GetValue(json)) context.WriteJson(revoked, ProtocolJson.Default.AdminKey);
            else context.WriteLine($"Key {revoked.Prefix} is revoked: requests with it are refused from now on.");
            return ExitCodes.Done;
        });
        return command;
    }
}
