using System.Buffers.Binary;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Spooled;

/// <summary>The line of a hook's spool that an event was made from.</summary>
/// <remarks>
/// INVARIANT (recorded once): the event's id follows from the agent, the kind and the line's id, so that a line that is handed
/// over again makes the event that is stored already. Another agent's lines make other ids, whatever they state.
/// </remarks>
internal sealed class SpooledOrigin
{
    private SpooledOrigin(AuditSpooled origin) => Origin = origin;

    /// <summary>As the record states it.</summary>
    public AuditSpooled Origin { get; }

    /// <returns>Null: the id is no UUIDv7 of the time in which a line may have been made.</returns>
    public static SpooledOrigin? Of(string id, DateTimeOffset earliest, DateTimeOffset latest)
    {
        if (!Ids.IsUuidV7(id))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        Guid.ParseExact(id, "D").TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return milliseconds >= earliest.ToUnixTimeMilliseconds() && milliseconds <= latest.ToUnixTimeMilliseconds()
            ? new SpooledOrigin(new AuditSpooled { Id = id, Time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) })
            : null;
    }

    /// <summary>UUIDv7 with the time of the line.</summary>
    public string EventId(string agentId, string kind) => Ids.Of(Origin.Time, $"{agentId} {kind} {Origin.Id}");
}
