namespace Guard.Protocol.Tests;

public sealed class AuditTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-03-01", "2026-03-01T00:00:00.0000000Z")]
    [InlineData("2026-03-01T09:30", "2026-03-01T09:30:00.0000000Z")]
    [InlineData("2026-03-01T09:30+02:00", "2026-03-01T07:30:00.0000000Z")]
    [InlineData("2026-03-01 09:30:05", "2026-03-01T09:30:05.0000000Z")]
    [InlineData("2026-03-01T09:30:05.1234567Z", "2026-03-01T09:30:05.1234567Z")]
    [InlineData("90m", "2026-03-10T10:30:00.0000000Z")]
    [InlineData("24h", "2026-03-09T12:00:00.0000000Z")]
    [InlineData("1w", "2026-03-03T12:00:00.0000000Z")]
    [InlineData("99999w", "0109-09-03T12:00:00.0000000Z")]
    public void Text_OfATime_IsThatTime(string text, string expected)
    {
        AuditTime.TryParse(text, Now, out var time).Should().BeTrue();
        AuditTime.ToWire(time).Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("0h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("100000h")]
    [InlineData("1y")]
    [InlineData("24 h")]
    [InlineData("2026-02-30")]
    [InlineData("03/01/2026")]
    [InlineData("2026-03-01T25:00Z")]
    [InlineData("2026-03-01T09:30:00Z and more")]
    public void Text_OfNoTime_IsRefused(string text) => AuditTime.TryParse(text, Now, out _).Should().BeFalse();
}
