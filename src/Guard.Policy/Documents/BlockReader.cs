using System.Collections.Immutable;
using Guard.Policy.Diagnostics;
using Guard.Policy.Matching;

namespace Guard.Policy.Documents;

/// <summary>Reads a block of comparisons: <c>equals</c>, <c>startsWith</c>, <c>endsWith</c>, <c>contains</c>, <c>matches</c>, <c>regex</c>, <c>host</c>, <c>not</c>.</summary>
internal static class BlockReader
{
    /// <summary>Null where nothing usable is in it; the problems are reported.</summary>
    public static (ResourceDefinition Definition, ResourceBlock Compiled)? Read(MappingReader? mapping, ResourceKinds kinds, bool exact, DiagnosticBag diagnostics)
    {
        if (mapping is null)
        {
            return null;
        }

        var groups = ImmutableArray.CreateBuilder<ImmutableArray<ResourceTest>>();
        var definition = new ResourceDefinition
        {
            EqualTo = Group("equals", n => new LiteralTest(LiteralTest.Operator.EqualTo, n.Text)),
            StartsWith = Group("startsWith", n => new LiteralTest(LiteralTest.Operator.StartsWith, n.Text)),
            EndsWith = Group("endsWith", n => HostProof(n, "endsWith", new LiteralTest(LiteralTest.Operator.EndsWith, n.Text))),
            Contains = Group("contains", n => HostProof(n, "contains", new LiteralTest(LiteralTest.Operator.Contains, n.Text))),
            Matches = Group("matches", n => Glob(n, kinds, diagnostics)),
            Regex = Group("regex", n => Regex(n, diagnostics)),
            Host = Group("host", n => Host(n, kinds, diagnostics)),
        };
        var not = Read(mapping.Mapping("not"), kinds, !exact, diagnostics);
        mapping.Finish();
        return (definition with { Not = not?.Definition }, new ResourceBlock(groups.ToImmutable(), not?.Compiled));

        ImmutableArray<string> Group(string key, Func<ScalarNode, ResourceTest?> test)
        {
            var nodes = mapping.Texts(key);
            ImmutableArray<ResourceTest> tests = [.. nodes.Select(test).OfType<ResourceTest>()];
            if (!tests.IsEmpty)
            {
                groups.Add(tests);
            }

            return [.. nodes.Select(n => n.Text)];
        }

        LiteralTest HostProof(ScalarNode node, string key, LiteralTest test)
        {
            if (exact && kinds.HasFlag(ResourceKinds.Web) && (kinds & (ResourceKinds.File | ResourceKinds.Command)) == ResourceKinds.None)
            {
                diagnostics.Warning(DiagnosticCodes.ProvesNoHost, node.At,
                    $"`{key}` over a URL proves nothing about its host in an allow rule", "use `host`, or `matches` with a host pattern");
            }

            return test;
        }
    }

    public static GlobTest? Glob(ScalarNode node, ResourceKinds kinds, DiagnosticBag diagnostics)
    {
        if (GlobTest.Parse(node.Text, kinds, out var problem) is not { } glob)
        {
            diagnostics.Error(DiagnosticCodes.BadGlob, node.At, $"`{Shown.Text(node.Text, 100)}` is no pattern: {Shown.Text(problem!)}",
                "see the section on patterns in docs/policies.md");
            return null;
        }

        if (node.Text.Contains("\\*", StringComparison.Ordinal))
        {
            diagnostics.Warning(DiagnosticCodes.EscapedStar, node.At, "`\\*` is a star itself, not a wildcard", "write `*` for a wildcard");
        }

        return glob;
    }

    private static RegexTest? Regex(ScalarNode node, DiagnosticBag diagnostics)
    {
        var regex = RegexTest.Parse(node.Text, out var problem);
        if (regex is null)
        {
            diagnostics.Error(DiagnosticCodes.BadRegex, node.At, $"`{Shown.Text(node.Text, 100)}` is no regex this version takes: {Shown.Text(problem!)}",
                "look-around and back references are not supported, because matching must take linear time");
        }

        return regex;
    }

    private static HostTest? Host(ScalarNode node, ResourceKinds kinds, DiagnosticBag diagnostics)
    {
        if ((kinds & (ResourceKinds.Web | ResourceKinds.Network)) == ResourceKinds.None)
        {
            diagnostics.Error(DiagnosticCodes.Misplaced, node.At, "`host` stands in a rule none of whose actions has a host",
                "use it with read:web_fetch, read:web_browse, write:web or connect:network");
            return null;
        }

        var host = HostTest.Parse(node.Text, out var problem);
        if (host is null)
        {
            diagnostics.Error(DiagnosticCodes.BadHost, node.At, $"`{Shown.Text(node.Text, 100)}` is no host: {Shown.Text(problem!)}", "write for example `github.com` or `*.github.com`");
        }

        return host;
    }
}
