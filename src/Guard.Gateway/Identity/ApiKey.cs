using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Guard.Gateway.Identity;

/// <summary>What a key may do: agent keys decide and report, admin keys administer. Never both.</summary>
internal enum KeyKind
{
    Agent,
    Admin,
}

/// <summary>
/// The text of API keys: <c>guard_agent_</c> or <c>guard_admin_</c>, 12 visible characters by which the key is found and
/// named, <c>_</c>, and 256 random bits as 43 characters of base64url.
/// </summary>
/// <remarks>
/// Stored is the SHA-256 of the whole key. A slow password hash would buy nothing: it protects secrets that can be guessed,
/// and 256 random bits cannot, whatever one guess costs. A fast hash keeps authentication out of the latency of decisions
/// and gives no lever to exhaust the gateway's processor.
/// </remarks>
internal static class ApiKey
{
    public const int PrefixLength = 12;
    private const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const string AgentHead = "guard_agent_";
    private const string AdminHead = "guard_admin_";
    private const string PrefixAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create(PrefixAlphabet);
    private const int TextLength = 12 + PrefixLength + 1 + SecretLength;

    /// <summary>Makes a key. Its text is shown once and stored nowhere.</summary>
    public static NewKey Create(KeyKind kind)
    {
        var prefix = RandomNumberGenerator.GetString(PrefixAlphabet, PrefixLength);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var text = $"{(kind == KeyKind.Agent ? AgentHead : AdminHead)}{prefix}_{secret}";
        return new NewKey(kind, text, prefix, Hash(text));
    }

    /// <summary>Splits a presented key; false: it does not have the form of one. Says nothing about whether it is valid.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out KeyKind kind, out string prefix)
    {
        kind = text.StartsWith(AdminHead) ? KeyKind.Admin : KeyKind.Agent;
        prefix = "";
        if (text.Length != TextLength || !(text.StartsWith(AgentHead) || text.StartsWith(AdminHead)))
        {
            return false;
        }

        var visible = text.Slice(AgentHead.Length, PrefixLength);
        if (visible.ContainsAnyExcept(PrefixCharacters) || text[AgentHead.Length + PrefixLength] != '_')
        {
            return false;
        }

        prefix = visible.ToString();
        return true;
    }

    public static byte[] Hash(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[TextLength * 3];
        var written = Encoding.UTF8.GetBytes(text, utf8);
        return SHA256.HashData(utf8[..written]);
    }
}

/// <summary>A key that was just made; <paramref name="Text"/> is the secret.</summary>
internal sealed record NewKey(KeyKind Kind, string Text, string Prefix, byte[] Hash)
{
    /// <summary>Null: everything that keys of its kind may do.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Never the secret: records print themselves into logs and messages.</summary>
    public override string ToString() => $"{Kind} key {Prefix}";
}
