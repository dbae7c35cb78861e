using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Guard.Mutation;

/// <summary>
/// The changes that stand in an assembly that Stryker changed, as a report of Stryker lists them: found in its code, where each one asks
/// whether it is on, with the place of the method in the unchanged source. What was changed into what is told by Stryker's log.
/// </summary>
internal static partial class ChangeList
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    /// <param name="changed">The changed assembly.</param>
    /// <param name="symbols">The symbols of the unchanged one.</param>
    /// <param name="unchanged">The unchanged one, for the places of its methods.</param>
    /// <param name="log">Of Stryker, at its debug level.</param>
    public static JsonObject Read(string changed, string unchanged, string symbols, string log)
    {
        var places = Places(unchanged, symbols);
        var texts = new Dictionary<int, (string Mutator, string Before, string After)>();
        foreach (Match created in Created().Matches(File.ReadAllText(log)))
        {
            texts[int.Parse(created.Groups["id"].Value)] = (created.Groups["mutator"].Value, OneLine(created.Groups["before"].Value), OneLine(created.Groups["after"].Value));
        }

        var files = new JsonObject();
        var listed = new HashSet<int>();
        foreach (var (method, id) in Changes(changed))
        {
            if (!listed.Add(id))
            {
                continue;
            }

            var (file, line) = places.GetValueOrDefault(method, ("elsewhere", 1));
            if (files[file] is not JsonObject of)
            {
                files[file] = of = new JsonObject { ["source"] = File.Exists(file) ? File.ReadAllText(file) : "", ["mutants"] = new JsonArray() };
            }

            var (mutator, before, after) = texts.GetValueOrDefault(id, ("?", "", ""));
            of["mutants"]!.AsArray().Add((JsonNode)new JsonObject
            {
                ["id"] = id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["mutatorName"] = mutator,
                ["replacement"] = $"{before}  =>  {after}",
                ["location"] = new JsonObject { ["start"] = new JsonObject { ["line"] = line, ["column"] = 1 } },
                ["method"] = method,
                ["status"] = "Pending",
            });
        }

        return new JsonObject { ["files"] = files };
    }

    private static IEnumerable<(string Method, int Id)> Changes(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            var name = Name(metadata, method);
            var code = file.GetMethodBody(method.RelativeVirtualAddress).GetILReader();
            int? number = null;
            while (code.RemainingBytes > 0)
            {
                short value = code.ReadByte();
                var instruction = Codes[value == 0xFE ? unchecked((short)((value << 8) | code.ReadByte())) : value];
                if (instruction.OperandType == OperandType.InlineSwitch)
                {
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    number = null;
                    continue;
                }

                if (instruction.OperandType == OperandType.InlineMethod)
                {
                    var token = MetadataTokens.EntityHandle(code.ReadInt32());
                    if (number is { } id && Called(metadata, token) == "MutantControl.IsActive")
                    {
                        yield return (name, id);
                    }

                    number = null;
                    continue;
                }

                number = Constant(instruction, ref code);
            }
        }
    }

    // The number that the instruction loads; null: it loads none. Its operand is read either way.
    private static int? Constant(OpCode instruction, ref BlobReader code)
    {
        if (instruction == OpCodes.Ldc_I4)
        {
            return code.ReadInt32();
        }

        if (instruction == OpCodes.Ldc_I4_S)
        {
            return code.ReadSByte();
        }

        code.Offset += instruction.OperandType switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            _ => 4,
        };
        return instruction.Value >= OpCodes.Ldc_I4_0.Value && instruction.Value <= OpCodes.Ldc_I4_8.Value ? instruction.Value - OpCodes.Ldc_I4_0.Value : null;
    }

    private static string? Called(MetadataReader metadata, EntityHandle handle)
    {
        if (handle.Kind != HandleKind.MethodDefinition)
        {
            return null;
        }

        var method = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
        return $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{metadata.GetString(method.Name)}";
    }

    // Lambdas, iterators and their like are of the type that they were written in: the compiler's names change with the code.
    private static string Name(MetadataReader metadata, MethodDefinition method)
    {
        var type = metadata.GetTypeDefinition(method.GetDeclaringType());
        var inner = Written().Match(metadata.GetString(type.Name));
        while (!type.GetDeclaringType().IsNil && metadata.GetString(type.Name).Contains('<', StringComparison.Ordinal))
        {
            type = metadata.GetTypeDefinition(type.GetDeclaringType());
        }

        var name = metadata.GetString(method.Name);
        var own = Written().Match(name);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}.{(inner.Success && inner.Groups[1].Length > 0 ? inner.Groups[1].Value : own.Success && own.Groups[1].Length > 0 ? own.Groups[1].Value : name)}";
    }

    private static Dictionary<string, (string File, int Line)> Places(string assembly, string symbols)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        using var provider = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(symbols));
        var debug = provider.GetMetadataReader();
        var places = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
        foreach (var handle in metadata.MethodDefinitions)
        {
            var points = debug.GetMethodDebugInformation(handle.ToDebugInformationHandle()).GetSequencePoints().Where(static point => !point.IsHidden).ToList();
            if (points.Count == 0)
            {
                continue;
            }

            var name = Name(metadata, metadata.GetMethodDefinition(handle));
            var (document, line) = (debug.GetString(debug.GetDocument(points[0].Document).Name), points.Min(static point => point.StartLine));
            if (!places.TryGetValue(name, out var known) || line < known.Item2)
            {
                places[name] = (document, line);
            }
        }

        return places;
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: > 160 } longer ? longer[..160] + "…" : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("^<([^>]*)>")]
    private static partial Regex Written();

    [GeneratedRegex(@"Mutant (?<id>\d+) created (?<before>.*?) -> (?<after>.*?) using (?:[\w.]*\.)?(?<mutator>\w+)", RegexOptions.Singleline)]
    private static partial Regex Created();
}
