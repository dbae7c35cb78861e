namespace Guard.Hook.Gateway;

/// <summary>The gateway answered, and refused.</summary>
internal sealed class GatewayRefusal(int status, string message) : HookFailure(message)
{
    /// <summary>Whether the request itself is what it refuses, so that sending the same again would change nothing.</summary>
    public bool IsFinal => status is 400 or 404 or 409 or 413;
}
