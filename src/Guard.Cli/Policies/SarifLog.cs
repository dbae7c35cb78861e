using System.Text.Json.Serialization;
using Guard.Policy.Diagnostics;
using Guard.Policy.Lint;

namespace Guard.Cli.Policies;

/// <summary>Problems and findings in the Static Analysis Results Interchange Format 2.1.0, which code hosts and editors show.</summary>
/// <param name="Schema">Where the format's schema is.</param>
/// <param name="Version">Of the format.</param>
/// <param name="Runs">One.</param>
internal sealed record SarifLog([property: JsonPropertyName("$schema")] string Schema, string Version, IReadOnlyList<SarifRun> Runs)
{
    private const string SchemaAddress = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    public static SarifLog Of(IReadOnlyList<Diagnostic> diagnostics, IReadOnlyList<LintFinding> findings)
    {
        List<SarifResult> results = [.. diagnostics.Select(OfDiagnostic), .. findings.Select(OfFinding)];
        var rules = results.Select(r => r.RuleId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(id => new SarifRule(id)).ToList();
        return new SarifLog(SchemaAddress, "2.1.0", [new SarifRun(new SarifTool(new SarifDriver("guard", typeof(SarifLog).Assembly.GetName().Version!.ToString(3), rules)), results)]);
    }

    private static SarifResult OfDiagnostic(Diagnostic d) =>
        new(d.Code, d.Severity == Severity.Error ? "error" : "warning", new SarifText($"{d.Message} ({d.Remedy})"), [Location(d.File, d.Line, d.Column)]);

    private static SarifResult OfFinding(LintFinding f) => new(
        f.Code,
        "warning",
        new SarifText($"{(f.Rule is null ? "" : $"rule {f.Rule}: ")}{f.Message}. {(f.Example is null ? "" : $"For example `{f.Example}`. ")}To fix it: {f.Fix}."),
        [Location(f.File, f.Line, f.Column)])
    {
        Properties = new SarifProperties(f.Policy, f.Rule, f.Example),
    };

    // Places are relative to the folder the command ran in, as code hosts want them.
    private static SarifLocation Location(string file, int line, int column) =>
        new(new SarifPhysicalLocation(new SarifArtifact(file.StartsWith('/') ? new Uri(file).AbsoluteUri : Uri.EscapeDataString(file).Replace("%2F", "/", StringComparison.Ordinal)), new SarifRegion(line, column)));
}

/// <summary>One run of the tool.</summary>
internal sealed record SarifRun(SarifTool Tool, IReadOnlyList<SarifResult> Results)
{
    public string ColumnKind { get; } = "utf16CodeUnits";
}

/// <summary>What ran.</summary>
internal sealed record SarifTool(SarifDriver Driver);

/// <summary>Its name, version and the codes that it used.</summary>
internal sealed record SarifDriver(string Name, string SemanticVersion, IReadOnlyList<SarifRule> Rules);

/// <summary>A code.</summary>
internal sealed record SarifRule(string Id);

/// <summary>A problem or finding.</summary>
internal sealed record SarifResult(string RuleId, string Level, SarifText Message, IReadOnlyList<SarifLocation> Locations)
{
    public SarifProperties? Properties { get; init; }
}

/// <summary>Text for people.</summary>
internal sealed record SarifText(string Text);

/// <summary>Where it is.</summary>
internal sealed record SarifLocation(SarifPhysicalLocation PhysicalLocation);

/// <summary>A place in a file.</summary>
internal sealed record SarifPhysicalLocation(SarifArtifact ArtifactLocation, SarifRegion Region);

/// <summary>A file.</summary>
internal sealed record SarifArtifact(string Uri);

/// <summary>A line and column, from 1.</summary>
internal sealed record SarifRegion(int StartLine, int StartColumn);

/// <summary>What the format has no member for.</summary>
internal sealed record SarifProperties(string Policy, string? Rule, string? Example);
