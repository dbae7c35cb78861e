using System.Reflection;
using System.Runtime.Loader;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Guard.Mutation;

/// <summary>The tests of an assembly, run in this process as often as wanted.</summary>
internal sealed class TestAssembly : IDisposable
{
    private readonly XunitTestFramework _framework = new(new NullMessageSink());
    private readonly ITestFrameworkExecutor _executor;

    /// <param name="path">Of the tests.</param>
    public TestAssembly(string path)
    {
        var assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(path));
        _executor = _framework.GetExecutor(assembly.GetName());
        Cases = Found(assembly).ToDictionary(static c => c.UniqueID, StringComparer.Ordinal);
    }

    /// <summary>From now on, what tests need is found beside them.</summary>
    public static void Resolve(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        AppContext.SetData("APP_CONTEXT_BASE_DIRECTORY", folder + Path.DirectorySeparatorChar);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(folder, name.Name + ".dll") is var needed && File.Exists(needed) ? context.LoadFromAssemblyPath(needed) : null;
    }

    public IReadOnlyDictionary<string, ITestCase> Cases { get; }

    /// <summary>Runs tests until one fails.</summary>
    /// <returns>The name of the one that failed; null: none did.</returns>
    public string? FirstToFail(IEnumerable<string> ids)
    {
        using var sink = new ResultSink();
        _executor.RunTests(ids.Select(id => Cases[id]), sink, new Options { ["xunit.execution.DisableParallelization"] = true, ["xunit.execution.SynchronousMessageReporting"] = true });
        sink.Ended.WaitOne();
        return sink.Failed;
    }

    public void Dispose()
    {
        _executor.Dispose();
        _framework.Dispose();
    }

    private List<ITestCase> Found(Assembly assembly)
    {
        using var discoverer = _framework.GetDiscoverer(Reflector.Wrap(assembly));
        using var sink = new DiscoverySink();
        discoverer.Find(includeSourceInformation: false, sink, new Options { ["xunit.discovery.PreEnumerateTheories"] = true });
        sink.Ended.WaitOne();
        return sink.Found;
    }

    private sealed class Options : Dictionary<string, object>, ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        public Options()
            : base(StringComparer.Ordinal)
        {
        }

        public TValue GetValue<TValue>(string name) => TryGetValue(name, out var value) ? (TValue)value : default!;

        public void SetValue<TValue>(string name, TValue value) => this[name] = value!;
    }

    private sealed class DiscoverySink : IMessageSink, IDisposable
    {
        public List<ITestCase> Found { get; } = [];
        public ManualResetEvent Ended { get; } = new(initialState: false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage found)
            {
                Found.Add(found.TestCase);
            }
            else if (message is IDiscoveryCompleteMessage)
            {
                Ended.Set();
            }

            return true;
        }

        public void Dispose() => Ended.Dispose();
    }

    private sealed class ResultSink : IMessageSink, IDisposable
    {
        public string? Failed { get; private set; }
        public ManualResetEvent Ended { get; } = new(initialState: false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            Failed ??= message switch
            {
                ITestFailed failed => failed.Test.DisplayName,
                ITestCleanupFailure failed => failed.Test.DisplayName,
                ITestClassCleanupFailure failed => failed.TestClass.Class.Name,
                _ => null,
            };
            if (message is ITestAssemblyFinished)
            {
                Ended.Set();
            }

            return Failed is null;
        }

        public void Dispose() => Ended.Dispose();
    }
}
