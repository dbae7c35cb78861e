namespace Guard.Shell.Effects;

/// <summary>Which slot of the description each operand fills. An operand stands more than once where that is not known.</summary>
internal static class AssignedOperands
{
    public static List<(FoundOperand Operand, ValueUse Use)> Of(CommandLine line, Traits traits)
    {
        if (line.Operands.Count == 0)
        {
            return [];
        }

        List<FoundOperand> before = traits.Dashes is null ? line.Operands : [.. line.Operands.Where(o => !o.BehindDashes)];
        List<(FoundOperand, ValueUse)> assigned = new(line.Operands.Count);
        if (line.Leaf.Assignments)
        {
            assigned.AddRange(before.TakeWhile(o => CommandLineReader.IsAssignment(o.Argument.Text)).Select(o => (o, ValueUse.Names["assignment"])));
            before = [.. before.Skip(assigned.Count)];
        }

        OperandSlots slots = traits.Operands ?? OperandSlots.Guesses;
        Assign(line, slots, before, assigned);
        if (traits.Dashes is { } dashes)
        {
            Assign(line, dashes, [.. line.Operands.Where(o => o.BehindDashes)], assigned);
        }

        return assigned;
    }

    private static void Assign(CommandLine line, OperandSlots slots, List<FoundOperand> operands, List<(FoundOperand, ValueUse)> assigned)
    {
        // A description that is not complete may have taken an option's value for an operand: then any operand may fill any slot.
        bool shifted = line.UncertainWord >= 0 || line.UnknownOptions.Count > 0 || operands.Exists(o => o.Argument.Form == ArgumentForm.Words);
        if (shifted && slots.Slots.Length > 1 && !slots.Slots.Any(slot => slot.Use.TakesRest))
        {
            foreach (FoundOperand operand in operands)
            {
                foreach (OperandSlot slot in slots.Slots)
                {
                    assigned.Add((operand, slot.Use));
                    if (slot.Use.Kind is ValueKind.Into or ValueKind.RemoteInto)
                    {
                        // How many sources there are is not known either, so the target may be the file itself.
                        assigned.Add((operand, ValueUse.Names["write"]));
                    }
                }
            }

            return;
        }

        if (operands.Count == 0)
        {
            return;
        }

        int[] places = slots.Assign(operands.Count);
        for (int i = 0; i < operands.Count; i++)
        {
            ValueUse use = places[i] >= 0 ? slots.Slots[places[i]].Use : ValueUse.Guess;
            assigned.Add((operands[i], use));
        }
    }
}
