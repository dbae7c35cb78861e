namespace Guard.Shell.Effects;

/// <summary>Words that name what is fetched and sent: URLs, and the data, forms and files of curl and its like.</summary>
internal static class WebText
{
    public static void Url(EffectSink sink, Argument url, EffectAction action, int word)
    {
        foreach (Argument one in (sink.GlobsUrls ? CurlGlob.Expand(url) : null) ?? [url])
        {
            Single(sink, one, action, word);

            // A pattern may hide that it is a file's URL.
            if (url.IsKnown && !one.IsKnown && !one.Text.AsSpan(0, one.Text.IndexOf(Argument.Hole)).Contains("://", StringComparison.Ordinal))
            {
                sink.File(Argument.Unknown, ValueUse.Names["read"], word, isImplicit: false, operand: false);
            }
        }
    }

    /// <summary>curl -T: files to send, one or a pattern of them.</summary>
    public static void Upload(EffectSink sink, Argument value, int word)
    {
        foreach (Argument one in (sink.GlobsUrls ? CurlGlob.Expand(value) : null) ?? [value])
        {
            sink.File(one, ValueUse.Names["read"], word, isImplicit: false, operand: false);
        }
    }

    /// <summary>Where openssl finds a pass phrase: <c>file:PATH</c>, <c>env:NAME</c>, or the text itself.</summary>
    public static void PassPhrase(EffectSink sink, Argument value, int word)
    {
        if (value.Text.StartsWith("file:", StringComparison.Ordinal) || value.MayBeOption)
        {
            sink.File(value.Text.StartsWith("file:", StringComparison.Ordinal) ? value.Part(value.Text[5..]) : value, ValueUse.Names["read"], word, isImplicit: false, operand: false);
        }
        else if (value.Text.StartsWith("env:", StringComparison.Ordinal))
        {
            sink.Environment(value.Part(value.Text[4..]), word);
        }
    }

    /// <summary>curl -d: <c>@file</c>, and <c>name@file</c> for --data-urlencode.</summary>
    public static void Data(EffectSink sink, Argument value, ValueUse use, int word)
    {
        int at = value.Text.IndexOf('@');
        if (!value.IsKnown && (value.MayBeOption || at == 0))
        {
            sink.File(value, use, word, isImplicit: false);
        }
        else if (at >= 0 && !value.Text.AsSpan(0, at).Contains('='))
        {
            sink.File(value.Part(value.Text[(at + 1)..]), use, word, isImplicit: false, operand: false);
        }
    }

    /// <summary>curl -w: a text or <c>@file</c>; <c>%output{file}</c> in the text writes what follows to a file.</summary>
    public static void WriteOut(EffectSink sink, Argument value, ValueUse use, int word)
    {
        const string Mark = "%output{";
        Data(sink, value, use, word);
        string text = value.Text;
        for (int at = text.IndexOf(Mark, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Mark, at + Mark.Length, StringComparison.Ordinal))
        {
            string name = text[(at + Mark.Length)..].Split('}')[0];
            sink.File(value.Part(name.StartsWith(">>", StringComparison.Ordinal) ? name[2..] : name), ValueUse.Names["write"], word, isImplicit: false, operand: false);
        }
    }

    /// <summary>curl -F: <c>name=@file;type=…</c>, <c>name=&lt;file</c>, several files by commas.</summary>
    public static void Form(EffectSink sink, Argument value, ValueUse use, int word)
    {
        int equals = value.Text.IndexOf('=');
        string content = equals < 0 ? value.Text : value.Text[(equals + 1)..];
        if (content is ['@' or '<', ..])
        {
            // Further headers of the part, from a file.
            foreach (string headers in (string[])[";headers=@", ";headers=<"])
            {
                if (content.IndexOf(headers, StringComparison.Ordinal) is >= 0 and var at)
                {
                    sink.File(value.Part(content[(at + headers.Length)..].Split(';')[0].Trim('"')), use, word, isImplicit: false, operand: false);
                }
            }

            foreach (string part in content[1..].Split(','))
            {
                string path = part.Split(';')[0].Trim('"');
                sink.File(value.Part(path), use, word, isImplicit: false, operand: false);
            }
        }
        else if (!value.IsKnown)
        {
            sink.File(value, use, word, isImplicit: false, operand: false);
        }
    }

    private static void Single(EffectSink sink, Argument url, EffectAction action, int word)
    {
        if (url.IsKnown && url.Text is "" or "-")
        {
            return;
        }

        // curl --url @FILE.
        if (sink.GlobsUrls && url.Text.StartsWith('@'))
        {
            sink.File(url.Part(url.Text[1..]), ValueUse.Names["read"], word, isImplicit: false, operand: false);
            sink.Effects.Add(new Effect(action, "?") { Unknown = true, Word = word });
            return;
        }

        if (url.Text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            string path = url.Text[5..];
            path = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
            path = path.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase) || path.StartsWith("127.0.0.1/", StringComparison.Ordinal) ? path[9..] : path;

            // Some take what stands behind these for part of the name, and some do not.
            int end = path.AsSpan().IndexOfAny('?', '#');
            ValueUse use = new(ValueKind.File, action == EffectAction.WebFetch ? FileUse.Read : FileUse.Read | FileUse.Write);
            sink.File(url.Part(Uri.UnescapeDataString(path)), use, word, false);
            if (end > 0)
            {
                sink.File(url.Part(Uri.UnescapeDataString(path[..end])), use, word, false);
            }

            return;
        }

        sink.Effects.Add(new Effect(action, url.Text) { Unknown = !url.IsKnown, Word = word });
    }
}
