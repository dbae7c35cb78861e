using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>
/// What a decision request must be before policy sees it. Everything here was sent by an agent, so nothing is repaired:
/// what is odd is refused, and a hook denies what is refused.
/// </summary>
internal static class DecisionCheck
{
    private const int MaxId = 256;
    private const int MaxName = 512;
    private const int MaxPath = 8_192;
    private const int MaxHomes = 8;
    private const int MaxWords = 8_192;

    private static readonly FrozenSet<string> KnownActions = FrozenSet.ToFrozenSet(
        [
            Actions.ReadFile, Actions.WriteFile, Actions.DeleteFile, Actions.ReadEnv, Actions.ExecuteShell, Actions.ExecuteCode,
            Actions.ExecuteOpaque, Actions.ReadWebSearch, Actions.ReadWebFetch, Actions.ReadWebBrowse, Actions.WriteWeb,
            Actions.ConnectNetwork, Actions.DelegateAgent,
        ],
        StringComparer.Ordinal);

    /// <exception cref="RefusedException">400, naming the member and what is wrong with it.</exception>
    public static void Check(DecisionRequest request)
    {
        // The trace comes first, so that every later refusal can name it.
        CheckTrace(request.TraceId);
        var trace = request.TraceId;
        CheckVersion(request.Version, trace);
        CheckHook(request.Hook, trace);
        if (request.Mode is not (null or Modes.Enforce or Modes.Audit))
        {
            throw Refuse("mode", "must be `enforce` or `audit`", trace);
        }

        Optional("walk", request.Walk, MaxId, trace);
        CheckCall(request.Call, trace);
        CheckAccesses(request.Accesses, trace);
    }

    public static void CheckCall(ToolCall call, string? trace)
    {
        Text("call.client", call.Client, MaxId, trace);
        Text("call.event", call.Event, MaxId, trace);
        Text("call.tool", call.Tool, MaxName, trace);
        Optional("call.toolUseId", call.ToolUseId, MaxId, trace);
        Optional("call.sessionId", call.SessionId, MaxId, trace);
        Optional("call.promptId", call.PromptId, MaxId, trace);
        Optional("call.permissionMode", call.PermissionMode, MaxId, trace);
        Optional("call.subagentId", call.SubagentId, MaxId, trace);
        Optional("call.subagentType", call.SubagentType, MaxId, trace);
        Optional("call.cwd", call.Cwd, MaxPath, trace);
        Optional("call.project", call.Project, MaxName, trace);
        Optional("call.branch", call.Branch, MaxName, trace);
        Optional("call.host", call.Host, MaxName, trace);
        CheckPolicy(call.Policy, trace);
        Place("call.workspace", call.Workspace, trace);
        if (call.Homes?.Count > MaxHomes)
        {
            throw Refuse("call.homes", $"has more than {MaxHomes} entries", trace);
        }

        foreach (var home in call.Homes ?? [])
        {
            Place("call.homes", home ?? throw Refuse("call.homes", "holds null", trace), trace);
        }

        if (call.Input is { } input)
        {
            CheckUnicode(input, trace);
        }
    }

    public static void CheckAccesses(IReadOnlyList<Access> accesses, string? trace)
    {
        if (accesses.Count == 0)
        {
            throw Refuse("accesses", "is empty: a call without an access cannot be judged", trace);
        }

        if (accesses.Count > Wire.MaxAccesses)
        {
            throw new RefusedException(413, ProblemCodes.TooManyAccesses, $"The call has {accesses.Count} accesses; at most {Wire.MaxAccesses} are judged. Split the command.") { TraceId = trace };
        }

        var primaries = 0;
        for (var i = 0; i < accesses.Count; i++)
        {
            CheckAccess(accesses[i], $"accesses[{i}]", trace);
            primaries += accesses[i].Primary ? 1 : 0;
            if (accesses[i].By is { } by && (by < 0 || by >= accesses.Count || accesses[by].Action != Actions.ExecuteShell))
            {
                throw Refuse($"accesses[{i}].by", "is not the index of a command of this call", trace);
            }
        }

        if (primaries > 1)
        {
            throw Refuse("accesses", "has more than one primary access", trace);
        }
    }

    public static void CheckVersion(int version, string? trace)
    {
        if (version != Wire.Version)
        {
            throw new RefusedException(400, ProblemCodes.Version, $"The request has wire version {version}; this gateway speaks {Wire.Version}. Install the hook and the gateway of one release.") { TraceId = trace };
        }
    }

    public static void CheckHook(HookInfo hook, string? trace)
    {
        Text("hook.version", hook.Version, MaxId, trace);
        Optional("hook.clientVersion", hook.ClientVersion, MaxId, trace);
        Optional("hook.agentName", hook.AgentName, MaxId, trace);
        Optional("hook.installation", hook.Installation, MaxId, trace);
        if (hook.Sequence is < 1 or > Wire.MaxInteger)
        {
            throw Refuse("hook.sequence", $"must count from 1, to at most {Wire.MaxInteger}", trace);
        }
    }

    public static void CheckTrace(string trace)
    {
        if (!Ids.IsUuidV7(trace))
        {
            throw RefusedException.BadRequest("`traceId` must be a UUIDv7 in lower case, e.g. 01980f3e-7c1a-7b3e-9f10-0a1b2c3d4e5f.");
        }
    }

    /// <summary>Not empty, not too long, no NUL: a string that C code would cut is not the string that was judged.</summary>
    public static void Text(string member, string value, int maxChars, string? trace)
    {
        if (value.Length == 0)
        {
            throw Refuse(member, "is empty", trace);
        }

        Optional(member, value, maxChars, trace);
    }

    public static void Optional(string member, string? value, int maxChars, string? trace)
    {
        if (value is null)
        {
            return;
        }

        if (value.Length > maxChars)
        {
            throw Refuse(member, $"is longer than {maxChars} characters", trace);
        }

        NoNul(member, value, trace);
    }

    private static void CheckAccess(Access access, string member, string? trace)
    {
        if (access is null)
        {
            throw Refuse(member, "is null", trace);
        }

        Text($"{member}.action", access.Action, MaxName, trace);
        if (!KnownActions.Contains(access.Action) && !(access.Action.StartsWith(Actions.InvokePrefix, StringComparison.Ordinal) && access.Action.Length > Actions.InvokePrefix.Length))
        {
            throw Refuse($"{member}.action", "is not an action of this gateway; the hook may be newer than it", trace);
        }

        Optional($"{member}.note", access.Note, MaxName, trace);
        CheckCommand(access.Command, $"{member}.command", trace);
        NoNul($"{member}.resource", access.Resource, trace);
        NoNul($"{member}.real", access.Real, trace);
        NoNul($"{member}.canonical", access.Canonical, trace);
        Optional($"{member}.why", access.Why, MaxId, trace);
        if (access.Unknown && access.Resource != Access.UnknownResource)
        {
            throw Refuse($"{member}.resource", "must be `?` where the resource is unknown", trace);
        }

        // A rule that allows what begins with `git ` would take a whole line such as `git status; rm -rf /` for one command.
        if (access is { Action: Actions.ExecuteShell, Inert: false, Unknown: false } and ({ Words: null } or { Words.Count: 0 }))
        {
            throw Refuse($"{member}.words", "is missing: a command that needs an allow must be taken apart into its words. Send a line that was not taken apart as `execute:opaque`", trace);
        }

        CheckWords($"{member}.words", access.Words ?? [], trace);
    }

    private static void CheckCommand(CommandShape? command, string member, string? trace)
    {
        if (command is null)
        {
            return;
        }

        NoNul($"{member}.program", command.Program, trace);
        NoNul($"{member}.alone", command.Alone, trace);
        foreach (var (name, words) in new[] { ("subcommand", command.Subcommand), ("flags", command.Flags), ("arguments", command.Arguments) })
        {
            CheckWords($"{member}.{name}", words, trace);
        }
    }

    private static void CheckWords(string member, IReadOnlyList<string> words, string? trace)
    {
        if (words.Count > MaxWords)
        {
            throw Refuse(member, $"has more than {MaxWords} entries", trace);
        }

        foreach (var word in words)
        {
            if (word is null)
            {
                throw Refuse(member, "holds null", trace);
            }

            NoNul(member, word, trace);
        }
    }

    private static void CheckPolicy(WorkspacePolicy? policy, string? trace)
    {
        if (policy is null)
        {
            return;
        }

        Text("call.policy.digest", policy.Digest, MaxId, trace);
        if (policy.Text.Length > WorkspacePolicy.MaxBytes)
        {
            throw Refuse("call.policy.text", $"is longer than {WorkspacePolicy.MaxBytes} characters", trace);
        }

        // The session is pinned to the digest, so it must be that of the text.
        if (policy.Digest != "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(policy.Text))))
        {
            throw Refuse("call.policy.digest", "is not that of `call.policy.text`", trace);
        }
    }

    private static void Place(string member, Place? place, string? trace)
    {
        if (place is null)
        {
            return;
        }

        Text($"{member}.written", place.Written, MaxPath, trace);
        Optional($"{member}.real", place.Real, MaxPath, trace);
        if (place.Written[0] != '/' || place.Real is { } real && !real.StartsWith('/'))
        {
            throw Refuse(member, "must be an absolute path", trace);
        }
    }

    // The record keeps the input as JSON; text that is not Unicode could be written into it but never read again.
    private static void CheckUnicode(JsonElement element, string? trace)
    {
        try
        {
            Walk(element);
        }
        catch (InvalidOperationException)
        {
            throw Refuse("call.input", "holds an unpaired surrogate, which is not Unicode text", trace);
        }
    }

    private static void Walk(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    Walk(property.Value);
                }

                break;
        }
    }

    private static void NoNul(string member, string? value, string? trace)
    {
        if (value is not null && value.Contains('\0'))
        {
            throw Refuse(member, "holds a NUL character, which no path, command or address can hold", trace);
        }
    }

    private static RefusedException Refuse(string member, string problem, string? trace) => RefusedException.BadRequest($"`{member}` {problem}.", trace);
}
