using System.Text.Json;
using Guard.Gateway.Audit.Redaction;
using Guard.Protocol;
using Guard.Redaction;

namespace Guard.Gateway.Tests.Audit.Redaction;

public sealed class EventRedactorTests
{
    private static readonly EventRedactor s_redactor = new(new Redactor());

    // Made of parts: no scanner is to find a token in this repository.
    private static readonly string s_token = "gh" + "p_" + "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX";

    [Fact]
    public void Redact_EventWithoutSecrets_IsTheSameEvent()
    {
        var auditEvent = Event("git status --short");

        s_redactor.Redact(auditEvent, []).Should().BeSameAs(auditEvent);
        s_redactor.Redact(auditEvent, ["/tool_input/content", "/cwd2"]).Should().BeSameAs(auditEvent);
    }

    [Fact]
    public void Redact_SecretInACommand_IsGoneFromEveryMember()
    {
        const string Password = "q7Zk3mW9xT2b";
        var auditEvent = Event($"tool --password {Password} push") with
        {
            Reason = $"no rule allows `execute:shell tool --password {Password} push`",
            Errors = [$"rule x: {Password} is not a number"],
            Cwd = $"/home/dev/{s_token}",
            AgentLabel = s_token,
            Change = new AuditChange { Actor = "ada", Operation = "x", Target = s_token, Detail = $"key {s_token}" },
        };

        var redacted = s_redactor.Redact(auditEvent, []);

        var text = JsonSerializer.Serialize(redacted, ProtocolJson.Default.AuditEvent);
        text.Should().NotContain(Password).And.NotContain(s_token);
        redacted.Resource.Should().Be("tool --password [erased:secret] push");
        redacted.Accesses![0].Words.Should().Equal("tool", "--password", "[erased:secret]", "push");
        redacted.Erased.Should().BeEquivalentTo(
            "/input/command", "/accesses/0/resource", "/accesses/0/canonical", "/accesses/0/words/2", "/resource", "/reason", "/errors/0", "/cwd", "/agentLabel", "/change/target", "/change/detail");
        redacted.Should().BeEquivalentTo(auditEvent, static same => same.Including(e => e.Id).Including(e => e.TraceId).Including(e => e.SessionId).Including(e => e.Tool).Including(e => e.Action));
    }

    [Fact]
    public void Redact_CommandByOrder_IsGoneFromTheAccessesMadeOfIt()
    {
        var auditEvent = Event("cat a | secret-tool b") with { Reason = "no rule allows `execute:shell secret-tool b`" };
        auditEvent = auditEvent with
        {
            Accesses =
            [
                .. auditEvent.Accesses!,
                new Access { Action = Actions.ExecuteShell, Resource = "secret-tool b ", Canonical = "secret-tool b", Words = ["secret-tool", "b"] },
                new Access { Action = Actions.ReadFile, Resource = "/home/dev/a" },
            ],
        };

        var redacted = s_redactor.Redact(auditEvent, ["/tool_input/command", "/cwd"]);

        JsonSerializer.Serialize(redacted, ProtocolJson.Default.AuditEvent).Should().NotContain("secret-tool");
        redacted.Accesses![2].Resource.Should().Be("/home/dev/a");
        redacted.Cwd.Should().Be("[erased:by-policy]");
        redacted.Erased.Should().Contain("/input/command").And.Contain("/cwd").And.Contain("/reason").And.Contain("/accesses/1/words");
    }

    // Else whoever writes a file could have its path erased by writing the path into it.
    [Fact]
    public void Redact_ContentByOrderThatNamesItsOwnPath_LeavesThePath()
    {
        var auditEvent = Event("x") with
        {
            Input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["file_path"] = "/home/dev/.bashrc", ["content"] = "# /home/dev/.bashrc\n" }),
            Resource = "/home/dev/.bashrc",
            Accesses = [new Access { Action = Actions.WriteFile, Resource = "/home/dev/.bashrc", Real = "/home/dev/.bashrc", Primary = true }],
        };

        var redacted = s_redactor.Redact(auditEvent, ["/tool_input/content"]);

        redacted.Accesses![0].Should().BeEquivalentTo(auditEvent.Accesses[0]);
        redacted.Resource.Should().Be("/home/dev/.bashrc");
        redacted.Input!.Value.GetProperty("content").GetString().Should().Be("[erased:by-policy]");
        redacted.Erased.Should().Equal("/input/content");
    }

    [Fact]
    public void Redact_ToolOfAServerByOrder_IsErasedInTheResourceThatIsItsInput()
    {
        const string Input = """{"note":"private words","id":7}""";
        var auditEvent = Event("x") with
        {
            Input = JsonDocument.Parse(Input).RootElement,
            Resource = Input,
            Accesses = [new Access { Action = "invoke:mcp__notes__add", Resource = Input, Primary = true }],
        };

        var redacted = s_redactor.Redact(auditEvent, ["/tool_input/note"]);

        redacted.Accesses![0].Resource.Should().Be("""{"note":"[erased:by-policy]","id":7}""");
        redacted.Resource.Should().Be(redacted.Accesses[0].Resource);
        redacted.Erased.Should().Equal("/input/note", "/accesses/0/resource", "/resource");
    }

    [Fact]
    public void Redact_WholeInputByOrder_LeavesNothingOfIt()
    {
        var redacted = s_redactor.Redact(Event("cat private"), ["/tool_input"]);

        JsonSerializer.Serialize(redacted, ProtocolJson.Default.AuditEvent).Should().NotContain("private");
        redacted.Input!.Value.GetString().Should().Be("[erased:by-policy]");
    }

    private static AuditEvent Event(string command) => new()
    {
        Id = "01980000-0000-7000-8000-000000000001",
        Time = DateTimeOffset.UnixEpoch,
        Kind = AuditKinds.Decision,
        Organisation = "default",
        TraceId = "01980000-0000-7000-8000-000000000002",
        SessionId = "session-1",
        Tool = "Bash",
        Action = Actions.ExecuteShell,
        Cwd = "/home/dev",
        Input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["command"] = command }),
        Resource = command,
        Accesses = [new Access { Action = Actions.ExecuteShell, Resource = command, Canonical = command, Words = command.Split(' '), Primary = true }],
    };
}
