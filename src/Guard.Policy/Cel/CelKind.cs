namespace Guard.Policy.Cel;

/// <summary>The kinds of value an expression can have.</summary>
internal enum CelKind
{
    /// <summary>Of types: known only when it is evaluated. No value has it.</summary>
    Dyn,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    List,
    Map,
    Null,
    Type,
    Timestamp,
    Duration,

    /// <summary>Something went wrong. An error is a value, so that it cannot escape and cannot be a miss.</summary>
    Error,

    /// <summary>A member that a known tool may leave out: every comparison with it is false.</summary>
    Absent,
}

/// <summary>The names by which expressions know the kinds.</summary>
internal static class CelKinds
{
    /// <summary>What <c>type(x)</c> gives, and what may be written to compare with it.</summary>
    public static readonly IReadOnlyDictionary<string, CelKind> Denotations = new Dictionary<string, CelKind>(StringComparer.Ordinal)
    {
        ["bool"] = CelKind.Bool,
        ["int"] = CelKind.Int,
        ["uint"] = CelKind.Uint,
        ["double"] = CelKind.Double,
        ["string"] = CelKind.String,
        ["bytes"] = CelKind.Bytes,
        ["list"] = CelKind.List,
        ["map"] = CelKind.Map,
        ["null_type"] = CelKind.Null,
        ["type"] = CelKind.Type,
        ["google.protobuf.Timestamp"] = CelKind.Timestamp,
        ["google.protobuf.Duration"] = CelKind.Duration,
    };

    public static bool IsNumber(CelKind kind) => kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    /// <summary>For messages and for <c>type(x)</c>.</summary>
    public static string Name(CelKind kind) => kind switch
    {
        CelKind.Null => "null_type",
        CelKind.Timestamp => "google.protobuf.Timestamp",
        CelKind.Duration => "google.protobuf.Duration",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
