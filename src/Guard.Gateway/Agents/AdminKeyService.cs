using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Protocol;

namespace Guard.Gateway.Agents;

/// <summary>Makes, lists and revokes admin keys. A key makes and revokes none that can do more than itself.</summary>
internal sealed class AdminKeyService(AdminKeyStore store, KeyIndex index, OrganisationRow organisation, TimeProvider clock)
{
    public IReadOnlyList<AdminKey> List() => store.List();

    /// <exception cref="RefusedException">400: a member is not valid. 403: it asks for more than the caller may.</exception>
    public CreateKeyResponse Create(CreateKeyRequest request, KeyEntry caller)
    {
        var admin = caller.Admin!;
        var now = clock.GetUtcNow();
        var owner = request.Owner ?? admin.Name;
        if (!AgentService.IsName(owner))
        {
            throw RefusedException.BadRequest("`owner` must have 1 to 128 characters out of letters, digits, `.`, `-`, `_` and `@`.");
        }

        var scopes = KeyTerms.CheckScopes("scopes", request.Scopes, Scopes.OfAdmins);
        CheckCovered(caller, scopes, "cannot make a key with");
        var key = ApiKey.Create(KeyKind.Admin) with { Scopes = scopes, ExpiresAt = KeyTerms.CheckEnd("expiresAt", request.ExpiresAt, now) };
        var end = key.ExpiresAt is { } expires ? $", expires {AuditTime.ToWire(expires)}" : "";
        store.Add(organisation, key, owner, AdministrationEvent.Of(organisation.Name, now, admin.Name, "key.create", $"admin key {key.Prefix}", $"owner {owner}, scopes {string.Join(" ", scopes)}{end}"));
        index.Refresh();
        return new CreateKeyResponse { Key = Find(key.Prefix), ApiKey = key.Text };
    }

    /// <summary>In force when this returns.</summary>
    /// <exception cref="RefusedException">403: the key can do more than the caller's. 404: no such admin key in force.</exception>
    public AdminKey Revoke(string prefix, KeyEntry caller)
    {
        var key = Find(prefix);
        CheckCovered(caller, key.Scopes, "cannot revoke a key with");
        if (!store.TryRevoke(prefix, AdministrationEvent.Of(organisation.Name, clock.GetUtcNow(), caller.Admin!.Name, "key.revoke", $"admin key {prefix}", $"owner {key.Owner}")))
        {
            throw Absent(prefix);
        }

        index.Refresh();
        return Find(prefix);
    }

    private AdminKey Find(string prefix) => store.List().FirstOrDefault(key => key.Prefix == prefix) ?? throw Absent(prefix);

    private static void CheckCovered(KeyEntry caller, IReadOnlyList<string> scopes, string what)
    {
        if (scopes.FirstOrDefault(scope => !caller.Allows(scope)) is { } missing)
        {
            throw new RefusedException(403, ProblemCodes.KeyScope, $"The key {caller.Prefix} has not the scope `{missing}`, so it {what} it.");
        }
    }

    private static RefusedException Absent(string prefix) => new(404, ProblemCodes.KeyAbsent, $"There is no admin key {prefix} in force. `guard key list` shows all.");
}
