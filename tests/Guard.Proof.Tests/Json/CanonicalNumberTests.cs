using System.Globalization;
using System.Text;
using Guard.Proof.Json;

namespace Guard.Proof.Tests.Json;

public sealed class CanonicalNumberTests
{
    // RFC 8785, appendix B.
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Format_AppendixB_IsAsTheRfcSays(string bits, string expected)
    {
        CanonicalNumber.Format(Double(bits)).Should().Be(expected);
    }

    // RFC 8785, appendix B: these MUST be refused.
    [Theory]
    [InlineData("7fffffffffffffff")]
    [InlineData("7ff0000000000000")]
    [InlineData("fff0000000000000")]
    public void Format_NotFinite_IsRefused(string bits)
    {
        var format = () => CanonicalNumber.Format(Double(bits));

        format.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Format_AnyDouble_ReadsBackAsItselfAndIsStable()
    {
        var random = new Random(8785);
        for (var i = 0; i < TestRuns.Times(50_000); i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (!double.IsFinite(value))
            {
                continue;
            }

            var text = CanonicalNumber.Format(value);
            double.Parse(text, CultureInfo.InvariantCulture).Should().Be(value, text);
            Encoding.UTF8.GetString(CanonicalJson.From(Encoding.UTF8.GetBytes(text))).Should().Be(text);
            CanonicalNumber.IsExact(Encoding.UTF8.GetBytes(text)).Should().BeTrue(text);
        }
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("-0", true)]
    [InlineData("0.000e5", true)]
    [InlineData("0e999999999999", true)]
    [InlineData("1.50", true)]
    [InlineData("1e2", true)]
    [InlineData("0.1", true)]
    [InlineData("9007199254740992", true)]
    [InlineData("9007199254740993", false)]
    [InlineData("12345678901234567890", false)]
    [InlineData("0.1000000000000000055511151231257827", false)]
    [InlineData("1e400", false)]
    [InlineData("1e-400", false)]
    [InlineData("1e-99999999999999999999", false)]
    [InlineData("1e21", true)]
    [InlineData("1000000000000000000000", true)]
    [InlineData("-1.0E-7", true)]
    public void IsExact_Number_SaysWhetherItsDigitsSurvive(string number, bool exact)
    {
        CanonicalNumber.IsExact(Encoding.ASCII.GetBytes(number)).Should().Be(exact);
    }

    private static double Double(string bits) => BitConverter.UInt64BitsToDouble(Convert.ToUInt64(bits, 16));
}
