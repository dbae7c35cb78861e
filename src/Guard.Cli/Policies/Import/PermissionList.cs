namespace Guard.Cli.Policies.Import;

/// <summary>The client's lists, in the order in which it asks them: the first that has a rule for a call decides.</summary>
internal enum PermissionList
{
    Deny,
    Ask,
    Allow,
}

/// <summary>Names of the lists.</summary>
internal static class PermissionLists
{
    /// <summary>The key in the settings, which is the name of the effect as well.</summary>
    public static string Key(this PermissionList list) => list switch
    {
        PermissionList.Deny => "deny",
        PermissionList.Ask => "ask",
        _ => "allow",
    };
}
