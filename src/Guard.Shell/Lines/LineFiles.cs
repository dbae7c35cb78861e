using Guard.Shell.Analysis;
using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>
/// Files that the line itself writes, and those that it runs: a script that is made and started by one line is what its text does.
/// </summary>
/// <remarks>
/// In whatever order: a loop, a function or a job in the background may run first what is written further on. A file is known by its last name, because links,
/// folders that move and folders that are not known give it other ones; a text of another file of the same name is looked at for nothing.
/// </remarks>
internal sealed class LineFiles
{
    /// <summary>Texts of one file beyond which it counts as not known.</summary>
    private const int MaxTexts = 8;

    /// <summary>Effects of one copy beyond which its operands go into a folder, under the names that they have.</summary>
    private const int MaxCopied = 32;

    private readonly Dictionary<string, List<string>> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _sources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);
    private readonly List<FileRun> _runs = [];

    /// <summary>A text that the file has, instead of what it held before; null: one that is not known.</summary>
    public void Write(string path, string? text)
    {
        var name = NameOf(path);
        if (text is null)
        {
            _unknown.Add(name);
            return;
        }

        if (!_texts.TryGetValue(name, out var texts))
            _texts[name] = texts = [];
        if (texts.Contains(text))
            return;
        if (texts.Count == MaxTexts)
            _unknown.Add(name);
        else
            texts.Add(text);
    }

    /// <summary>The file has what another one has.</summary>
    public void Copy(string from, string to)
    {
        if (!_sources.TryGetValue(NameOf(to), out var sources))
            _sources[NameOf(to)] = sources = new HashSet<string>(StringComparer.Ordinal);
        sources.Add(NameOf(from));
    }

    /// <summary>What a program writes into files, beside redirects.</summary>
    public void Note(CommandEffects effects, ShellInput input, TextWalk text)
    {
        var copies = effects.Program is "cp" or "gcp" or "mv" or "gmv" or "install" or "ginstall" or "ln" or "gln" or "link" or "rsync" or "scp" or "git";
        var keeps = effects.Program is "chmod" or "gchmod" or "chown" or "chgrp" or "touch" or "gtouch" or "setfacl" or "chattr";

        // Of those another reason is known why they must not be run.
        var isFetched = PipedText.OpacityOfFile(effects) is not null;
        var readsStream = copies && effects.Effects.Any(static e => e.Action == EffectAction.ReadFile && PathPlace.IsStream(e.Resource));
        foreach (var written in effects.Effects)
        {
            if (written.Action != EffectAction.WriteFile || written.Resource.Contains(Argument.Hole))
                continue;
            if (written is { Subtree: true, Filter.Only: [[.. var prefix, '*']] } && effects.Program is "split" or "gsplit" or "csplit" or "gcsplit")
                _prefixes.Add(prefix);
            if (effects.Program == "tee")
                Write(written.Resource, effects.Options.Count == 0 ? PrintedText.Given(input, text) : null);
            else if (readsStream)
                Write(written.Resource, null);
            else if (copies && effects.Effects.Count <= MaxCopied)
                CopyAll(effects, written.Resource);
            else if (!copies && ((!keeps && _texts.ContainsKey(NameOf(written.Resource))) || (written is { Subtree: false, OnTheWay: false, Guessed: false } && !keeps && !isFetched && !Builds(effects.Program))))
                Write(written.Resource, null);
        }
    }

    /// <summary>What it writes are programs, and made of what was there before.</summary>
    private static bool Builds(string program) =>
        program is "gcc" or "g++" or "cc" or "c++" or "clang" or "clang++" or "gfortran" or "rustc" or "go" or "ld" or "as" or "ar" or "strip" or "objcopy" or "ghc" or "ocamlc" or "ocamlopt" or "nim" or "zig" or "swiftc"
            or "kotlinc" or "javac" or "jar" or "dmd" or "crystal" or "v" or "fpc" or "mcs" or "csc" or "dotnet" or "cargo" or "make" or "gmake" or "cmake" or "ninja" or "meson" or "bazel" or "npm" or "npx" or "pnpm" or "yarn" or "bun"
            or "deno" or "node" or "tsc" or "esbuild" or "pip" or "pip3" or "uv" or "python" or "python3" or "gradle" or "mvn" or "mkdir" or "mktemp" or "mkfifo" or "docker" or "podman";

    private void CopyAll(CommandEffects effects, string to)
    {
        foreach (var read in effects.Effects)
        {
            if (read.Action is EffectAction.ReadFile or EffectAction.DeleteFile && !read.Resource.Contains(Argument.Hole))
                Copy(read.Resource, to);
        }
    }

    public void Run(FileRun run) => _runs.Add(run);

    /// <summary>Has what runs files of the line look at their texts, which may run more of them.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Follow(LineOutput output)
    {
        var hasFollowed = false;
        for (var i = 0; i < _runs.Count && !output.IsExhausted; i++)
        {
            var run = _runs[i];
            if (_texts.Count == 0 && _unknown.Count == 0 && _prefixes.Count == 0)
                continue;
            foreach (var name in OwnScripts.Of(run.Path) is { } own ? own.Where(IsWritten).SelectMany(NamesOf) : run.Path.AsSpan().IndexOfAny('*', '?', '[') < 0 ? NamesOf(run.Path) : Names())
            {
                if (!output.Step(run.Place.Span))
                    return hasFollowed;
                if (_unknown.Contains(name) || _prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                    run.Walk.Script(run, null);
                if (!_texts.TryGetValue(name, out var texts))
                    continue;
                hasFollowed = true;
                foreach (var text in texts.ToArray())
                    run.Walk.Script(run, text);
            }
        }

        return hasFollowed;
    }

    private bool IsWritten(string name) => _unknown.Contains(name) || _texts.ContainsKey(name) || _sources.ContainsKey(name);

    // A pattern that matched nothing before the line was run may match any of them.
    private List<string> Names() => [.. _texts.Keys.Union(_unknown, StringComparer.Ordinal)];

    /// <summary>The file and all that it may be a copy of.</summary>
    private List<string> NamesOf(string path)
    {
        List<string> names = [NameOf(path)];
        for (var i = 0; i < names.Count; i++)
        {
            if (_sources.TryGetValue(names[i], out var sources))
                names.AddRange(sources.Where(source => !names.Contains(source)));
        }

        return names;
    }

    private static string NameOf(string path) => path[(path.TrimEnd('/').LastIndexOf('/') + 1)..].TrimEnd('/');
}

/// <summary>A file that a command runs as a script.</summary>
/// <param name="Path">As it is run.</param>
/// <param name="Shell">The shell that reads it; empty: what its first line says; null: the shell of the line itself.</param>
/// <param name="Place">Of the command.</param>
/// <param name="Command">The command's index.</param>
/// <param name="Walk">What follows the text.</param>
internal sealed record FileRun(string Path, string? Shell, CommandPlace Place, int Command, CommandWalk Walk);
