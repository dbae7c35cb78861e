using System.Collections.Immutable;
using System.Text;
using Guard.Policy.Cel;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Tools;

/// <summary>A message with <c>{{ args.command }}</c> in it: plain substitution, cleaned and cut, nothing is evaluated. Immutable.</summary>
internal sealed class MessageTemplate
{
    /// <summary>Characters of one substituted value.</summary>
    public const int MaxValue = 200;

    private static readonly ImmutableArray<string> Names = ["action", "resource", "agent", "rule"];

    private readonly ImmutableArray<(string Text, bool IsName)> _parts;

    private MessageTemplate(ImmutableArray<(string Text, bool IsName)> parts) => _parts = parts;

    /// <summary>Null where a name in it cannot be substituted; <paramref name="problem"/> says which.</summary>
    public static MessageTemplate? Parse(string text, out string? problem)
    {
        // One line: the message stands in one.
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var parts = ImmutableArray.CreateBuilder<(string, bool)>();
        var at = 0;
        while (line.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            var close = line.IndexOf("}}", open, StringComparison.Ordinal);
            var name = close < 0 ? line[(open + 2)..] : line[(open + 2)..close].Trim();
            if (close < 0 || !(Names.Contains(name) || (name.StartsWith("args.", StringComparison.Ordinal) && name.Length > 5 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))))
            {
                problem = Shown.Text(name, 64);
                return null;
            }

            parts.Add((line[at..open], false));
            parts.Add((name, true));
            at = close + 2;
        }

        parts.Add((line[at..], false));
        problem = null;
        return new MessageTemplate(parts.ToImmutable());
    }

    /// <summary>What is not there becomes nothing.</summary>
    public string Fill(CelValue? arguments, string action, string resource, string agent, string rule)
    {
        var filled = new StringBuilder();
        foreach (var (text, isName) in _parts)
        {
            filled.Append(!isName ? text : text switch
            {
                "action" => Shown.Text(action, MaxValue),
                "resource" => resource,
                "agent" => Shown.Text(agent, MaxValue),
                "rule" => rule,
                _ => Shown.Text(Member(arguments, text["args.".Length..]), MaxValue),
            });
        }

        return filled.ToString();
    }

    private static string Member(CelValue? value, string path)
    {
        foreach (var name in path.Split('.'))
        {
            value = (value as CelMap)?.Find(name);
        }

        return value switch
        {
            null or CelNull or CelAbsent or CelError => "",
            CelString text => text.Value,
            CelList or CelMap => "…",
            _ => CelConversions.ToText(new CelRun([], 0, CelTextMode.Standard, CelLimits.Default), [value]) is CelString text ? text.Value : "",
        };
    }
}
