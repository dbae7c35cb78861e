using System.Globalization;
using System.Text.Json;
using Guard.Policy.Cel;

namespace Guard.Policy.Tests.Cel;

/// <summary>Values of conformance cases: one tag each, <c>{"int":"1"}</c>.</summary>
internal static class CelValues
{
    public static CelValue Read(JsonElement tagged)
    {
        var property = tagged.EnumerateObject().Single();
        var value = property.Value;
        return property.Name switch
        {
            "int" => new CelInt(long.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
            "uint" => new CelUint(ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
            "double" => new CelDouble(double.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
            "bool" => CelBool.Of(value.GetBoolean()),
            "string" => new CelString(value.GetString()!),
            "bytes" => new CelBytes([.. value.GetBytesFromBase64()]),
            "null" => CelNull.Instance,
            "list" => new CelList([.. value.EnumerateArray().Select(Read)]),
            "map" => CelMap.Of([.. value.EnumerateArray().Select(e => new KeyValuePair<CelValue, CelValue>(Read(e[0]), Read(e[1])))]),
            "type" => new CelTypeValue(CelKinds.Denotations[value.GetString()!]),
            _ => throw new InvalidOperationException($"unknown tag {property.Name}"),
        };
    }

    /// <summary>A text that is the same for equal values of the same kinds; the order of a map's keys does not count.</summary>
    public static string Show(CelValue value) => value switch
    {
        CelInt number => number.Value.ToString(CultureInfo.InvariantCulture),
        CelUint number => number.Value.ToString(CultureInfo.InvariantCulture) + "u",
        CelDouble number => "double " + number.Value.ToString("R", CultureInfo.InvariantCulture),
        CelBool boolean => boolean.Value ? "true" : "false",
        CelString text => JsonSerializer.Serialize(text.Value),
        CelBytes bytes => "b" + Convert.ToHexString([.. bytes.Value]),
        CelNull => "null",
        CelList list => $"[{string.Join(", ", list.Items.Select(Show))}]",
        CelMap map => $"{{{string.Join(", ", map.Entries.Select(e => $"{Show(e.Key)}: {Show(e.Value)}").Order(StringComparer.Ordinal))}}}",
        CelTypeValue type => CelKinds.Name(type.Named),
        CelTimestamp time => $"timestamp {time}",
        CelDuration span => $"duration {span}",
        CelAbsent => "absent",
        CelError error => $"error at {error.Offset}: {error.Message}",
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Compiles and evaluates as the standard says.</summary>
    public static CelValue Evaluate(string expression, bool check, params (string Name, CelValue Value)[] variables) =>
        Evaluate(expression, check, CelTextMode.Standard, CelLimits.Default, variables);

    public static CelValue Evaluate(string expression, bool check, CelTextMode mode, CelLimits limits, params (string Name, CelValue Value)[] variables)
    {
        var environment = new CelEnvironment([.. variables.Select(v => new CelDeclaration(v.Name, CelType.Dyn))]);
        var program = CelProgram.Compile(expression, environment, out var problems);
        if (program is null || (check && problems.Length > 0))
        {
            return new CelError(problems[0].Message, problems[0].Offset);
        }

        return program.Evaluate([.. variables.Select(v => v.Value)], mode, limits);
    }
}
