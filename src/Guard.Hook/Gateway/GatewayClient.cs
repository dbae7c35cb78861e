using Guard.Hook.Native;
using Guard.Hook.Settings;
using Guard.Protocol;

namespace Guard.Hook.Gateway;

/// <summary>Asks the gateway one question.</summary>
internal sealed class GatewayClient(HookSettings settings, Deadline deadline)
{
    /// <summary>The decision on a call.</summary>
    /// <exception cref="HookFailure">There is no decision, with the reason.</exception>
    public DecisionResponse Decide(string traceId, ReadOnlyMemory<byte> request) =>
        AnswerReader.Decision(Post(Wire.DecisionsPath, traceId, request), traceId, settings.Audit);

    /// <summary>Reports an outcome.</summary>
    /// <exception cref="HookFailure">The gateway did not take it, with the reason.</exception>
    public void Report(string traceId, ReadOnlyMemory<byte> request) => AnswerReader.Outcome(Post(Wire.EventsPath, traceId, request));

    private byte[] Post(string path, string traceId, ReadOnlyMemory<byte> request)
    {
        if (request.Length > Wire.MaxDecisionRequestBytes)
        {
            throw new HookFailure($"the call is too large to be judged ({request.Length} bytes on the wire, at most {Wire.MaxDecisionRequestBytes}); split it into smaller ones");
        }

        var allowed = deadline.Left / 1000.0;
        var within = deadline.AtMost(settings.TimeoutSeconds);
        try
        {
            using var socket = Connector.Connect(settings.Gateway, within);
            TraceLog.Write($"connected to {settings.Gateway}");
            var stream = settings.Gateway.IsTls ? TlsConnection.Open(socket, settings.Gateway, settings.CaFile) : socket;
            var answer = HttpExchange.Post(stream, path, settings.Gateway, settings.ApiKey, settings.TraceHeader, traceId, request.Span);
            TraceLog.Write($"answer {answer.Status}, {answer.Body.Length} bytes");
            return answer.Status == 200 ? answer.Body : throw Refusal(answer);
        }
        catch (GatewayTimeoutException)
        {
            var seconds = Math.Round(Math.Min(allowed, settings.TimeoutSeconds), 1);
            throw new HookFailure($"the gateway at {settings.Gateway} did not answer within {seconds} s. Is it running? Start it with `guard up`");
        }
        catch (IOException e)
        {
            throw new HookFailure($"the connection to the gateway at {settings.Gateway} failed: {e.Message}. Is it running? Start it with `guard up`");
        }
    }

    private HookFailure Refusal(HttpAnswer answer)
    {
        var detail = AnswerReader.Problem(answer.Body);
        return new HookFailure($"the gateway at {settings.Gateway} refused the request ({answer.Status}{(detail is null ? "" : $", {detail}")})");
    }
}
