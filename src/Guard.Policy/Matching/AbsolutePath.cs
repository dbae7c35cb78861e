using System.Collections.Immutable;

namespace Guard.Policy.Matching;

/// <summary>An absolute path as its segments, <c>.</c> and <c>..</c> taken out by text alone. The root has no segments.</summary>
internal sealed class AbsolutePath
{
    /// <summary>Characters; twice what the kernel takes. Rules do not look at longer ones: they fail.</summary>
    public const int MaxLength = 8192;

    private AbsolutePath(ImmutableArray<string> segments)
    {
        Segments = segments;
        Composed = [.. segments.Select(TextForm.Composed)];
        Text = "/" + string.Join('/', segments);
    }

    public ImmutableArray<string> Segments { get; }

    /// <summary>The segments in the form deny rules compare.</summary>
    public ImmutableArray<string> Composed { get; }

    public string Text { get; }

    /// <summary>Null where the text is no absolute path.</summary>
    public static AbsolutePath? Parse(string? text)
    {
        if (text is null || !text.StartsWith('/'))
        {
            return null;
        }

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

        return new AbsolutePath([.. segments]);
    }

    /// <summary>This path is <paramref name="folder"/> or lies below it.</summary>
    public bool IsAtOrBelow(AbsolutePath folder, bool ignoreCase)
    {
        if (Segments.Length < folder.Segments.Length)
        {
            return false;
        }

        for (var i = 0; i < folder.Segments.Length; i++)
        {
            var same = ignoreCase
                ? string.Equals(Composed[i], folder.Composed[i], StringComparison.OrdinalIgnoreCase)
                : string.Equals(Segments[i], folder.Segments[i], StringComparison.Ordinal);
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The part below <paramref name="folder"/> without a leading slash; empty for the folder itself.</summary>
    public string Below(AbsolutePath folder) => string.Join('/', Segments.Skip(folder.Segments.Length));
}
