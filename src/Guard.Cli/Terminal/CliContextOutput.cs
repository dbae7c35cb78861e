using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Guard.Cli.Terminal;

/// <summary>Ways to write results.</summary>
internal static class CliContextOutput
{
    // Stands for a blank while a table is laid out, because cells are broken at blanks. Private use: never in cleaned text.
    private const char Blank = '\uE000';

    /// <summary>One JSON document on one line; the encoder escapes whatever could steer a terminal.</summary>
    public static void WriteJson<T>(this CliContext context, T value, JsonTypeInfo<T> type) =>
        context.Output.WriteLine(JsonSerializer.Serialize(value, type));

    // No row is wider; the table's layout needs a number.
    private const int Unlimited = 1_000_000;

    /// <summary>A table without lines, each row on one line: what does not fit a terminal is cut with an ellipsis, in a pipe nothing is.</summary>
    public static void WriteTable(this CliContext context, IReadOnlyList<Column> columns, IEnumerable<IReadOnlyList<Cell>> rows, bool withHeader = true)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = withHeader, Expand = false };
        foreach (var (i, column) in columns.Index())
        {
            var gap = i < columns.Count - 1 ? 2 : 0;
            var added = new TableColumn(new Text(column.Name, new Style(decoration: Decoration.Bold)) { Overflow = Overflow.Ellipsis }) { NoWrap = true, Padding = new Padding(0, 0, gap, 0) };
            if (column.Width is { } width) added.Width = width;
            table.AddColumn(added);
        }

        foreach (var row in rows) table.AddRow(row.Select(Render));
        var written = new StringWriter();
        var console = (context with { Output = written, Width = context.IsTerminal ? context.Width : Unlimited }).CreateConsole();
        console.Write(table);
        foreach (var line in written.ToString().TrimEnd('\n').Split('\n')) context.Output.WriteLine(line.Replace(Blank, ' ').TrimEnd());
    }

    private static IRenderable Render(Cell cell) =>
        new Text(PlainText.OneLine(cell.Text).Replace(' ', Blank), new Style(cell.Color)) { Overflow = Overflow.Ellipsis };
}

/// <summary>A column of a table; without a width it is as wide as its widest cell.</summary>
internal readonly record struct Column(string Name, int? Width = null);

/// <summary>Untrusted text in a table.</summary>
internal readonly record struct Cell(string Text, Color? Color = null)
{
    public static implicit operator Cell(string text) => new(text);
}
