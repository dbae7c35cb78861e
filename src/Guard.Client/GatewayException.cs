using Guard.Protocol;

namespace Guard.Client;

/// <summary>A call of the gateway's API that did not succeed. The message is one line: what, where, why, what to do.</summary>
public abstract class GatewayException : Exception
{
    protected GatewayException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>Nothing that speaks Guard's protocol answered at the address in time.</summary>
public sealed class GatewayUnreachableException : GatewayException
{
    public GatewayUnreachableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>Something answered, but not as a gateway of this version does.</summary>
public sealed class GatewayProtocolException : GatewayException
{
    public GatewayProtocolException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The gateway refused the call with problem details.</summary>
public sealed class GatewayProblemException : GatewayException
{
    public GatewayProblemException(int status, Problem problem)
        : base(Describe(status, problem))
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>The HTTP status of the answer, whatever the body claims.</summary>
    public int Status { get; }

    public Problem Problem { get; }

    /// <summary>The key is missing, unknown, revoked or of the wrong kind.</summary>
    public bool IsNotAuthorised => Status is 401 or 403;

    private static string Describe(int status, Problem problem)
    {
        var text = PlainText.OneLine(problem.Detail ?? problem.Title ?? "the gateway gave no reason");
        return problem.Code is { Length: > 0 } code ? $"{text} ({PlainText.OneLine(code)}, status {status})" : $"{text} (status {status})";
    }
}
