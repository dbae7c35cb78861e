namespace Guard.Shell.Effects;

/// <summary>How often an operand slot is filled.</summary>
internal enum SlotCount
{
    One,
    Optional,
    Many,
}

internal readonly record struct OperandSlot(ValueUse Use, SlotCount Count);

/// <summary>What the operands of a program are, in order: "pattern read*", "read* into", "plain command".</summary>
internal sealed record OperandSlots(OperandSlot[] Slots)
{
    public static OperandSlots Guesses { get; } = new([new(ValueUse.Names["guess"], SlotCount.Many)]);

    public static bool TryParse(string text, out OperandSlots slots)
    {
        List<OperandSlot> found = [];
        slots = Guesses;
        bool many = false;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            SlotCount count = word[^1] switch { '?' => SlotCount.Optional, '*' => SlotCount.Many, _ => SlotCount.One };
            if (!ValueUse.Names.TryGetValue(count == SlotCount.One ? word : word[..^1], out ValueUse use))
            {
                return false;
            }

            if (use.TakesRest)
            {
                count = SlotCount.Many;
            }

            if (count == SlotCount.Many && many)
            {
                return false;
            }

            many |= count == SlotCount.Many;
            found.Add(new OperandSlot(use, count));
        }

        slots = new OperandSlots([.. found]);
        return true;
    }

    /// <summary>
    /// The slot of each of <paramref name="count"/> operands. Leading slots are filled first, then trailing ones (those after the slot that takes many),
    /// the rest go to the slot that takes many. Operands beyond the last slot have index -1.
    /// </summary>
    public int[] Assign(int count)
    {
        int[] slots = new int[count];
        Array.Fill(slots, -1);
        int many = Array.FindIndex(Slots, slot => slot.Count == SlotCount.Many);
        int leading = many < 0 ? Slots.Length : many;
        int next = 0;
        int required = 0;
        foreach (OperandSlot slot in Slots)
        {
            required += slot.Count == SlotCount.One ? 1 : 0;
        }

        // An optional slot is filled only when more operands remain than the required slots behind it need.
        int spare = Math.Max(0, count - required);
        for (int slot = 0; slot < leading && next < count; slot++)
        {
            if (Slots[slot].Count == SlotCount.Optional && spare-- <= 0)
            {
                continue;
            }

            slots[next++] = slot;
        }

        if (many < 0)
        {
            return slots;
        }

        int trailing = Math.Min(Slots.Length - many - 1, count - next);
        while (next < count - trailing)
        {
            slots[next++] = many;
        }

        for (int slot = Slots.Length - trailing; slot < Slots.Length; slot++)
        {
            slots[next++] = slot;
        }

        return slots;
    }
}
