extern alias tables;

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using tables::Guard.ProgramTables;
using YamlDotNet.RepresentationModel;

namespace Guard.Shell.Tests.Effects;

/// <summary>The files of descriptions, their schema and their list in the documentation say the same.</summary>
public sealed class DescriptionFilesTests
{
    internal static readonly string Root = FindRoot();
    private static readonly string s_programs = Path.Combine(Root, "src/Guard.Shell/Programs");

    public static TheoryData<string> Files()
    {
        TheoryData<string> files = [];
        foreach (string file in Directory.EnumerateFiles(s_programs, "*.yaml"))
        {
            files.Add(Path.GetFileName(file));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_OfDescriptions_FitsTheSchema(string file)
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_programs, "programs.schema.json")));
        YamlStream yaml = [];
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(s_programs, file))));

        List<string> problems = [];
        new SchemaCheck(schema.RootElement).Check(yaml.Documents[0].RootNode, schema.RootElement, "", problems);

        problems.Should().BeEmpty();
        File.ReadLines(Path.Combine(s_programs, file)).First().Should().Be("# yaml-language-server: $schema=./programs.schema.json");
    }

    [Fact]
    public void Schema_KnowsTheKindsAndKeysOfTheBuild()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_programs, "programs.schema.json")));
        JsonElement definitions = schema.RootElement.GetProperty("$defs");
        string pattern = definitions.GetProperty("kindOfOption").GetProperty("pattern").GetString()!;
        JsonElement properties = definitions.GetProperty("entry").GetProperty("properties");

        foreach (string kind in DescriptionReader.Kinds)
        {
            Regex.IsMatch(kind, pattern, RegexOptions.NonBacktracking).Should().BeTrue("{0} is a kind", kind);
        }

        properties.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo(DescriptionReader.Keys);
    }

    [Fact]
    public void Documentation_ListsTheProgramsOfTheData()
    {
        Catalog catalog = DescriptionFolder.Read(s_programs);
        string text = File.ReadAllText(Path.Combine(Root, "docs/programs.md"));

        catalog.Problems.Should().BeEmpty();
        text.Should().Contain(ProgramList.Markdown(catalog).TrimEnd(), "`dotnet run --project eng/ProgramTables -- src/Guard.Shell/Programs --list` prints the list");
    }

    [Fact]
    public void Catalogue_HoldsTheProgramsThatAgentsUseMost()
    {
        Catalog catalog = DescriptionFolder.Read(s_programs);
        string[] most =
        [
            "cat", "cp", "mv", "rm", "mkdir", "rmdir", "ls", "touch", "head", "tail", "wc", "sort", "uniq", "cut", "tr", "tee", "ln", "chmod", "chown", "du", "df",
            "find", "grep", "rg", "fd", "sed", "awk", "jq", "tar", "gzip", "zip", "unzip", "git", "gh", "curl", "wget", "ssh", "scp", "rsync", "npm", "npx", "pnpm",
            "yarn", "pip", "python", "node", "cargo", "dotnet", "make", "docker", "kubectl", "psql",
        ];

        catalog.Entries.Where(e => e.Complete).Select(e => e.Path).Should().Contain(most);
        catalog.Entries.Count(e => !e.Path.Contains(' ')).Should().BeGreaterThan(150);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Guard.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run inside the repository");
    }

    /// <summary>The part of JSON Schema that the schema uses, over YAML nodes.</summary>
    private sealed class SchemaCheck(JsonElement root)
    {
        public void Check(YamlNode node, JsonElement schema, string at, List<string> problems)
        {
            if (schema.TryGetProperty("$ref", out JsonElement reference))
            {
                JsonElement target = root;
                foreach (string part in reference.GetString()!.TrimStart('#', '/').Split('/'))
                {
                    target = target.GetProperty(part);
                }

                Check(node, target, at, problems);
            }

            if (schema.TryGetProperty("anyOf", out JsonElement choices) && !choices.EnumerateArray().Any(choice => Passes(node, choice)))
            {
                problems.Add($"{at}: none of the choices");
            }

            if (schema.TryGetProperty("type", out JsonElement type) && !Types(type).Any(t => Is(node, t)))
            {
                problems.Add($"{at}: not a {type}");
            }

            string text = node is YamlScalarNode scalar ? scalar.Value ?? "" : "";
            if (schema.TryGetProperty("enum", out JsonElement words) && !words.EnumerateArray().Any(word => word.GetString() == text))
            {
                problems.Add($"{at}: `{text}` is none of {words}");
            }

            if (schema.TryGetProperty("pattern", out JsonElement pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.NonBacktracking))
            {
                problems.Add($"{at}: `{text}` does not match");
            }

            if (node is YamlSequenceNode list && schema.TryGetProperty("items", out JsonElement items))
            {
                foreach (YamlNode item in list)
                {
                    Check(item, items, at + "/item", problems);
                }
            }

            if (node is YamlMappingNode mapping)
            {
                Members(mapping, schema, at, problems);
            }
        }

        private void Members(YamlMappingNode mapping, JsonElement schema, string at, List<string> problems)
        {
            bool hasProperties = schema.TryGetProperty("properties", out JsonElement properties);
            bool hasRest = schema.TryGetProperty("additionalProperties", out JsonElement rest);
            if (schema.TryGetProperty("required", out JsonElement required))
            {
                problems.AddRange(required.EnumerateArray().Where(r => !mapping.Children.ContainsKey(new YamlScalarNode(r.GetString()))).Select(r => $"{at}: {r} is missing"));
            }

            foreach ((YamlNode key, YamlNode value) in mapping.Children)
            {
                string name = key.ToString();
                if (schema.TryGetProperty("propertyNames", out JsonElement names))
                {
                    Check(key, names, $"{at}/{name}", problems);
                }

                if (hasProperties && properties.TryGetProperty(name, out JsonElement property))
                {
                    Check(value, property, $"{at}/{name}", problems);
                }
                else if (hasRest && rest.ValueKind == JsonValueKind.False)
                {
                    problems.Add($"{at}: unknown member {name}");
                }
                else if (hasRest && rest.ValueKind == JsonValueKind.Object)
                {
                    Check(value, rest, $"{at}/{name}", problems);
                }
            }
        }

        private bool Passes(YamlNode node, JsonElement schema)
        {
            List<string> problems = [];
            Check(node, schema, "", problems);
            return problems.Count == 0;
        }

        private static IEnumerable<string> Types(JsonElement type) =>
            type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

        private static bool Is(YamlNode node, string type) => type switch
        {
            "object" => node is YamlMappingNode,
            "array" => node is YamlSequenceNode,
            "string" => node is YamlScalarNode,
            "null" => node is YamlScalarNode { Value: null or "" },
            "boolean" => node is YamlScalarNode { Value: "true" or "false" },
            "integer" => node is YamlScalarNode scalar && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            _ => false,
        };
    }
}
