namespace Guard.Cli.Init;

/// <summary>A place in a settings file for which the client would drop the whole file, or which cannot be kept when it is written.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Message">What is wrong there.</param>
/// <param name="Repair">What <c>--repair</c> does about it; null: only a person can.</param>
internal sealed record SettingsDefect(int Line, int Column, string Message, string? Repair);

/// <summary>Something the client ignores by itself, leaving the rest of the file in force.</summary>
internal sealed record SettingsRemark(int Line, int Column, string Message);
