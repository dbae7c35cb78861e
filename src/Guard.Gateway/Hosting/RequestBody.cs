using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Guard.Gateway.Hosting;

/// <summary>Reads request bodies: size first, then JSON, strictly.</summary>
internal static class RequestBody
{
    /// <exception cref="RefusedException">Too large, not JSON, not the record asked for, a member unknown or twice.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, int maxBytes, JsonTypeInfo<T> type)
        where T : class
    {
        var body = await ReadBytesAsync(context, maxBytes);
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw RefusedException.BadRequest("The body is `null`; an object is needed.");
        }
        catch (JsonException exception)
        {
            throw RefusedException.BadRequest($"The body is not the JSON that {context.Request.Path} takes: {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            // The reader's answer to text that is not Unicode, e.g. an escaped half of a surrogate pair.
            throw RefusedException.BadRequest($"The body holds text that is not Unicode: {exception.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context, int maxBytes)
    {
        var stated = context.Request.ContentLength;
        if (stated > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        // One byte more than allowed shows that there is more.
        var buffer = new byte[(stated is { } length ? (int)length : Math.Min(maxBytes, 64 * 1024)) + 1];
        var filled = 0;
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(buffer.AsMemory(filled), context.RequestAborted);
            filled += read;
            if (read == 0)
            {
                return buffer.AsMemory(0, filled);
            }

            if (filled > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, maxBytes + 1));
            }
        }
    }

    private static RefusedException TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, ProblemCodes.BodyTooLarge, $"The body is larger than {maxBytes} bytes. It is refused whole, never cut.");
}
