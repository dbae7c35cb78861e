namespace Guard.Protocol;

/// <summary>The actions of the policy language, <c>verb:noun</c>.</summary>
public static class Actions
{
    public const string ReadFile = "read:file";
    public const string WriteFile = "write:file";
    public const string DeleteFile = "delete:file";
    public const string ReadEnv = "read:env";
    public const string ExecuteShell = "execute:shell";
    public const string ExecuteCode = "execute:code";
    public const string ExecuteOpaque = "execute:opaque";
    public const string ReadWebSearch = "read:web_search";
    public const string ReadWebFetch = "read:web_fetch";
    public const string ReadWebBrowse = "read:web_browse";
    public const string WriteWeb = "write:web";
    public const string ConnectNetwork = "connect:network";
    public const string DelegateAgent = "delegate:agent";

    /// <summary>Prefix of the action of every tool that has none of its own: <c>invoke:&lt;tool&gt;</c>.</summary>
    public const string InvokePrefix = "invoke:";
}
