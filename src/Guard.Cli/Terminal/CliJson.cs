using System.Text.Json;
using System.Text.Json.Serialization;
using Guard.Cli.Audit;
using Guard.Cli.Audit.Proof;
using Guard.Cli.Connection;
using Guard.Cli.Doctor;
using Guard.Cli.Init;
using Guard.Cli.Init.Managed;
using Guard.Cli.Policies;
using Guard.Cli.Shell;
using Guard.Cli.Up;

namespace Guard.Cli.Terminal;

/// <summary>Source-generated JSON of what <c>guard</c> itself writes: files of its own, and results with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(InstallationRecord))]
[JsonSerializable(typeof(InitReport))]
[JsonSerializable(typeof(ManagedRecord))]
[JsonSerializable(typeof(ManagedReport))]
[JsonSerializable(typeof(ManagedKeys))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(HookConfigFile))]
[JsonSerializable(typeof(ValidateReport))]
[JsonSerializable(typeof(UpState))]
[JsonSerializable(typeof(LintReport))]
[JsonSerializable(typeof(DryRunReport))]
[JsonSerializable(typeof(SarifLog))]
[JsonSerializable(typeof(TrialReport))]
[JsonSerializable(typeof(CorpusReport))]
[JsonSerializable(typeof(SuitesReport))]
[JsonSerializable(typeof(TraceReport))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CliJson : JsonSerializerContext;
