using static Guard.Redaction.TextShapes;

namespace Guard.Redaction.Detectors;

/// <summary>
/// The beginnings and lengths that issuers publish or that their tokens are known to have. Lengths are lower bounds on the
/// generous side: an issuer that makes longer tokens is still met. Checksums are not verified: a mistyped token is near a real one.
/// </summary>
internal static class TokenShapes
{
    public static readonly TokenShape[] All =
    [
        // Amazon: key ids are 20 characters of base 32.
        .. Exactly("aws-key-id", Base32Upper, 16, "AKIA", "ASIA", "ABIA", "ACCA"),
        new("X-Amz-Signature=", Hexadecimal, 64, "aws-signature") { KeepPrefix = true },
        new("X-Amz-Credential=", UrlValue, 20, "aws-credential") { KeepPrefix = true },
        new("X-Amz-Security-Token=", UrlValue, 32, "aws-session-token") { KeepPrefix = true },
        new("ABSK", Base64, 60, "aws-bedrock-key") { Bounded = true },

        // GitHub: 30 random characters and 6 of a checksum; fine-grained ones are longer.
        .. AtLeast("github-token", Alphanumeric, 36, "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        new("github_pat_", Word, 22, "github-token"),

        .. AtLeast("gitlab-token", Dotted, 20, "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glimt-", "glagent-", "gloas-", "glffct-"),
        .. AtLeast("slack-token", Dotted, 10, "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xoxc-", "xoxd-", "xapp-"),
        .. Webhooks("hooks.slack.com/services/", "hooks.slack.com/workflows/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/"),
        .. AtLeast("stripe-key", Alphanumeric, 16, "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"),

        // Model providers.
        .. AtLeast("model-provider-key", Base64Url, 20, "sk-ant-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "pplx-"),
        new("sk-", Alphanumeric, 32, "model-provider-key") { Bounded = true },
        .. AtLeast("model-provider-key", Alphanumeric, 32, "gsk_", "xai-", "r8_", "fw_", "nvapi-"),
        new("hf_", Alphanumeric, 30, "huggingface-token") { Bounded = true },
        new("api_org_", Alphanumeric, 30, "huggingface-token"),

        // Google.
        new("AIza", Base64Url, 35, "google-api-key") { Bounded = true },
        new("GOCSPX-", Base64Url, 24, "google-client-secret"),
        new("ya29.", Base64Url, 20, "google-access-token") { Bounded = true },
        new("1//0", Base64Url, 30, "google-refresh-token") { Bounded = true },

        // Package registries.
        new("npm_", Alphanumeric, 36, "npm-token") { Bounded = true },
        new("pypi-AgE", Base64Url, 16, "pypi-token"),
        new("rubygems_", Hexadecimal, 48, "rubygems-key"),
        new("oy2", Alphanumeric, 43, "nuget-key") { Bounded = true, Max = 43 },
        new("cio", Alphanumeric, 32, "crates-token") { Bounded = true, Max = 32 },
        .. AtLeast("docker-token", Base64Url, 20, "dckr_pat_", "dckr_oat_"),
        new("AKCp", Alphanumeric, 64, "artifactory-key") { Bounded = true },

        // Hosting and data.
        .. AtLeast("digitalocean-token", Hexadecimal, 64, "dop_v1_", "doo_v1_", "dor_v1_"),
        new("HRKU-", Base64Url, 36, "heroku-key"),
        .. AtLeast("fly-token", Base64, 40, "FlyV1 ", "fm2_", "fo1_"),
        new("nfp_", Alphanumeric, 36, "netlify-token"),
        .. AtLeast("vercel-token", Alphanumeric, 24, "vcp_", "vck_"),
        .. AtLeast("planetscale-token", Dotted, 32, "pscale_tkn_", "pscale_pw_", "pscale_oauth_"),
        .. AtLeast("supabase-key", Base64Url, 20, "sbp_", "sb_secret_"),
        new("dapi", Hexadecimal, 32, "databricks-token") { Bounded = true },
        .. AtLeast("vault-token", Base64Url, 24, "hvs.", "hvb.", "hvr."),
        new("pul-", Hexadecimal, 40, "pulumi-token") { Bounded = true },
        .. AtLeast("doppler-token", Dotted, 40, "dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."),
        new("LTAI", Alphanumeric, 16, "alibaba-key-id") { Bounded = true, Max = 26 },
        new("AKID", Alphanumeric, 32, "tencent-key-id") { Bounded = true, Max = 36 },
        new("sig=", UrlValue, 43, "azure-signature") { Bounded = true, KeepPrefix = true },

        // Mail, messages, payment.
        new("SG.", Dotted, 60, "sendgrid-key") { Bounded = true },
        new("key-", Hexadecimal, 32, "mailgun-key") { Bounded = true, Max = 32 },
        new("xkeysib-", Base64Url, 64, "brevo-key"),
        new("SK", Hexadecimal, 32, "twilio-key") { Bounded = true, Max = 32 },
        .. AtLeast("shopify-token", Hexadecimal, 32, "shpat_", "shpca_", "shppa_", "shpss_"),
        .. AtLeast("square-token", Base64Url, 22, "sq0atp-", "sq0csp-", "EAAAl"),
        .. AtLeast("razorpay-key", Alphanumeric, 14, "rzp_live_", "rzp_test_"),
        new("FLWSECK", Base64Url, 32, "flutterwave-key"),

        // Work tools.
        .. AtLeast("atlassian-token", Base64, 60, "ATATT3", "ATCTT3"),
        new("ATBB", Alphanumeric, 32, "bitbucket-password") { Bounded = true },
        .. AtLeast("linear-key", Alphanumeric, 32, "lin_api_", "lin_oauth_"),
        new("ntn_", Alphanumeric, 40, "notion-token"),
        new("secret_", Alphanumeric, 43, "notion-token") { Bounded = true, Max = 43 },
        .. AtLeast("figma-token", Base64Url, 38, "figd_", "figo_"),
        new("PMAK-", Base64Url, 50, "postman-key"),
        new("CFPAT-", Base64Url, 40, "contentful-token"),
        new("dt0c01.", Dotted, 80, "dynatrace-token"),
        .. AtLeast("newrelic-key", Alphanumeric, 20, "NRAK-", "NRJS-", "NRII-", "NRRA-"),
        .. AtLeast("grafana-token", Base64, 30, "glsa_", "glc_"),
        .. AtLeast("sentry-token", Base64, 40, "sntrys_", "sntryu_"),
        new("AGE-SECRET-KEY-1", UpperDigits, 58, "age-key"),
        new("ops_eyJ", Base64Url, 100, "onepassword-token"),

        // Our own. Messages and events name keys by their first 12 characters.
        new("guard_agent_", Base64Url, 40, "guard-key") { MinCut = 14 },
        new("guard_admin_", Base64Url, 40, "guard-key") { MinCut = 14 },
    ];

    private static IEnumerable<TokenShape> AtLeast(string kind, System.Buffers.SearchValues<char> set, int min, params string[] prefixes) =>
        prefixes.Select(prefix => new TokenShape(prefix, set, min, kind));

    private static IEnumerable<TokenShape> Exactly(string kind, System.Buffers.SearchValues<char> set, int length, params string[] prefixes) =>
        prefixes.Select(prefix => new TokenShape(prefix, set, length, kind) { Max = length, Bounded = true });

    private static IEnumerable<TokenShape> Webhooks(params string[] prefixes) =>
        prefixes.Select(static prefix => new TokenShape(prefix, UrlPath, 20, "webhook") { KeepPrefix = true });
}
