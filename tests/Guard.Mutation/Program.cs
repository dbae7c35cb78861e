using System.Globalization;
using Guard.Mutation;

switch (args)
{
    case ["host", var tests, .. var mutant]:
        return MutantHost.Serve(tests, mutant is [var id] ? int.Parse(id, CultureInfo.InvariantCulture) : null);
    case ["run", var report, var tests, var minutes, .. var places]:
        using (var run = new MutationRun(report, tests, TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), places))
        {
            return await run.RunAsync();
        }

    default:
        Console.Error.WriteLine("usage: Guard.Mutation run REPORT TESTS.dll MINUTES [PLACE...]");
        return 2;
}
