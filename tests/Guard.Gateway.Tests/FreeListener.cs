using System.Net;

namespace Guard.Gateway.Tests;

/// <summary>A web server of the test's own, for what a gateway sends elsewhere.</summary>
internal static class FreeListener
{
    /// <summary>Listens on a port of loopback that nobody has; every try is a listener of its own, because one that could not start is disposed.</summary>
    public static (HttpListener Listener, Uri Root) Start()
    {
        while (true)
        {
            // Below the ports that the system gives to outgoing connections, so that none of them takes it first.
            var root = new Uri($"http://127.0.0.1:{Random.Shared.Next(20_000, 32_000)}/");
            var listener = new HttpListener();
            try
            {
                listener.Prefixes.Add(root.AbsoluteUri);
                listener.Start();
                return (listener, root);
            }
            catch (HttpListenerException)
            {
                listener.Close();
            }
        }
    }
}
