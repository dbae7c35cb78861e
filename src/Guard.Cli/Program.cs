using System.Runtime.InteropServices;
using Guard.Cli.Terminal;

using var stop = new CancellationTokenSource();

// A second signal ends the process the ordinary way: the handlers only take the first.
void Stop(PosixSignalContext signal)
{
    if (stop.IsCancellationRequested) return;
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return await CommandRunner.RunAsync(ProcessContext.Create(), args, stop.Token);
