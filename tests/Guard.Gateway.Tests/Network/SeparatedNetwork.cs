using System.Diagnostics;
using System.Globalization;

namespace Guard.Gateway.Tests.Network;

/// <summary>
/// Two hosts with a router between them: network namespaces of the test's own, so that the network can be cut and healed while
/// real processes talk through it. Making them takes root.
/// </summary>
internal sealed class SeparatedNetwork : IDisposable
{
    private readonly Process _keeper;

    public SeparatedNetwork()
    {
        _keeper = Start();
        var line = _keeper.StandardOutput.ReadLine();
        if (line?.Split(' ') is not [var near, var far])
        {
            throw new InvalidOperationException($"The network was not made: {line} {_keeper.StandardError.ReadToEnd()}");
        }

        Near = new NetworkHost("192.0.2.2", int.Parse(near, CultureInfo.InvariantCulture));
        Far = new NetworkHost("192.0.2.6", int.Parse(far, CultureInfo.InvariantCulture));
    }

    /// <summary>Where requests come from.</summary>
    public NetworkHost Near { get; }

    /// <summary>Where they are answered.</summary>
    public NetworkHost Far { get; }

    public void Cut(NetworkCut how) => Tell(how switch { NetworkCut.Link => "cut link", NetworkCut.Silence => "cut silence", _ => "cut answers" });

    public void Heal() => Tell("heal");

    public static bool CanBeMade()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        using var keeper = Start();
        keeper.StandardInput.Close();
        var isMade = keeper.StandardOutput.ReadLine() is not null;
        keeper.WaitForExit();
        return isMade;
    }

    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit();
        _keeper.Dispose();
    }

    private static Process Start() => Process.Start(new ProcessStartInfo("/bin/sh", [Path.Combine(AppContext.BaseDirectory, "Network", "network.sh")])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private void Tell(string command)
    {
        _keeper.StandardInput.WriteLine(command);
        _keeper.StandardInput.Flush();
        if (_keeper.StandardOutput.ReadLine() != command)
        {
            throw new InvalidOperationException($"The network did not {command}: {_keeper.StandardError.ReadToEnd()}");
        }
    }
}

/// <summary>What happens to the network between two hosts.</summary>
public enum NetworkCut
{
    /// <summary>The far host's link is down: the router says that there is no way.</summary>
    Link,

    /// <summary>The router drops every packet, as a firewall does, and tells nobody.</summary>
    Silence,

    /// <summary>What the near host sends arrives; what it is answered does not.</summary>
    Answers,
}

/// <summary>A host of a separated network.</summary>
/// <param name="Address">Its only one beside loopback.</param>
/// <param name="Process">A process in its namespace.</param>
internal sealed record NetworkHost(string Address, int Process)
{
    /// <summary>A program on this host: it is the process itself that is started, so it can be killed as any other.</summary>
    public ProcessStartInfo Run(string program, params IEnumerable<string> arguments) =>
        new("nsenter", ["--target", Process.ToString(CultureInfo.InvariantCulture), "--net", program, .. arguments]) { UseShellExecute = false };
}

/// <summary>Skipped, with the reason shown, where no network namespaces can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = NetworkNeeds.Missing.Value;
}

/// <summary>Skipped, with the reason shown, where no network namespaces can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute() => Skip = NetworkNeeds.Missing.Value;
}

/// <summary>What this machine lacks for a network of the tests' own; null: nothing.</summary>
internal static class NetworkNeeds
{
    public static readonly Lazy<string?> Missing = new(static () => SeparatedNetwork.CanBeMade() ? null : "Needs root and network namespaces (iproute2, util-linux).");
}
