using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Guard.Proof.Json;

/// <summary>Writes one JSON value in its canonical form. On the way of every event, so that texts are made only of what needs it.</summary>
internal sealed class CanonicalWriter(CanonicalBuffer output, CanonicalNumbers numbers)
{
    private const int Plain = -1;

    // So many members stand in an event and its first access; more are made room for.
    private const int UsualMembers = 64;

    // Up to here each member is put into its place by itself: what a general sort sets up costs more than the few steps.
    private const int FewMembers = 64;

    // Of all objects that are open; the innermost one's are the last.
    private readonly List<Member> _members = new(UsualMembers);

    // Of members of this value whose names are not plain. Null: there was none.
    private List<string>? _names;

    public void WriteValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader);
                break;
            case JsonTokenType.String:
                WriteText(ref reader);
                break;
            case JsonTokenType.Number:
                WriteNumber(reader.ValueSpan);
                break;
            default:
                // true, false and null have one spelling.
                output.Append(reader.ValueSpan);
                break;
        }
    }

    private void WriteArray(ref Utf8JsonReader reader)
    {
        output.Append((byte)'[');
        var first = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!first)
            {
                output.Append((byte)',');
            }

            first = false;
            WriteValue(ref reader);
        }

        output.Append((byte)']');
    }

    private void WriteObject(ref Utf8JsonReader reader)
    {
        output.Append((byte)'{');
        var start = output.Length;
        var firstMember = _members.Count;
        var sorted = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (_members.Count > firstMember)
            {
                output.Append((byte)',');
            }

            var from = output.Length;
            var name = WriteText(ref reader);
            var plainLength = output.Length - from - 2;
            var beginning = output.Beginning(from + 1, plainLength);
            var rank = name is null ? Plain : Keep(name);
            output.Append((byte)':');
            reader.Read();
            WriteValue(ref reader);
            var member = new Member(from, output.Length - from, plainLength, beginning, rank);
            sorted = sorted && (_members.Count == firstMember || Compare(_members[^1], member) < 0);
            _members.Add(member);
        }

        if (!sorted)
        {
            // RFC 8785, 3.2.3: by UTF-16 code units, which is what an ordinal comparison of .NET strings does.
            var members = CollectionsMarshal.AsSpan(_members)[firstMember..];
            Sort(members);
            RefuseDuplicates(members);
            output.Rearrange(start, members);
        }

        _members.RemoveRange(firstMember, _members.Count - firstMember);
        output.Append((byte)'}');
    }

    private int Keep(string name)
    {
        _names ??= [];
        _names.Add(name);
        return _names.Count - 1;
    }

    // Where the place of each is looked for among those before it: few are compared, and what a general sort sets up is not paid for.
    private void Sort(Span<Member> members)
    {
        if (members.Length > FewMembers)
        {
            members.Sort(Compare);
            return;
        }

        for (var i = 1; i < members.Length; i++)
        {
            var member = members[i];
            var (from, to) = (0, i);
            while (from < to)
            {
                var middle = (from + to) / 2;
                (from, to) = Compare(members[middle], member) <= 0 ? (middle + 1, to) : (from, middle);
            }

            members[from..i].CopyTo(members[(from + 1)..]);
            members[from] = member;
        }
    }

    private void RefuseDuplicates(ReadOnlySpan<Member> members)
    {
        for (var i = 1; i < members.Length; i++)
        {
            if (Compare(members[i - 1], members[i]) == 0)
            {
                throw new ProofFormatException("An object of the JSON text has two members of the same name.");
            }
        }
    }

    // In ASCII the order of bytes is that of code units.
    private int Compare(Member a, Member b)
    {
        if (!a.IsPlain || !b.IsPlain)
        {
            return string.CompareOrdinal(NameOf(a), NameOf(b));
        }

        return a.Beginning != b.Beginning ? a.Beginning.CompareTo(b.Beginning) : PlainName(a).SequenceCompareTo(PlainName(b));
    }

    private string NameOf(Member member) => member.IsPlain ? Encoding.ASCII.GetString(PlainName(member)) : _names![member.Name];

    private ReadOnlySpan<byte> PlainName(Member member) => output.Written.Slice(member.From + 1, member.PlainLength);

    // What stands in JSON without an escape needs none here. Null: it is ASCII and was written as it stands.
    private string? WriteText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            if (Ascii.IsValid(reader.ValueSpan))
            {
                output.AppendPlain(reader.ValueSpan);
                return null;
            }

            if (Utf8.IsValid(reader.ValueSpan))
            {
                output.AppendPlain(reader.ValueSpan);
                return reader.GetString();
            }
        }

        try
        {
            var text = reader.GetString()!;
            output.AppendString(text);
            return text;
        }
        catch (InvalidOperationException exception)
        {
            throw new ProofFormatException("A string of the JSON text has a lone surrogate or invalid UTF-8.", exception);
        }
    }

    private void WriteNumber(ReadOnlySpan<byte> source)
    {
        if (CanonicalNumber.IsPlainInteger(source))
        {
            output.Append(source);
            return;
        }

        if (!double.TryParse(source, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            throw new ProofFormatException("A number of the JSON text is larger than a double can hold.");
        }

        var text = CanonicalNumber.Format(value);
        if (numbers == CanonicalNumbers.Exact && !CanonicalNumber.SameValue(source, text))
        {
            throw new ProofFormatException("A number of the JSON text has more digits than a double keeps.");
        }

        output.AppendAscii(text);
    }
}
