namespace Guard.Policy.Cel;

/// <summary>What is known of an expression's value before it is evaluated.</summary>
/// <param name="Kind">Of the value, or <see cref="CelKind.Dyn"/>.</param>
/// <param name="Key">Of a map.</param>
/// <param name="Element">Of a list, or a map's values.</param>
internal sealed record CelType(CelKind Kind, CelType? Key = null, CelType? Element = null)
{
    public static readonly CelType Dyn = new(CelKind.Dyn);
    public static readonly CelType Bool = new(CelKind.Bool);
    public static readonly CelType Int = new(CelKind.Int);
    public static readonly CelType Uint = new(CelKind.Uint);
    public static readonly CelType Double = new(CelKind.Double);
    public static readonly CelType String = new(CelKind.String);
    public static readonly CelType Bytes = new(CelKind.Bytes);
    public static readonly CelType Null = new(CelKind.Null);
    public static readonly CelType Type = new(CelKind.Type);
    public static readonly CelType Timestamp = new(CelKind.Timestamp);
    public static readonly CelType Duration = new(CelKind.Duration);
    public static readonly CelType AnyList = ListOf(Dyn);
    public static readonly CelType AnyMap = MapOf(Dyn, Dyn);

    public static CelType ListOf(CelType element) => new(CelKind.List, Element: element);

    public static CelType MapOf(CelType key, CelType value) => new(CelKind.Map, key, value);

    public bool IsDyn => Kind == CelKind.Dyn;

    /// <summary>A value of this type may be wanted as the other.</summary>
    public bool Fits(CelType wanted) => IsDyn || wanted.IsDyn || Kind == wanted.Kind;

    /// <summary>The type of what is one or the other.</summary>
    public CelType Join(CelType other)
    {
        if (Kind != other.Kind)
        {
            return Dyn;
        }

        return Kind switch
        {
            CelKind.List => ListOf(Element!.Join(other.Element!)),
            CelKind.Map => MapOf(Key!.Join(other.Key!), Element!.Join(other.Element!)),
            _ => this,
        };
    }

    /// <summary>For messages.</summary>
    public override string ToString() => Kind switch
    {
        CelKind.List when !Element!.IsDyn => $"list({Element})",
        CelKind.Map when !Element!.IsDyn => $"map({Key}, {Element})",
        CelKind.Null => "null",
        CelKind.Timestamp => "timestamp",
        CelKind.Duration => "duration",
        _ => CelKinds.Name(Kind),
    };
}
