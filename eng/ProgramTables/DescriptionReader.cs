using System.Text;
using Guard.Shell.Effects;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Guard.ProgramTables;

/// <summary>Reads description files, checks them strictly, and makes each entry's lines. All problems are reported, none stops the others.</summary>
public sealed class DescriptionReader
{
    /// <summary>The words for kinds of values, for the schema.</summary>
    public static IEnumerable<string> Kinds => ValueUse.Names.Keys;

    /// <summary>The keys that an entry may have, for the schema.</summary>
    public static IEnumerable<string> Keys => [.. s_traits, .. s_attributes, .. s_others];

    private static readonly string[] s_traits =
        ["operands", "dashes", "subtree", "default", "leaves-out", "filter", "inert", "wrapper", "output", "saves", "prints-names", "makes-folders", "keeps-folders", "globs-urls", "runs-input", "fills", "reads", "effects"];

    private static readonly string[] s_attributes = ["complete", "syntax", "stops", "named", "bundle", "globals", "elsewhere", "chdir", "assignments", "looks", "changes", "words"];

    private static readonly string[] s_others = ["names", "about", "use", "differs", "options", "settings", "when", "commands"];

    private static readonly Dictionary<string, string[]> s_choices = new()
    {
        ["complete"] = ["true", "false"],
        ["bundle"] = ["true"],
        ["elsewhere"] = ["true"],
        ["assignments"] = ["true"],
        ["syntax"] = ["gnu", "long", "none"],
        ["globals"] = ["anywhere", "before"],
        ["chdir"] = ["operands", "all"],
        ["subtree"] = ["true", "false"],
        ["filter"] = ["true", "false"],
        ["inert"] = ["true", "false"],
        ["prints-names"] = ["true", "false"],
        ["makes-folders"] = ["true", "false"],
        ["keeps-folders"] = ["true", "false"],
        ["globs-urls"] = ["true", "false"],
        ["runs-input"] = ["true", "false"],
        ["reads"] = ["true", "false"],
        ["words"] = ["plain", "data"],
        ["wrapper"] = ["transparent", "changer", "none"],
        ["saves"] = ["file", "tree", "none"],
        ["fills"] = ["input", "roots"],
    };

    private static readonly string[] s_verbs =
        ["read", "read-tree", "write", "write-tree", "edit", "edit-tree", "delete", "delete-tree", "env", "connect", "fetch", "post", "opaque", "run"];

    private readonly List<Entry> _entries = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, YamlMappingNode> _groups = [];
    private readonly List<(string File, string Name, YamlMappingNode Body)> _programs = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, List<DocumentedOption>> _documented = [];
    private string _file = "";

    /// <summary>Takes a list that eng/documented-options.py made: <c>subcommand TAB names TAB arity TAB placeholder</c>.</summary>
    public void ReadDocumented(string program, string text)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] columns = line.Split('\t');
            string path = columns[0].Length == 0 ? program : $"{program} {columns[0]}";
            if (!_documented.TryGetValue(path, out List<DocumentedOption>? options))
            {
                _documented[path] = options = [];
            }

            options.Add(new DocumentedOption(columns[1].Split(','), columns[2], columns[3]));
        }
    }

    public void Read(string file, string text)
    {
        _file = file;
        YamlStream stream = [];
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException problem)
        {
            _problems.Add($"{file}({problem.Start.Line},{problem.Start.Column}): error GPT1: {problem.Message}");
            return;
        }
        catch (InvalidOperationException problem)
        {
            // The YAML scanner throws this on some texts that are not YAML.
            _problems.Add($"{file}(1,1): error GPT1: not readable as YAML ({problem.Message}); in braces, keys and values that hold `?` need quotes");
            return;
        }

        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            _problems.Add($"{file}(1,1): error GPT1: a description file is one mapping: `program: {{ ... }}`");
            return;
        }

        foreach ((YamlNode key, YamlNode value) in root.Children)
        {
            if (value is not YamlMappingNode body)
            {
                Problem(value, $"`{key}` is not a mapping");
            }
            else if (key.ToString() is ['_', .. string group])
            {
                if (!_groups.TryAdd(group, body))
                {
                    Problem(key, $"the option group `{group}` is there twice");
                }
            }
            else
            {
                // "join comm: {...}" describes several programs alike; each stays its own.
                _programs.AddRange(key.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => (file, name, body)));
            }
        }
    }

    public Catalog Finish()
    {
        foreach ((string file, string name, YamlMappingNode body) in _programs)
        {
            _file = file;
            Node(name, [name], body, []);
        }

        return new Catalog(_entries, _problems);
    }

    private void Node(string path, IReadOnlyList<string> paths, YamlMappingNode body, HashSet<string> inherited)
    {
        List<string> names = [.. paths];
        if (paths.Count == 1 && !path.Contains(' '))
        {
            names.AddRange(Words(body, "names"));
        }

        foreach (string name in names)
        {
            if (!_names.TryAdd(name, path))
            {
                Problem(body, $"`{name}` is described twice, here and at `{_names[name]}`");
            }

            if (name.Any(c => c is < ' ' or > '~'))
            {
                Problem(body, $"`{name}` is not plain ASCII");
            }
        }

        StringBuilder lines = new();
        Unknown(body, [.. s_traits, .. s_attributes, .. s_others]);
        foreach (string attribute in s_attributes)
        {
            if (Text(body, attribute) is { } value && value is not ("false" or "before" or "all"))
            {
                Choice(body, attribute, value);
                lines.Append("a ").Append(attribute).Append(value == "true" ? "" : " " + value).Append('\n');
            }
        }

        OptionTable table = new();
        Options(body, table);
        foreach (string group in Words(body, "use"))
        {
            if (_groups.TryGetValue(group, out YamlMappingNode? shared))
            {
                Options(shared, table);
                Settings(shared, lines);
                TraitsOf(shared, lines);
            }
            else
            {
                Problem(body, $"there is no option group `_{group}`");
            }
        }

        Documented(path, body, table, inherited);
        if (Scalar(body, "complete") == "true" && Scalar(body, "syntax") is null)
        {
            // Every program of this kind shows its help.
            table.Add("flag", ["--help"]);
            if (path.Contains(' ') || Get(body, "commands") is not null)
            {
                table.Add("flag", ["-h"]);
            }
        }

        table.Write(lines);
        HashSet<string> options = [.. table.Names];

        Settings(body, lines);
        TraitsOf(body, lines);
        HashSet<string> visible = [.. inherited, .. options];
        Children(path, body, lines, Scalar(body, "globals") == "anywhere" ? visible : inherited);
        foreach (string group in Words(body, "use"))
        {
            if (_groups.TryGetValue(group, out YamlMappingNode? shared))
            {
                Cases(shared, lines, visible);
            }
        }

        Cases(body, lines, visible);
        bool complete = Scalar(body, "complete") == "true";
        _entries.Add(new Entry(path, names, lines.ToString())
        {
            File = Path.GetFileNameWithoutExtension(_file),
            Complete = complete,
            Documented = complete && _documented.TryGetValue(path, out List<DocumentedOption>? listed) ? listed.Count : 0,
        });
    }

    private void Children(string path, YamlMappingNode body, StringBuilder lines, HashSet<string> visible)
    {
        if (Get(body, "commands") is not { } commands)
        {
            return;
        }

        if (commands is not YamlMappingNode children)
        {
            Problem(commands, "`commands` is a mapping from a subcommand to its description");
            return;
        }

        foreach ((YamlNode key, YamlNode value) in children.Children)
        {
            string[] names = key.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in names)
            {
                // "build test vet: {...}" describes several subcommands alike; each stays its own.
                YamlMappingNode child = value as YamlMappingNode ?? [];
                if (value is not YamlMappingNode && value.ToString().Length > 0)
                {
                    Problem(value, $"`{name}` is not a mapping");
                }

                lines.Append("c ").Append(name);
                foreach (string alias in names.Length == 1 ? Words(child, "names") : [])
                {
                    lines.Append(' ').Append(alias);
                }

                lines.Append('\n');
                Node($"{path} {name}", [$"{path} {name}"], child, visible);
            }
        }
    }

    private void Options(YamlMappingNode body, OptionTable table)
    {
        if (Get(body, "options") is not { } given)
        {
            return;
        }

        if (given is not YamlMappingNode kinds)
        {
            Problem(given, "`options` is a mapping from a kind to option names");
            return;
        }

        foreach ((YamlNode kind, YamlNode names) in kinds.Children)
        {
            if (!OptionSpec.TryParseKind(kind.ToString(), out _, out _, out _))
            {
                Problem(kind, $"`{kind}` is no kind of value; the kinds are flag, {string.Join(", ", ValueUse.Names.Keys.Order(StringComparer.Ordinal))}");
            }

            string[] words = Split(names);
            foreach (string name in words.SelectMany(word => word == "," ? [word] : word.Split(',')))
            {
                if (name.Length == 0 || name.Any(c => c is <= ' ' or > '~'))
                {
                    Problem(names, $"`{name}` is no option name");
                }

            }

            foreach (string word in words)
            {
                table.Add(kind.ToString(), word == "," ? [word] : word.Split(','));
            }
        }
    }

    /// <summary>
    /// Joins the options that the program documents: those that are not described are flags or plain values. A documented value that is by its
    /// placeholder a file, a command or a place must be described, so that a description cannot overlook it.
    /// </summary>
    private void Documented(string path, YamlMappingNode body, OptionTable table, HashSet<string> inherited)
    {
        if (Scalar(body, "complete") != "true" || !_documented.TryGetValue(path, out List<DocumentedOption>? documented))
        {
            return;
        }

        string[] differs = Words(body, "differs");
        foreach (DocumentedOption option in documented)
        {
            string? kind = table.KindOf(option.Names);
            if (kind is null && option.Names.All(inherited.Contains))
            {
                continue;
            }

            if (kind is null)
            {
                if (option.NamesResource)
                {
                    Problem(body, $"`{path}`: the value of {string.Join(", ", option.Names)} is {option.Placeholder}: describe it (as `plain` if it is none)");
                }

                table.Add(option.Arity switch { "none" => "flag", "optional" => "plain?", _ => "plain" }, [.. option.Names.Where(name => !inherited.Contains(name))]);
                continue;
            }

            if (!option.Agrees(kind) && !option.Names.Any(name => differs.Contains(name, StringComparer.Ordinal)))
            {
                Problem(body, $"`{path}`: {string.Join(", ", option.Names)} is described as `{kind}`, but the program documents its value as {option.Arity} ({option.Placeholder})");
            }

            table.Join(option.Names);
        }
    }

    private void Settings(YamlMappingNode body, StringBuilder lines)
    {
        if (Get(body, "settings") is not YamlMappingNode settings)
        {
            return;
        }

        foreach ((YamlNode kind, YamlNode keys) in settings.Children)
        {
            if (!ValueUse.Names.ContainsKey(kind.ToString()))
            {
                Problem(kind, $"`{kind}` is no kind of value");
            }

            lines.Append("s ").Append(kind).Append('\t').AppendJoin(' ', Split(keys)).Append('\n');
        }
    }

    private void Cases(YamlMappingNode body, StringBuilder lines, HashSet<string> visible)
    {
        if (Get(body, "when") is not { } given)
        {
            return;
        }

        if (given is not YamlSequenceNode cases)
        {
            Problem(given, "`when` is a list of cases");
            return;
        }

        foreach (YamlNode item in cases)
        {
            if (item is not YamlMappingNode when || Scalar(when, "if") is not { Length: > 0 } condition)
            {
                Problem(item, "a case has an `if`");
                continue;
            }

            Unknown(when, [.. s_traits, "if", "options"]);
            foreach (Condition.Atom atom in Condition.Parse(condition).Groups.SelectMany(group => group))
            {
                if (!atom.CountsOperands && !atom.AsksForReadingSql && !visible.Contains(atom.Option))
                {
                    Problem(when, $"`{atom.Option}` is not an option of this entry");
                }
            }

            lines.Append("w ").Append(condition).Append('\n');
            OptionTable changed = new();
            Options(when, changed);
            changed.Write(lines);
            TraitsOf(when, lines);
        }
    }

    private void TraitsOf(YamlMappingNode body, StringBuilder lines)
    {
        foreach (string trait in s_traits)
        {
            if (Get(body, trait) is not { } node)
            {
                continue;
            }

            if (trait == "effects")
            {
                Effects(node, lines);
                continue;
            }

            string value = node.ToString();
            Choice(body, trait, value);
            if (trait is "operands" or "dashes")
            {
                if (!OperandSlots.TryParse(value, out _))
                {
                    Problem(node, $"`{value}` is no list of operands: kinds with `?` or one with `*`");
                }

                lines.Append(trait == "operands" ? 'o' : 'd').Append(' ').Append(value).Append('\n');
            }
            else
            {
                lines.Append("t ").Append(trait).Append(' ').Append(value).Append('\n');
            }
        }
    }

    private void Effects(YamlNode node, StringBuilder lines)
    {
        foreach (YamlNode item in node is YamlSequenceNode list ? list : (IEnumerable<YamlNode>)[node])
        {
            string text = item.ToString();
            string verb = text.Split(' ')[0];
            if (!s_verbs.Contains(verb, StringComparer.Ordinal) || verb.Length == text.Length)
            {
                Problem(item, $"`{text}` is no effect: one of {string.Join(", ", s_verbs)}, then a blank and the resource");
            }

            lines.Append("e ").Append(text).Append('\n');
        }
    }

    private void Choice(YamlMappingNode body, string name, string value)
    {
        if (name is "stops" or "named" && !int.TryParse(value, out _))
        {
            Problem(Get(body, name)!, $"`{name}` is a number of operands");
        }
        else if (s_choices.TryGetValue(name, out string[]? choices) && !choices.Contains(value, StringComparer.Ordinal))
        {
            Problem(Get(body, name)!, $"`{name}: {value}`: the choices are {string.Join(", ", choices)}");
        }
    }

    private void Unknown(YamlMappingNode body, string[] allowed)
    {
        foreach (YamlNode key in body.Children.Keys)
        {
            if (!allowed.Contains(key.ToString(), StringComparer.Ordinal))
            {
                Problem(key, $"unknown key `{key}`; there are {string.Join(", ", allowed)}");
            }
        }
    }

    private static YamlNode? Get(YamlMappingNode body, string key) => body.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    private static string? Scalar(YamlMappingNode body, string key) => Get(body, key) is YamlScalarNode { Value: { } value } ? value : null;

    /// <summary>A list is its entries joined by commas.</summary>
    private static string? Text(YamlMappingNode body, string key) =>
        Get(body, key) is YamlSequenceNode list ? string.Join(", ", list.Select(item => item.ToString())) : Scalar(body, key);

    private static string[] Words(YamlMappingNode body, string key) => Get(body, key) is { } node ? Split(node) : [];

    private static string[] Split(YamlNode node) => node is YamlSequenceNode list
        ? [.. list.SelectMany(item => item.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))]
        : node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private void Problem(YamlNode at, string message) =>
        _problems.Add($"{_file}({at.Start.Line},{at.Start.Column}): error GPT2: {message}");
}
