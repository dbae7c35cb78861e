using System.Globalization;
using Guard.Mutation;

switch (args)
{
    case ["host", var tests, .. var mutant]:
        return MutantHost.Serve(tests, mutant is [var id] ? int.Parse(id, CultureInfo.InvariantCulture) : null);
    case ["run", var report, var tests, var minutes, var seed, .. var places]:
        using (var run = new MutationRun(report, tests, TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), int.Parse(seed, CultureInfo.InvariantCulture), places))
        {
            return await run.RunAsync();
        }

    case ["list", var changed, var unchanged, var symbols, var log, var report]:
        File.WriteAllText(report, ChangeList.Read(changed, unchanged, symbols, log).ToJsonString());
        return 0;
    default:
        Console.Error.WriteLine("usage: Guard.Mutation list CHANGED.dll UNCHANGED.dll UNCHANGED.pdb STRYKER.log REPORT");
        Console.Error.WriteLine("       Guard.Mutation run REPORT TESTS.dll MINUTES SEED [PLACE...]");
        return 2;
}
