namespace Guard.Redaction;

/// <summary>What the name of a member, variable or option says of its value.</summary>
internal enum SecretNameStrength
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A word for secrets is in it: a value that looks random is one.</summary>
    Weak,

    /// <summary>It is a word for secrets: any value is one that does not merely refer to one.</summary>
    Strong,
}

internal static class SecretName
{
    /// <summary>What names of secrets end with, separators left out.</summary>
    private static readonly string[] s_strong =
    [
        "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "credential", "credentials", "connectionstring", "pgpass",
        "apikey", "accesskey", "secretkey", "privatekey", "accountkey", "authkey", "encryptionkey", "signingkey", "sharedkey", "masterkey",
        "servicekey", "servicerolekey", "deploykey", "licensekey", "sessionkey", "clientkey", "storagekey", "secretaccesskey", "sharedaccesskey", "webhooksecret",
    ];

    /// <summary>What a name ends with that only speaks about a secret, where a word for secrets is in it.</summary>
    private static readonly string[] s_about =
    [
        "file", "path", "dir", "length", "len", "count", "limit", "type", "policy", "name", "id", "url", "uri", "endpoint", "field", "prompt", "hint", "label", "title",
        "expiry", "expires", "expiration", "ttl", "timeout", "lifetime", "age", "enabled", "required", "regex", "pattern", "stdin", "manager", "store", "provider", "usage",
        "min", "max", "format", "header", "index", "size", "valid", "reset", "strength", "version", "ref", "refs",
    ];

    /// <param name="name">Letters, digits, <c>_</c>, <c>-</c> and <c>.</c>; at most 128 of it are looked at, from its end.</param>
    public static SecretNameStrength Of(ReadOnlySpan<char> name)
    {
        Span<char> letters = stackalloc char[128];
        var count = 0;
        var tail = name[Math.Max(0, name.Length - letters.Length)..].TrimEnd("0123456789_-.");
        foreach (var character in tail)
        {
            if (char.IsAsciiLetter(character))
            {
                letters[count++] = char.ToLowerInvariant(character);
            }
        }

        ReadOnlySpan<char> plain = letters[..count];
        foreach (var word in s_strong)
        {
            if (plain.EndsWith(word, StringComparison.Ordinal))
            {
                // PWD and OLDPWD are folders.
                return tail is "PWD" or "OLDPWD" ? SecretNameStrength.None : SecretNameStrength.Strong;
            }
        }

        if (EndsWithWord(tail, "pass"))
        {
            return SecretNameStrength.Strong;
        }

        if (plain is "auth" or "pat" || EndsWithWord(tail, "cookie"))
        {
            return SecretNameStrength.Weak;
        }

        foreach (var word in s_about)
        {
            if (plain.EndsWith(word, StringComparison.Ordinal))
            {
                return SecretNameStrength.None;
            }
        }

        foreach (var word in s_strong)
        {
            if (plain.Contains(word, StringComparison.Ordinal))
            {
                return SecretNameStrength.Weak;
            }
        }

        return SecretNameStrength.None;
    }

    // The word alone, after a separator, or as the next part of a camelCase name: not the end of "bypass".
    private static bool EndsWithWord(ReadOnlySpan<char> name, string word)
    {
        if (!name.EndsWith(word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var before = name.Length - word.Length - 1;
        return before < 0 || !char.IsAsciiLetter(name[before]) || (char.IsAsciiLetterLower(name[before]) && char.IsAsciiLetterUpper(name[before + 1]));
    }
}
