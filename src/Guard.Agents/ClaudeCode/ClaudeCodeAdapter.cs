using System.Text.Json;
using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Agents.ClaudeCode;

/// <summary>Turns what Claude Code says it is about to do into a tool call and everything it would cause.</summary>
public static class ClaudeCodeAdapter
{
    /// <summary>The client's name on the wire.</summary>
    public const string Client = "claude-code";

    private const string PreToolUse = "PreToolUse";
    private const string ConfigChange = "ConfigChange";

    /// <summary>Adapts a hook's input as the client writes it, the tool's input included.</summary>
    /// <exception cref="UnreadableInputException">The input cannot be judged; the call must be denied.</exception>
    public static AdaptedCall Adapt(ReadOnlyMemory<byte> json, AdapterContext context) =>
        WithInput(ClaudeCodeInputReader.Read(json), context);

    /// <summary>Adapts a tool call that is stated by hand or by a suite.</summary>
    /// <param name="tool">The tool's name as the client spells it.</param>
    /// <param name="inputJson">The tool's input, UTF-8 JSON.</param>
    /// <param name="cwd">The folder that relative paths mean.</param>
    /// <param name="context">Where the call would happen.</param>
    /// <exception cref="UnreadableInputException">The input cannot be judged; the call must be denied.</exception>
    public static AdaptedCall AdaptTool(string tool, ReadOnlyMemory<byte> inputJson, string? cwd, AdapterContext context) =>
        WithInput(new ClaudeCodeInput { Event = PreToolUse, Tool = tool, Cwd = cwd, ToolInput = ClaudeCodeInputReader.ReadToolInput(inputJson) }, context);

    /// <summary>
    /// Adapts an input that was read; <see cref="ToolCall.Input"/> stays empty, for callers that write it with
    /// <see cref="WireInput"/>.
    /// </summary>
    /// <exception cref="UnreadableInputException">The input cannot be judged; the call must be denied.</exception>
    public static AdaptedCall Adapt(ClaudeCodeInput input, AdapterContext context)
    {
        if (string.IsNullOrEmpty(input.Tool)) throw new UnreadableInputException("the hook's input names no tool (`tool_name`)");
        if (input.Event is not (null or PreToolUse)) throw new UnreadableInputException($"the hook was called for the event {ToolName.Safe(input.Event)}, not PreToolUse; correct its registration");

        var tool = ToolName.Safe(input.Tool);
        var cwd = FolderOf(input, context);
        var list = new AccessList(context, cwd);
        ToolAccesses.Add(list, tool, input);
        return new AdaptedCall(CallOf(input, tool, cwd, context), list.Accesses) { Walk = list.Walk };
    }

    /// <summary>
    /// Adapts a change of the client's settings. One that would disarm Guard is a write to the settings file, which the
    /// floor and the policies judge; any other is inert.
    /// </summary>
    /// <exception cref="UnreadableInputException">The input is of another event.</exception>
    public static AdaptedCall AdaptConfigChange(ClaudeCodeInput input, AdapterContext context, bool disarms)
    {
        if (input.Event is not (null or ConfigChange)) throw new UnreadableInputException($"the hook was called for the event {ToolName.Safe(input.Event)}, not ConfigChange; correct its registration");

        var cwd = FolderOf(input, context);
        var list = new AccessList(context, cwd);
        if (disarms) list.AddFile(Actions.WriteFile, input.FilePath, "config.no-path");
        else list.Add(new Access { Action = Actions.InvokePrefix + ConfigChange, Resource = input.FilePath ?? input.Source ?? "{}", Inert = true, Why = "config.harmless" });
        return new AdaptedCall(CallOf(input with { Event = ConfigChange }, ConfigChange, cwd, context), list.Accesses);
    }

    private static ToolCall CallOf(ClaudeCodeInput input, string tool, string? cwd, AdapterContext context) => new()
    {
        Client = Client,
        Event = input.Event ?? PreToolUse,
        Tool = tool,
        ToolUseId = input.ToolUseId,
        SessionId = input.SessionId,
        PromptId = input.PromptId,
        Cwd = cwd,
        Workspace = PlaceOf(context.Workspace ?? (input.SessionId is null ? context.ManualFolder : null), context.Paths),
        Homes = HomesOf(context),
        PermissionMode = input.PermissionMode,
        SubagentId = input.SubagentId,
        SubagentType = input.SubagentType,
    };

    /// <summary>The folder that relative paths of this input mean; null where it is not known.</summary>
    private static string? FolderOf(ClaudeCodeInput input, AdapterContext context)
    {
        var cwd = input.Cwd ?? (input.SessionId is null ? context.ManualFolder : null);
        return cwd is not null && cwd.StartsWith('/') && PathResolver.Absolute(cwd, null, null) is { } absolute ? PathResolver.Lexical(absolute) : null;
    }

    private static AdaptedCall WithInput(ClaudeCodeInput input, AdapterContext context)
    {
        var adapted = Adapt(input, context);
        var reader = new Utf8JsonReader(WireInput.ToCompactJson(input.ToolInput));
        return adapted with { Call = adapted.Call with { Input = JsonElement.ParseValue(ref reader) } };
    }

    internal static Place? PlaceOf(string? folder, IPathView paths)
    {
        if (folder is null || !folder.StartsWith('/') || PathResolver.Absolute(folder, null, null) is not { } absolute) return null;
        var written = PathResolver.Lexical(absolute);
        return new Place { Written = written, Real = PathResolver.Resolve(paths, written).Real };
    }

    internal static List<Place>? HomesOf(AdapterContext context)
    {
        // The first is what `~` means to allow rules; without the account's own there is none to state.
        if (PlaceOf(context.Home, context.Paths) is not { } home) return null;
        var other = context.HomeVariable == context.Home ? null : PlaceOf(context.HomeVariable, context.Paths);
        return other is null ? [home] : [home, other];
    }
}
