using System.Globalization;
using System.Text;

namespace Guard.Gateway.Metrics;

/// <summary>Prometheus' text exposition, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary><c>guard.decision.duration</c> in seconds becomes <c>guard_decision_duration_seconds</c>.</summary>
    public static string NameOf(string instrument, string? unit, bool isCounter)
    {
        var name = new StringBuilder(instrument).Replace('.', '_').Replace('-', '_');
        var suffix = unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        name.Append(suffix);
        return isCounter ? name.Append("_total").ToString() : name.ToString();
    }

    public static void WriteHead(StringBuilder text, string name, string type, string? help)
    {
        if (help is not null)
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        }

        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public static void WriteSample(StringBuilder text, string name, IEnumerable<(string Name, string Value)> labels, double value)
    {
        text.Append(name);
        var any = false;
        foreach (var (label, content) in labels)
        {
            text.Append(any ? ',' : '{').Append(label).Append("=\"").Append(Escape(content)).Append('"');
            any = true;
        }

        if (any)
        {
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
