using System.Collections.Immutable;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Documents;

/// <summary>Reads <c>audit</c>. Recording itself cannot be switched off.</summary>
internal static class AuditReader
{
    private const int MaxRetentionDays = 36_500;

    private static readonly ImmutableArray<string> Fields =
    [
        "tool_name", "tool_input", "action", "resource", "decision", "reason", "policy", "rule", "timestamp", "trace_id", "session_id", "agent", "owner",
        "duration", "exit_code", "outcome", "working_directory",
    ];

    private static readonly ImmutableArray<string> Levels = ["debug", "info", "warning", "error"];

    public static AuditDefinition? Read(MappingReader document, DiagnosticBag diagnostics)
    {
        if (document.Mapping("audit") is not { } audit)
        {
            return null;
        }

        if (audit.Boolean("enabled") == false)
        {
            diagnostics.Error(DiagnosticCodes.AuditDisabled, audit.KeyAt("enabled"), "recording cannot be switched off", "remove `enabled: false`; `retention_days` and `redact` say what is kept");
        }

        var level = audit.Scalar("log_level");
        Check(level is null ? [] : [level], Levels, "log level");
        var include = audit.Texts("include");
        Check(include, Fields, "field of the record");
        var retention = audit.Integer("retention_days", 1, MaxRetentionDays);
        var redact = audit.Texts("redact");
        foreach (var pointer in redact)
        {
            if (!IsPointer(pointer.Text))
            {
                diagnostics.Error(DiagnosticCodes.BadAudit, pointer.At, $"`{Shown.Text(pointer.Text, 64)}` is no JSON Pointer", "write for example `/tool_input/content`");
            }
        }

        audit.Finish();
        return new AuditDefinition
        {
            LogLevel = level?.Text,
            Include = [.. include.Select(n => n.Text)],
            RetentionDays = retention,
            Redact = [.. redact.Select(n => n.Text)],
        };

        void Check(ImmutableArray<ScalarNode> nodes, ImmutableArray<string> known, string what)
        {
            foreach (var node in nodes.Where(n => !known.Contains(n.Text)))
            {
                diagnostics.Error(DiagnosticCodes.BadAudit, node.At, $"`{Shown.Text(node.Text, 64)}` is no {what}", Nearest.Remedy(node.Text, known));
            }
        }
    }

    // RFC 6901: `~` only as `~0` or `~1`. The empty pointer would erase the whole call.
    private static bool IsPointer(string text)
    {
        if (!text.StartsWith('/'))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '~' && (i + 1 >= text.Length || text[i + 1] is not ('0' or '1')))
            {
                return false;
            }
        }

        return true;
    }
}
