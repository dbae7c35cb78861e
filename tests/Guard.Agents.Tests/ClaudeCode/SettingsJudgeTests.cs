using System.Text;
using Guard.Agents.ClaudeCode;

namespace Guard.Agents.Tests.ClaudeCode;

/// <summary>Rows: the client's measured behaviour with settings that are void, and with two copies of one hook.</summary>
public sealed class SettingsJudgeTests
{
    private const string User = "/home/dev/.claude/settings.json";
    private const string Project = "/home/dev/app/.claude/settings.json";

    [Fact]
    public void Settings_WithTheRegistration_AreInForce() => Judge(Registration(), null).Should().BeNull();

    [Fact]
    public void Settings_RegistrationInOneOfTwoFiles_AreInForce() => Judge("{}", Registration()).Should().BeNull();

    [Fact]
    public void Settings_OtherHooksBeside_AreInForce() =>
        Judge(Registration(), """{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"/usr/bin/other","async":true}]},{"hooks":[{"type":"http","url":"http://x"}]}]}}""").Should().BeNull();

    [Fact]
    public void Settings_AnotherFileVoidBefore_AreInForce() => Judge("{", Registration()).Should().BeNull("only the changed file is new");

    [Theory]
    [InlineData("", "not plain JSON")]
    [InlineData("{", "not plain JSON")]
    [InlineData("{}// x", "not plain JSON")]
    [InlineData("{\"a\":1,}", "not plain JSON")]
    [InlineData("[]", "the document")]
    [InlineData("{\"model\":5}", "`model`")]
    [InlineData("{\"env\":{\"A\":1}}", "`env`")]
    [InlineData("{\"hooks\":[]}", "`hooks`")]
    [InlineData("{\"hooks\":{\"PreToolUse\":[{\"command\":\"x\"}]}}", "`hooks.PreToolUse`")]
    [InlineData("{\"hooks\":{\"PreToolUse\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"x\",\"onFailure\":\"deny\"}]}]}}", "`hooks.PreToolUse`")]
    [InlineData("{\"disableAllHooks\":true}", "disableAllHooks")]
    [InlineData("{\"disableAllHooks\":\"yes\"}", "`disableAllHooks`")]
    public void ChangedFile_VoidOrSwitchingOff_Disarms(string project, string because) =>
        Judge(Registration(), project).Should().Contain(because);

    [Theory]
    [InlineData("\"matcher\":\"*\"", "\"matcher\":\"Bash\"", "only for some tools")]
    [InlineData("\"onFailure\":\"block\"", "\"onFailure\":\"continue\"", "onFailure")]
    [InlineData(",\"onFailure\":\"block\"", "", "onFailure")]
    [InlineData("\"timeout\":30", "\"timeout\":0.001", "time-out")]
    [InlineData("\"timeout\":30", "\"timeout\":25", "time-out")]
    [InlineData("\"timeout\":30", "\"timeout\":30,\"async\":true", "without waiting")]
    [InlineData("\"timeout\":30", "\"timeout\":30,\"if\":\"Bash(x)\"", "under a condition")]
    [InlineData("\"args\":[\"pre\",\"--deadline\",\"25\"],", "", "`pre`")]
    public void Copy_ThatIsWeaker_DisarmsTheGoodOne(string was, string now, string because) =>
        Judge(Registration(), Registration().Replace(was, now)).Should().Contain(because);

    [Theory]
    [InlineData("\"args\":[\"config\"", "\"args\":[\"post\"", "`config`")]
    [InlineData("\"block\" }", "\"continue\" }", "for changes of settings without `onFailure: block`")]
    [InlineData("\"ConfigChange\"", "\"SessionEnd\"", "for ConfigChange any more")]
    public void RegistrationForChanges_LostOrWeaker_Disarms(string was, string now, string because) =>
        Judge(null, Registration().Replace(was, now)).Should().Contain(because);

    [Theory]
    [InlineData("\"model\":\"opus\"")]
    [InlineData("\"permissions\":{\"allow\":[\"Read\"],\"defaultMode\":\"plan\"}")]
    [InlineData("\"env\":{\"EDITOR\":\"vi\"},\"statusLine\":{}")]
    [InlineData("\"disableAllHooks\":false,\"unknown\":5")]
    public void OtherSettings_Changed_StayInForce(string member) =>
        Judge(null, Registration().Insert(1, member + ",")).Should().BeNull();

    [Theory]
    [InlineData("\"language\":5", "`language`")]
    [InlineData("\"permissions\":{\"defaultMode\":\"yolo\"}", "`permissions`")]
    public void OtherSettings_OfAWrongType_Disarm(string member, string because) =>
        Judge(null, Registration().Insert(1, member + ",")).Should().Contain(because, "the client drops the file, and the registration with it");

    [Fact]
    public void Settings_WithoutTheRegistration_AreDisarmed()
    {
        Judge("{}", null).Should().Contain("no settings file registers");
        Judge(null, null).Should().Contain("no settings file registers");
    }

    private static string? Judge(string? user, string? project) => SettingsJudge.WhyDisarmed([File(User, user), File(Project, project)], Project);

    private static SettingsContent File(string path, string? text) => new(path, text is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(text));

    private static string Registration() =>
        """{"hooks":{"PreToolUse":[{"matcher":"*","hooks":[{"type":"command","command":"/opt/guard/guard-hook","args":["pre","--deadline","25"],"timeout":30,"onFailure":"block"}]}],"ConfigChange":[{"hooks":[{"type":"command","command":"/opt/guard/guard-hook","args":["config","--deadline","10"],"timeout":15,"onFailure":"block" }]}]}}""";
}
