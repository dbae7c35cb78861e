using Guard.Shell.Effects;

namespace Guard.Shell.Tests.Effects;

/// <summary>Options are taken apart as getopt_long and its like do. The program is made up, so that each rule shows alone.</summary>
public sealed class OptionReadingTests
{
    private const string Description = """
        tool:
          complete: true
          operands: pattern read*
          options:
            flag: -a,--all -b -1 +x
            plain: -n,--number -#
            write: -o,--output
            plain?: -c,--color
            plain+read: --pair
            read: in= -X*
            code!: -e
            opaque: --danger
          when:
            - if: -a & -b
              subtree: true
            - if: -n=7
              default: .
        long:
          syntax: long
          operands: read*
          options: { write: -out, flag: -v -verbose }
        early:
          operands: plain command
          stops: 1
          options: { flag: -v }
        old:
          bundle: true
          operands: read*
          options: { flag: -x -v, write: -f }
        top:
          globals: anywhere
          options: { chdir: -C, flag: --quiet }
          commands:
            install: { names: i in, operands: read*, options: { flag: -g } }
            deep: { commands: { er: { operands: delete* } } }
        """;

    private static readonly ProgramCatalog s_catalog = Catalogues.Of(Description);

    [Theory]
    [InlineData("tool p f", "read f")]
    [InlineData("tool -a p f", "read f")]
    [InlineData("tool -ab p f", "read f/**")]
    [InlineData("tool --all -b p f", "read f/**")]
    [InlineData("tool -o out p f", "write out; read f")]
    [InlineData("tool -oout p f", "write out; read f")]
    [InlineData("tool -aoout p f", "write out; read f")]
    [InlineData("tool --output out p f", "write out; read f")]
    [InlineData("tool --output=out p f", "write out; read f")]
    [InlineData("tool --outp=out p f", "write out; read f")]
    [InlineData("tool p f -o out", "write out; read f")]
    [InlineData("tool p -- -o out", "read -o; read out")]
    [InlineData("tool -c always p", "read p")]
    [InlineData("tool -calways p f", "read f")]
    [InlineData("tool --color=always p f", "read f")]
    [InlineData("tool --pair k v p f", "read v; read f")]
    [InlineData("tool -5 p f", "read f")]
    [InlineData("tool -1 p f", "read f")]
    [InlineData("tool +x p f", "read f")]
    [InlineData("tool in=file p f", "read file; read f")]
    [InlineData("tool -Xfile p f", "read file; read f")]
    [InlineData("tool -e 1+1 -o out", "read out; code [1+1]")]
    [InlineData("tool -n 7 p", "read .")]
    [InlineData("tool -n 8 p", "")]
    [InlineData("tool -o=out p", "write =out; write out")]
    [InlineData("tool - p", "read p")]
    [InlineData("tool p -", "")]
    [InlineData("long -out x f -v", "write x; read f")]
    [InlineData("long -out=x f", "write x; read f")]
    [InlineData("long --out x f", "write x; read f")]
    [InlineData("early -v a b -v", "run [b -v]")]
    [InlineData("old xvf out a", "write out; read a")]
    [InlineData("old -xvf out a", "write out; read a")]
    [InlineData("top install x", "read x")]
    [InlineData("top -C d install x", "read d/x")]
    [InlineData("top install -C d x", "read d/x")]
    [InlineData("top -C d -C e i x", "read d/e/x")]
    [InlineData("top -C d install /x", "read /x")]
    [InlineData("top deep er x", "delete x")]
    public void Words_AsTheProgramReadsThem_HaveTheseEffects(string command, string effects)
    {
        string.Join("; ", Flat(ProgramEffects.Of(s_catalog, Line.Words(command), CommandFacts.None))).Should().Be(effects);
    }

    [Theory]
    [InlineData("tool --unheard p f")]
    [InlineData("tool -z p f")]
    [InlineData("tool -az p f")]
    [InlineData("tool --unheard=x p f")]
    [InlineData("tool --danger x p")]
    [InlineData("tool <?> f")]
    [InlineData("tool <?*> f")]
    [InlineData("tool --<?> f")]
    [InlineData("tool -a<?> f")]
    [InlineData("tool --o<?>=x f")]
    public void Option_ThatIsNotKnown_IsOpaqueInACompleteEntry(string command)
    {
        CommandEffects effects = ProgramEffects.Of(s_catalog, Line.Words(command), CommandFacts.None);

        effects.Opaque.Should().NotBeEmpty();
        effects.Inert.Should().BeFalse();
        effects.Filter.Should().BeFalse();
    }

    [Theory]
    [InlineData("tool p <?>", "read ?")]
    [InlineData("tool p src/<?>", "read src/?")]
    [InlineData("tool -o <?> p", "write ?")]
    [InlineData("tool --output=<?> p", "write ?")]
    [InlineData("tool -o<?> p", "write ?")]
    [InlineData("top -C <?> install x", "read ?/x")]
    public void Word_ThatIsNotKnown_IsAnUnknownResource(string command, string effect)
    {
        CommandEffects effects = ProgramEffects.Of(s_catalog, Line.Words(command), CommandFacts.None);

        Flat(effects).Should().Contain(effect);
        effects.Effects.Should().Contain(e => e.Unknown);
    }

    [Fact]
    public void Option_OfALine_IsReportedWithAllItsNames()
    {
        CommandEffects effects = ProgramEffects.Of(s_catalog, Line.Words("tool -ab --outp x p"), CommandFacts.None);

        effects.Options.Select(o => string.Join(',', o.Names)).Should().Equal("-a,--all", "-b", "-o,--output");
        effects.Options[2].Values.Should().Equal(Argument.Of("x"));
    }

    private static IEnumerable<string> Flat(CommandEffects effects)
    {
        foreach (Effect effect in effects.Effects.Where(e => !e.Guessed))
        {
            string verb = effect.Action.ToString();
            yield return $"{verb[..verb.IndexOf("File", StringComparison.Ordinal)].ToLowerInvariant()} {effect.Resource.Replace(Argument.Hole, '?')}{(effect.Subtree ? "/**" : "")}";
        }

        foreach (InlineCode code in effects.Code)
        {
            yield return $"code [{code.Text}]";
        }

        foreach (InnerCommand inner in effects.Inner)
        {
            yield return $"run [{string.Join(' ', inner.Words)}]";
        }
    }
}
