namespace Guard.Client.Tests;

public sealed class GatewayAddressTests
{
    [Theory]
    [InlineData("unix:/home/me/.guard/gateway.sock", "http://gateway.invalid/", "/home/me/.guard/gateway.sock")]
    [InlineData("http://127.0.0.1:7411", "http://127.0.0.1:7411/", null)]
    [InlineData("http://localhost:7411/", "http://localhost:7411/", null)]
    [InlineData("http://[::1]:7411", "http://[::1]:7411/", null)]
    [InlineData("https://guard.acme.example", "https://guard.acme.example/", null)]
    [InlineData("https://10.0.0.7:8443", "https://10.0.0.7:8443/", null)]
    public void Parse_Address_NamesWhereToConnect(string text, string baseUri, string? socket)
    {
        var address = GatewayAddress.Parse(text);

        address.BaseUri.Should().Be(new Uri(baseUri));
        address.SocketPath.Should().Be(socket);
        address.ToString().Should().Be(text.TrimEnd('/'));
    }

    [Theory]
    [InlineData("", "is not a gateway address")]
    [InlineData("127.0.0.1:7411", "is not a gateway address")]
    [InlineData("ftp://127.0.0.1/", "is not a gateway address")]
    [InlineData("unix:relative.sock", "an absolute path is needed")]
    [InlineData("unix:/", "an absolute path is needed")]
    [InlineData("http://guard.acme.example", "in the clear")]
    [InlineData("http://127.0.0.1.evil.example:7411", "in the clear")]
    [InlineData("http://10.0.0.7:7411", "in the clear")]
    [InlineData("https://me:secret@guard.acme.example", "scheme, host and port alone")]
    [InlineData("https://guard.acme.example/v1", "scheme, host and port alone")]
    [InlineData("https://guard.acme.example/?a=b", "scheme, host and port alone")]
    [InlineData("http://127.0.0.1:7411\u001b[2J", "control characters")]
    public void Parse_AnythingElse_SaysWhy(string text, string why)
    {
        GatewayAddress.TryParse(text, out var address, out var problem).Should().BeFalse();

        address.Should().BeNull();
        problem.Should().Contain(why).And.NotContain("\u001b").And.NotContain("secret");
    }
}
