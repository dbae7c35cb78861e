using Microsoft.AspNetCore.Builder;

namespace Guard.Gateway.OpenApi;

/// <summary>What an endpoint takes and answers. docs/openapi.json is made of these; an endpoint without one keeps the gateway from starting.</summary>
/// <param name="Summary">One line, without a full stop.</param>
internal sealed record EndpointContract(string Summary)
{
    /// <summary>The record in the body. Null: it takes none.</summary>
    public Type? Request { get; init; }

    /// <summary>The record of the answer. Null: it has no body, or is no JSON.</summary>
    public Type? Response { get; init; }

    public int Status { get; init; } = 200;

    /// <summary>Of the answer.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>In path, query and headers.</summary>
    public IReadOnlyList<EndpointParameter> Parameters { get; init; } = [];

    /// <summary>How it refuses, beside what every endpoint with a key or a body refuses.</summary>
    public IReadOnlyList<EndpointProblem> Problems { get; init; } = [];

    /// <summary>Answers a report with 503 too.</summary>
    public bool ReportsFailure { get; init; }
}

/// <summary>A parameter outside the body.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Description">One sentence.</param>
internal sealed record EndpointParameter(string Name, string In, string Description)
{
    /// <summary><c>string</c>, <c>date-time</c>, or <c>integer</c>.</summary>
    public string Type { get; init; } = "string";

    /// <summary>The only values there are; empty: any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    public long? Least { get; init; }
    public long? Most { get; init; }
}

/// <summary>A status with the code that the problem carries.</summary>
internal sealed record EndpointProblem(int Status, string Code);

internal static class EndpointContracts
{
    public static TBuilder Describe<TBuilder>(this TBuilder builder, EndpointContract contract)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(contract);
}
