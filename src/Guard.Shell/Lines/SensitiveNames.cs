namespace Guard.Shell.Lines;

/// <summary>Names of variables that policy cares about.</summary>
internal static class SensitiveNames
{
    private static readonly string[] Loading =
    [
        "PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_DEBUG_OUTPUT", "LD_PROFILE_OUTPUT", "LD_BIND_NOT", "GCONV_PATH", "LOCPATH", "GETCONF_DIR", "NLSPATH",
        "BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND", "PS0", "PS1", "PS4", "BASH_LOADABLES_PATH", "BASH_XTRACEFD", "BASH_CMDS", "BASH_ALIASES", "BASH_COMPAT", "ZDOTDIR", "FPATH", "HISTFILE",
        "PAGER", "MANPAGER", "SYSTEMD_PAGER", "BAT_PAGER", "DELTA_PAGER", "LESSOPEN", "LESSCLOSE", "LESSEDIT", "LESSKEY", "LESSKEYIN",
        "EDITOR", "VISUAL", "FCEDIT", "SUDO_EDITOR", "KUBE_EDITOR", "BROWSER", "SHELL", "TERMINFO", "SSH_ASKPASS", "SUDO_ASKPASS", "SSH_AUTH_SOCK", "DISPLAY",
        "NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE", "NODE_TLS_REJECT_UNAUTHORIZED", "DENO_DIR", "BUN_OPTIONS", "ELECTRON_RUN_AS_NODE",
        "PERL5LIB", "PERL5OPT", "PERL5DB", "PERLLIB", "PYTEST_PLUGINS", "RUBYOPT", "RUBYLIB", "RAKEOPT", "COMPOSER", "COMPOSER_HOME", "GEM_PATH", "GEM_HOME", "BUNDLE_GEMFILE", "PHPRC", "PHP_INI_SCAN_DIR", "LUA_PATH", "LUA_CPATH", "LUA_INIT",
        "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "MAVEN_OPTS", "MAVEN_ARGS", "GRADLE_OPTS", "GRADLE_USER_HOME", "SBT_OPTS", "ANT_OPTS", "ANT_ARGS", "JAVA_OPTS", "JAVA_HOME", "GROOVY_OPTS",
        "RUSTC", "RUSTDOC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "RUSTDOCFLAGS", "RUSTUP_TOOLCHAIN", "CARGO", "CARGO_HOME", "RUSTUP_HOME",
        "GOFLAGS", "GOENV", "GOROOT", "GOTOOLCHAIN", "GOPROXY", "GOCACHEPROG", "PKG_CONFIG", "PKG_CONFIG_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH", "CCACHE_PREFIX", "CMAKE_TOOLCHAIN_FILE", "CMAKE_C_COMPILER_LAUNCHER", "CMAKE_CXX_COMPILER_LAUNCHER", "CC", "CXX", "CPP", "AR", "LD", "AS", "FC", "MAKEFLAGS", "MAKEFILES", "GNUMAKEFLAGS", "MAKE", "CMAKE_PROGRAM_PATH",
        "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "DOTNET_ROOT", "CORECLR_PROFILER", "CORECLR_PROFILER_PATH", "CORECLR_ENABLE_PROFILING", "MSBuildSDKsPath",
        "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES", "GTK_MODULES", "QT_PLUGIN_PATH", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_DIRS", "CURL_HOME", "WGETRC", "SYSTEM_WGETRC",
        "HOME", "TAR_OPTIONS", "RSYNC_RSH", "RSYNC_CONNECT_PROG", "CVS_RSH", "GREP_OPTIONS", "RIPGREP_CONFIG_PATH", "FZF_DEFAULT_COMMAND", "FZF_DEFAULT_OPTS", "ACKRC", "VIMINIT", "EXINIT", "MYVIMRC",
        "EMACSLOADPATH", "AWKPATH", "AWKLIBPATH", "POSIXLY_CORRECT", "PSQLRC", "PSQL_EDITOR", "PSQL_PAGER", "MYSQL_HOME", "INPUTRC", "KUBECONFIG", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT",
        "ANSIBLE_CONFIG", "TF_CLI_CONFIG_FILE", "TF_LOG_PATH", "TF_DATA_DIR", "TF_PLUGIN_CACHE_DIR", "KUBECTL_EXTERNAL_DIFF", "COMPOSE_FILE", "COMPOSE_ENV_FILES", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "HOSTALIASES", "GLIBC_TUNABLES", "CLAUDE_CONFIG_DIR", "EXECIGNORE",
        "GH_PAGER", "GH_EDITOR", "GH_BROWSER", "GH_CONFIG_DIR", "GH_PATH", "SYSTEMD_EDITOR", "GNUPGHOME", "PARALLEL", "PARALLEL_SHELL", "HELM_PLUGINS", "ANSIBLE_LIBRARY",
        "JULIA_LOAD_PATH", "R_PROFILE", "R_PROFILE_USER", "R_ENVIRON", "R_ENVIRON_USER", "ERL_FLAGS", "ERL_AFLAGS", "ERL_ZFLAGS", "ELIXIR_ERL_OPTIONS",
    ];

    private static readonly string[] LoadingPrefixes = ["LD_", "DYLD_", "GIT_", "PYTHON", "npm_config_", "PIP_", "UV_", "YARN_", "PNPM_", "COR_", "BASH_FUNC_", "CARGO_TARGET_", "CARGO_BUILD_", "CARGO_ALIAS_", "PERL", "TF_CLI_ARGS", "GUARD_"];

    // What these say is a label, a date or a switch.
    private static bool IsHarmless(string name) =>
        name is "GIT_AUTHOR_NAME" or "GIT_AUTHOR_EMAIL" or "GIT_AUTHOR_DATE" or "GIT_COMMITTER_NAME" or "GIT_COMMITTER_EMAIL" or
            "GIT_COMMITTER_DATE" or "GIT_TERMINAL_PROMPT" or "GIT_OPTIONAL_LOCKS" or "GIT_MERGE_AUTOEDIT" or "PYTHONUNBUFFERED" or
            "PYTHONDONTWRITEBYTECODE" or "PYTHONHASHSEED" or "PYTHONIOENCODING" or "PYTHONUTF8" or "PYTHONFAULTHANDLER" or
            "PIP_DISABLE_PIP_VERSION_CHECK" or "PIP_NO_INPUT" or "PERL_MM_USE_DEFAULT";

    /// <summary>A variable by which programs load or run something, or find where their settings lie.</summary>
    public static bool Loads(string name) =>
        !IsHarmless(name) && (Loading.Contains(name, StringComparer.OrdinalIgnoreCase) || LoadingPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase)));

    /// <summary>A value that turns the program off which the variable would name.</summary>
    public static bool IsIdle(string name, string? value) =>
        value is "" or "cat" or "true" or ":" && (name.EndsWith("PAGER", StringComparison.Ordinal) || name.EndsWith("EDITOR", StringComparison.Ordinal) || name is "VISUAL");

    /// <summary>A name that a secret's variable would have, or one of Guard's own.</summary>
    public static bool IsSecret(string name) =>
        name.StartsWith("GUARD_", StringComparison.OrdinalIgnoreCase)
        || name.Contains("KEY", StringComparison.OrdinalIgnoreCase)
        || name.Contains("TOKEN", StringComparison.OrdinalIgnoreCase)
        || name.Contains("SECRET", StringComparison.OrdinalIgnoreCase)
        || name.Contains("PASS", StringComparison.OrdinalIgnoreCase);
}
