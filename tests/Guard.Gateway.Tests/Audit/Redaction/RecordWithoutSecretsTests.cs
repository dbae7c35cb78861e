using System.Security.Cryptography;
using System.Text.Json;
using Guard.Gateway.Audit.Redaction;
using Guard.Gateway.Hosting;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit.Redaction;

/// <summary>Invariant 9, through the whole gateway: secrets are in no file of the store.</summary>
public sealed class RecordWithoutSecretsTests
{
    private const string Policy = """
        name: quiet
        version: "1.0"
        audit: { redact: ["/tool_input/content"] }
        rules:
          - { id: all, effect: allow, actions: ["write:file"] }
        """;

    [Fact]
    public async Task Decision_WithSecretsInIt_StoresAndSaysNoneOfThem()
    {
        var token = "gh" + "p_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(18));
        const string Private = "words that a policy keeps out of the record";
        await using var gateway = await TestGateway.StartAsync(Policy);
        var shell = Some.Call(Actions.ExecuteShell, $"git clone https://me:{token}@git.example/a", "Bash");
        var write = Some.Write() is var call ? call with { Call = call.Call with { Input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["content"] = Private }) } } : null!;

        var response = await gateway.DecideAsync(shell);
        await gateway.DecideAsync(write);

        response.Message.Should().NotContain(token).And.Contain("[erased:");
        var events = (await gateway.EventsAsync("?session=session-1")).Events;
        events.Should().HaveCount(2).And.OnlyContain(e => e.Erased != null);
        events[0].Erased.Should().Equal("/input/content");
        events[1].Resource.Should().StartWith("git clone https://me:[erased:").And.EndWith("@git.example/a");
        foreach (var file in Directory.EnumerateFiles(gateway.Options.DataDirectory, "guard.db*"))
        {
            var text = System.Text.Encoding.Latin1.GetString(await ReadAsync(file));
            text.Should().NotContain(token, file).And.NotContain(Private, file);
        }
    }

    [Fact]
    public void RedactionKey_FileThatIsNoKey_StopsTheStart()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(RedactionKey.FileName);
        RedactionKey.Read(folder.Path).For("x", "secret").Should().Be("[erased:x]");

        File.WriteAllBytes(path, new byte[31]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Refused().Should().Throw<GatewayStartException>().WithMessage("*31 bytes*");

        File.WriteAllBytes(path, new byte[32]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Refused().Should().Throw<GatewayStartException>().WithMessage("*chmod 600*");

        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        RedactionKey.Read(folder.Path).For("x", "secret").Should().StartWith("[erased:x:hmac:");

        Action Refused() => () => RedactionKey.Read(folder.Path);
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy);
        return copy.ToArray();
    }
}
