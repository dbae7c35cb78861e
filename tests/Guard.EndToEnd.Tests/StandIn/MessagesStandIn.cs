using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Guard.EndToEnd.Tests.StandIn;

/// <summary>
/// Stands in for the Messages API: answers with the turns of a <see cref="ModelScript"/> and records what it was sent.
/// It is the client's proxy too, so that an attempt to reach anything but loopback ends here, refused and recorded.
/// </summary>
internal sealed class MessagesStandIn : IAsyncDisposable
{
    private readonly ModelScript _script;
    private readonly string _log;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly Lock _logLock = new();

    private MessagesStandIn(ModelScript script, string log)
    {
        _script = script;
        _log = log;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public IReadOnlyCollection<RecordedRequest> Requests => _requests;

    /// <summary>What went wrong in the stand-in itself; the client would only see a server error.</summary>
    public Exception? Failure { get; private set; }

    /// <param name="script">What the model does.</param>
    /// <param name="log">File that gets every request as one line of JSON.</param>
    public static async Task<MessagesStandIn> StartAsync(ModelScript script, string log)
    {
        var standIn = new MessagesStandIn(script, log);
        await standIn._app.StartAsync();
        var addresses = standIn._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        standIn.Address = new Uri(addresses.Addresses.Single());
        return standIn;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (HttpMethods.IsConnect(request.Method) || !target.StartsWith('/'))
        {
            Record(new RecordedRequest(request.Method, target, null));
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var body = await ReadBodyAsync(request);
        Record(new RecordedRequest(request.Method, target, body));
        if (request.Path == "/v1/messages" && body is { } message)
            await AnswerMessageAsync(context, message);
        else if (request.Path == "/v1/messages/count_tokens")
            await context.Response.WriteAsync("""{"input_tokens":100}""");
        else
            context.Response.StatusCode = HttpMethods.IsHead(request.Method) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
    }

    private async Task AnswerMessageAsync(HttpContext context, JsonElement message)
    {
        var conversation = ConversationReader.Read(message);
        // Requests without tools are the client's own small questions, such as the summary of a page.
        var turn = conversation.HasTools ? _script.TurnFor(conversation.Opening, conversation.Answers) : ModelTurn.Done;
        try
        {
            if (turn.Before is { } happening)
                await happening();
        }
        catch (Exception failure)
        {
            Failure = failure;
            turn = ModelTurn.Done;
        }

        var answer = new ModelAnswer(conversation.Model, turn);
        if (conversation.Streams)
        {
            context.Response.ContentType = "text/event-stream";
            await answer.StreamAsync(context.Response.Body, context.RequestAborted);
        }
        else
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer.Whole().ToJsonString());
        }
    }

    private void Record(RecordedRequest request)
    {
        _requests.Enqueue(request);
        lock (_logLock)
            File.AppendAllText(_log, JsonSerializer.Serialize(request) + "\n");
    }

    private static async Task<JsonElement?> ReadBodyAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync();
        try
        {
            return text.Length == 0 ? null : JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            // Only the Messages API is JSON; other paths are recorded without a body.
            return null;
        }
    }
}
