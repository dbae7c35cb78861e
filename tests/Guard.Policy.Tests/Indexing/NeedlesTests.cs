using System.Collections.Immutable;
using Guard.Policy.Indexing;
using Guard.Policy.Matching;

namespace Guard.Policy.Tests.Indexing;

/// <summary>What an index looks for before it tries a rule. A needle too many would leave rules out; one that says less only costs time.</summary>
public sealed class NeedlesTests
{
    [Theory]
    [InlineData("a bcd ef", "bcd")]
    [InlineData("ab cd", "ab")]
    [InlineData("", null)]
    [InlineData("ä", null)]
    [InlineData("a äöü", null)]
    public void Longest_OfTheParts_IsLookedFor(string parts, string? needle) =>
        Shown(Needles.Longest(parts.Split(' '))).Should().Be(needle);

    [Fact]
    public void Longest_OfNothing_IsNothing() => Needles.Longest(null).Should().BeNull();

    /// <summary>Where one alternative can be anything, all can.</summary>
    [Fact]
    public void Any_OfSeveral_IsAllOfThemOnce()
    {
        Shown(Needles.Any([["a", "b"], ["b", "c"]])).Should().Be("a b c");
        Needles.Any([["a"], null]).Should().BeNull();
        Needles.Any([]).Should().BeNull();
    }

    [Theory]
    [InlineData("./src", true, "/src")]
    [InlineData("~/.ssh", true, "/.ssh")]
    [InlineData("/etc", true, "/etc")]
    [InlineData(".", true, null)]
    [InlineData("./src", false, "./src")]
    [InlineData("~/x", false, "~/x")]
    [InlineData("git push", false, "git push")]
    [InlineData("\0", false, null)]
    [InlineData("Grüße", false, null)]
    public void Operand_LeavesOfItself_WhatStandsInEveryNameOfTheThing(string operand, bool isFile, string? needle) =>
        Shown(Needles.OfOperand(operand, isFile ? ResourceKinds.File : ResourceKinds.Command)).Should().Be(needle);

    private static string? Shown(ImmutableArray<string>? needles) => needles is { } some ? string.Join(' ', some) : null;
}
