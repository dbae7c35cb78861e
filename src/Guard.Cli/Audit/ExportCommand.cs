using System.CommandLine;
using System.Text;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Audit;

/// <summary><c>guard audit export</c>: the record, or a part of it, for other programs.</summary>
internal static class ExportCommand
{
    private const string Csv = "csv";
    private const string Json = "json";
    private const string JsonLines = "jsonl";
    private const string Proof = "proof";

    public static Command Create(CliContext context)
    {
        var format = new Option<string>("--format") { HelpName = "FORMAT", Description = "csv (safe to open in a spreadsheet), json (one array), jsonl (one document per line), or proof (all that `guard audit verify --from` needs, without filters)", Required = true };
        format.AcceptOnlyFromAmong(Csv, Json, JsonLines, Proof);
        var output = new Option<string?>("--output", "-o") { HelpName = "FILE", Description = "Write there (mode 0600, never over another file) instead of standard output" };
        var filters = new FilterOptions(context);
        var connection = new ConnectionOptions();
        var command = new Command("export", "Write all events that there are at the start, oldest first") { format, output };
        filters.AddTo(command);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            if (parsed.GetRequiredValue(format) == Proof)
            {
                if (filters.IsStated(parsed)) throw CliException.Usage("--format proof takes no filters: a part of the record cannot be verified");
                return await ExportProofAsync(client, context, parsed.GetValue(output), cancel);
            }

            var export = new Export(client, context, filters.Of(parsed), FormatOf(parsed.GetRequiredValue(format)));
            if (parsed.GetValue(output) is not { } stated)
            {
                await export.RunAsync(context.Output, context.IsErrorTerminal && !context.IsTerminal, cancel);
                return ExitCodes.Done;
            }

            var file = context.Resolve(stated);
            var count = await WriteFileAsync(file, async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
                return await export.RunAsync(writer, context.IsErrorTerminal, cancel);
            });
            context.WriteLine($"Exported {(count == 1 ? "1 event" : $"{count} events")} to {context.Shorten(file)}.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<int> ExportProofAsync(GatewayClient client, CliContext context, string? output, CancellationToken cancel)
    {
        using var response = await client.OpenLogExportAsync(cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        if (output is null)
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await reader.ReadLineAsync(cancel) is { } line) await context.Output.WriteAsync(line + "\n");
            return ExitCodes.Done;
        }

        var file = context.Resolve(output);
        await WriteFileAsync(file, async target =>
        {
            await stream.CopyToAsync(target, cancel);
            return 0;
        });
        context.WriteLine($"Exported the record to {context.Shorten(file)}, for `guard audit verify --from`.");
        return ExitCodes.Done;
    }

    private static IExportFormat FormatOf(string format) => format == Csv ? new CsvExport() : new JsonExport(asArray: format == Json);

    // Under another name until it is whole, so that a cut export is never taken for one.
    private static async Task<long> WriteFileAsync(string file, Func<Stream, Task<long>> write)
    {
        if (Path.Exists(file)) throw CliException.Refused($"{file} exists already; nothing was exported");
        if (!Directory.Exists(Path.GetDirectoryName(file))) throw CliException.Refused($"the folder of {file} does not exist; nothing was exported");
        var unfinished = $"{file}.{Guid.NewGuid():N}.unfinished";
        try
        {
            long count;
            await using (var stream = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = PrivateFile.Mode }))
            {
                count = await write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: false);
            return count;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
