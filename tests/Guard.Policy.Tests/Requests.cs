using Guard.Policy.Evaluation;

namespace Guard.Policy.Tests;

/// <summary>The place and the agent that most tests speak of: /home/dev/app, with home folder /home/dev.</summary>
internal static class Requests
{
    public static readonly DateTimeOffset Wednesday = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    public static readonly AgentFacts Agent = new() { Id = "agent-1", Name = "claude-dev", Tags = ["claude-code"], TrustTier = TrustTier.Verified };

    public static EvaluationRequest For(params RequestedAccess[] accesses) => new()
    {
        Agent = Agent,
        Accesses = accesses,
        Workspace = new WorkspaceFact { Folder = new FolderSpelling("/home/dev/app", "/home/dev/app") },
        Homes = [new FolderSpelling("/home/dev", "/home/dev")],
        Now = Wednesday,
    };

    /// <summary>A file that is no symlink, unless <paramref name="real"/> says where it leads.</summary>
    public static RequestedAccess File(string action, string path, string? real = null, bool subtree = false)
    {
        var absolute = path.StartsWith("./", StringComparison.Ordinal) ? "/home/dev/app" + path[1..] : path == "." ? "/home/dev/app" : path;
        return new RequestedAccess { Action = action, Resource = absolute, Real = real ?? absolute, Subtree = subtree };
    }

    public static RequestedAccess Access(string action, string resource) => new() { Action = action, Resource = resource };

    /// <summary>What a simple command becomes: the line, which needs no allow, and the command.</summary>
    public static RequestedAccess[] Simple(string line, string? canonical = null) =>
    [
        new RequestedAccess { Action = "execute:shell", Resource = line, Primary = true, Inert = true },
        new RequestedAccess { Action = "execute:shell", Resource = line, Canonical = canonical ?? line, Words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
    ];

    /// <summary>What a line becomes that is more than a simple command.</summary>
    public static RequestedAccess[] Opaque(string line) =>
    [
        new RequestedAccess { Action = "execute:shell", Resource = line, Primary = true, Inert = true },
        new RequestedAccess { Action = "execute:opaque", Resource = line, Why = "shell.operator" },
    ];

    public static PolicyBundle Bundle(params string[] documents) => Bundle(FloorSettings.Default, documents);

    public static PolicyBundle Bundle(FloorSettings floor, params string[] documents)
    {
        var result = PolicyCompiler.Compile([.. documents.Select((text, i) => new PolicySource($"policy{i}.yaml", text))], floor);
        result.Succeeded.Should().BeTrue(string.Join('\n', result.Diagnostics));
        return result.Bundle!;
    }

    public static Decision Decide(string document, params RequestedAccess[] accesses) => Evaluator.Evaluate(Bundle(document), For(accesses));
}
