using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>Accesses of the wire as the evaluator takes them: one translation for the gateway and for trials on the command line, so that both judge alike.</summary>
public static class RequestedAccesses
{
    public static RequestedAccess Of(Access access) => new()
    {
        Action = access.Action,
        Resource = access.Resource,
        Real = access.Real,
        Canonical = access.Canonical,
        Words = access.Words,
        Command = access.Command is { } command ? Command(command) : null,
        By = access.By,
        Primary = access.Primary,
        Subtree = access.Subtree,
        Walked = access.Walked,
        Unknown = access.Unknown,
        Inert = access.Inert,
        Why = access.Why,
        Note = access.Note,
    };

    private static RequestedCommand Command(CommandShape command) => new()
    {
        Program = command.Program,
        OnPath = command.OnPath,
        Subcommand = command.Subcommand,
        Flags = command.Flags,
        Arguments = command.Arguments,
        Reads = command.Reads,
        Open = command.Open,
        Alone = command.Alone,
    };
}
