using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Guard.Gateway.Hosting;
using Guard.Protocol;

namespace Guard.Gateway.Tests.OpenApi;

/// <summary>The schemas of the wire's records, each under its name, with the words of its documentation.</summary>
internal sealed class SchemaCatalogue
{
    private readonly SortedDictionary<string, JsonNode?> _schemas = new(StringComparer.Ordinal);
    private readonly DocumentationFile _documentation = DocumentationFile.Of(typeof(DecisionRequest).Assembly);

    /// <summary>A reference to the schema of a record, which is added with all that it refers to.</summary>
    public JsonObject Reference(Type type)
    {
        if (_schemas.TryAdd(type.Name, null))
        {
            _schemas[type.Name] = Schema(type);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    public JsonObject ToJson() => new(_schemas.Select(schema => KeyValuePair.Create(schema.Key, schema.Value)));

    private JsonNode Schema(Type type) => GatewayJson.Context.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node)
        {
            // Any JSON at all.
            node = [];
        }

        // Absent means absent: null is never sent.
        if (node["type"] is JsonArray types)
        {
            node["type"] = types.Select(type => type!.GetValue<string>()).Single(type => type != "null");
        }

        var isRecord = context.TypeInfo.Kind == JsonTypeInfoKind.Object && context.TypeInfo.Type.Namespace == typeof(DecisionRequest).Namespace;
        if (isRecord && !context.Path.IsEmpty)
        {
            node = Reference(context.TypeInfo.Type);
        }

        var words = context.PropertyInfo?.AttributeProvider is System.Reflection.PropertyInfo property ? _documentation.SummaryOf(property)
            : context.Path.IsEmpty ? _documentation.SummaryOf(context.TypeInfo.Type)
            : null;
        if (words is not null)
        {
            node["description"] = words;
        }

        return node;
    }
}
