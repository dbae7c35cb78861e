using System.Data.Common;
using System.Reflection;
using Guard.Gateway.Decisions;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Sqlite;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Tests.Decisions;

/// <summary>What holds a session to its workspace, where the store goes away while it is read.</summary>
public sealed class SessionPinsTests
{
    private static readonly Place Workspace = new() { Written = Some.Workspace, Real = Some.Workspace };
    private static readonly Place Another = new() { Written = "/home/dev/other", Real = "/home/dev/other" };

    [Fact]
    public void FirstCall_WhoseReadFails_IsHeldToWhatAnotherHasReadMeanwhile()
    {
        using var folder = new TemporaryFolder();
        using var real = SqliteDatabase.Open(Directory.CreateDirectory(folder.File("data")).FullName);
        var store = DispatchProxy.Create<IDatabase, FailingStore>();
        var pins = new SessionPins(store);
        var reads = 0;
        ((FailingStore)(object)store).OnConnect = () =>
        {
            if (++reads > 1)
            {
                return real.Connect();
            }

            // The other call begins later and is faster.
            pins.Resolve("agent", "session", Workspace, DateTimeOffset.UnixEpoch);
            throw new SqliteException("gone", 10);
        };

        var held = pins.Resolve("agent", "session", Another, DateTimeOffset.UnixEpoch);

        reads.Should().Be(2);
        held.Session!.Allows(Workspace).Should().BeTrue();
        held.Fact.Folder.Should().BeNull("the session is in another workspace");
    }

    [Fact]
    public void FirstCall_WhoseReadFailsAlone_Fails()
    {
        var store = DispatchProxy.Create<IDatabase, FailingStore>();
        ((FailingStore)(object)store).OnConnect = static () => throw new SqliteException("gone", 10);
        var pins = new SessionPins(store);

        pins.Invoking(p => p.Resolve("agent", "session", Workspace, DateTimeOffset.UnixEpoch)).Should().Throw<DbException>();
    }

    /// <summary>Only connects; everything else would be a surprise.</summary>
    public class FailingStore : DispatchProxy
    {
        public Func<DbConnection> OnConnect { get; set; } = static () => throw new InvalidOperationException("No store.");

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IDatabase.Connect) ? OnConnect() : throw new NotSupportedException(targetMethod.Name);
    }
}
