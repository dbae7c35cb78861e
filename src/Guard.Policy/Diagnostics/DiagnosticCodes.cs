namespace Guard.Policy.Diagnostics;

/// <summary>Every code a <see cref="Diagnostic"/> can carry. docs/policies.md explains each; a test holds the two together.</summary>
public static class DiagnosticCodes
{
    public const string InvalidYaml = "GRD001";
    public const string TooLarge = "GRD002";
    public const string TooComplex = "GRD003";
    public const string AnchorOrAlias = "GRD004";
    public const string DuplicateKey = "GRD005";
    public const string SeveralDocuments = "GRD006";
    public const string NotAMapping = "GRD007";
    public const string Tag = "GRD008";

    public const string UnknownKey = "GRD010";
    public const string WrongType = "GRD011";
    public const string MissingKey = "GRD012";
    public const string Empty = "GRD013";
    public const string TooLong = "GRD014";

    public const string UnknownEffect = "GRD020";
    public const string UnknownAction = "GRD021";
    public const string UnknownTier = "GRD022";
    public const string DuplicateRule = "GRD023";
    public const string DuplicatePolicy = "GRD024";
    public const string BadName = "GRD025";
    public const string BadGlob = "GRD026";
    public const string BadRegex = "GRD027";
    public const string BadHost = "GRD028";
    public const string BadTime = "GRD029";
    public const string BadDuration = "GRD030";
    public const string BadAudit = "GRD031";
    public const string AuditDisabled = "GRD032";
    public const string Misplaced = "GRD033";
    public const string UnknownMode = "GRD034";
    public const string BadCommand = "GRD035";

    public const string BothDialects = "GRD044";
    public const string BadTool = "GRD045";
    public const string UnknownWorkflow = "GRD046";
    public const string BadWorkflow = "GRD047";
    public const string Unreachable = "GRD048";
    public const string BadMessage = "GRD049";

    public const string EscapedStar = "GRD050";
    public const string ProvesNoHost = "GRD051";
    public const string OlderName = "GRD052";
    public const string SameRuleTwice = "GRD053";

    public const string ExpressionSyntax = "GRD054";
    public const string ExpressionName = "GRD055";
    public const string ExpressionArguments = "GRD056";
    public const string ExpressionType = "GRD057";
    public const string ExpressionTooComplex = "GRD058";

    public const string WorkspaceLoosens = "GRD059";

    public const string SuiteCase = "GRD060";
    public const string SuiteFixture = "GRD061";

    public const string LintNoReason = "GRD100";
    public const string LintWiderAllow = "GRD101";
    public const string LintNarrowerDeny = "GRD102";
    public const string LintWiderDeny = "GRD103";
    public const string LintWorkspaceName = "GRD104";
    public const string LintNeverMatches = "GRD105";
    public const string LintShadowed = "GRD106";
    public const string LintNoFileRules = "GRD107";
    public const string LintOverlap = "GRD108";
    public const string LintCredential = "GRD109";
}
