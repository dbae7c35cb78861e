using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Protocol;
using Microsoft.AspNetCore.Http;

namespace Guard.Gateway.Hosting;

/// <summary>Writes answers whole, with Content-Length: cheaper than chunks, and a cut answer shows.</summary>
internal static class Reply
{
    public static Task JsonAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type) =>
        WriteAsync(context, status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <param name="context">Of the request.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="text">In UTF-8.</param>
    public static Task TextAsync(HttpContext context, int status, byte[] text) => WriteAsync(context, status, "text/plain; charset=utf-8", text);

    public static Task ProblemAsync(HttpContext context, RefusedException refused)
    {
        var problem = new Protocol.Problem
        {
            Type = $"urn:guard:problem:{refused.Code}",
            Title = Title(refused.Status),
            Status = refused.Status,
            Detail = DisplayText.Clean(refused.Message, MaxDetail),
            Code = refused.Code,
            TraceId = refused.TraceId,
            Diagnostics = refused.Diagnostics,
        };
        return WriteAsync(context, refused.Status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(problem, GatewayJson.Context.Problem));
    }

    private const int MaxDetail = 2_000;

    private static async Task WriteAsync(HttpContext context, int status, string contentType, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string Title(int status) => status switch
    {
        400 => "Bad request",
        401 => "Not authenticated",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        408 => "Request timed out",
        409 => "Conflict",
        413 => "Too large",
        422 => "Policies refused",
        429 => "Too many requests",
        503 => "Not available",
        _ => "Internal error",
    };
}
