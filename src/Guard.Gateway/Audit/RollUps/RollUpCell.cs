using System.Runtime.InteropServices;

namespace Guard.Gateway.Audit.RollUps;

/// <summary>What one number counts: a subject of a dimension in an hour, a day or a month (UTC).</summary>
/// <param name="Level">One of <see cref="RollUpLevels"/>.</param>
/// <param name="Slot">Its beginning, in milliseconds since 1970-01-01 UTC.</param>
/// <param name="Dimension">One of <see cref="RollUpDimensions"/>.</param>
/// <param name="Subject">As <see cref="RollUpSubject"/> writes it.</param>
/// <param name="RetentionDays">The <see cref="RetentionClass"/> of the events: what expires together is counted together.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RollUpCell(int Level, long Slot, string Dimension, string Subject, int RetentionDays);

/// <summary>How many events, and how many of them were denied.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RollUpCount(long Count, long Denied)
{
    public static RollUpCount operator +(RollUpCount one, RollUpCount other) => new(one.Count + other.Count, one.Denied + other.Denied);
}

/// <summary>Numbers of the store: never given another meaning.</summary>
internal static class RollUpLevels
{
    public const int Hour = 0;
    public const int Day = 1;
    public const int Month = 2;
}

/// <summary>What statistics count by. Words of the store: never given another meaning.</summary>
internal static class RollUpDimensions
{
    /// <summary>Every event; the others count decisions alone.</summary>
    public const string Kind = "kind";
    public const string Effect = "effect";
    public const string NotEnforced = "not-enforced";
    public const string Agent = "agent";
    public const string Tool = "tool";

    /// <summary>Of denials, as is the next.</summary>
    public const string Rule = "rule";
    public const string Resource = "resource";

    /// <summary>All that have few subjects.</summary>
    public static IReadOnlyList<string> Few { get; } = [Kind, Effect, NotEnforced, Agent, Tool, Rule];
}
