namespace Guard.Shell.Syntax;

/// <summary>Leaves the recursive descent at the first thing that is not understood. Never crosses the public surface.</summary>
internal sealed class ShellRefusedException(ShellRefusal refusal) : Exception(refusal.Message)
{
    public ShellRefusal Refusal { get; } = refusal;
}
