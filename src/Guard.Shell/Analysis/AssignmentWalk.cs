using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>Applies assignments to what is known.</summary>
internal static class AssignmentWalk
{
    /// <summary>Expands the value in the expander's state and assigns it there.</summary>
    public static ShellAssignment Apply(Assignment assignment, WordExpander expander)
    {
        if (assignment.Value.Parts is [ArrayPart array])
        {
            var elements = Array(array, expander, isCalculated: expander.State.Integers.Contains(assignment.Name));
            expander.State = expander.State.With(assignment.Name, elements is null || assignment.Append ? ShellValue.UnknownArray : elements);
            return new ShellAssignment(assignment.Span, assignment.Name, new ExpandedField.Partial("", ""));
        }

        // A subscript is arithmetic, or the key of an associative array that is not followed.
        if (assignment.Subscript is not null)
            expander.Evaluate(assignment.Subscript);
        var value = expander.ExpandValue(assignment.Value);
        if (expander.State.Integers.Contains(assignment.Name))
            expander.Calculate(value, assignment.Span);
        expander.State = expander.State.With(assignment.Name, assignment.Subscript is null ? Combine(expander.State[assignment.Name], value, assignment.Append) : ShellValue.UnknownArray);
        return new ShellAssignment(assignment.Span, assignment.Name, value);
    }

    /// <summary>The value after <c>=</c> or <c>+=</c>.</summary>
    public static ShellValue Combine(ShellValue before, ExpandedField value, bool append)
    {
        if (value is ExpandedField.Partial { IsTame: true } && (!append || before.IsTame))
            return ShellValue.Tame;
        if (value is not ExpandedField.Known { Text: var text })
            return ShellValue.Unknown;
        if (append && before is not ShellValue.Scalar && before.IsTame && ShellValue.Of(text).IsTame)
            return ReferenceEquals(before, ShellValue.Unset) ? ShellValue.Of(text) : ShellValue.Tame;
        if (!append || ReferenceEquals(before, ShellValue.Unset))
            return ShellValue.Of(text);
        return before is ShellValue.Scalar scalar ? ShellValue.Of(scalar.Text + text) : ShellValue.Unknown;
    }

    /// <summary>The elements of an array if all are known and none has a subscript.</summary>
    /// <param name="array">Between the parentheses.</param>
    /// <param name="expander">In whose state it is expanded.</param>
    /// <param name="isCalculated">bash evaluates each element as a number.</param>
    /// <param name="hasKeys">Its subscripts are texts, and not numbers to calculate.</param>
    public static ShellValue.IndexedArray? Array(ArrayPart array, WordExpander expander, bool isCalculated, bool hasKeys = false)
    {
        var known = true;
        var elements = ImmutableSortedDictionary.CreateBuilder<long, string>();
        foreach (var element in array.Elements)
        {
            if (element.Subscript is not null)
            {
                if (hasKeys)
                    expander.Visit(element.Subscript);
                else
                    expander.Evaluate(element.Subscript);
                var value = expander.ExpandValue(element.Value);
                if (isCalculated)
                    expander.Calculate(value, element.Span);
                known = false;
                continue;
            }

            foreach (var field in expander.Expand(element.Value))
            {
                if (isCalculated)
                    expander.Calculate(field, element.Span);
                known &= field is ExpandedField.Known;
                elements.Add(elements.Count, (field as ExpandedField.Known)?.Text ?? "");
            }
        }

        return known ? new ShellValue.IndexedArray(elements.ToImmutable()) : null;
    }
}
