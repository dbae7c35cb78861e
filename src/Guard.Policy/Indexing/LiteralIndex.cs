using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Guard.Policy.Indexing;

/// <summary>
/// Finds in one pass over a text which of many literal texts stand in it, whatever their number: each is looked up by its rarest
/// piece of four characters (shorter texts by all of theirs). ASCII, case ignored. Immutable.
/// </summary>
internal sealed class LiteralIndex
{
    private const int MaxPiece = 4;
    private const int MaxOnStack = 512;

    private readonly ImmutableArray<PieceTable> _tables;

    private LiteralIndex(ImmutableArray<PieceTable> tables) => _tables = tables;

    /// <param name="literals">Not empty and all ASCII; with what each stands for.</param>
    public static LiteralIndex Of(IEnumerable<(string Literal, int Id)> literals)
    {
        var folded = literals.Select(l => new Entry([.. l.Literal.Select(c => Fold(c))], 0, l.Id)).ToList();
        return new LiteralIndex([.. folded.GroupBy(e => Math.Min(MaxPiece, e.Literal.Length)).OrderBy(g => g.Key).Select(g => PieceTable.Of(g.Key, [.. g]))]);
    }

    /// <summary>Adds the ids of all literals that stand in the text, some of them several times.</summary>
    public void Collect(scoped ReadOnlySpan<char> text, char last, ref IdList ids)
    {
        if (_tables.IsEmpty)
        {
            return;
        }

        var length = text.Length + (last == '\0' ? 0 : 1);
        var rented = length > MaxOnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var folded = rented is null ? stackalloc byte[MaxOnStack] : rented.AsSpan();
        Fold(text, folded);
        if (length > text.Length)
        {
            folded[text.Length] = Fold(last);
        }

        foreach (var table in _tables)
        {
            table.Collect(folded[..length], ref ids);
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Fold(ReadOnlySpan<char> text, Span<byte> folded)
    {
        // Most texts are ASCII throughout, which the library folds many characters at a time.
        _ = Ascii.ToUpper(text, folded, out var done);
        for (var i = done; i < text.Length; i++)
        {
            folded[i] = Fold(text[i]);
        }
    }

    // No literal holds a byte above 127, so what is not ASCII never matches.
    private static byte Fold(char c) => c >= 0x80 ? byte.MaxValue : (byte)(c is >= 'a' and <= 'z' ? c - 32 : c);

    /// <param name="Literal">Folded.</param>
    /// <param name="Offset">Of its piece in it.</param>
    /// <param name="Id">What it stands for.</param>
    private readonly record struct Entry(ImmutableArray<byte> Literal, int Offset, int Id);

    /// <summary>Pieces of one length, by an open hash table behind a filter that most texts do not pass.</summary>
    private sealed class PieceTable
    {
        private readonly int _length;
        private readonly uint _mask;
        private readonly ImmutableArray<ulong> _filter;
        private readonly int _filterShift;
        private readonly ImmutableArray<uint> _keys;
        private readonly ImmutableArray<int> _first;
        private readonly int _shift;
        private readonly ImmutableArray<Entry> _entries;

        private PieceTable(int length, ImmutableArray<ulong> filter, int filterShift, ImmutableArray<uint> keys, ImmutableArray<int> first, int shift, ImmutableArray<Entry> entries)
        {
            (_length, _filter, _filterShift, _keys, _first, _shift, _entries) = (length, filter, filterShift, keys, first, shift, entries);
            _mask = length == MaxPiece ? uint.MaxValue : (1u << (8 * length)) - 1;
        }

        public static PieceTable Of(int length, List<Entry> entries)
        {
            var counts = new Dictionary<uint, int>();
            foreach (var entry in entries)
            {
                for (var i = 0; i + length <= entry.Literal.Length; i++)
                {
                    var piece = Piece(entry.Literal.AsSpan(i, length));
                    counts[piece] = counts.GetValueOrDefault(piece) + 1;
                }
            }

            var byPiece = new SortedDictionary<uint, List<Entry>>();
            foreach (var entry in entries)
            {
                var best = 0;
                for (var i = 1; i + length <= entry.Literal.Length; i++)
                {
                    // Of equals the last: ends of names differ more than their beginnings.
                    best = counts[Piece(entry.Literal.AsSpan(i, length))] <= counts[Piece(entry.Literal.AsSpan(best, length))] ? i : best;
                }

                var piece = Piece(entry.Literal.AsSpan(best, length));
                if (!byPiece.TryGetValue(piece, out var list))
                {
                    byPiece[piece] = list = [];
                }

                list.Add(entry with { Offset = best });
            }

            return Lay(length, byPiece);
        }

        public void Collect(scoped ReadOnlySpan<byte> text, ref IdList ids)
        {
            var filter = _filter.AsSpan();
            var piece = 0u;
            for (var i = 0; i < text.Length; i++)
            {
                piece = ((piece << 8) | text[i]) & _mask;
                if (i < _length - 1)
                {
                    continue;
                }

                var hash = piece * 2654435769u;
                var bit = hash >> _filterShift;
                if ((filter[(int)(bit >> 6)] & (1UL << (int)(bit & 63))) != 0)
                {
                    Find(piece, hash, text, i - _length + 1, ref ids);
                }
            }
        }

        private void Find(uint piece, uint hash, scoped ReadOnlySpan<byte> text, int at, ref IdList ids)
        {
            for (var slot = (int)(hash >> _shift); _keys[slot] != 0; slot = (slot + 1) & (_keys.Length - 1))
            {
                if (_keys[slot] != piece)
                {
                    continue;
                }

                for (var e = _first[slot]; e < _entries.Length && (e == _first[slot] || _entries[e].Offset >= 0); e++)
                {
                    ref readonly var entry = ref _entries.ItemRef(e);
                    var offset = entry.Offset < 0 ? ~entry.Offset : entry.Offset;
                    var start = at - offset;
                    if (start >= 0 && text[start..].StartsWith(entry.Literal.AsSpan()))
                    {
                        ids.Add(entry.Id);
                    }
                }

                return;
            }
        }

        private static PieceTable Lay(int length, SortedDictionary<uint, List<Entry>> byPiece)
        {
            var slots = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, byPiece.Count * 2));
            var shift = 32 - System.Numerics.BitOperations.Log2((uint)slots);
            var bits = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(256, byPiece.Count * 16));
            var filterShift = 32 - System.Numerics.BitOperations.Log2((uint)bits);
            var (keys, first, filter) = (new uint[slots], new int[slots], new ulong[bits / 64]);
            var entries = ImmutableArray.CreateBuilder<Entry>();
            foreach (var (piece, list) in byPiece)
            {
                var hash = piece * 2654435769u;
                var bit = hash >> filterShift;
                filter[bit >> 6] |= 1UL << (int)(bit & 63);
                var slot = (int)(hash >> shift);
                while (keys[slot] != 0)
                {
                    slot = (slot + 1) & (slots - 1);
                }

                (keys[slot], first[slot]) = (piece, entries.Count);

                // The first entry of a piece carries its offset inverted, which ends the one before it.
                entries.Add(list[0] with { Offset = ~list[0].Offset });
                entries.AddRange(list.Skip(1));
            }

            return new PieceTable(length, [.. filter], filterShift, [.. keys], [.. first], shift, entries.ToImmutable());
        }

        private static uint Piece(ReadOnlySpan<byte> bytes)
        {
            var piece = 0u;
            foreach (var b in bytes)
            {
                piece = (piece << 8) | b;
            }

            return piece;
        }
    }
}
