using Guard.Policy.Documents;

namespace Guard.Policy.Diagnostics;

/// <summary>Collects the problems of one file, so that one run reports all of them.</summary>
internal sealed class DiagnosticBag(string file)
{
    private readonly List<Diagnostic> _all = [];

    public string File => file;

    public IReadOnlyList<Diagnostic> All => _all;

    public bool HasErrors => _all.Exists(d => d.Severity == Severity.Error);

    public void Error(string code, Mark at, string message, string remedy) => Add(code, Severity.Error, at, message, remedy);

    public void Warning(string code, Mark at, string message, string remedy) => Add(code, Severity.Warning, at, message, remedy);

    private void Add(string code, Severity severity, Mark at, string message, string remedy) =>
        _all.Add(new Diagnostic(code, severity, file, at.Line, at.Column, message, remedy));
}
