using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Guard.Policy.Matching;

/// <summary>An absolute path as its segments, <c>.</c> and <c>..</c> taken out by text alone. The root has no segments.</summary>
internal sealed class AbsolutePath
{
    /// <summary>Characters; twice what the kernel takes. Rules do not look at longer ones: they fail.</summary>
    public const int MaxLength = 8192;

    private readonly ImmutableArray<int> _starts;

    /// <summary>Null: this path is its own composed form.</summary>
    private readonly AbsolutePath? _composed;

    private AbsolutePath(string text, bool isComposed)
    {
        Text = text;
        _starts = Starts(text);
        if (!isComposed && !System.Text.Ascii.IsValid(text))
        {
            var composed = "/" + string.Join('/', Segments.Select(TextForm.Composed));
            _composed = composed == text ? null : new AbsolutePath(composed, isComposed: true);
        }
    }

    /// <summary>How many segments there are.</summary>
    public int Depth => _starts.Length;

    /// <summary>A copy; <see cref="Segment"/> takes none.</summary>
    public ImmutableArray<string> Segments
    {
        get
        {
            var segments = ImmutableArray.CreateBuilder<string>(Depth);
            for (var i = 0; i < Depth; i++)
            {
                segments.Add(Segment(i).ToString());
            }

            return segments.MoveToImmutable();
        }
    }

    /// <summary>The path with its segments in the form that deny rules compare.</summary>
    public AbsolutePath Composed => _composed ?? this;

    /// <summary>Clean: no empty segment and no final slash.</summary>
    public string Text { get; }

    /// <summary>Null where the text is no absolute path.</summary>
    public static AbsolutePath? Parse(string? text)
    {
        if (text is null || !text.StartsWith('/'))
        {
            return null;
        }

        return new AbsolutePath(IsClean(text) ? text : Clean(text), isComposed: false);
    }

    public ReadOnlySpan<char> Segment(int index) =>
        Text.AsSpan()[_starts[index]..(index + 1 < _starts.Length ? _starts[index + 1] - 1 : Text.Length)];

    /// <summary>This path is <paramref name="folder"/> or lies below it.</summary>
    public bool IsAtOrBelow(AbsolutePath folder, bool ignoreCase)
    {
        if (folder.Depth == 0)
        {
            return true;
        }

        var (text, start) = ignoreCase ? (Composed.Text, folder.Composed.Text) : (Text, folder.Text);
        return text.Length >= start.Length
            && (text.Length == start.Length || text[start.Length] == '/')
            && text.StartsWith(start, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    /// <summary>The part below <paramref name="folder"/> without a leading slash; empty for the folder itself.</summary>
    public string Below(AbsolutePath folder) => folder.Depth >= Depth ? "" : Text[_starts[folder.Depth]..];

    /// <summary>The segments from one on, as they stand in the text.</summary>
    public string From(int segment) => Text[_starts[segment]..];

    private static ImmutableArray<int> Starts(string text)
    {
        if (text.Length == 1)
        {
            return [];
        }

        var starts = new int[text.AsSpan().Count('/')];
        for (var (at, i) = (0, 0); at >= 0; at = text.IndexOf('/', at + 1), i++)
        {
            starts[i] = at + 1;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(starts);
    }

    // Most paths come clean.
    private static bool IsClean(string text)
    {
        if (text.Length > 1 && text[^1] == '/')
        {
            return false;
        }

        for (var at = 0; at >= 0; at = text.IndexOf('/', at + 1))
        {
            var rest = text.AsSpan(at + 1);
            if (rest.IsEmpty)
            {
                break;
            }

            if (rest[0] == '/' || (rest[0] == '.' && (rest.Length == 1 || rest[1] == '/' || (rest[1] == '.' && (rest.Length == 2 || rest[2] == '/')))))
            {
                return false;
            }
        }

        return true;
    }

    private static string Clean(string text)
    {
        var segments = new List<string>();
        foreach (var segment in text.Split('/'))
        {
            if (segment == "..")
            {
                if (segments.Count > 0)
                {
                    segments.RemoveAt(segments.Count - 1);
                }
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }

        return "/" + string.Join('/', segments);
    }
}
