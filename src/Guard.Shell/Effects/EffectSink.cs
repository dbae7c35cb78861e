namespace Guard.Shell.Effects;

/// <summary>Receives what the words of a command mean, and turns each into effects under the folder in force.</summary>
internal sealed class EffectSink(PathProbe probe)
{
    /// <summary>Changes of folder are followed so far; then the folder is not known. Paths would otherwise grow with each change.</summary>
    private const int MaxFolders = 16;

    /// <summary>So many folders above a path are named one by one; of a deeper one the first stands for all below it.</summary>
    private const int MaxFoldersAbove = 32;

    /// <summary>Each of these is made when something first comes into it: most commands do one thing, or none.</summary>
    private List<(int Word, Argument Folder)>? _folders;

    private List<Effect>? _effects;
    private List<InnerCommand>? _inner;
    private List<InlineCode>? _code;
    private List<OpaqueReason>? _opaque;

    public List<Effect> Effects => _effects ??= new List<Effect>(1);

    public List<InnerCommand> Inner => _inner ??= new List<InnerCommand>(1);

    public List<InlineCode> Code => _code ??= new List<InlineCode>(1);

    public List<OpaqueReason> Opaque => _opaque ??= new List<OpaqueReason>(1);

    public IReadOnlyList<Effect> AllEffects => (IReadOnlyList<Effect>?)_effects ?? [];

    public IReadOnlyList<InnerCommand> AllInner => (IReadOnlyList<InnerCommand>?)_inner ?? [];

    public IReadOnlyList<InlineCode> AllCode => (IReadOnlyList<InlineCode>?)_code ?? [];

    public IReadOnlyList<OpaqueReason> AllOpaque => (IReadOnlyList<OpaqueReason>?)_opaque ?? [];

    public bool RunsInput { get; private set; }

    /// <summary>See <see cref="Traits.MakesFolders"/>.</summary>
    public bool MakesFolders { get; init; }

    /// <summary>See <see cref="Traits.GlobsUrls"/>.</summary>
    public bool GlobsUrls { get; init; }

    /// <summary>See <see cref="Traits.KeepsFolders"/>.</summary>
    public bool KeepsFolders { get; init; }

    public SubtreeFilter Filter { get; set; } = SubtreeFilter.Everything;

    /// <summary>See <see cref="ProgramNode.PositionalDirectory"/>.</summary>
    public bool DirectoryIsPositional { get; set; }

    /// <summary>The folder after all changes, null where the command's own.</summary>
    public Argument? Directory => _folders is [.., var last] ? last.Folder : null;

    public void ChangeDirectory(Argument folder, int word)
    {
        _folders ??= [];
        if (_folders.Count < MaxFolders)
        {
            _folders.Add((word, _folders.Count > 0 ? Below(_folders[^1].Folder, folder) : folder));
        }
        else if (_folders.Count == MaxFolders)
        {
            _folders.Add((word, Argument.Unknown));
        }
    }

    public void File(Argument path, ValueUse use, int word, bool isImplicit, bool operand = true)
    {
        if (path.IsKnown && path.Text is "" or "-")
        {
            return;
        }

        if (GlobsUrls && (use.File & FileUse.Write) != FileUse.None)
        {
            path = CurlGlob.Written(path);
        }

        Argument placed = Placed(path, word, operand);
        bool within = placed.Form == ArgumentForm.Within;
        bool tree = use.Tree || within;
        if (!tree && use.File == (FileUse.Read | FileUse.Delete))
        {
            // A folder moves with all that is in it.
            tree = !placed.IsKnown || probe(placed.Text) is PathForm.Directory or PathForm.Unknown;
        }

        SubtreeFilter filter = within && path.Only is { } only ? new SubtreeFilter(only, [], LeftOut.None) : tree ? Filter : SubtreeFilter.Everything;
        Add(use, FileUse.Read, EffectAction.ReadFile);
        Add(use, FileUse.Write, EffectAction.WriteFile);
        Add(use, FileUse.Delete, EffectAction.DeleteFile);
        if (MakesFolders && placed.IsKnown && (use.File & FileUse.Write) != FileUse.None)
        {
            FoldersAbove(placed.Text, word);
        }

        void Add(ValueUse has, FileUse part, EffectAction action)
        {
            if ((has.File & part) != FileUse.None)
            {
                Effects.Add(new Effect(action, placed.Text)
                {
                    Subtree = tree,
                    Filter = filter,
                    Unknown = placed.Form is ArgumentForm.Partial or ArgumentForm.Words,
                    Implicit = isImplicit,
                    Runs = has.Kind == ValueKind.Script,
                    Word = word,
                });
            }
        }
    }

    /// <summary>The folders above a path that are not there. Without knowledge of the place those that the path itself names below the command's folder.</summary>
    private void FoldersAbove(string path, int word)
    {
        List<string> folders = [];
        int looked = 0;
        for (int slash = path.IndexOf('/', Math.Min(1, path.Length - 1)); slash > 0 && slash < path.Length - 1; slash = path.IndexOf('/', slash + 1))
        {
            string folder = path[..slash];
            if (++looked > MaxFoldersAbove)
            {
                Effects.Add(new Effect(EffectAction.WriteFile, folders.Count > 0 ? folders[0] : folder) { Subtree = true, Word = word });
                return;
            }

            if (ProgramEffects.BaseName(folder) is not ("" or "." or "..") && probe(folder) is var form
                && (form == PathForm.Missing || (form == PathForm.Unknown && path[0] != '/')))
            {
                folders.Add(folder);
            }
        }

        foreach (string folder in folders)
        {
            Effects.Add(new Effect(EffectAction.WriteFile, folder) { OnTheWay = true, Word = word });
        }
    }

    /// <summary>A target that is a folder receives the sources under their names.</summary>
    public void Into(Argument target, ValueUse use, IReadOnlyList<Argument> sources, int word)
    {
        Argument placed = Placed(target, word, operand: true);
        bool folderName = target.IsKnown && (target.Text.EndsWith('/') || target.Text is "." or "..");
        PathForm form = placed.IsKnown ? probe(placed.Text) : PathForm.Unknown;
        bool surelyFolder = folderName || sources.Count > 1 || form == PathForm.Directory;
        ValueUse write = new(ValueKind.File, FileUse.Write, use.Tree);
        if (!surelyFolder || sources.Count == 0 || !target.IsKnown)
        {
            File(target, write, word, isImplicit: false);
        }

        if (!target.IsKnown || form == PathForm.File || (form == PathForm.Missing && !surelyFolder))
        {
            return;
        }

        // A tree is copied to a name that is not there as it is, also where the name ends in a slash.
        if (use.Tree && sources.Count == 1 && form != PathForm.Directory && surelyFolder)
        {
            File(target, write, word, isImplicit: false);
        }

        foreach (Argument source in sources)
        {
            string name = KeepsFolders && source.IsKnown ? source.Text.TrimStart('/') : ProgramEffects.BaseName(source.Text.TrimEnd('/'));
            bool whole = source.Form is ArgumentForm.Within || name is "" or "." or "..";
            string folder = target.Text.TrimEnd('/') + "/";
            Argument into = whole ? Argument.Of(target.Text) : source.IsKnown ? Argument.Of(folder + name) : new Argument(folder + Argument.Hole, ArgumentForm.Partial);
            File(into, whole ? write with { Tree = true } : write, word, isImplicit: false);
        }
    }

    public void RemoteInto(Argument target, ValueUse use, IReadOnlyList<Argument> sources, int word)
    {
        if (RemotePlace.Host(target.Text) is { } host)
        {
            Connect(target, host, word);
            return;
        }

        Into(target, use, [.. sources.Select(s => RemotePlace.Path(s.Text) is { } path ? s.Part(path) : s)], word);
    }

    public void Remote(Argument source, ValueUse use, int word)
    {
        if (RemotePlace.Host(source.Text) is { } host)
        {
            Connect(source, host, word);
            return;
        }

        File(source, use, word, isImplicit: false);
    }

    public void Prefix(Argument prefix, int word)
    {
        if (!prefix.IsKnown)
        {
            File(prefix, ValueUse.Names["write"], word, isImplicit: false);
            return;
        }

        int slash = prefix.Text.LastIndexOf('/');
        string folder = slash < 0 ? "." : slash == 0 ? "/" : prefix.Text[..slash];
        Effects.Add(new Effect(EffectAction.WriteFile, Placed(Argument.Of(folder), word, true).Text)
        {
            Subtree = true,
            Filter = new SubtreeFilter([prefix.Text[(slash + 1)..] + "*"], [], LeftOut.None),
            Word = word,
        });
    }

    public void Host(Argument host, int word)
    {
        if (host.IsKnown && host.Text.Length == 0)
        {
            return;
        }

        Connect(host, RemotePlace.WithoutUser(host.Text), word);
    }

    public void Repository(Argument place, ValueUse use, EffectAction action, int word)
    {
        if (place.Text.Contains("://", StringComparison.Ordinal) && !place.Text.StartsWith("ext::", StringComparison.Ordinal))
        {
            WebText.Url(this, place, action, word);
        }
        else if (place.Text.StartsWith("ext::", StringComparison.Ordinal))
        {
            Inner.Add(new InnerCommand { ShellText = place.Part(place.Text[5..]), Word = word });
        }
        else if (place.Text.Contains("::", StringComparison.Ordinal))
        {
            Opaque.Add(new OpaqueReason("transport", word));
        }
        else if (RemotePlace.Host(place.Text) is { } host)
        {
            Connect(place, host, word);
        }
        else if (!place.IsKnown || place.Text.Contains('/') || place.Text.StartsWith('.') || probe(Placed(place, word, true).Text) is PathForm.File or PathForm.Directory)
        {
            File(place, use, word, isImplicit: false);
        }
    }

    /// <summary>A database in a file: <c>:memory:</c> is none, <c>file:x?mode=ro</c> is a path with settings. One that is not there is made.</summary>
    public void Database(Argument value, ValueUse use, int word)
    {
        string text = value.Text;
        if (value.IsKnown && text is ":memory:" or "")
        {
            return;
        }

        if (text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            int query = text.IndexOf('?');
            text = Uri.UnescapeDataString(query < 0 ? text[5..] : text[5..query]);
            text = text.StartsWith("//", StringComparison.Ordinal) ? text[Math.Max(text.IndexOf('/', 2), 2)..] : text;
        }

        Argument path = value.Part(text);
        bool isMade = path.IsKnown && probe(Placed(path, word, operand: true).Text) == PathForm.Missing;
        File(path, use with { Kind = ValueKind.File, File = isMade ? use.File | FileUse.Write : use.File }, word, isImplicit: false);
    }

    public void Script(Argument script, ValueUse use, int word)
    {
        if (script.IsKnown && script.Text is "-" or "/dev/stdin")
        {
            RunsInput = true;
            return;
        }

        if (script.Text.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            Code.Add(new InlineCode(script, word));
            return;
        }

        if (script.Text.Contains("://", StringComparison.Ordinal))
        {
            WebText.Url(this, script, EffectAction.WebFetch, word);
            Opaque.Add(new OpaqueReason("code-from-network", word));
            return;
        }

        File(script, use, word, isImplicit: false);
    }

    public void Environment(Argument name, int word) =>
        Effects.Add(new Effect(EffectAction.ReadEnv, name.Text) { Unknown = !name.IsKnown, Word = word });

    /// <summary>A variable's name or an assignment, as builtins take them: a subscript is evaluated, with the substitutions in it.</summary>
    public void Variable(Argument name, int word)
    {
        int bracket = name.Text.IndexOf('[');
        if (bracket >= 0 && (name.Text.AsSpan(bracket).Contains("$(", StringComparison.Ordinal) || name.Text.AsSpan(bracket).Contains('`')))
        {
            Opaque.Add(new OpaqueReason("subscript", word));
        }
    }

    public void KeyedFile(Argument value, ValueUse use, int word)
    {
        int equals = value.Text.IndexOf('=');
        File(equals < 0 ? value : value.Part(value.Text[(equals + 1)..]), use with { Kind = ValueKind.File }, word, isImplicit: false, operand: false);
    }

    /// <summary><c>host-path:container-path[:ro]</c>; a name without a slash is a volume of the engine.</summary>
    public void Volume(Argument value, ValueUse use, int word)
    {
        string[] parts = value.Text.Split(':');
        if (parts.Length < 2 && value.IsKnown)
        {
            return;
        }

        bool readOnly = parts.Length > 2 && parts[2].Split(',').Contains("ro", StringComparer.Ordinal);
        Mounted(value.Part(parts[0]), use, readOnly, word);
    }

    /// <summary><c>type=bind,source=PATH,target=…[,readonly]</c>.</summary>
    public void Mount(Argument value, ValueUse use, int word)
    {
        string[] parts = value.Text.Split(',');
        bool readOnly = parts.Any(p => p is "ro" or "readonly" or "ro=true" or "readonly=true");
        string? source = parts.FirstOrDefault(p => p.StartsWith("src=", StringComparison.Ordinal) || p.StartsWith("source=", StringComparison.Ordinal));
        if (source is not null)
        {
            Mounted(value.Part(source[(source.IndexOf('=') + 1)..]), use, readOnly, word);
        }
        else if (!value.IsKnown)
        {
            File(Argument.Unknown, use with { Kind = ValueKind.File }, word, isImplicit: false);
        }
    }

    /// <summary>A revision, a range of them, <c>revision:path</c>, or a path: git decides by what exists, so both count.</summary>
    public void Revision(Argument value, ValueUse use, int word)
    {
        if (value.IsKnown && value.Text.Length == 0)
        {
            return;
        }

        int colon = value.Text.IndexOf(':');
        if (colon >= 0 && !value.Text.StartsWith(":(", StringComparison.Ordinal) && !value.Text.StartsWith(":/", StringComparison.Ordinal))
        {
            string path = value.Text[(colon + 1)..];
            if (path is ['0' or '1' or '2' or '3', ':', .. string staged])
            {
                path = staged;
            }

            File(value.Part(path.Length == 0 ? "." : path), use with { Kind = ValueKind.File, Tree = path.Length == 0 || use.Tree }, word, isImplicit: false);
        }
        else
        {
            File(PathSpec(value), use with { Kind = ValueKind.File }, word, isImplicit: false);
        }
    }

    // ":(top)x", ":/x" and ":!x" are git's path specifications.
    private static Argument PathSpec(Argument value)
    {
        string text = value.Text;
        if (text.StartsWith(":(", StringComparison.Ordinal) && text.IndexOf(')') is > 0 and var close)
        {
            text = text[(close + 1)..];
        }
        else if (text.StartsWith(':'))
        {
            text = text.TrimStart(':', '/', '!', '^');
        }

        return text.Length == 0 ? value.Part(".") : value.Part(text);
    }

    private void Mounted(Argument source, ValueUse use, bool readOnly, int word)
    {
        if (source.IsKnown && source.Text is not ['/' or '.' or '~', ..])
        {
            return;
        }

        File(source, new ValueUse(ValueKind.File, readOnly ? FileUse.Read : use.File, Tree: true), word, isImplicit: false);
    }

    private void Connect(Argument of, string host, int word) =>
        Effects.Add(new Effect(EffectAction.Connect, host) { Unknown = host.Contains(Argument.Hole) || of.Form == ArgumentForm.Words, Word = word });

    private Argument Placed(Argument path, int word, bool operand)
    {
        Argument? folder = null;
        if (!DirectoryIsPositional)
        {
            folder = Directory;
        }
        else if (operand && _folders is not null)
        {
            foreach ((int at, Argument changed) in _folders)
            {
                if (word < 0 || at < word)
                {
                    folder = changed;
                }
            }
        }

        return folder is { } inForce ? Below(inForce, path) : path;
    }

    private static Argument Below(Argument folder, Argument path)
    {
        if (path.Text.StartsWith('/') || path.Form == ArgumentForm.Words || (path.Text.StartsWith("~/", StringComparison.Ordinal) && path.IsKnown))
        {
            return path;
        }

        string text = path.Text == "." ? folder.Text : folder.Text.TrimEnd('/') + "/" + path.Text;
        if (folder.Form == ArgumentForm.Within)
        {
            return Argument.Below(folder.Text);
        }

        return folder.Form == ArgumentForm.Words ? Argument.Unknown
            : folder.Form == ArgumentForm.Partial ? new Argument(text, ArgumentForm.Partial)
            : path with { Text = text };
    }
}
