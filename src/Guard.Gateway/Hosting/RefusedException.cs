using Guard.Protocol;

namespace Guard.Gateway.Hosting;

/// <summary>A request that ends as a problem document. To a hook every one of them is a denial.</summary>
internal sealed class RefusedException(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>Stable, see the table in docs/api.md.</summary>
    public string Code { get; } = code;

    public string? TraceId { get; init; }

    public IReadOnlyList<PolicyDiagnostic>? Diagnostics { get; init; }

    public static RefusedException BadRequest(string detail, string? traceId = null) => new(400, ProblemCodes.BadRequest, detail) { TraceId = traceId };
}
