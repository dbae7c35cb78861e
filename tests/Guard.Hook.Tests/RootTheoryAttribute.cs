namespace Guard.Hook.Tests;

/// <summary>Needs processes of several accounts.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Needs processes of several accounts.";
}
