using Guard.Policy.Cel;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Documents;

/// <summary>Reads an expression and reports every problem in it at its place.</summary>
internal static class ExpressionReader
{
    /// <summary>Null where it has a problem.</summary>
    public static CelProgram? Read(ScalarNode node, CelEnvironment environment, DiagnosticBag diagnostics)
    {
        var program = CelProgram.Compile(node.Text, environment, out var problems);
        foreach (var problem in problems)
        {
            diagnostics.Error(Code(problem.Kind), ScalarPlace.Of(node, problem.Offset), Shown.Text(problem.Message, 400), Shown.Text(problem.Remedy, 400));
        }

        if (program is null || problems.Length > 0)
        {
            return null;
        }

        if (!program.Type.Fits(CelType.Bool))
        {
            diagnostics.Error(DiagnosticCodes.ExpressionType, node.At, $"the expression gives {program.Type}, not true or false", "compare it with something");
            return null;
        }

        return program;
    }

    private static string Code(CelProblemKind kind) => kind switch
    {
        CelProblemKind.UnknownName => DiagnosticCodes.ExpressionName,
        CelProblemKind.WrongArguments => DiagnosticCodes.ExpressionArguments,
        CelProblemKind.WrongType => DiagnosticCodes.ExpressionType,
        CelProblemKind.BadRegex => DiagnosticCodes.BadRegex,
        CelProblemKind.TooComplex => DiagnosticCodes.ExpressionTooComplex,
        _ => DiagnosticCodes.ExpressionSyntax,
    };
}
