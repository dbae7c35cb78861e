using System.Text;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Hook;
using Guard.Hook.Commands;
using Guard.Hook.Native;

Surroundings.Settle();

// The client takes every exit code but 0 and 2 for a broken hook and lets the call go on. So nothing leaves this file but
// an answer, and the process never ends by itself.
var traceId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
var verb = args.Length == 0 ? "" : args[0];
AppDomain.CurrentDomain.UnhandledException += (_, _) => Verdict.Give(Deny("the hook failed in a way it does not know"));

if (verb is "--help" or "-h" or "--version")
{
    var text = verb == "--version" ? HookVersion.Text + "\n" : CommandLine.Usage;
    Libc.Exit(Descriptor.WriteAll(1, Encoding.UTF8.GetBytes(text)) ? 0 : 2);
}

try
{
    Privileges.Inspect();
    var command = CommandLine.Parse(args);
    Watchdog.Arm(command.DeadlineSeconds, Denial);
    var run = new HookRun(command, traceId);
    try
    {
        if (Privileges.AreHeld) run.OpenProtected();
    }
    finally
    {
        // The log's path is whatever the command line says: it is opened with the rights of who said it.
        Privileges.Drop();
        if (command.TraceFile is { } file) TraceLog.Open(file);
        TraceLog.Write($"{verb} with trace {traceId}");
    }

    Verdict.Give(verb switch
    {
        "pre" => PreCommand.Run(run),
        "config" => ConfigCommand.Run(run),
        "flush" => FlushCommand.Run(run),
        _ => PostCommand.Run(run),
    });
}
catch (Exception e) when (e is HookFailure or UnreadableInputException)
{
    Verdict.Give(Deny(e.Message));
}
catch (Exception e)
{
    Verdict.Give(Deny($"the hook failed ({e.GetType().Name}); this is a defect, report it with the output of --trace"));
}

return 2;

ClaudeCodeAnswer Deny(string why)
{
    TraceLog.Write(why);
    return Denial(why);
}

ClaudeCodeAnswer Denial(string why)
{
    var end = why.EndsWith('.') ? "" : ".";
    return verb switch
    {
        "post" => ClaudeCodeAnswer.Complain($"guard: the outcome was not recorded: {why}{end} (trace {traceId})"),
        "flush" => ClaudeCodeAnswer.Complain($"guard: the spool was not handed over: {why}{end}"),
        "config" => ClaudeCodeAnswer.Block($"guard: denied: {why}{end} (trace {traceId})"),
        _ => ClaudeCodeAnswer.Deny($"guard: denied: {why}{end} (trace {traceId})"),
    };
}
