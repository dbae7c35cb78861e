namespace Guard.Shell.Analysis;

/// <summary>Names of builtins in groups that matter to the walk.</summary>
internal static class Builtins
{
    public static bool Declares(string name) => name is "declare" or "typeset" or "local" or "export" or "readonly";
}
