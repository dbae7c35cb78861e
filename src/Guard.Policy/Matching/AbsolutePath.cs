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
        if (folder.Text.Length == 1)
        {
            return true;
        }

        var (text, start) = ignoreCase ? (Composed.Text, folder.Composed.Text) : (Text, folder.Text);
        return text.Length >= start.Length
            && (text.Length == start.Length || text[start.Length] == '/')
            && text.StartsWith(start, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    /// <summary>The part below <paramref name="folder"/>, which it is or lies below, without a leading slash; empty for the folder itself.</summary>
    public ReadOnlySpan<char> Below(AbsolutePath folder)
    {
        // As long as its composed form is the text itself, the folder's text stands at the beginning.
        if (_composed is null && folder._composed is null)
        {
            return Text.AsSpan(Math.Min(Text.Length, folder.Text.Length == 1 ? 1 : folder.Text.Length + 1));
        }

        return folder.Depth >= Depth ? [] : Text.AsSpan(_starts[folder.Depth]);
    }

    /// <summary>The segments from one on, as they stand in the text.</summary>
    public string From(int segment) => Text[_starts[segment]..];

    private static ImmutableArray<int> Starts(string text)
    {
        if (text.Length == 1)
        {
            return [];
        }

        var starts = new int[text.AsSpan().Count('/')];
        for (var (at, found) = (0, 0); found < starts.Length; at++)
        {
            if (text[at] == '/')
            {
                starts[found++] = at + 1;
            }
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

        // Dots that the segment has begun with; -1 once it holds anything else.
        var dots = 0;
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '/' when dots is >= 0 and <= 2:
                    return false;
                case '/':
                    dots = 0;
                    break;
                case '.' when dots >= 0:
                    dots++;
                    break;
                default:
                    dots = -1;
                    break;
            }
        }

        return text.Length == 1 || dots is < 0 or > 2;
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
