using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Agents;

/// <summary>Administration of admin keys.</summary>
internal static class AdminKeyEndpoints
{
    private const int MaxBytes = 64 * 1024;

    public static void MapAdminKeys(this IEndpointRouteBuilder routes, AdminKeyService keys)
    {
        var all = routes.MapGroup("/v1/keys");

        all.MapGet("", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, new AdminKeyList { Keys = keys.List() }, GatewayJson.Context.AdminKeyList))
            .RequireScope(Scopes.KeysRead).Describe(new EndpointContract("All admin keys, the ended ones too") { Response = typeof(AdminKeyList) });

        all.MapPost("", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.CreateKeyRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, keys.Create(request, Caller.Required(context)), GatewayJson.Context.CreateKeyResponse);
        }).RequireScope(Scopes.KeysWrite).Describe(new EndpointContract("Make an admin key that can do no more than the calling one; it is shown this once")
        {
            Status = StatusCodes.Status201Created,
            Request = typeof(CreateKeyRequest),
            Response = typeof(CreateKeyResponse),
        });

        all.MapDelete("/{prefix}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, keys.Revoke((string)context.Request.RouteValues["prefix"]!, Caller.Required(context)), GatewayJson.Context.AdminKey))
            .RequireScope(Scopes.KeysWrite).Describe(new EndpointContract("Revoke an admin key that can do no more than the calling one")
            {
                Parameters = [new("prefix", "path", "The visible part of the key")],
                Response = typeof(AdminKey),
                Problems = [new(404, ProblemCodes.KeyAbsent)],
            });
    }
}
