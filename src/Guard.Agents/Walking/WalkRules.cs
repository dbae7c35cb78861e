using System.Buffers;
using System.Collections.Frozen;
using Guard.Agents.Paths;
using Guard.Shell.Effects;

namespace Guard.Agents.Walking;

/// <summary>What a program passes over when it goes through a folder. In doubt it passes over nothing.</summary>
internal sealed class WalkRules
{
    /// <summary>Programs that go through a folder without following the links in it, unless an option says so.</summary>
    private static bool IsStayer(string program) =>
        program is "grep" or "egrep" or "fgrep" or "rg" or "ag" or "ack" or "git" or "rm" or "mv" or "cp" or "chmod" or "chown" or "chgrp" or
            "tar" or "rsync" or "find" or "fd" or "fdfind" or "ls" or "tree" or "du" or "docker" or "podman" or "cargo" or "dotnet" or "black" or
            "ruff" or "prettier" or "shred" or "trash" or "trash-put";

    /// <summary>Programs whose ignore files are those of git. Others have files of their own, which are not read here.</summary>
    private static bool IgnoresLikeGit(string program) =>
        program is "git" or "rg" or "fd" or "fdfind" or "ag" or "cargo" or "dotnet" or "black" or "ruff";

    private static bool IsFollowOption(string option) =>
        option is "-L" or "-H" or "-R" or "--dereference" or "--dereference-recursive" or "--dereference-command-line" or "--follow" or "-h" or
            "--copy-links" or "--copy-dirlinks" or "--copy-unsafe-links" or "-k" or "-l" or "--keep-dirlinks";

    /// <summary>Formatters and checkers, by the names of the files that they take from a folder.</summary>
    private static readonly FrozenDictionary<string, string[]> Sources = Languages(
        (["cargo", "rustfmt"], ["*.rs"]),
        (["gofmt", "goimports", "gofumpt", "golangci-lint", "staticcheck"], ["*.go"]),
        (["dotnet"], ["*.cs", "*.vb", "*.fs", "*.csproj", "*.razor", "*.cshtml"]),
        (["black", "isort", "autopep8", "yapf", "flake8", "pylint", "mypy", "pyright", "pyupgrade", "pyflakes", "pydocstyle", "bandit", "vulture", "ruff"], ["*.py", "*.pyi", "*.ipynb", "pyproject.toml"]),
        (["rubocop"], ["*.rb", "*.rake", "*.gemspec", "Rakefile", "Gemfile"]),
        (["eslint", "standard", "xo", "oxlint"], ["*.js", "*.jsx", "*.ts", "*.tsx", "*.mjs", "*.cjs", "*.mts", "*.cts", "*.vue", "*.svelte"]),
        (["prettier", "biome", "deno"], ["*.js", "*.jsx", "*.ts", "*.tsx", "*.mjs", "*.cjs", "*.mts", "*.cts", "*.vue", "*.svelte", "*.astro", "*.json", "*.json5", "*.jsonc", "*.css", "*.scss", "*.sass", "*.less", "*.html", "*.md", "*.mdx", "*.yml", "*.yaml", "*.graphql", "*.gql", "*.hbs", "*.ipynb", "*.sql"]),
        (["stylelint"], ["*.css", "*.scss", "*.sass", "*.less", "*.sss", "*.pcss", "*.vue", "*.svelte", "*.astro", "*.html"]),
        (["terraform", "tofu"], ["*.tf", "*.tofu", "*.tfvars", "*.hcl"]),
        (["yamllint"], ["*.yml", "*.yaml", ".yamllint"]),
        (["markdownlint", "markdownlint-cli2"], ["*.md", "*.markdown", "*.mdx"]));

    private static readonly SearchValues<char> Uncertain = SearchValues.Create("[]{}!\\/");

    private static readonly string[] GitFolder = [".git"];

    private readonly IReadOnlyList<string> _only;
    private readonly IReadOnlyList<string> _except;
    private readonly bool _hidden;
    private readonly bool _ignored;
    private readonly bool _onlyUntracked;
    private readonly bool _dockerIgnored;

    private WalkRules(IReadOnlyList<string> only, IReadOnlyList<string> except, bool hidden, bool ignored, bool onlyUntracked, bool dockerIgnored, bool follows)
    {
        (_only, _except, _hidden, _ignored, _onlyUntracked, _dockerIgnored, FollowsLinks) = (only, except, hidden, ignored, onlyUntracked, dockerIgnored, follows);
        Key = $"{string.Join('\0', only)}\0\0{string.Join('\0', except)}\0\0{hidden}{ignored}{onlyUntracked}{dockerIgnored}{follows}";
    }

    /// <summary>The program goes where links in the folder lead.</summary>
    public bool FollowsLinks { get; }

    public bool LeavesSomethingOut => _hidden || _ignored || _dockerIgnored || _only.Count > 0 || _except.Count > 0;

    /// <summary>The same for rules that pass over the same.</summary>
    public string Key { get; }

    public static WalkRules Of(PathUse use)
    {
        var filter = use.Filter;
        var program = use.Program?.Effects?.Program;
        var certain = filter.Only.All(IsCertain);
        var sources = filter.Only.Count == 0 && program is not null ? Sources.GetValueOrDefault(program) : null;
        var follows = use.Program is { } command && (program is null || !IsStayer(program) || command.Effects!.Options.Any(o => o.Names.Any(IsFollowOption)));

        // A pattern for names goes before hidden and ignored files.
        var named = filter.Only.Count > 0;
        var ignored = (filter.LeftOut & (LeftOut.Ignored | LeftOut.Untracked)) != LeftOut.None && (program is null || IgnoresLikeGit(program));
        return new WalkRules(
            sources ?? (certain ? filter.Only : []),
            [.. filter.Except.Select(static e => e.TrimEnd('/')).Where(IsCertain), .. sources is not null || program is "git" or "prettier" or "biome" ? GitFolder : []],
            !named && filter.LeftOut.HasFlag(LeftOut.Hidden),
            !named && ignored,
            program is "git",
            filter.LeftOut.HasFlag(LeftOut.Ignored) && program is ("docker" or "podman"),
            follows);
    }

    /// <summary>Only files of certain names are used, and everything in folders of these names.</summary>
    public bool NamesSome => _only.Count > 0;

    public bool Names(string name)
    {
        foreach (var only in _only)
        {
            if (NamePattern.IsMatch(only, name, ignoreCase: true, oneCharacter: true)) return true;
        }

        return _only.Count == 0;
    }

    public bool LeavesOut(string name)
    {
        if (_hidden && name[0] == '.') return true;
        foreach (var except in _except)
        {
            if (NamePattern.IsMatch(except, name, ignoreCase: false, oneCharacter: true)) return true;
        }

        return false;
    }

    /// <summary>The ignore files for a root; null where none count.</summary>
    public IgnoreFiles? Ignored(IPathView paths, string root) => _ignored ? IgnoreFiles.Above(paths, root, _onlyUntracked) : _dockerIgnored ? IgnoreFiles.OfContext(paths, root) : null;

    private static bool IsCertain(string pattern) => pattern.Length > 0 && pattern.AsSpan().IndexOfAny(Uncertain) < 0;

    private static FrozenDictionary<string, string[]> Languages(params (string[] Programs, string[] Names)[] rows) =>
        rows.SelectMany(static row => row.Programs.Select(program => KeyValuePair.Create(program, row.Names))).ToFrozenDictionary(StringComparer.Ordinal);
}
