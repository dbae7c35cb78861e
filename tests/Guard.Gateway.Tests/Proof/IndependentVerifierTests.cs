using System.Diagnostics;
using System.Globalization;
using Guard.Gateway.Hosting;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Proof;

/// <summary>
/// Proof files hold by a verifier that shares no code with Guard: <c>independent.py</c>, written from the specifications, with
/// Python's hashes and openssl's signatures.
/// </summary>
public sealed class IndependentVerifierTests() : StoreTests(StoreKind.Sqlite), IAsyncLifetime
{
    private const int Decisions = 21;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _ids = [];
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await StartAsync(adjust: static options => options with { Proof = new ProofOptions { Interval = TimeSpan.FromMilliseconds(20) } });
        for (var i = 0; i < Decisions; i++)
        {
            // The leaves behind it have another format.
            if (i == Decisions / 2)
            {
                (await _gateway.ApplyAsync(("kept.yaml", "name: kept\nrules:\n  - { id: none, effect: deny, actions: [\"delegate:agent\"], reason: \"No.\" }\naudit: { retention_days: 90 }\n"))).EnsureSuccessStatusCode();
            }

            _ids.Add((await _gateway.DecideAsync(Some.Read($"{Some.Workspace}/Übung \"{i}\" \u2028 🛡.md"))).EventId);
        }

        await Eventually.BecomesAsync(() => Task.FromResult(_gateway.Host.Log.Size >= Decisions + 4), true);
        var guard = new GuardCommands(_gateway, _folder);
        await File.WriteAllTextAsync(_folder.File("key"), await guard.DoneAsync("audit", "key"));
        foreach (var id in _ids)
        {
            await guard.DoneAsync("audit", "prove", id, "-o", _folder.File(id));
        }
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Proofs_OfEveryPlaceInTheLog_Hold()
    {
        _ids.Select(id => Convert.FromBase64String(File.ReadAllLines(_folder.File(id))[1]["extra ".Length..])[0]).Distinct().Should().Equal(1, 2);
        foreach (var id in _ids)
        {
            Verify(id).Should().Be((0, $"{id} {AuditKinds.Decision}\n", ""));
        }
    }

    /// <summary>It can say no: whichever part of a proof is changed.</summary>
    [Fact]
    public void Proofs_Changed_AreRefused()
    {
        var lines = File.ReadAllText(_folder.File(_ids[7])).Split('\n');
        var other = File.ReadAllText(_folder.File(_ids[8])).Split('\n');
        var root = Array.IndexOf(lines, "") + 3;
        foreach (var (line, text, reason) in new[]
        {
            (1, other[1], "the leaf is not under the signed root"),
            (2, other[2], "the leaf is not under the signed root"),
            (3, lines[4], "the leaf is not under the signed root"),
            (root - 1, (int.Parse(lines[root - 1], CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture), "the checkpoint is not signed with the key"),
            (root, lines[3], "the checkpoint is not signed with the key"),
            (1, Tampered(lines[1]), "the event is not the one that was committed to"),
        })
        {
            File.WriteAllText(_folder.File("changed"), string.Join('\n', [.. lines[..line], text, .. lines[(line + 1)..]]));
            Verify("changed").Should().Be((1, "", $"refused: {reason}\n"));
        }
    }

    private static string Tampered(string extra)
    {
        var data = Convert.FromBase64String(extra["extra ".Length..]);
        var tool = data.AsSpan().IndexOf("\"Read\""u8);
        data[tool + 1] = (byte)'L';
        return "extra " + Convert.ToBase64String(data);
    }

    private (int ExitCode, string Output, string Error) Verify(string proof)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", [Path.Combine(AppContext.BaseDirectory, "Proof", "independent.py"), _folder.File(proof), _folder.File("key")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = python.StandardOutput.ReadToEnd();
        var error = python.StandardError.ReadToEnd();
        python.WaitForExit();
        return (python.ExitCode, output, error);
    }
}
