using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Gateway.Audit.Redaction;

/// <summary>
/// What policies order erased from one event. An order names a place of the tool call; what stands there stands in the accesses
/// as well, because they were made from it.
/// </summary>
internal sealed class OrderedErasure
{
    private const string InputRoot = "/tool_input";
    private const string CwdPlace = "/cwd";

    /// <summary>A shorter text says nothing about which access came from it.</summary>
    private const int MinShared = 3;

    private static readonly OrderedErasure s_nothing = new([], FrozenSet<string>.Empty, cwd: false);

    private readonly IReadOnlyList<string> _texts;

    private OrderedErasure(IReadOnlyList<string> texts, IReadOnlySet<string> input, bool cwd)
    {
        _texts = texts;
        Input = input;
        Cwd = cwd;
    }

    /// <summary>Pointers into the tool's input that meet something there.</summary>
    public IReadOnlySet<string> Input { get; }

    public bool Cwd { get; }

    public bool Any => Cwd || Input.Count > 0;

    public static OrderedErasure Of(AuditEvent auditEvent, IReadOnlyList<string> orders)
    {
        if (orders.Count == 0)
        {
            return s_nothing;
        }

        var input = new HashSet<string>(StringComparer.Ordinal);
        var texts = new List<string>();
        foreach (var order in orders)
        {
            if (auditEvent.Input is { } root && (order == InputRoot || order.StartsWith(InputRoot + "/", StringComparison.Ordinal)) && Find(root, order[InputRoot.Length..]) is { } found)
            {
                input.Add(order[InputRoot.Length..]);
                Collect(found, texts);
            }
        }

        return new OrderedErasure(texts, input, orders.Contains(CwdPlace, StringComparer.Ordinal) && auditEvent.Cwd is not null);
    }

    /// <summary>
    /// Whether the access shows what is erased: it is that text; or it is of a command, and one is part of the other. A file's
    /// path that merely stands somewhere in erased content stays: it is evidence, and the content is not.
    /// </summary>
    public bool Hides(Access access)
    {
        var command = access.Action.StartsWith("execute:", StringComparison.Ordinal);
        foreach (var text in _texts)
        {
            if (string.Equals(text, access.Resource, StringComparison.Ordinal) || string.Equals(text, access.Real, StringComparison.Ordinal)
                || (command && (Shares(text, access.Resource) || (access.Canonical is { } canonical && Shares(text, canonical)))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Shares(string one, string other) =>
        one.Length >= MinShared && other.Length >= MinShared && (one.Contains(other, StringComparison.Ordinal) || other.Contains(one, StringComparison.Ordinal));

    // RFC 6901.
    private static JsonElement? Find(JsonElement root, string pointer)
    {
        var at = root;
        foreach (var raw in pointer.Split('/').Skip(1))
        {
            var name = raw.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    private static void Collect(JsonElement value, List<string> texts)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                texts.Add(value.GetString()!);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Collect(item, texts);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Collect(member.Value, texts);
                }

                break;
            default:
                break;
        }
    }
}
