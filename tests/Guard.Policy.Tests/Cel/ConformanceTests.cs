using System.Text.Json;
using Guard.Policy.Cel;

namespace Guard.Policy.Tests.Cel;

/// <summary>
/// The public conformance suite of the Common Expression Language (cel-spec, tests/simple/testdata, Apache-2.0), which lies
/// beside the repository in <c>../shared/cel</c>.
/// </summary>
public sealed class ConformanceTests
{
    private static readonly string? Folder = FindFolder();

    /// <summary>Cases that do not hold here, with the reason.</summary>
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("basic")]
    [InlineData("comparisons")]
    [InlineData("conversions")]
    [InlineData("fields")]
    [InlineData("fp_math")]
    [InlineData("integer_math")]
    [InlineData("lists")]
    [InlineData("logic")]
    [InlineData("macros")]
    [InlineData("parse")]
    [InlineData("plumbing")]
    [InlineData("string")]
    [InlineData("timestamps")]
    public void Suite_OfTheStandard_Holds(string suite)
    {
        Folder.Should().NotBeNull("the conformance cases lie beside the repository, in ../shared/cel");

        var failures = File.ReadLines(Path.Combine(Folder!, suite + ".jsonl")).Select(line => Failure(suite, line)).OfType<string>().ToList();

        failures.Should().BeEmpty();
    }

    // Beside the repository, or further up: a second working tree may lie deeper.
    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(Repository.File(".")).Parent; folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "cel");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string? Failure(string suite, string line)
    {
        using var document = JsonDocument.Parse(line);
        var row = document.RootElement;
        var name = $"{suite}/{row.GetProperty("name").GetString()}";
        if (LeftOut.ContainsKey(name))
        {
            return null;
        }

        (string, CelValue)[] variables = row.TryGetProperty("bindings", out var bindings)
            ? [.. bindings.EnumerateObject().Select(b => (b.Name, CelValues.Read(b.Value)))]
            : [];
        var check = !row.TryGetProperty("disable_check", out _);
        var value = CelValues.Evaluate(row.GetProperty("expr").GetString()!, check, variables);
        var passes = row.TryGetProperty("value", out var wanted)
            ? CelValues.Show(value) == CelValues.Show(CelValues.Read(wanted))
            : value is CelError;
        return passes ? null : $"{name}: {row} gave {CelValues.Show(value)}";
    }
}
