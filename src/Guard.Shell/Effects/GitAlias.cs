namespace Guard.Shell.Effects;

/// <summary>What an alias of git runs: a line for the shell, or a subcommand of git.</summary>
internal static class GitAlias
{
    public static void Read(EffectSink sink, Argument value, int word)
    {
        if (!value.IsKnown)
        {
            sink.Opaque.Add(new OpaqueReason("alias", word));
        }
        else if (value.Text.StartsWith('!'))
        {
            sink.Inner.Add(new InnerCommand { ShellText = value.Part(value.Text[1..]), Word = word });
        }
        else
        {
            sink.Inner.Add(new InnerCommand
            {
                Words = [Argument.Of("git"), .. value.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Argument.Of), Argument.AnyWords],
                Word = word,
            });
        }
    }
}
