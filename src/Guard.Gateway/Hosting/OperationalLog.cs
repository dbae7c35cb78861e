using System.Text;
using Guard.Protocol;
using Guard.Redaction;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Sinks.File;

namespace Guard.Gateway.Hosting;

/// <summary>The log for whoever operates the gateway. It never throws and may drop; the record is the audit writer's.</summary>
internal static class OperationalLog
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {SourceContext}: {Message:lj} {Exception}";
    private const long FileBytes = 10 * 1024 * 1024;
    private const int FilesKept = 5;

    /// <exception cref="GatewayStartException">The log file cannot be opened.</exception>
    public static ILoggerFactory Create(LogOptions options)
    {
        var formatter = new OneLineFormatter(new MessageTemplateTextFormatter(Template));
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(Level(options.Level))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning);
        if (options.Console)
        {
            configuration.WriteTo.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose);
        }

        if (options.File is { } file)
        {
            RequireWritable(file);
            configuration.WriteTo.File(formatter, file, fileSizeLimitBytes: FileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: FilesKept, hooks: new PrivateFiles());
        }

        return new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    private static void RequireWritable(string file)
    {
        try
        {
            // What is logged is the operator's alone; on Windows the folder inherits its rights.
            var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            _ = OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(folder)
                : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Open(file, FileMode.Append).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"The log file {file} cannot be written: {exception.Message}", exception);
        }
    }

    private static LogEventLevel Level(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };

    /// <summary>One event, one line, no secrets, no control characters: what an agent sends cannot forge lines or reach the terminal.</summary>
    private sealed class OneLineFormatter(ITextFormatter inner) : ITextFormatter
    {
        private const int MaxChars = 16 * 1024;
        private static readonly Redactor s_redactor = new();

        public void Format(LogEvent logEvent, TextWriter output)
        {
            var text = new StringBuilder();
            using var writer = new StringWriter(text);
            inner.Format(logEvent, writer);
            output.WriteLine(DisplayText.Clean(s_redactor.Text(text.ToString()).Text, MaxChars).TrimEnd());
        }
    }

    private sealed class PrivateFiles : FileLifecycleHooks
    {
        public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            return base.OnFileOpened(path, underlyingStream, encoding);
        }
    }
}
