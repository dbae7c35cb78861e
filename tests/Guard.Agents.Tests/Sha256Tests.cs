using System.Security.Cryptography;

namespace Guard.Agents.Tests;

public sealed class Sha256Tests
{
    [Fact]
    public void Digest_EveryLengthAroundTheBlocks_EqualsThePlatforms()
    {
        for (var length = 0; length < 300; length++)
        {
            var data = new byte[length];
            new Random(length).NextBytes(data);
            Sha256.Digest(data).Should().Be("sha256:" + Convert.ToHexStringLower(SHA256.HashData(data)), "of {0} bytes", length);
        }
    }
}
