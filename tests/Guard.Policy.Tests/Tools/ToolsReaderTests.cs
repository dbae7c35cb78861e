using Guard.Policy.Diagnostics;
using Guard.Policy.Tools;

namespace Guard.Policy.Tests.Tools;

/// <summary>Reading the tools dialect: every mistake has its code and place.</summary>
public sealed class ToolsReaderTests
{
    private const string Condition = "expression: \"args.command == 'x'\"";

    [Theory]
    [InlineData("tools: [ { name: bash } ]\nrules: [ { effect: deny, actions: ['*'] } ]", "GRD044")]
    [InlineData("tools: []", "GRD013")]
    [InlineData("tools: [ 5 ]", "GRD011")]
    [InlineData("tools: [ { source: mcp } ]", "GRD012")]
    [InlineData("tools: [ { name: bash, actoin: deny } ]", "GRD010")]
    [InlineData("tools: [ { name: 'a b' } ]", "GRD045")]
    [InlineData("tools: [ { name: unknown_tools } ]", "GRD045")]
    [InlineData("tools: [ { name: bash }, { name: Bash } ]", "GRD045")]
    [InlineData("tools: [ { name: bash, approval_workflow: deploy } ]", "GRD046")]
    [InlineData("tools: [ { name: bash, timeout_seconds: 5 } ]", "GRD033")]
    [InlineData("tools: [ { name: bash, conditions: [ { action: deny } ] } ]", "GRD012")]
    [InlineData("tools: [ { name: bash, conditions: [ { " + Condition + " } ] } ]", "GRD012")]
    [InlineData("tools: [ { name: bash, conditions: [ { " + Condition + ", action: forbid } ] } ]", "GRD020")]
    [InlineData("tools: [ { name: bash, conditions: [ { " + Condition + ", action: deny, approval_workflow: manual-approval } ] } ]", "GRD033")]
    [InlineData("tools: [ { name: bash, conditions: [ { " + Condition + ", action: deny, message: '{{ args.command' } ] } ]", "GRD049")]
    [InlineData("tools: [ { name: bash, conditions: [ { " + Condition + ", action: deny, message: '{{ env.HOME }}' } ] } ]", "GRD049")]
    [InlineData("tools: [ { name: bash, conditions: [ { expression: \"arg.command == 'x'\", action: deny } ] } ]", "GRD055")]
    [InlineData("tools: [ { name: bash } ]\ndefaults: { unknown_tools: maybe }", "GRD020")]
    [InlineData("tools: [ { name: bash } ]\ndefaults: { default_approval_workflow: nosuch }", "GRD046")]
    [InlineData("tools: [ { name: bash, approval_workflow: w } ]\napproval_workflows: [ { name: w }, { name: w } ]", "GRD047")]
    [InlineData("tools: [ { name: bash, approval_workflow: manual-approval } ]\napproval_workflows: [ { name: manual-approval } ]", "GRD047")]
    [InlineData("tools: [ { name: bash, approval_workflow: w } ]\napproval_workflows: [ { name: w, required_approvals: 2, approvers: [ { user: a@x } ] } ]", "GRD047")]
    [InlineData("tools: [ { name: bash, approval_workflow: w } ]\napproval_workflows: [ { name: w, approvers: [ { user: a@x, role: b } ] } ]", "GRD047")]
    [InlineData("tools: [ { name: bash, approval_workflow: w } ]\napproval_workflows: [ { name: w, timeout_seconds: 10, escalation: { after_seconds: 10, approvers: [ { role: b } ] } } ]", "GRD047")]
    [InlineData("tools: [ { name: bash, approval_workflow: w } ]\napproval_workflows: [ { name: w, reuse: sometimes } ]", "GRD030")]
    [InlineData("metadata: { name: floor }\ntools: [ { name: bash } ]", "GRD025")]
    [InlineData("metadata: { nane: x }\ntools: [ { name: bash } ]", "GRD010")]
    public void Document_WithAnError_IsRefusedWithItsCode(string document, string code)
    {
        var result = PolicyCompiler.Compile([new PolicySource("p.yaml", document)], FloorSettings.Default);

        result.Bundle.Should().BeNull();
        result.Diagnostics.Where(d => d.Severity == Severity.Error).Should().ContainSingle().Which.Code.Should().Be(code);
    }

    [Theory]
    [InlineData("tools: [ { name: bash } ]\napproval_workflows: [ { name: w } ]", "nothing uses")]
    [InlineData("tools: [ { name: bash, conditions: [ { expression: 'true', action: deny }, { " + Condition + ", action: deny } ] } ]", "never reached")]
    [InlineData("tools: [ { name: bash, approval_workflow: manual-approval, conditions: [ { expression: 'true', action: deny } ] } ]", "never reached")]
    [InlineData("tools: [ { name: bash, conditions: [ { " + Condition + ", action: allow }, { " + Condition + ", action: deny } ] } ]", "same expression")]
    [InlineData("tools: [ { name: bash, conditions: [ { expression: 'false', action: deny } ] } ]", "never true")]
    [InlineData("tools: [ { name: bash, enabled: false, conditions: [ { " + Condition + ", action: deny } ] } ]", "disabled")]
    public void Document_WithSomethingDead_IsWarnedAbout(string document, string message)
    {
        var result = PolicyCompiler.Compile([new PolicySource("p.yaml", document)], FloorSettings.Default);

        result.Succeeded.Should().BeTrue();
        result.Diagnostics.Should().ContainSingle().Which.Should().Match<Diagnostic>(d => d.Code == "GRD048" && d.Message.Contains(message));
    }

    [Fact]
    public void Workflow_WithEverything_IsRead()
    {
        const string Document = """
            version: "1.0"
            metadata: { name: production-safety, description: "What it is for.", tags: [production] }
            approval_workflows:
              - name: deploy
                description: d
                timeout_seconds: 1800
                required_approvals: 2
                approvers: [ { role: senior-engineer }, { team: platform-ops }, { user: bob@acme.example } ]
                escalation: { after_seconds: 600, approvers: [ { team: leads } ] }
                require_justification: true
                notify: [chat]
                reuse: 10m
                self_approval: false
            tools:
              - { name: bash, source: claude_code, enabled: true, approval_workflow: deploy }
            defaults: { unknown_tools: deny, default_approval_workflow: deploy }
            """;

        var policy = Requests.Bundle(Document).Policies.Single();

        (policy.Name, policy.Version, policy.Description).Should().Be(("production-safety", "1.0", "What it is for."));
        policy.Workflows.Should().ContainSingle().Which.Should().BeEquivalentTo(new WorkflowDefinition
        {
            Name = "deploy",
            Description = "d",
            Timeout = TimeSpan.FromMinutes(30),
            RequiredApprovals = 2,
            Approvers = [new ApproverDefinition(null, "senior-engineer", null), new ApproverDefinition(null, null, "platform-ops"), new ApproverDefinition("bob@acme.example", null, null)],
            Escalation = new EscalationDefinition(TimeSpan.FromMinutes(10), [new ApproverDefinition(null, null, "leads")]),
            RequireJustification = true,
            Notify = ["chat"],
            Reuse = TimeSpan.FromMinutes(10),
            SelfApproval = false,
        });
    }

    [Theory]
    [InlineData("a {{ args.x }} b", "a 1 b")]
    [InlineData("{{args.deep.y}}", "z")]
    [InlineData("{{ args.missing }}|{{ args.list }}|{{ args.none }}", "|…|")]
    [InlineData("{{ action }} {{ resource }} {{ agent }} {{ rule }}", "invoke:t r dev r/1")]
    [InlineData("two\n  lines", "two lines")]
    [InlineData("{{ args.bad }}", "a\uFFFD[31mb")]
    [InlineData("{ not } {one}", "{ not } {one}")]
    public void Message_Filled_IsOneCleanLine(string text, string expected)
    {
        using var json = System.Text.Json.JsonDocument.Parse("""{"x":1,"deep":{"y":"z"},"list":[1],"none":null,"bad":"a\u001b[31mb","long":"x"}""");

        MessageTemplate.Parse(text, out _)!.Fill(Policy.Cel.CelJson.Read(json.RootElement), "invoke:t", "r", "dev", "r/1").Should().Be(expected);
    }

    [Fact]
    public void Message_WithALongValue_IsCut()
    {
        var value = Policy.Cel.CelMap.Empty.With("x", new Policy.Cel.CelString(new string('x', 5000)));

        MessageTemplate.Parse("{{ args.x }}", out _)!.Fill(value, "", "", "", "").Length.Should().Be(MessageTemplate.MaxValue + 1);
    }
}
