using System.Text.Json.Serialization;

namespace Guard.Mutation;

[JsonSerializable(typeof(Question))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class HostJson : JsonSerializerContext;
