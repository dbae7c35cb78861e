using System.Text;

namespace Guard.Redaction.Tests;

/// <summary>Secrets as their issuers make them, put together here, so that the repository holds none that a scanner would report.</summary>
internal static class Made
{
    public const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    public const string Base64Url = Alphanumeric + "-_";
    public const string Hexadecimal = "0123456789abcdef";
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Name, how it is made. The beginnings are those of <c>TokenShapes</c>, written a second time on purpose.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Random, string>> Tokens = new Dictionary<string, Func<Random, string>>
    {
        ["aws key id"] = r => "AK" + "IA" + Text(r, Base32, 16),
        ["aws temporary key id"] = r => "AS" + "IA" + Text(r, Base32, 16),
        ["github personal"] = r => "gh" + "p_" + Text(r, Alphanumeric, 36),
        ["github server"] = r => "gh" + "s_" + Text(r, Alphanumeric, 36),
        ["github fine-grained"] = r => "github" + "_pat_" + Text(r, Alphanumeric, 22) + "_" + Text(r, Alphanumeric, 59),
        ["gitlab personal"] = r => "gl" + "pat-" + Text(r, Base64Url, 20),
        ["slack bot"] = r => "xo" + "xb-" + Text(r, "0123456789", 12) + "-" + Text(r, "0123456789", 12) + "-" + Text(r, Alphanumeric, 24),
        ["slack webhook"] = r => "T" + Text(r, Alphanumeric, 10) + "/B" + Text(r, Alphanumeric, 10) + "/" + Text(r, Alphanumeric, 24),
        ["stripe"] = r => "sk" + "_live_" + Text(r, Alphanumeric, 24),
        ["anthropic"] = r => "sk" + "-ant-api03-" + Text(r, Base64Url, 93) + "AA",
        ["openai project"] = r => "sk" + "-proj-" + Text(r, Base64Url, 74),
        ["openai legacy"] = r => "sk" + "-" + Text(r, Alphanumeric, 48),
        ["google api"] = r => "AI" + "za" + Text(r, Base64Url, 35),
        ["google oauth"] = r => "GOC" + "SPX-" + Text(r, Base64Url, 28),
        ["npm"] = r => "np" + "m_" + Text(r, Alphanumeric, 36),
        ["pypi"] = r => "py" + "pi-AgEIcHlwaS5vcmc" + Text(r, Base64Url, 60),
        ["huggingface"] = r => "h" + "f_" + Text(r, Alphanumeric, 34),
        ["digitalocean"] = r => "do" + "p_v1_" + Text(r, Hexadecimal, 64),
        ["sendgrid"] = r => "S" + "G." + Text(r, Base64Url, 22) + "." + Text(r, Base64Url, 43),
        ["shopify"] = r => "shp" + "at_" + Text(r, Hexadecimal, 32),
        ["databricks"] = r => "da" + "pi" + Text(r, Hexadecimal, 32),
        ["vault"] = r => "hv" + "s." + Text(r, Base64Url, 90),
        ["linear"] = r => "lin" + "_api_" + Text(r, Alphanumeric, 40),
        ["docker"] = r => "dckr" + "_pat_" + Text(r, Base64Url, 27),
        ["grafana"] = r => "gl" + "sa_" + Text(r, Alphanumeric, 32) + "_" + Text(r, Hexadecimal, 8),
        ["age"] = r => "AGE-SECRET" + "-KEY-1" + Text(r, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
        ["guard"] = r => "guard" + "_agent_" + Text(r, Alphanumeric, 12) + "_" + Text(r, Base64Url, 43),
        ["jwt"] = r => "ey" + "J" + Text(r, Base64Url, 30) + "." + Text(r, Base64Url, 60) + "." + Text(r, Base64Url, 43),
    };

    /// <summary>Where a secret without a shape of its own is known by what stands beside it; {0} is the secret.</summary>
    public static readonly string[] Places =
    [
        "export DB_PASSWORD={0}",
        "API_KEY={0} ./run.sh",
        "AWS_SECRET_ACCESS_KEY={0}\nAWS_REGION=eu-west-1\n",
        "password: {0}\nuser: someone\n",
        "\"clientSecret\": \"{0}\",",
        "const apiKey = '{0}';",
        "{{\\\"password\\\":\\\"{0}\\\",\\\"a\\\":1}}",
        "Server=tcp:db;Database=x;User Id=u;Password={0};Encrypt=true",
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey={0};EndpointSuffix=core.windows.net",
        "postgres://user:{0}@db.example:5432/app",
        "git clone https://someone:{0}@git.example/a/b.git",
        "curl -H \"Authorization: Bearer {0}\" https://api.example",
        "curl -H Authorization: Bearer {0} https://api.example",
        "curl -H 'X-Api-Key: {0}' https://api.example",
        "Authorization: token {0}",
        "tool --password {0} --verbose",
        "tool --api-key={0}",
        "vault login -token {0}",
        "mysql -u root -p{0} app",
        "mysqldump -u root -p'{0}' app > x.sql",
        "sshpass -p {0} ssh host",
        "docker login -u me -p {0} registry.example",
        "curl -u me:{0} https://example.org",
        "redis-cli -a {0} ping",
        "machine example.org login me password {0}",
        "https://example.org/cb?access_token={0}&x=1",
        "CREATE USER u IDENTIFIED BY '{0}'",
        "<password>{0}</password>",
        "PGPASSWORD=\"{0}\" psql",
        "$env:GITHUB_TOKEN = \"{0}\"",
        "oauth.client-secret = {0}",
        "Cookie: session={0}; theme=dark",
    ];

    public static string Text(Random random, string alphabet, int length)
    {
        var text = new StringBuilder(length);
        for (var i = 0; i < length; i++)
        {
            text.Append(alphabet[random.Next(alphabet.Length)]);
        }

        return text.ToString();
    }

    /// <summary>A password of mixed characters, as a password manager makes them.</summary>
    public static string Password(Random random) => "q7" + Text(random, Alphanumeric, random.Next(12, 40)) + "R3";

    public static string PrivateKey(Random random, string label)
    {
        var lines = string.Join('\n', Enumerable.Range(0, 12).Select(_ => Text(random, Alphanumeric + "+/", 64)));
        return $"-----BEGIN {label}-----\n{lines}\n-----END {label}-----";
    }
}
