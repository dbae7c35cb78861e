using Guard.Gateway.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.OpenApi;

/// <summary>The API's description for other programs: docs/openapi.json as it was built in.</summary>
internal static class OpenApiEndpoint
{
    public const string Path = "/openapi/v1.json";
    private const string ResourceName = "openapi.json";

    public static void MapOpenApi(this IEndpointRouteBuilder routes)
    {
        var document = Document();
        routes.MapGet(Path, async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = document.Length;
            await context.Response.Body.WriteAsync(document, context.RequestAborted);
        }).AllowWithoutKey().Describe(new EndpointContract("This description"));
    }

    private static byte[] Document()
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidOperationException("The description of the API is not built in.");
        var document = new byte[stream.Length];
        stream.ReadExactly(document);
        return document;
    }
}
