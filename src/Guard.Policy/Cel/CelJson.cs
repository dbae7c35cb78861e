using System.Collections.Immutable;
using System.Text.Json;

namespace Guard.Policy.Cel;

/// <summary>
/// Values from JSON that nobody vouches for. What cannot be looked into (too much of it, half characters, texts that were
/// left out on the way) is an error value, so that no rule reads it as something else.
/// </summary>
internal static class CelJson
{
    /// <summary>Values in all, and how deep they may lie in each other.</summary>
    public const int MaxValues = 10_000;
    public const int MaxDepth = 64;

    /// <summary>A text that travelled as its digest.</summary>
    public static readonly CelError Withheld = new("the text is too long or holds a file's content, so it was not sent");

    private static readonly CelError TooMuch = new($"the input has more than {MaxValues} values or lies deeper than {MaxDepth}");

    /// <summary>Values as they are, with errors in place of what cannot be read.</summary>
    /// <param name="json">Of any kind.</param>
    /// <param name="members">Gets the members of the outermost object before the map is made of them.</param>
    /// <param name="optional">Members of the outermost object that may be missing.</param>
    public static CelValue Read(JsonElement json, Action<List<KeyValuePair<CelValue, CelValue>>>? members = null, ImmutableHashSet<string>? optional = null)
    {
        var left = MaxValues;
        var value = Read(json, 0, ref left, members, optional);
        return left < 0 ? TooMuch : value;
    }

    private static CelValue Read(JsonElement json, int depth, ref int left, Action<List<KeyValuePair<CelValue, CelValue>>>? members, ImmutableHashSet<string>? optional)
    {
        if (--left < 0 || depth > MaxDepth)
        {
            left = -1;
            return TooMuch;
        }

        switch (json.ValueKind)
        {
            case JsonValueKind.True:
            case JsonValueKind.False:
                return CelBool.Of(json.ValueKind == JsonValueKind.True);
            case JsonValueKind.Number:
                return ReadNumber(json);
            case JsonValueKind.String:
                return Text(json.GetString) is { } text ? new CelString(text) : HalfACharacter();
            case JsonValueKind.Array:
                var items = ImmutableArray.CreateBuilder<CelValue>();
                foreach (var item in json.EnumerateArray())
                {
                    items.Add(Read(item, depth + 1, ref left, null, null));
                    if (left < 0)
                    {
                        return TooMuch;
                    }
                }

                return new CelList(items.ToImmutable());
            case JsonValueKind.Object:
                return ReadObject(json, depth, ref left, members, optional);
            default:
                return CelNull.Instance;
        }
    }

    private static CelValue ReadObject(JsonElement json, int depth, ref int left, Action<List<KeyValuePair<CelValue, CelValue>>>? members, ImmutableHashSet<string>? optional)
    {
        var entries = new List<KeyValuePair<CelValue, CelValue>>();
        foreach (var property in json.EnumerateObject())
        {
            if (Text(() => property.Name) is not { } name)
            {
                return HalfACharacter();
            }

            // What says that it is a digest is one, whoever wrote it: nothing can be concluded from it.
            if (name == "$digest")
            {
                return Withheld;
            }

            entries.Add(new(new CelString(name), Read(property.Value, depth + 1, ref left, null, null)));
            if (left < 0)
            {
                return TooMuch;
            }
        }

        members?.Invoke(entries);
        return CelMap.Of([.. entries], optional);
    }

    private static CelValue ReadNumber(JsonElement json)
    {
        if (json.TryGetInt64(out var whole))
        {
            return new CelInt(whole);
        }

        return json.TryGetUInt64(out var unsigned) ? new CelUint(unsigned)
            : json.TryGetDouble(out var number) && double.IsFinite(number) ? new CelDouble(number)
            : new CelError("the number is too large");
    }

    private static CelError HalfACharacter() => new("the text holds half a character");

    // The reader refuses what is no Unicode by throwing.
    private static string? Text(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
