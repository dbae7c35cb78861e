using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>Expands redirects and follows what they do to standard input.</summary>
internal static class RedirectExpansion
{
    public static ImmutableArray<ShellRedirect> Expand(ImmutableArray<Redirect> redirects, WordExpander expander)
    {
        if (redirects.IsEmpty)
            return [];
        var expanded = ImmutableArray.CreateBuilder<ShellRedirect>(redirects.Length);
        foreach (var redirect in redirects)
            expanded.Add(Expand(redirect, expander));
        return expanded.MoveToImmutable();
    }

    /// <summary>Where standard input comes from once the redirects are in force.</summary>
    public static ShellInput InputAfter(ImmutableArray<ShellRedirect> redirects, ShellInput input)
    {
        foreach (var redirect in redirects)
        {
            if (redirect.Descriptor != 0)
                continue;
            input = redirect.Operator switch
            {
                RedirectOperator.HereDocument or RedirectOperator.HereString => new ShellInput.Text(redirect.Target),
                RedirectOperator.Read or RedirectOperator.ReadWrite => new ShellInput.File(redirect.Target),
                RedirectOperator.DuplicateInput when redirect.Target is ExpandedField.Known { Text: "0" } => input,
                _ => ShellInput.Other.Instance,
            };
        }

        return input;
    }

    /// <summary>A file may not be there, or not be writable, and a descriptor not be open: then what the redirects belong to does not run.</summary>
    public static bool MayFail(ImmutableArray<ShellRedirect> redirects)
    {
        foreach (var redirect in redirects)
        {
            var isCertain = redirect.Operator switch
            {
                RedirectOperator.HereDocument or RedirectOperator.HereString => true,
                RedirectOperator.DuplicateInput or RedirectOperator.DuplicateOutput => redirect.Target is ExpandedField.Known { Text: "0" or "1" or "2" or "-" },
                _ => redirect.Target is ExpandedField.Known { Text: "/dev/null" },
            };
            if (!isCertain)
                return true;
        }

        return false;
    }

    private static ShellRedirect Expand(Redirect redirect, WordExpander expander)
    {
        var op = redirect.Operator;
        var target = op switch
        {
            RedirectOperator.HereDocument => expander.ExpandText(redirect.Document!.Body, tildes: false),
            RedirectOperator.HereString => AppendLineEnd(expander.ExpandText(redirect.Target)),
            _ => Single(expander.Expand(redirect.Target)),
        };
        if (op == RedirectOperator.DuplicateOutput && redirect is { Descriptor: null, DescriptorVariable: null } && !IsDescriptor(target))
            op = RedirectOperator.WriteBoth;
        if (redirect.DescriptorVariable is { } variable && target is not ExpandedField.Known { Text: "-" })
            expander.State = expander.State.With(variable, ShellValue.Number);
        var fallback = op is RedirectOperator.Read or RedirectOperator.ReadWrite or RedirectOperator.DuplicateInput or RedirectOperator.HereDocument or RedirectOperator.HereString ? 0 : 1;
        return new ShellRedirect(redirect.Span, redirect.DescriptorVariable is null ? redirect.Descriptor ?? fallback : null, op, target);
    }

    /// <summary>bash refuses a target that is not one word; until then it may be any file.</summary>
    private static ExpandedField Single(ImmutableArray<ExpandedField> fields) => fields is [ExpandedField.Known or ExpandedField.Partial] ? fields[0] : new ExpandedField.Partial("", "");

    private static bool IsDescriptor(ExpandedField target) =>
        target is ExpandedField.Known { Text: var text } && (text is "-" || (text.TrimEnd('-') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit)));

    private static ExpandedField AppendLineEnd(ExpandedField text) => text switch
    {
        ExpandedField.Known known => new ExpandedField.Known(known.Text + "\n"),
        ExpandedField.Partial partial => partial with { Suffix = partial.Suffix + "\n" },
        _ => text,
    };
}
