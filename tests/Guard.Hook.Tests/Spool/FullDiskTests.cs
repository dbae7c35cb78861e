using System.Text;
using System.Text.Json;
using Guard.Gateway.Tests;
using Guard.Protocol;
using Xunit.Abstractions;
using static Guard.Hook.Tests.Spool.SpoolTests;

namespace Guard.Hook.Tests.Spool;

/// <summary>The disk of the hook's own spool full, again and again: every call is denied, what was kept before survives, and nothing half-written is handed over.</summary>
[Collection(HookProcesses.Name)]
public sealed class FullDiskTests(HookBinary hook, ITestOutputHelper output)
{
    private static readonly byte[] GitStatus = HookBinary.Sample("pre-bash-git-status.json");
    private static readonly byte[] Post = HookBinary.Sample("post-bash.json");

    [SmallDiskFact]
    public async Task Disk_Full_EveryCallIsDenied_AndWhatWasKeptIsHandedOverWholeAndOnce()
    {
        using var disk = SmallDisk.Mount();
        await using var gateway = FakeGateway.OnUnix(Answering);
        using var home = HomeOn(disk);
        var (denied, lost, halves) = (0, 0, 0);
        var kept = new List<string>();
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            Deny();
            disk.Fill();
            // The last block of the file takes a line or two; the one after them would be cut in its middle.
            while (Deny())
            {
            }

            lost++;
            HookResult report;
            while ((report = hook.Run(["post", "--config", home.Config], Post)).Error.Length == 0)
            {
                IsKept().Should().BeTrue("an outcome is shorter, so one of them may still fit");
            }

            report.Error.Should().StartWith("guard: the outcome was not recorded: ", "now it is lost, so it is said");
            IsKept().Should().BeFalse();
            disk.Free();
            Deny().Should().BeTrue("there is space again");
        }

        Point(home, gateway.Url);
        hook.Run(["flush", "--config", home.Config], []).ExitCode.Should().Be(0);
        halves.Should().Be(0);
        HandedOver(gateway).SelectMany(static lines => lines).Should().BeEquivalentTo(kept);
        kept.Select(static line => JsonSerializer.Deserialize(line, ProtocolJson.Default.SpooledEvent)!.Id).Should().OnlyHaveUniqueItems();
        output.WriteLine($"the hook's disk full: {TestRuns.Faults} faults, {denied} calls denied, 0 let through, {kept.Count} kept and handed over once, {halves} written in half, {lost} denials that did not fit");

        // Whether it was kept.
        bool Deny()
        {
            denied++;
            hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
            return IsKept();
        }

        // Whether there is one line more than before, and all the others as they were.
        bool IsKept()
        {
            var lines = Lines(disk);
            lines.Take(kept.Count).Should().Equal(kept, "what was kept before survives");
            halves += File.ReadAllBytes(SpoolOf(disk))[^1] == '\n' ? 0 : 1;
            if (lines.Count == kept.Count)
            {
                return false;
            }

            kept.Add(lines[kept.Count]);
            lines.Should().HaveCount(kept.Count);
            return true;
        }
    }

    /// <summary>Who appends as a shell does leaves half a line on a full disk, and spoils the next one with it: so the other test could see it.</summary>
    [SmallDiskFact]
    public void Disk_FullUnderAnAppendThatIsNotTakenBack_SpoilsTheNextLine()
    {
        using var disk = SmallDisk.Mount();
        using var home = HomeOn(disk);
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        var line = Encoding.UTF8.GetBytes(Lines(disk).Single() + "\n");
        disk.Fill();
        this.Invoking(_ =>
        {
            while (true)
            {
                Append(disk, line);
            }
        }).Should().Throw<IOException>();
        File.ReadAllBytes(SpoolOf(disk))[^1].Should().NotBe((byte)'\n', "half a line stands there");
        disk.Free();

        Append(disk, line);

        this.Invoking(_ => JsonSerializer.Deserialize(Lines(disk)[^1], ProtocolJson.Default.SpooledEvent)).Should().Throw<JsonException>();
        // The hook's own begins a new line, whatever stands before it.
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        JsonSerializer.Deserialize(Lines(disk)[^1], ProtocolJson.Default.SpooledEvent)!.Denial!.Hook.Sequence.Should().Be(2);
    }

    private static void Append(SmallDisk disk, byte[] line)
    {
        using var file = new FileStream(SpoolOf(disk), new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 });
        file.Write(line);
    }

    private static HookHome HomeOn(SmallDisk disk) => new("unix:/nowhere/g.sock", new { stateDirectory = Path.Combine(disk.Path, "state") });

    private static string SpoolOf(SmallDisk disk) => Path.Combine(disk.Path, "state", "spool");

    private static List<string> Lines(SmallDisk disk) => [.. File.ReadAllLines(SpoolOf(disk))];
}
