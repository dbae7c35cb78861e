using Guard.Hook.Native;
using Guard.Hook.Settings;
using Guard.Protocol;

namespace Guard.Hook.Gateway;

/// <summary>Asks the gateway one question.</summary>
internal sealed class GatewayClient(HookSettings settings, Deadline deadline)
{
    private SocketStream? _connected;
    private SocketStream? _spare;
    private string? _authorities;

    // What kept the protected connection from being made; the call it is about is read later, and is to be on record.
    private HookFailure? _unreachable;

    /// <summary>
    /// Opens what only the hook's group may open; the rest of the exchange needs no rights. A gateway that cannot be reached
    /// is a failure of the first request.
    /// </summary>
    /// <exception cref="HookFailure">The authorities cannot be read.</exception>
    public void OpenProtected()
    {
        if (settings.CaFile is { } file) _authorities = TlsConnection.ReadAuthorities(file);
        if (settings.Gateway.SocketPath is null) return;
        var allowed = deadline.Left / 1000.0;
        try
        {
            _connected = Connector.Connect(settings, deadline.AtMost(settings.TimeoutSeconds));

            // A call with a subtree may have to be asked about once more, when no rights are left to connect.
            _spare = Connector.Connect(settings, deadline.AtMost(settings.TimeoutSeconds));
        }
        catch (GatewayTimeoutException)
        {
            _unreachable = TimedOut(allowed);
        }
        catch (HookFailure failure)
        {
            _unreachable = failure;
        }
    }

    /// <summary>The decision on a call.</summary>
    /// <exception cref="HookFailure">There is no decision, with the reason.</exception>
    public DecisionResponse Decide(string traceId, ReadOnlyMemory<byte> request) =>
        AnswerReader.Decision(Post(Wire.DecisionsPath, traceId, request, settings.TimeoutSeconds), traceId, settings.Audit);

    /// <summary>Reports an outcome.</summary>
    /// <exception cref="HookFailure">The gateway did not take it, with the reason.</exception>
    public void Report(string traceId, ReadOnlyMemory<byte> request) => AnswerReader.Outcome(Post(Wire.EventsPath, traceId, request, settings.TimeoutSeconds));

    /// <summary>Hands over lines of the spool.</summary>
    /// <exception cref="HookFailure">The gateway did not settle all of them, with the reason.</exception>
    public void HandOver(string traceId, ReadOnlyMemory<byte> request, int lines, double seconds) =>
        AnswerReader.Spooled(Post(Wire.SpooledEventsPath, traceId, request, seconds), lines);

    private byte[] Post(string path, string traceId, ReadOnlyMemory<byte> request, double seconds)
    {
        if (_connected is null && _unreachable is { } failure) throw failure;
        if (path == Wire.DecisionsPath && request.Length > Wire.MaxDecisionRequestBytes)
        {
            throw new HookFailure($"the call is too large to be judged ({request.Length} bytes on the wire, at most {Wire.MaxDecisionRequestBytes}); split it into smaller ones");
        }

        var allowed = deadline.Left / 1000.0;
        var within = deadline.AtMost(seconds);
        try
        {
            using var socket = _connected ?? Connector.Connect(settings, within);
            (_connected, _spare) = (_spare, null);
            socket.Deadline = within;
            TraceLog.Write($"connected to {settings.Gateway}");
            var stream = settings.Gateway.IsTls ? TlsConnection.Open(socket, settings.Gateway, settings.CaFile, _authorities) : socket;
            var answer = HttpExchange.Post(stream, path, settings.Gateway, settings.ApiKey, settings.TraceHeader, traceId, request.Span);
            TraceLog.Write($"answer {answer.Status}, {answer.Body.Length} bytes");
            return answer.Status == 200 ? answer.Body : throw Refusal(answer);
        }
        catch (GatewayTimeoutException)
        {
            throw TimedOut(allowed);
        }
        catch (IOException e)
        {
            throw new HookFailure($"the connection to the gateway at {settings.Gateway} failed: {e.Message}. Is it running? {settings.StartAdvice}");
        }
    }

    private HookFailure TimedOut(double allowed)
    {
        var seconds = Math.Round(Math.Min(allowed, settings.TimeoutSeconds), 1);
        return new HookFailure($"the gateway at {settings.Gateway} did not answer within {seconds} s. Is it running? {settings.StartAdvice}");
    }

    private HookFailure Refusal(HttpAnswer answer)
    {
        var detail = AnswerReader.Problem(answer.Body);
        return new GatewayRefusal(answer.Status, $"the gateway at {settings.Gateway} refused the request ({answer.Status}{(detail is null ? "" : $", {detail}")})");
    }
}
