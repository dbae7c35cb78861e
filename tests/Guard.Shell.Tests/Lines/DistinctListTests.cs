using Guard.Shell.Lines;

namespace Guard.Shell.Tests.Lines;

public class DistinctListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(500)]
    public void Add_AnyTexts_KeepsTheFirstOfEachInOrder(int capacity)
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var list = new DistinctList<string>(StringComparer.Ordinal, capacity);
            var expected = new List<string>();
            for (var i = 0; i < round; i++)
            {
                var text = random.Next(1 + (round / 2)).ToString(System.Globalization.CultureInfo.InvariantCulture);
                var known = expected.IndexOf(text);
                var place = list.Add(text, out var isNew);
                isNew.Should().Be(known < 0);
                if (isNew)
                    expected.Add(text);
                place.Should().Be(known < 0 ? expected.Count - 1 : known);
            }

            list.Items.Should().Equal(expected);
        }
    }

    [Fact]
    public void Add_EqualHashes_StillTellsItemsApart()
    {
        var list = new DistinctList<string>(new OneHash(), 0);
        for (var i = 0; i < 300; i++)
            list.Add((i % 150).ToString(System.Globalization.CultureInfo.InvariantCulture), out _).Should().Be(i % 150);
        list.Count.Should().Be(150);
    }

    private sealed class OneHash : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string text) => 1;
    }
}
