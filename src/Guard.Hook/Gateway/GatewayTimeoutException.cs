namespace Guard.Hook.Gateway;

/// <summary>The gateway did not answer before the deadline.</summary>
internal sealed class GatewayTimeoutException : Exception;
