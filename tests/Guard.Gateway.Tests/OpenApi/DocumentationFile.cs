using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Guard.Gateway.Tests.OpenApi;

/// <summary>The summaries that the compiler wrote beside an assembly.</summary>
internal sealed class DocumentationFile
{
    private readonly Assembly _assembly;
    private readonly Dictionary<string, XElement> _summaries;

    private DocumentationFile(Assembly assembly, Dictionary<string, XElement> summaries) => (_assembly, _summaries) = (assembly, summaries);

    public static DocumentationFile Of(Assembly assembly)
    {
        var members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member");
        return new DocumentationFile(assembly, members.Where(member => member.Element("summary") is not null).ToDictionary(member => (string)member.Attribute("name")!, member => member.Element("summary")!, StringComparer.Ordinal));
    }

    public string? SummaryOf(Type type) => Text("T:" + type.FullName);

    public string? SummaryOf(PropertyInfo property) => Text($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string? Text(string member) => _summaries.TryGetValue(member, out var summary) ? Regex.Replace(string.Concat(summary.Nodes().Select(Text)), @"\s+", " ").Trim() : null;

    private string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => Named((string)see.Attribute("cref")!),
        _ => "",
    };

    /// <summary>Constants and lists of them by their values, members by their name on the wire, records by their name.</summary>
    private string Named(string reference)
    {
        var name = reference[(reference.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var dot = name.LastIndexOf('.');
        return reference[0] switch
        {
            'F' when _assembly.GetType(name[..dot])?.GetField(name[(dot + 1)..]) is { IsLiteral: true } constant => $"`{constant.GetRawConstantValue()}`",
            'P' => $"`{JsonNamingPolicy.CamelCase.ConvertName(name[(dot + 1)..])}`",
            'T' when _assembly.GetType(name) is { IsAbstract: true, IsSealed: true } values => string.Join(", ", values.GetFields().Where(field => field.IsLiteral).Select(field => $"`{field.GetRawConstantValue()}`")),
            _ => $"`{name[(dot + 1)..]}`",
        };
    }
}
