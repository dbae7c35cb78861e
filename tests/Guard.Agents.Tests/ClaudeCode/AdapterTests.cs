using System.Text;
using System.Text.Json;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Agents.Shell;
using Guard.Protocol;

namespace Guard.Agents.Tests.ClaudeCode;

public sealed class AdapterTests
{
    private static readonly AdapterContext Context = new()
    {
        Paths = new StatedPathView().AddFile("/home/dev/app/a.txt").AddLink("/home/dev/app/link", "/home/dev/.ssh/id_rsa").AddFile("/home/dev/.ssh/id_rsa")
            .AddLink("/home/dev/app/out", "/srv").AddFolder("/srv").AddFolder("/home/dev/app/sub"),
        Home = "/home/dev",
        Workspace = "/home/dev/app",
    };

    /// <summary>Rows: the client's measured inputs (tool names and members), and the names of the older dialect.</summary>
    [Theory]
    [InlineData("Read", """{"file_path":"/home/dev/app/a.txt"}""", "read:file /home/dev/app/a.txt")]
    [InlineData("Read", """{"path":"a.txt"}""", "read:file /home/dev/app/a.txt")]
    [InlineData("Read", """{"file_path":"~/x"}""", "read:file /home/dev/x")]
    [InlineData("Read", """{"file_path":"/home/dev/app/../.bashrc"}""", "read:file /home/dev/.bashrc")]
    [InlineData("Read", """{"file_path":"/home/dev/app/link"}""", "read:file /home/dev/app/link -> /home/dev/.ssh/id_rsa")]
    [InlineData("Read", """{"file_path":"/home/dev/app/out/../x"}""", "read:file /home/dev/app/x; read:file /x")]
    [InlineData("Read", """{"file_path":"a","path":"b"}""", "read:file /home/dev/app/a; read:file /home/dev/app/b")]
    [InlineData("Read", """{}""", "read:file ? tool.no-path")]
    [InlineData("Read", """{"file_path":7}""", "read:file ? tool.no-path")]
    [InlineData("Read", """{"file_path":"a\u0000b"}""", "read:file ? tool.no-path")]
    [InlineData("Read", """{"file_path":"/proc/1/root/etc/shadow"}""", "read:file ? path.through-process")]
    [InlineData("Write", """{"file_path":"/home/dev/app/n/new","content":"x"}""", "write:file /home/dev/app/n/new")]
    [InlineData("Edit", """{"file_path":"/w/a","old_string":"x","new_string":"y"}""", "write:file /w/a; inert read:file /w/a")]
    [InlineData("MultiEdit", """{"file_path":"/w/a","edits":[]}""", "write:file /w/a; inert read:file /w/a")]
    [InlineData("NotebookEdit", """{"notebook_path":"/w/n.ipynb","new_source":"1"}""", "write:file /w/n.ipynb; inert read:file /w/n.ipynb")]
    [InlineData("Glob", """{"pattern":"**/*.cs"}""", "read:file /home/dev/app")]
    [InlineData("Glob", """{"pattern":"/etc/*","path":"."}""", "read:file /home/dev/app; read:file /etc")]
    [InlineData("Glob", """{"pattern":"src/*.cs","path":"lib"}""", "read:file /home/dev/app/lib; read:file /home/dev/app/lib/src")]
    [InlineData("Glob", """{"pattern":"*/../../x"}""", "read:file /home/dev/app; read:file ? tool.pattern-leaves")]
    [InlineData("Glob", """{"pattern":"{/etc,src}/*"}""", "read:file /home/dev/app; read:file ? tool.pattern-leaves")]
    [InlineData("Glob", """{"pattern":"{a,b}/*"}""", "read:file /home/dev/app")]
    [InlineData("LS", """{"path":"/w"}""", "read:file /w")]
    [InlineData("Grep", """{"pattern":"x"}""", "read:file /home/dev/app/**")]
    [InlineData("Grep", """{"pattern":"x","path":"src"}""", "read:file /home/dev/app/src/**")]
    [InlineData("Grep", """{"pattern":"x","path":"a.txt"}""", "read:file /home/dev/app/a.txt")]
    [InlineData("Grep", """{"pattern":"x","path":null}""", "read:file ? tool.no-path")]
    [InlineData("WebFetch", """{"url":"https://a.example/x","prompt":"p"}""", "read:web_fetch https://a.example/x")]
    [InlineData("WebFetch", """{}""", "read:web_fetch ? tool.no-url")]
    [InlineData("web_fetch", """{"url":"https://a.example/x"}""", "read:web_fetch https://a.example/x")]
    [InlineData("WebSearch", """{"query":"abc","allowed_domains":["x"]}""", "read:web_search abc")]
    [InlineData("web_search", """{"query":"abc"}""", "read:web_search abc")]
    [InlineData("browser", """{"action":"open"}""", "read:web_browse open")]
    [InlineData("browser", """{"action":"open","url":"https://a.example"}""", "read:web_browse https://a.example")]
    [InlineData("Agent", """{"prompt":"p","subagent_type":"Explore"}""", "delegate:agent Explore")]
    [InlineData("Agent", """{"prompt":"p"}""", "delegate:agent general-purpose")]
    [InlineData("Task", """{"prompt":"p","subagent_type":5}""", "delegate:agent ? tool.no-agent")]
    [InlineData("SendMessage", """{"to":"r","message":"m"}""", "delegate:agent message:r")]
    [InlineData("ScheduleWakeup", """{"delaySeconds":1}""", "delegate:agent wakeup")]
    [InlineData("CronCreate", """{"cron":"0 9 * * *","prompt":"p"}""", "delegate:agent cron:0 9 * * *")]
    [InlineData("Workflow", """{"script":"s()"}""", "execute:code s(); inert delegate:agent workflow-subagent")]
    [InlineData("Workflow", """{"scriptPath":"f.js"}""", "execute:code ? tool.script-elsewhere; read:file /home/dev/app/f.js; inert delegate:agent workflow-subagent")]
    [InlineData("Workflow", """{"name":"n"}""", "execute:code ? tool.script-elsewhere; inert delegate:agent workflow-subagent")]
    [InlineData("EnterWorktree", """{"path":"/w"}""", """invoke:EnterWorktree {"path":"/w"}; read:file /w""")]
    [InlineData("ExitWorktree", """{"action":"keep"}""", """invoke:ExitWorktree {"action":"keep"}""")]
    [InlineData("Skill", """{ "skill" : "demo" }""", """invoke:Skill {"skill":"demo"}""")]
    [InlineData("ToolSearch", """{"query":"q"}""", """inert invoke:ToolSearch {"query":"q"} tool.inert""")]
    [InlineData("Frobnicate", """{"a":1}""", """invoke:Frobnicate {"a":1}""")]
    [InlineData("bash", """{"command":"ls"}""", """invoke:bash {"command":"ls"}""")]
    [InlineData("Bash ", """{"command":"ls"}""", """invoke:Bash%20 {"command":"ls"}""")]
    [InlineData("B\u0430sh", """{"command":"ls"}""", """invoke:B%D0%B0sh {"command":"ls"}""")]
    [InlineData("mcp__t__echo", """{"text":"x"}""", """invoke:mcp__t__echo {"text":"x"}""")]
    [InlineData("mcp__t__ech\u043e", """{}""", "invoke:mcp__t__ech%D0%BE {}")]
    [InlineData("Monitor", """{"ws":{"url":"wss://a.example/x"}}""", "connect:network wss://a.example/x")]
    [InlineData("Bash", """{}""", "execute:shell ? tool.no-command")]
    [InlineData("Bash", """{"command":" \n"}""", "execute:shell ? tool.no-command")]
    [InlineData("Bash", """{"command":["ls"]}""", "execute:shell ? tool.no-command")]
    public void Tool_WithInput_HasTheseAccesses(string tool, string input, string accesses) =>
        Describe(Adapt(tool, input)).Should().Be(accesses);

    [Fact]
    public void Bash_SimpleCommand_IsAnInertLineACommandAndWhatItDoes()
    {
        var accesses = Adapt("Bash", """{"command":"/usr/bin/curl -o.env --url=https://a.example/x"}""").Accesses;

        accesses[0].Should().BeEquivalentTo(new { Action = Actions.ExecuteShell, Resource = "/usr/bin/curl -o.env --url=https://a.example/x", Primary = true, Inert = true });
        accesses[1].Should().BeEquivalentTo(new { Action = Actions.ExecuteShell, Canonical = "curl -o.env --url=https://a.example/x", Primary = false, Inert = false });
        accesses[1].Words.Should().Equal("/usr/bin/curl", "-o.env", "--url=https://a.example/x");
        accesses[1].Command.Should().BeEquivalentTo(new { Program = "curl", OnPath = false, Open = false });
        accesses[1].Command!.Flags.Should().Contain(["-o", "--output", "--url"]);
        accesses.Skip(2).Should().OnlyContain(access => !access.Primary && access.By == 1);
        accesses.Where(access => access.Resource == "/home/dev/app/.env").Select(access => access.Action).Should().Equal(Actions.WriteFile);
        accesses.Should().ContainSingle(access => access.Action == Actions.ReadWebFetch && access.Resource == "https://a.example/x");
    }

    /// <summary>Section 2 of the policy language: what a shell line becomes. A caret is inert, a question mark unknown.</summary>
    [Theory]
    [InlineData("cd sub && npm test 2>&1 | tail -40", "^execute:shell cd sub; execute:shell npm test; ^execute:shell tail -40; read:file /home/dev/app/sub/package.json")]
    [InlineData("cat a.txt > /tmp/x", "execute:shell cat a.txt; read:file /home/dev/app/a.txt; write:file /tmp/x")]
    [InlineData("cat *.txt", "execute:shell cat a.txt; read:file /home/dev/app/a.txt")]
    [InlineData("cat link", "execute:shell cat link; read:file /home/dev/app/link -> /home/dev/.ssh/id_rsa")]
    [InlineData("cat out/../x", "execute:shell cat out/../x; read:file /home/dev/app/x; read:file /x")]
    [InlineData("cd out && cat ../x", "^execute:shell cd out; execute:shell cat ../x; read:file /home/dev/app/x; read:file /x")]
    [InlineData("cat ~/x", "execute:shell cat /home/dev/x; read:file /home/dev/x")]
    [InlineData("cat \"$X\"", "execute:shell cat ?; read:file ?")]
    [InlineData("cat /proc/1/root/x", "execute:shell cat /proc/1/root/x; read:file ?")]
    [InlineData("echo $API_TOKEN", "^execute:shell echo ?*; read:env API_TOKEN")]
    [InlineData("curl localhost:3000/x", "execute:shell curl localhost:3000/x; read:web_fetch http://localhost:3000/x")]
    [InlineData("$X -a", "execute:shell ?* -a; execute:opaque $X -a")]
    public void Bash_Line_HasTheseAccesses(string line, string accesses) =>
        string.Join("; ", Adapt("Bash", JsonSerializer.Serialize(new { command = line })).Accesses.Skip(1).Select(a =>
            $"{(a.Inert ? "^" : "")}{a.Action} {a.Resource}{(a.Subtree ? "/**" : "")}{(a.Real is null || a.Real == a.Resource ? "" : " -> " + a.Real)}")).Should().Be(accesses);

    [Fact]
    public void Bash_WithoutAFolder_IsOpaque() =>
        ClaudeCodeAdapter.Adapt("""{"session_id":"s","tool_name":"Bash","tool_input":{"command":"ls"}}"""u8.ToArray(), Context).Accesses
            .Should().Contain(access => access.Action == Actions.ExecuteOpaque && access.Why == "shell.no-folder");

    [Fact]
    public void Bash_EnvironmentThatChangesShells_IsOpaque()
    {
        Shell(ShellEnvironment.Plain with { AlteredBy = "BASH_ENV" }, "ls").Should().Contain(access => access.Why == "shell.environment");
        Shell(ShellEnvironment.Plain with { Functions = ["ls"] }, "ls").Should().Contain(access => access.Why == "shell.environment");
        Shell(ShellEnvironment.Plain with { Functions = ["which"] }, "ls").Should().NotContain(access => access.Why == "shell.environment");
        Shell(ShellEnvironment.Plain, "cd sub && cat x").Should().Contain(access => access.Resource == "/home/dev/app/sub/x");
        Shell(ShellEnvironment.Plain with { HasFolderPath = true }, "cd sub && cat x").Should().Contain(access => access.Action == Actions.ReadFile && access.Unknown);
    }

    [Fact]
    public void Bash_HomeVariableDiffers_TildeMeansTheVariable()
    {
        var adapted = ClaudeCodeAdapter.AdaptTool("Bash", """{"command":"cat ~/x"}"""u8.ToArray(), "/home/dev/app", Context with { HomeVariable = "/tmp/h" });

        adapted.Accesses.Should().Contain(access => access.Resource == "/tmp/h/x");
        adapted.Call.Homes!.Select(home => home.Written).Should().Equal("/home/dev", "/tmp/h");
    }

    [Fact]
    public void Bash_MoreAccessesThanARequestCarries_IsRefused()
    {
        var line = "cat " + string.Join(' ', Enumerable.Range(0, 2500).Select(i => "w" + i));
        var act = () => Adapt("Bash", $$"""{"command":"{{line}}"}""");
        act.Should().Throw<UnreadableInputException>().WithMessage("*2048*");
    }

    [Fact]
    public void Bash_AnyLine_IsAdaptedOrRefused()
    {
        string[] pieces = ["a", "''", "\"\"", "=", ":", "@", "//", "://", "[", "]", "..", "~", "-", "-x", ".env", " ", ";", "\\", "$x", "é", "localhost", ":80", "https://", "\u0001", "|", "&&", "$(", ")", "rm", "cat ", "<", ">", "\n"];
        var random = new Random(20260731);
        for (var i = 0; i < 5000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (string.IsNullOrWhiteSpace(line)) continue;
            var accesses = Adapt("Bash", JsonSerializer.Serialize(new { command = line })).Accesses;
            accesses[0].Resource.Should().Be(line);
            accesses[0].Primary.Should().BeTrue();
            accesses.Should().OnlyContain(a => a.By == null || accesses[a.By.Value].Action == Actions.ExecuteShell);
        }
    }

    [Theory]
    [InlineData("/usr/bin/tool x", true)]
    [InlineData("tool x", true)]
    [InlineData("/opt/tool x", false)]
    [InlineData("./tool x", false)]
    [InlineData("/usr/local/bin/tool x", false)]
    public void Bash_ProgramWithASlash_IsOnThePathOnlyWhereTheSearchGivesIt(string line, bool onPath)
    {
        var context = Context with { Paths = new StatedPathView().AddFile("/usr/bin/tool").AddFile("/opt/tool").AddFile("/home/dev/app/tool"), Shell = ShellEnvironment.Plain };
        ClaudeCodeAdapter.AdaptTool("Bash", JsonSerializer.SerializeToUtf8Bytes(new { command = line }), "/home/dev/app", context)
            .Accesses[1].Command!.OnPath.Should().Be(onPath);
    }

    [Theory]
    [InlineData("mcp__t__echo", "t", false)]
    [InlineData("mcp__my_server__echo", "my server", false)]
    [InlineData("mcp__other__echo", "t", true)]
    [InlineData("Read", "t", true)]
    [InlineData("mcp__a__b__c", "a__b", true)]
    [InlineData("mcp__t__echo", "", true)]
    public void McpTool_NameThatIsNotItsServers_IsUnknown(string tool, string server, bool unknown)
    {
        var json = $$$"""{"session_id":"s","cwd":"/w","tool_name":"{{{tool}}}","tool_input":{},"mcp_server":{"name":"{{{server}}}"}}""";
        var access = ClaudeCodeAdapter.Adapt(Encoding.UTF8.GetBytes(json), Context).Accesses.Should().ContainSingle().Subject;
        access.Action.Should().Be("invoke:" + tool);
        access.Unknown.Should().Be(unknown);
    }

    [Fact]
    public void Tool_EmptyInput_StillHasAPrimaryAccess()
    {
        foreach (var name in ToolTable.Known.SelectMany(row => row.Names).Concat(ToolTable.Inert.Select(row => row.Name)))
        {
            foreach (var input in new[] { "{}", "null", "[]", "7" })
            {
                var accesses = Adapt(name, input).Accesses;
                accesses.Should().NotBeEmpty("of {0} {1}", name, input);
                accesses[0].Primary.Should().BeTrue();
                accesses.Count(access => access.Primary).Should().Be(1);
            }
        }
    }

    [Fact]
    public void Call_ManualInputWithoutSession_UsesTheCurrentFolder()
    {
        var context = Context with { Workspace = null, ManualFolder = "/home/dev/app" };
        var manual = ClaudeCodeAdapter.Adapt("""{"tool_name": "Read", "tool_input": {"path": "README.md"}}"""u8.ToArray(), context);
        manual.Accesses[0].Resource.Should().Be("/home/dev/app/README.md");
        manual.Call.Workspace!.Written.Should().Be("/home/dev/app");

        var session = ClaudeCodeAdapter.Adapt("""{"session_id":"s","tool_name": "Read", "tool_input": {"path": "README.md"}}"""u8.ToArray(), context);
        session.Accesses[0].Unknown.Should().BeTrue("a session without a folder cannot place a relative path");
        session.Call.Workspace.Should().BeNull();
    }

    private static IReadOnlyList<Access> Shell(ShellEnvironment shell, string line) =>
        ClaudeCodeAdapter.AdaptTool("Bash", JsonSerializer.SerializeToUtf8Bytes(new { command = line }), "/home/dev/app", Context with { Shell = shell }).Accesses;

    internal static AdaptedCall Adapt(string tool, string input) =>
        ClaudeCodeAdapter.AdaptTool(tool, Encoding.UTF8.GetBytes(input), "/home/dev/app", Context);

    private static string Describe(AdaptedCall call) => string.Join("; ", call.Accesses.Select(access =>
        (access.Inert ? "inert " : "") + access.Action + " " + access.Resource + (access.Subtree ? "/**" : "") +
        (access.Real is null || access.Real == access.Resource ? "" : " -> " + access.Real) + (access.Why is null ? "" : " " + access.Why)));
}
