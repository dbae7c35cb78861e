using System.Text.Json.Serialization;

namespace Guard.Protocol;

/// <summary>Source-generated JSON of everything that goes over the wire: camelCase, null members left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DecisionRequest))]
[JsonSerializable(typeof(DecisionResponse))]
[JsonSerializable(typeof(OutcomeRequest))]
[JsonSerializable(typeof(OutcomeResponse))]
[JsonSerializable(typeof(SpoolRequest))]
[JsonSerializable(typeof(SpooledEvent))]
[JsonSerializable(typeof(SpoolResponse))]
[JsonSerializable(typeof(AuditEvent))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AuditStats))]
[JsonSerializable(typeof(ApplyPoliciesRequest))]
[JsonSerializable(typeof(ApplyPoliciesResponse))]
[JsonSerializable(typeof(PolicyList))]
[JsonSerializable(typeof(PolicyHistory))]
[JsonSerializable(typeof(PolicySummary))]
[JsonSerializable(typeof(PolicyFile))]
[JsonSerializable(typeof(TestPolicyRequest))]
[JsonSerializable(typeof(TestPolicyResponse))]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(AgentDetails))]
[JsonSerializable(typeof(RotateKeyRequest))]
[JsonSerializable(typeof(RotateKeyResponse))]
[JsonSerializable(typeof(CreateAgentRequest))]
[JsonSerializable(typeof(UpdateAgentRequest))]
[JsonSerializable(typeof(AdminKey))]
[JsonSerializable(typeof(AdminKeyList))]
[JsonSerializable(typeof(CreateKeyRequest))]
[JsonSerializable(typeof(CreateKeyResponse))]
[JsonSerializable(typeof(CreateAgentResponse))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(LogInfo))]
[JsonSerializable(typeof(EraseRequest))]
[JsonSerializable(typeof(Erasure))]
[JsonSerializable(typeof(ExpireRequest))]
[JsonSerializable(typeof(Expiry))]
[JsonSerializable(typeof(LogKeyRequest))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
public sealed partial class ProtocolJson : JsonSerializerContext;
