using Guard.Shell.Effects;

namespace Guard.Shell.Tests.Effects;

/// <summary>Properties over random argument vectors of every described program. Seeds are fixed; GUARD_TESTS_LONG=1 runs a hundred times as many.</summary>
public sealed class RandomArgumentTests
{
    private static readonly int s_times = Environment.GetEnvironmentVariable("GUARD_TESTS_LONG") == "1" ? 100 : 1;

    private static readonly string[] s_pieces =
    [
        "-", "--", "-a", "-xvf", "-rf", "--output=x", "--file", "-o", "=", "a=b", "@f", "x:y", "u@h:p", "https://e.example/x", "HEAD:.env", "s/a/b/w f", "{print > \"x\"}",
        "system(\"id\")", "\"", "'", "\\", "[", "]", "(", ")", "{}", ";", "+", "!", "*", "-1", "+1", "", " ", "\n", "\t", "\0", "\u00e9", "\ud800", "-\ufdd0", "\ufdd0", "..", "/", "~", ".env",
        "if=a", "of=", ":::", "::", "ext::sh", "file:///etc/passwd", "-c", "core.pager=x", "alias.x=!y", "-X", "POST", "-d", "-", "--no-x", "--", "-e", "1e", "y/a/b/", "$!N;P;D",
    ];

    [Fact]
    public void AnyWords_ForAnyProgram_AreDescribedWithoutAnError()
    {
        Random random = new(20240607);
        string[] names = [.. ProgramCatalog.BuiltIn.Names()];
        for (int i = 0; i < 40_000 * s_times; i++)
        {
            List<Argument> words = [.. names[random.Next(names.Length)].Split(' ').Select(Argument.Of)];
            int count = random.Next(8);
            for (int w = 0; w < count; w++)
            {
                words.Add(Word(random, names));
            }

            CommandEffects effects = ProgramEffects.Of(words);

            effects.Effects.Should().NotContainNulls();
            if (effects.Inert || effects.Filter)
            {
                (effects.Effects.Count + effects.Inner.Count + effects.Code.Count + effects.Opaque.Count).Should().Be(0);
            }
        }
    }

    /// <summary>
    /// An option that is added in front takes no file away: what was read, written or deleted still is, or the command is opaque.
    /// Where a description says that an option changes what operands are (a case), or that it takes the next word, that is no loss.
    /// </summary>
    [Fact]
    public void Option_ThatIsAdded_TakesNoEffectAway()
    {
        int checkedOptions = 0;
        foreach (string name in ProgramCatalog.BuiltIn.Names().Where(n => !n.Contains(' ')))
        {
            ProgramNode node = ProgramCatalog.BuiltIn.Find(name)!;
            HashSet<string> inCases = [.. node.Cases.SelectMany(c => c.When.Groups).SelectMany(g => g).Select(a => a.Option)];
            IReadOnlyList<Argument> plain = Line.Words($"{name} a/one b/two");
            HashSet<string> before = Files(plain);
            if (before.Count == 0 || node.Bundle)
            {
                // A first word without a dash is a cluster of options to tar and ar: the two lines differ by more than an option.
                continue;
            }

            foreach ((string option, OptionSpec spec) in node.Options)
            {
                bool described = spec.Values.Length > 0 && !spec.Optional;
                if (described || spec.Ends || spec.Names.Any(inCases.Contains) || option[^1] is '*' or '=' || option == "-#" || option[0] is not '-')
                {
                    continue;
                }

                checkedOptions++;
                IReadOnlyList<Argument> with = [plain[0], Argument.Of(option), plain[1], plain[2]];
                Files(with).Should().Contain(before, "`{0}` is only a flag of {1}", option, name);
            }
        }

        checkedOptions.Should().BeGreaterThan(1500);
    }

    /// <summary>An option that no description knows never hides the operands behind it.</summary>
    [Fact]
    public void Option_ThatIsUnheardOf_HidesNothing()
    {
        foreach (string name in ProgramCatalog.BuiltIn.Names().Where(n => !n.Contains(' ')))
        {
            ProgramNode node = ProgramCatalog.BuiltIn.Find(name)!;
            if (node.Syntax == OptionSyntax.None || node.Traits.Operands is not { } slots || slots.Slots.Any(s => s.Use.TakesRest) || node.Children.Count > 0)
            {
                continue;
            }

            HashSet<string> before = Files(Line.Words($"{name} a/one b/two"));
            if (before.Count == 0 || node.Bundle)
            {
                // A first word without a dash is a cluster of options to tar and ar: the two lines differ by more than an option.
                continue;
            }

            IReadOnlyList<Argument> with = Line.Words($"{name} --guard-unheard-of a/one b/two");

            Files(with).Should().Contain(before, "an unknown option of {0} may be a flag", name);
            if (node.Complete)
            {
                ProgramEffects.Of(with).Opaque.Should().Contain(o => o.Code == "unknown-option", "{0} is complete", name);
            }
        }
    }

    /// <summary>Twice the words take about twice the allocations: a count that does not depend on the machine.</summary>
    [Theory]
    [InlineData("cat", "x")]
    [InlineData("cat", "--unheard-of")]
    [InlineData("cp", "x")]
    [InlineData("curl", "-X")]
    [InlineData("git", "-C")]
    [InlineData("tar", "-C")]
    [InlineData("find", "-name")]
    [InlineData("xargs", "{}")]
    [InlineData("env", "A=1")]
    [InlineData("sudo", "A=1")]
    [InlineData("rsync", "h:x")]
    [InlineData("unheard", "a@b:c=d,e")]
    [InlineData("sed", "-es/a/b/")]
    public void Work_OnManyWords_IsLinear(string program, string word)
    {
        long Allocated(int count)
        {
            List<Argument> words = [Argument.Of(program)];
            words.AddRange(Enumerable.Repeat(Argument.Of(word), count));
            ProgramEffects.Of(words);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ProgramEffects.Of(words);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        long small = Allocated(1000);
        long large = Allocated(8000);

        large.Should().BeLessThan(small * 16, "eight times the words must not take the square of it");
    }

    [Theory]
    [InlineData("sed", "s/", "a")]
    [InlineData("awk", "{print ", "\"a\" ")]
    [InlineData("jq", ".a|", "\"\\(")]
    [InlineData("psql", "-cselect ", "'a' ")]
    public void Work_OnALongText_IsLinear(string program, string start, string piece)
    {
        long Allocated(int count)
        {
            Argument[] words = [Argument.Of(program), Argument.Of(start + string.Concat(Enumerable.Repeat(piece, count)))];
            ProgramEffects.Of(words);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ProgramEffects.Of(words);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        long small = Allocated(2000);
        long large = Allocated(16000);

        large.Should().BeLessThan((small + 4096) * 16);
    }

    private static HashSet<string> Files(IReadOnlyList<Argument> words) =>
        [.. ProgramEffects.Of(words).Effects.Where(e => e.Action <= EffectAction.DeleteFile && !e.Implicit).Select(e => $"{e.Action} {e.Resource}")];

    private static Argument Word(Random random, string[] names)
    {
        int choice = random.Next(20);
        string text = s_pieces[random.Next(s_pieces.Length)];
        return choice switch
        {
            0 => Argument.AnyWords,
            1 => Argument.Unknown,
            2 => new Argument(text + Argument.Hole, ArgumentForm.Partial),
            3 => Argument.Below(text),
            4 => Argument.Of(names[random.Next(names.Length)]),
            5 => Option(random, names),
            6 or 7 => Argument.Of(text + s_pieces[random.Next(s_pieces.Length)]),
            _ => Argument.Of(text),
        };
    }

    // An option of some program, so that values are taken and cases hold.
    private static Argument Option(Random random, string[] names)
    {
        ProgramNode node = ProgramCatalog.BuiltIn.Find(names[random.Next(names.Length)])!;
        return node.Options.Count == 0 ? Argument.Of("-x") : Argument.Of(node.Options.Keys.ElementAt(random.Next(node.Options.Count)));
    }
}
