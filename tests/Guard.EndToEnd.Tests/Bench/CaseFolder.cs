namespace Guard.EndToEnd.Tests.Bench;

/// <summary>The private place of one test: a project, a home for the client, and the logs of what happened.</summary>
/// <param name="Root">Short, because the path of a Unix socket has at most 107 bytes.</param>
internal sealed record CaseFolder(string Root)
{
    public string Project => Path.Combine(Root, "project");

    public string Home => Path.Combine(Root, "home");

    public string Temporary => Path.Combine(Root, "tmp");

    public string ProjectSettings => Path.Combine(Project, ".claude", "settings.json");

    public string UserSettings => Path.Combine(Home, ".claude", "settings.json");

    /// <summary>The client's own account of a run.</summary>
    public string ClientLog => Log("client-debug.log");

    public static CaseFolder Create()
    {
        var folder = new CaseFolder(Directory.CreateTempSubdirectory("guard-e2e-").FullName);
        foreach (var path in new[] { folder.Project, folder.Home, folder.Temporary, folder.Log("") })
            Directory.CreateDirectory(path);
        return folder;
    }

    public string Log(string name) => Path.Combine(Root, "logs", name);

    public string InProject(string relative) => Path.Combine(Project, relative);

    public void Put(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public string PutProgram(string name, string shell)
    {
        var path = Path.Combine(Root, name);
        Put(path, "#!/bin/sh\n" + shell + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Delete() => Directory.Delete(Root, recursive: true);
}
