using System.Text.Json.Serialization;

namespace Guard.Benchmarks.Shell;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShellLineSet))]
[JsonSerializable(typeof(List<ShellResult>))]
internal sealed partial class ShellBenchJson : JsonSerializerContext;
