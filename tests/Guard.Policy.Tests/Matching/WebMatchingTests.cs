using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Matching;

/// <summary>The language's section on the web: an allow is never fooled, a deny does not miss.</summary>
public sealed class WebMatchingTests
{
    [Theory]
    // A pattern without `/` and `:` is compared with the host at label boundaries.
    [InlineData("*github.com*", "https://github.com/", true)]
    [InlineData("*github.com*", "https://gist.github.com/x", true)]
    [InlineData("*github.com*", "https://GitHub.COM/x", true)]
    [InlineData("*github.com*", "https://github.com./x", true)]
    [InlineData("*github.com*", "https://github.com:8443/x", true)]
    [InlineData("*github.com*", "https://github.com.evil.example/", false)]
    [InlineData("*github.com*", "https://notgithub.com/", false)]
    [InlineData("*github.com*", "https://evil.example/?github.com", false)]
    [InlineData("*github.com*", "https://evil.example/github.com", false)]
    [InlineData("*github.com*", "https://evil.example#github.com", false)]
    [InlineData("*docs.*", "https://docs.python.org/", true)]
    [InlineData("*docs.*", "https://a.docs.example/", true)]
    [InlineData("*docs.*", "https://mydocs.example/", false)]
    [InlineData("*docs.*", "https://evil.example/?docs.", false)]
    [InlineData("*docs.*", "https://docs/", false)]
    [InlineData("api-*.example.com", "https://api-1.example.com/", true)]
    [InlineData("api-*.example.com", "https://api-1.evil.example.com/", false)]
    [InlineData("github.com", "https://gist.github.com/", false)]
    [InlineData("*", "https://anything.example/", true)]
    // With `/` the pattern is taken apart as a URL is.
    [InlineData("https://github.com/*", "https://github.com/acme", true)]
    [InlineData("https://github.com/*", "http://github.com/acme", false)]
    [InlineData("https://github.com/*", "https://github.com:8443/acme", false)]
    [InlineData("https://github.com/acme/*", "https://github.com/acme/../evil", false)]
    [InlineData("https://github.com/acme/*", "https://github.com/acme/%2e%2e/evil", false)]
    [InlineData("https://github.com/acme/*", "https://github.com/acme/%252e%252e%252fevil", false)]
    [InlineData("https://github.com/acme/*", "https://github.com/%61cme/x?q=1", true)]
    [InlineData("https://*.github.com/*", "https://evil.example/.github.com/", false)]
    [InlineData("*github.com/acme/*", "https://evil.example/github.com/acme/", false)]
    [InlineData("*github.com/acme/*", "https://www.github.com/acme/x", true)]
    [InlineData("github.com:8443", "https://github.com:8443/", true)]
    [InlineData("github.com:8443", "https://github.com/", false)]
    [InlineData("https://github.com*", "https://github.com/x", true)]
    [InlineData("https://github.com*", "https://github.com.evil.example/x", false)]
    // Tricks that clients read differently have no strict reading, so no allow covers them.
    [InlineData("*github.com*", "https://github.com@evil.example/", false)]
    [InlineData("*github.com*", "https://evil.example@github.com/", false)]
    [InlineData("*github.com*", "https://evil.example\\@github.com/", false)]
    [InlineData("*github.com*", "https:\\\\github.com/", false)]
    [InlineData("*github.com*", "https://github%2ecom/", false)]
    [InlineData("*github.com*", "https://github.com%00.evil.example/", false)]
    [InlineData("*github.com*", " https://github.com/", false)]
    [InlineData("*github.com*", "https://git\thub.com/", false)]
    [InlineData("*github.com*", "https://github.com\n.evil.example/", false)]
    [InlineData("*github.com*", "https://github。com/", false)]
    [InlineData("*github.com*", "https://ｇithub.com/", false)]
    [InlineData("*github.com*", "https:github.com", false)]
    [InlineData("*github.com*", "//github.com/", false)]
    [InlineData("*github.com*", "github.com", false)]
    [InlineData("*github.com*", "javascript://github.com/%0aalert(1)", false)]
    [InlineData("*github.com*", "file://github.com/etc/passwd", false)]
    [InlineData("*github.com*", "https://github..com/", false)]
    [InlineData("*github.com*", "https://github.com:99999/", false)]
    [InlineData("*github.com*", "https://github.com:0x50/", false)]
    [InlineData("127.0.0.1", "http://127.0.0.1/", true)]
    [InlineData("127.0.0.1", "http://127.1/", false)]
    [InlineData("127.0.0.1", "http://2130706433/", false)]
    [InlineData("[::1]", "http://[::1]/", true)]
    [InlineData("[::1]", "http://[0:0:0:0:0:0:0:1]/", true)]
    public void Allow_Pattern_Covers(string pattern, string url, bool expected) =>
        Decide($$"""{ name: p, rules: [ { effect: allow, actions: ["read:web_fetch"], conditions: { resource: { matches: '{{pattern}}' } } } ] }""", Access("read:web_fetch", url))
            .Effect.Should().Be(expected ? Effect.Allow : Effect.Deny);

    [Theory]
    [InlineData("matches: '*twitter.com*'", "https://TWITTER.com/x")]
    [InlineData("matches: '*twitter.com*'", "https://evil.example/?u=twitter.com")]
    [InlineData("matches: '*twitter.com*'", "https://twitter%2ecom/")]
    [InlineData("matches: '*twitter.com*'", "https://twit\tter.com/")]
    [InlineData("matches: '*twitter.com*'", "https://ｔwitter.com/")]
    [InlineData("matches: '*twitter.com*'", "https://twitter。com/")]
    [InlineData("matches: 'twitter.com'", "https://twitter.com./path")]
    [InlineData("host: twitter.com", "https://user:pw@twitter.com/")]
    [InlineData("host: twitter.com", "https:\\\\twitter.com\\x")]
    [InlineData("host: twitter.com", "http:twitter.com")]
    [InlineData("host: twitter.com", "https://a@b@twitter.com:443/")]
    [InlineData("host: '*.twitter.com'", "https://m.twitter.com/")]
    [InlineData("host: 127.0.0.1", "http://2130706433/")]
    [InlineData("host: 127.0.0.1", "http://0x7f.1/")]
    [InlineData("host: 127.0.0.1", "http://017700000001/")]
    [InlineData("host: 169.254.169.254", "http://0xa9.0xfe.0xa9.0xfe/")]
    [InlineData("host: 169.254.169.254", "http://0251.0376.0251.0376/")]
    [InlineData("host: 169.254.169.254", "http://169.254.43518/")]
    [InlineData("host: 169.254.169.254", "http://169.16689662/")]
    [InlineData("host: 169.254.169.254", "http://2852039166/")]
    [InlineData("host: 169.254.169.254", "http://0xA9FEA9FE/")]
    [InlineData("host: 169.254.169.254", "http://%3169.254.169.254/")]
    [InlineData("host: 169.254.169.254", "http://%2531%2536%2539.254.169.254/")]
    [InlineData("host: twitter.com", "twitter.com#x")]
    [InlineData("host: twitter.com", "https://twitter.com#x")]
    [InlineData("host: twitter.com", "https://twitter.com?x")]
    [InlineData("startsWith: 'https://twitter'", "HTTPS://Twitter.com/")]
    public void Deny_Condition_DoesNotMiss(string condition, string url)
    {
        var document = $$"""
            name: p
            rules:
              - { id: all, effect: allow, actions: ["*"] }
              - { id: no, effect: deny, actions: ["read:web_fetch"], conditions: { resource: { {{condition}} } } }
            """;

        Decide(document, Access("read:web_fetch", url)).Rule.Should().Be("no");
    }

    [Theory]
    [InlineData("host: github.com", "https://github.com/x", true)]
    [InlineData("host: github.com", "https://gist.github.com/x", false)]
    [InlineData("host: '*.github.com'", "https://gist.github.com/x", true)]
    [InlineData("host: '*.github.com'", "https://github.com/x", false)]
    [InlineData("startsWith: 'https://github.com'", "https://github.com/x", true)]
    [InlineData("startsWith: 'https://github.com'", "https://github.com.evil.example/", false)]
    [InlineData("equals: 'https://github.com/'", "https://GITHUB.com", true)]
    [InlineData("regex: 'https://github\\.com/acme/.*'", "https://github.com/acme/x", true)]
    [InlineData("regex: 'https://github\\.com/acme/'", "https://github.com/acme/x", false)]
    public void Allow_Condition_Covers(string condition, string url, bool expected) =>
        Decide($$"""{ name: p, rules: [ { effect: allow, actions: ["read:web_fetch"], conditions: { resource: { {{condition}} } } } ] }""", Access("read:web_fetch", url))
            .Effect.Should().Be(expected ? Effect.Allow : Effect.Deny);

    [Theory]
    [InlineData("matches: 'db.internal'", "db.internal:5432", true)]
    [InlineData("matches: 'db.internal:5432'", "db.internal:5432", true)]
    [InlineData("matches: 'db.internal:5432'", "db.internal:5433", false)]
    [InlineData("matches: '*.internal'", "db.internal", true)]
    [InlineData("host: 'db.internal'", "DB.internal.", true)]
    [InlineData("host: 'db.internal'", "db.internal.evil.example", false)]
    [InlineData("host: 'db.internal'", "user@db.internal", false)]
    public void Allow_Network_Covers(string condition, string resource, bool expected) =>
        Decide($$"""{ name: p, rules: [ { effect: allow, actions: ["connect:network"], conditions: { resource: { {{condition}} } } } ] }""", Access("connect:network", resource))
            .Effect.Should().Be(expected ? Effect.Allow : Effect.Deny);
}
