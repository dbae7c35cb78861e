namespace Guard.Gateway.Audit;

/// <summary>An event could not be made durable in time, so what it records must not happen.</summary>
internal sealed class AuditUnavailableException : Exception
{
    public AuditUnavailableException(string message)
        : base(message)
    {
    }

    public AuditUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
