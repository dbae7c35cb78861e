namespace Guard.Policy.Matching;

/// <summary>What the resource of an action is, and so how it is compared.</summary>
[Flags]
internal enum ResourceKinds
{
    None = 0,
    File = 1,
    Command = 2,
    Web = 4,
    Network = 8,
    Text = 16,
}

/// <summary>Tells the kind from the action.</summary>
internal static class ResourceKindOf
{
    public static ResourceKinds Action(string action)
    {
        if (action.EndsWith(":file", StringComparison.OrdinalIgnoreCase) && !action.StartsWith("invoke:", StringComparison.OrdinalIgnoreCase))
        {
            return ResourceKinds.File;
        }

        if (action.StartsWith("execute:", StringComparison.OrdinalIgnoreCase))
        {
            return ResourceKinds.Command;
        }

        return action.ToLowerInvariant() switch
        {
            "read:web_fetch" or "read:web_browse" or "write:web" => ResourceKinds.Web,
            "connect:network" => ResourceKinds.Network,
            _ => ResourceKinds.Text,
        };
    }
}
