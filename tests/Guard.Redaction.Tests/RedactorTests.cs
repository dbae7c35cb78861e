using System.Text;

namespace Guard.Redaction.Tests;

public sealed class RedactorTests
{
    private static readonly Redactor s_redactor = new();

    public static TheoryData<string> TokenNames => [.. Made.Tokens.Keys.Where(static name => name != "slack webhook")];

    public static TheoryData<string> Places => [.. Made.Places];

    // Beginnings, alphabets and lengths are those that the issuers document or are known for; see TokenShapes.
    [Theory]
    [MemberData(nameof(TokenNames))]
    public void Text_TokenAnywhere_IsErased(string name)
    {
        var random = new Random(1);
        string[] around = ["{0}", "echo {0}", "echo '{0}' | cat", "a={0};b", "x\n{0}\ny", "[\"{0}\"]", "key%20{0}", "printf 'a\\n{0}\\n'", "({0})", "https://example.org/?q={0}&r=1", "cut off {0}"];
        for (var i = 0; i < 20; i++)
        {
            foreach (var place in around)
            {
                var token = Made.Tokens[name](random);
                var text = string.Format(null, CompositeFormat.Parse(place), token);

                s_redactor.Text(text).Text.Should().NotContain(token[8..], place);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Text_SecretKnownByItsPlace_IsErasedAndTheRestStays(string place)
    {
        var random = new Random(2);
        for (var i = 0; i < 50; i++)
        {
            var secret = Made.Password(random);
            var text = string.Format(null, CompositeFormat.Parse(place), secret);

            var redacted = s_redactor.Text(text);

            redacted.Erased.Should().BeTrue(text);
            redacted.Text.Should().NotContain(secret, text);
            redacted.Text.Should().StartWith(place[..Math.Min(4, place.IndexOf('{', StringComparison.Ordinal))]);
        }
    }

    // What people choose: short, of one word, with special characters.
    [Theory]
    [InlineData("PASSWORD={0}", "hunter2")]
    [InlineData("PASSWORD={0}", "pa$$word!")]
    [InlineData("PASSWORD={0}", "a&b=c;d,e")]
    [InlineData("PASSWORD='{0}'", "with spaces in it")]
    [InlineData("password = \"{0}\"", "quote\\\"inside")]
    [InlineData("--password {0}", "secret1!")]
    [InlineData("mysql -p{0}", "root1")]
    [InlineData("amqp://user:{0}@host", "guest")]
    [InlineData("redis://:{0}@host:6379/0", "hunter2")]
    [InlineData("postgres://u:{0}@host/db", "with/slash")]
    [InlineData("{{\"password\":\"{0}\"}}", "correct horse battery staple")]
    [InlineData("DB_PASS={0}", "letmein")]
    [InlineData("PASSWORD=${{PASSWORD:-{0}}}", "letmein")]
    [InlineData("password: {{ token: \"{0}\" }}", "letmein")]
    [InlineData("Pwd={0};", "letmein")]
    [InlineData("Authorization: Basic {0}", "dXNlcjpwYXNz")]
    [InlineData("-H \"Authorization: Custom {0}\"", "abcdefgh")]
    public void Text_WeakSecretKnownByItsPlace_IsErased(string place, string secret)
    {
        var redacted = s_redactor.Text(string.Format(null, CompositeFormat.Parse(place), secret));

        redacted.Text.Should().NotContain(secret);
    }

    [Theory]
    [InlineData("PRIVATE KEY")]
    [InlineData("RSA PRIVATE KEY")]
    [InlineData("EC PRIVATE KEY")]
    [InlineData("OPENSSH PRIVATE KEY")]
    [InlineData("ENCRYPTED PRIVATE KEY")]
    [InlineData("PGP PRIVATE KEY BLOCK")]
    public void Text_PrivateKey_IsErasedWholeOrCutOff(string label)
    {
        var key = Made.PrivateKey(new Random(3), label);
        var body = key.Split('\n')[5];

        s_redactor.Text($"cat > key <<E\n{key}\nE\nls").Text.Should().Be("cat > key <<E\n[erased:private-key]\nE\nls");
        s_redactor.Text(key.Replace("\n", "\\n", StringComparison.Ordinal)).Text.Should().Be("[erased:private-key]");
        s_redactor.Text("a " + key[..^40]).Text.Should().NotContain(body).And.StartWith("a ");
    }

    // What looks like a secret and is evidence or plain code.
    [Theory]
    [InlineData("commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad")]
    [InlineData("git show 3b18e51 --stat")]
    [InlineData("id 01980000-0000-7000-8000-00000000002a")]
    [InlineData("docker pull nginx@sha256:9b0d5a4ff0f0e6b7e8b9a5d6b7c3f2b8a7d1c9e4f3a2b1c0d9e8f7a6b5c4d3e2")]
    [InlineData("\"integrity\": \"sha512-z+0nZQbhhZqNRQYBTVbPdcnS9zRLBVnDPSZLbKHYRtAW5FmQcQ1BQtaKcw7sZ5ZpMFVdX7DdO1aAnTnL1+2PXw==\"")]
    [InlineData("\"resolved\": \"https://registry.npmjs.org/@types/node/-/node-20.1.0.tgz\"")]
    [InlineData("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@host")]
    [InlineData("git@github.com:someone/thing.git")]
    [InlineData("ssh://git@github.com:22/someone/thing.git")]
    [InlineData("https://example.org:8443/a@b?c=d")]
    [InlineData("max_tokens: 4096, temperature: 0.2")]
    [InlineData("max_token=4096")]
    [InlineData("PASSWORD=$DB_PASSWORD ./run")]
    [InlineData("password: ${{ secrets.DB_PASSWORD }}")]
    [InlineData("password = os.environ.get(name)")]
    [InlineData("token: process.env.TOKEN")]
    [InlineData("password: string;")]
    [InlineData("password_file: /run/secrets/db")]
    [InlineData("--password-stdin < file")]
    [InlineData("PWD=/home/dev/app OLDPWD=/home/dev")]
    [InlineData("compass: north, bypass: true, passed: 12")]
    [InlineData("Reset your password: go to the settings page")]
    [InlineData("mkdir -p src/a && cp -pr a b && ssh -p 2222 host")]
    [InlineData("docker run -p 8080:80 nginx")]
    [InlineData("task-list-of-a-project-that-is-rather-long-in-its-name")]
    [InlineData("the desk-mounted-lamp-number-twelve-of-the-office")]
    [InlineData("use Basic authentication or a Bearer token here")]
    [InlineData("monkey=banana turkey=sandwich")]
    [InlineData("grep -rn 'password' src | head")]
    [InlineData("ls -la /home/dev/app/node_modules/.bin")]
    [InlineData("secret_name: my-app-database")]
    [InlineData("PASSWORD=****")]
    public void Text_NoSecret_StaysReadable(string text)
    {
        s_redactor.Text(text).Should().Be(new RedactedText(text, Erased: false));
    }

    [Fact]
    public void Text_TwiceRedacted_IsOnceRedacted()
    {
        var random = new Random(4);
        foreach (var place in Made.Places)
        {
            var once = s_redactor.Text(string.Format(null, CompositeFormat.Parse(place), Made.Password(random))).Text;

            s_redactor.Text(once).Text.Should().Be(once);
        }
    }

    [Fact]
    public void Text_WithAKey_GivesEqualSecretsEqualMarksAndOthersNot()
    {
        var redactor = new Redactor(new SecretMarker([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]));
        var other = new Redactor(new SecretMarker(new byte[32]));

        var one = redactor.Text("PASSWORD=correct-horse-1").Text;
        one.Should().MatchRegex("^PASSWORD=\\[erased:secret:hmac:[0-9a-f]{16}\\]$");
        redactor.Text("PASSWORD=correct-horse-1 x").Text.Should().StartWith(one);
        redactor.Text("PASSWORD=correct-horse-2").Text.Should().NotBe(one);
        other.Text("PASSWORD=correct-horse-1").Text.Should().NotBe(one);
        redactor.Text(one).Text.Should().Be(one);
    }

    [Fact]
    public void SecretMarker_ShortKey_IsRefused()
    {
        var create = () => new SecretMarker(new byte[31]);

        create.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Text_DetectorThatFails_ErasesTheWhole()
    {
        var redactor = new Redactor(null, [static (text, findings) => findings.Add(0, 1, "x"), static (_, _) => throw new InvalidDataException("a defect")]);

        redactor.Text("anything at all").Should().Be(new RedactedText("[erased:not-searchable]", Erased: true));
    }

    [Fact]
    public void Text_DetectorBeyondItsSteps_ErasesTheWhole()
    {
        var redactor = new Redactor(null, [static (_, findings) =>
        {
            while (true)
            {
                findings.Spend(1);
            }
        }]);

        redactor.Text("anything at all").Should().Be(new RedactedText("[erased:too-long-to-search]", Erased: true));
    }

    // Each repeats what one detector looks at, so that a detector that looks again and again at the same text runs out of steps.
    [Theory]
    [InlineData("eyJ")]
    [InlineData("eyJ.")]
    [InlineData("eyJhbGciOi.a.")]
    [InlineData("sk-")]
    [InlineData("AKIA")]
    [InlineData("://")]
    [InlineData("://a:")]
    [InlineData("://@")]
    [InlineData("-----BEGIN PRIVATE KEY")]
    [InlineData("-----BEGIN ")]
    [InlineData("password")]
    [InlineData("password ")]
    [InlineData("password=")]
    [InlineData("password=$")]
    [InlineData("token=\"")]
    [InlineData("token=\"$")]
    [InlineData("token=(")]
    [InlineData("token=${")]
    [InlineData("token_x=")]
    [InlineData("token_x=a1,")]
    [InlineData("auth_token={")]
    [InlineData("login password ")]
    [InlineData("authorization:")]
    [InlineData("authorization: \"")]
    [InlineData("Bearer ")]
    [InlineData("mysql ")]
    [InlineData("mysql -p")]
    [InlineData("mysql \"")]
    [InlineData("curl -u ")]
    [InlineData("identified by ")]
    [InlineData("<password>")]
    [InlineData("a.b.c.password.")]
    [InlineData("\\\"")]
    public void Text_LongAndRepetitive_StaysWithinItsSteps(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));

        s_redactor.Text(text).Text.Should().NotContain("too-long-to-search");
    }

    [Fact]
    public void Text_RandomPiecesOfWhatDetectorsLookFor_NeverThrowsAndIsStable()
    {
        string[] pieces = ["password", "=", ":", " ", "\"", "'", "\\", "\n", "-", "--", "://", "@", "eyJ", ".", "abcdefgh12345678", "sk-", "ghp_", "-----BEGIN ", "PRIVATE KEY", "-----", "mysql ", "-p", "Authorization", "Bearer ", "Basic ", "$", "{", "}", "(", ")", "[erased:", "]", "token", "&", "?", ";", ",", "<", ">", "é", "\ud83d\ude00", "\ud800", "\0", "AKIA", "key", "login ", "curl -u ", "a:b"];
        var random = new Random(5);
        for (var i = 0; i < Times(20_000); i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => pieces[random.Next(pieces.Length)]));

            var redacted = s_redactor.Text(text);

            redacted.Text.Should().NotContain("not-searchable", text);
            redacted.Erased.Should().Be(!string.Equals(redacted.Text, text, StringComparison.Ordinal));
        }
    }

    internal static int Times(int quick) => Environment.GetEnvironmentVariable("GUARD_TESTS_LONG") == "1" ? quick * 100 : quick;
}
