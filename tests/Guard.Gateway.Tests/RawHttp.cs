using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Guard.Gateway.Tests;

/// <summary>Sends bytes that no well-behaved client sends.</summary>
internal static class RawHttp
{
    /// <summary>The status of the answer.</summary>
    public static async Task<int> StatusAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var line = await reader.ReadLineAsync() ?? throw new IOException("The gateway closed the connection without an answer.");
        return int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
