namespace Guard.Gateway.Hosting;

/// <summary>The gateway cannot start. The message is for people: what, where, why, and what to do, in one line.</summary>
public sealed class GatewayStartException : Exception
{
    public GatewayStartException(string message)
        : base(message)
    {
    }

    public GatewayStartException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
