namespace Guard.Cli.Tests;

internal static class SamplePolicies
{
    public const string DevAssistant = """
        name: dev-assistant
        version: "1.0"
        description: For tests
        rules:
          - id: credentials
            effect: deny
            actions: ["read:file", "write:file"]
            conditions:
              resource: { matches: ["**/.env*"] }
            reason: "Credential files are off limits."
          - id: read-project
            effect: allow
            actions: ["read:file"]
            conditions:
              resource: { matches: ["./**"] }
          - id: ask-fetch
            effect: ask
            actions: ["read:web_fetch"]
        """;

    public const string Broken = """
        name: broken
        rules:
          - effect: perhaps
            actions: ["read:file"]
        """;
}
