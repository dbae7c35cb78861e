using System.Data.Common;
using Guard.Gateway.Identity;
using Guard.Gateway.Metrics;
using Guard.Gateway.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Hosting;

/// <summary>What every request goes through before its endpoint: one place for failures, one place for keys.</summary>
internal sealed partial class RequestPipeline(SocketAccess access, Authenticator authenticator, RefusalRecorder refusals, GatewayMetrics metrics, ILogger<RequestPipeline> logger)
{
    private readonly AdministrationThreads _administration = new();

    /// <summary>Turns every failure into a problem document. Outermost.</summary>
    public async Task AnswerFailuresAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (RefusedException refused)
        {
            Count(context, refused);
            await RefuseAsync(context, refused);
        }
        catch (BadHttpRequestException exception)
        {
            var refused = new RefusedException(exception.StatusCode, exception.StatusCode == 413 ? ProblemCodes.BodyTooLarge : ProblemCodes.BadRequest, exception.Message);
            Count(context, refused);
            await RefuseAsync(context, refused);
        }
        catch (DbException exception)
        {
            LogFailed(context.Request.Method, context.Request.Path, exception);
            await RefuseAsync(context, new RefusedException(StatusCodes.Status503ServiceUnavailable, ProblemCodes.StoreUnavailable, "The store could not be read or written in time. Whether a change was made shows in the record; the gateway's log says more."));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
            context.Abort();
        }
        catch (Exception exception)
        {
            LogFailed(context.Request.Method, context.Request.Path, exception);
            var refused = new RefusedException(StatusCodes.Status500InternalServerError, ProblemCodes.InternalError, "The gateway failed on this request. Its log says more.");
            Count(context, refused);
            await RefuseAsync(context, refused);
        }

        if (!Thread.CurrentThread.IsThreadPoolThread)
        {
            // The audit writer answers a request that is alone itself. What the connection does next, its next request even, is not for
            // that thread: it may block.
            await Task.Yield();
        }
    }

    /// <summary>Lets a request reach its endpoint with the key that the endpoint requires. Behind routing, before the endpoints.</summary>
    public Task AuthenticateAsync(HttpContext context, RequestDelegate next)
    {
        access.Check(context, refusals);
        if (context.GetEndpoint() is not { } endpoint)
        {
            throw new RefusedException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, "There is nothing at this path. docs/api.md lists what there is.");
        }

        if (endpoint.Metadata.GetMetadata<RequiredScope>() is { } required)
        {
            Caller.Set(context, authenticator.Authenticate(context.Request, required));
            return required.IsUrgent ? next(context) : _administration.RunAsync(() => next(context));
        }

        if (endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            return next(context);
        }

        // Routing's own endpoint for a known path with another method; nothing of ours is without metadata, see CheckEndpoints.
        throw new RefusedException(StatusCodes.Status405MethodNotAllowed, ProblemCodes.MethodNotAllowed, "This path does not take that method. docs/api.md lists what there is.");
    }

    /// <summary>
    /// An endpoint that says neither which scope it needs nor that it needs no key, or does not say what it takes and
    /// answers, is a defect, found at start.
    /// </summary>
    public static void CheckEndpoints(IEnumerable<EndpointDataSource> sources)
    {
        foreach (var endpoint in sources.SelectMany(static source => source.Endpoints))
        {
            if (endpoint.Metadata.OfType<RequiredScope>().Count() + endpoint.Metadata.OfType<OpenToAll>().Count() != 1)
            {
                throw new InvalidOperationException($"The endpoint {endpoint.DisplayName} must either require one scope or be open to all.");
            }

            if (endpoint.Metadata.GetMetadata<EndpointContract>() is null)
            {
                throw new InvalidOperationException($"The endpoint {endpoint.DisplayName} must say what it takes and answers.");
            }
        }
    }

    /// <summary>Every endpoint with its method, path, scope and contract.</summary>
    public static IReadOnlyList<MappedEndpoint> Describe(IEnumerable<EndpointDataSource> sources) =>
    [
        .. from endpoint in sources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           let path = endpoint.RoutePattern.RawText?.TrimEnd('/') ?? ""
           select new MappedEndpoint(method, path, endpoint.Metadata.GetMetadata<RequiredScope>(), endpoint.Metadata.GetRequiredMetadata<EndpointContract>()),
    ];

    // What authentication refused it has counted itself; conflicts and unknown things have events of their own or are administration.
    private void Count(HttpContext context, RefusedException refused)
    {
        if (Caller.Key(context) is { Kind: KeyKind.Agent } key && refused.Status is 400 or 413 or 500)
        {
            refusals.Count(RefusalSubject.Of(key), refused.Code);
        }
    }

    private Task RefuseAsync(HttpContext context, RefusedException refused)
    {
        metrics.Refused(refused.Code);
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        if (refused.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Reply.ProblemAsync(context, refused);
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailed(string method, string path, Exception exception);
}

/// <summary>An endpoint of the running gateway.</summary>
/// <param name="Method">As HTTP spells it.</param>
/// <param name="Path">With its parameters in braces.</param>
/// <param name="Scope">Null: it needs no key.</param>
/// <param name="Contract">What it takes and answers.</param>
internal sealed record MappedEndpoint(string Method, string Path, RequiredScope? Scope, EndpointContract Contract);
