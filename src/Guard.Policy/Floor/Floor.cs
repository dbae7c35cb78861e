using System.Text;

namespace Guard.Policy;

/// <summary>What no policy can allow, in every mode.</summary>
public static class Floor
{
    /// <summary>The policy name by which decisions of the floor are known.</summary>
    public const string PolicyName = "floor";

    /// <summary>The floor in words, for <c>guard policy show floor</c>: its document and what code decides beside it.</summary>
    public static string Describe() => new StringBuilder(FloorCompiler.DocumentText.TrimEnd())
        .AppendLine()
        .AppendLine()
        .AppendLine("# Decided by code:")
        .AppendLine("#   guard-files: Guard's data folder, socket and programs are neither read nor written")
        .ToString();
}
