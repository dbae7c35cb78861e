using System.Globalization;
using System.Text;
using System.Xml;
using Guard.Policy.Suites;

namespace Guard.Cli.Policies;

/// <summary>Results of suites in the XML that build servers read.</summary>
internal static class JUnitReport
{
    public static string Of(IReadOnlyList<SuiteResult> results)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, NewLineChars = "\n" }))
        {
            writer.WriteStartElement("testsuites");
            Counts(writer, results.SelectMany(r => r.Cases));
            foreach (var result in results)
            {
                writer.WriteStartElement("testsuite");
                writer.WriteAttributeString("name", Clean(result.Suite.Name));
                writer.WriteAttributeString("file", Clean(result.Suite.Path));
                Counts(writer, result.Cases);
                foreach (var c in result.Cases) WriteCase(writer, result.Suite, c);
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + text + "\n";
    }

    private static void WriteCase(XmlWriter writer, Suite suite, SuiteCaseResult result)
    {
        writer.WriteStartElement("testcase");
        writer.WriteAttributeString("name", Clean(result.Case.Name));
        writer.WriteAttributeString("classname", Clean(suite.Name));
        writer.WriteAttributeString("file", Clean(suite.Path));
        writer.WriteAttributeString("line", result.Case.Line.ToString(CultureInfo.InvariantCulture));
        if (result.Problem is { } problem)
        {
            writer.WriteStartElement("failure");
            writer.WriteAttributeString("message", Clean(problem));
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static void Counts(XmlWriter writer, IEnumerable<SuiteCaseResult> cases)
    {
        var all = cases.ToList();
        writer.WriteAttributeString("tests", all.Count.ToString(CultureInfo.InvariantCulture));
        writer.WriteAttributeString("failures", all.Count(c => !c.Passed).ToString(CultureInfo.InvariantCulture));
    }

    // XML has no way to write most control characters.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\ufffe' or '\uffff' ? '\ufffd' : c));
}
