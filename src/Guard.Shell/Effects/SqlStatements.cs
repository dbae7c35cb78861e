using System.Buffers;

namespace Guard.Shell.Effects;

/// <summary>
/// Whether SQL only reads the database that it is sent to. Strict: several statements, one that is not known to read, a function that is not known to be without
/// effects, comments, and text that clients read in ways of their own are no reading. What views, rules and operators of the database itself do is not
/// looked at.
/// </summary>
internal static class SqlStatements
{
    private static readonly HashSet<string> s_begin = Set("select values table show describe desc with from summarize explain use");

    /// <summary>Words that change something, run something, or reach a file, wherever they stand outside quotes.</summary>
    private static readonly HashSet<string> s_never = Set(
        "into insert update delete merge upsert drop alter create truncate rename grant revoke deny call exec execute do copy attach detach load import export install " +
        "vacuum reindex cluster refresh lock unlock set reset kill shutdown notify listen unlisten prepare deallocate declare procedure outfile dumpfile openrowset " +
        "openquery opendatasource bulk waitfor go begin commit rollback savepoint start backup restore dbcc handler flush purge optimize repair checkpoint discard " +
        "security reassign comment import_foreign share nowait tablesample");

    /// <summary>Commands of clients, where a line begins with them.</summary>
    private static readonly HashSet<string> s_clientCommands = Set("system source tee notee pager nopager edit delimiter connect charset resetconnection input output print prompt status quit exit");

    /// <summary>Words before a parenthesis that are no functions, and functions without effects.</summary>
    private static readonly HashSet<string> s_beforeParenthesis = Set(
        "in and or not exists as from join on over filter select where by using any all some limit offset then else when case union except intersect having between like ilike " +
        "lateral with values within group distinct is end cross inner outer left right full natural order qualify window recursive materialized " +
        "varchar nvarchar char nchar character numeric decimal number float real double int integer bigint smallint timestamp timestamptz time datetime2 bit varbinary binary text " +
        "count sum avg min max total median mode stddev stddev_pop stddev_samp variance var_pop var_samp corr percentile_cont percentile_disc quantile approx_count_distinct any_value " +
        "bool_and bool_or every bit_and bit_or bit_xor string_agg group_concat listagg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_group_array json_group_object " +
        "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value " +
        "coalesce nullif ifnull isnull nvl iif if greatest least cast convert try_cast try_convert typeof pg_typeof " +
        "lower upper length len char_length character_length octet_length bit_length datalength trim ltrim rtrim btrim substr substring replace concat concat_ws lpad rpad repeat reverse " +
        "position strpos instr locate charindex patindex split_part regexp_replace regexp_match regexp_matches regexp_like regexp_substr starts_with ends_with contains initcap translate " +
        "ascii chr unicode char hex unhex quote quote_ident quote_literal printf format md5 sha1 sha2 sha256 crc32 to_hex encode decode to_base64 from_base64 " +
        "abs round floor ceil ceiling mod power pow sqrt exp ln log log2 log10 sign trunc random rand pi sin cos tan asin acos atan atan2 degrees radians width_bucket " +
        "now current_date current_time current_timestamp localtime localtimestamp getdate sysdatetime getutcdate utc_timestamp curdate curtime sysdate date datetime julianday unixepoch strftime " +
        "date_trunc date_part extract age to_char to_date to_timestamp to_number date_format str_to_date unix_timestamp from_unixtime datediff dateadd datepart datename timestampdiff " +
        "timestampadd date_add date_sub year month day hour minute second dayofweek dayofyear weekday week quarter last_day make_date make_timestamp interval justify_days epoch " +
        "generate_series unnest array array_length array_to_string string_to_array cardinality array_position " +
        "json json_extract json_value json_query json_type json_valid json_array json_object json_array_length json_each json_tree json_build_object json_build_array json_extract_path " +
        "json_extract_path_text json_object_keys json_array_elements json_array_elements_text json_contains json_length json_keys json_unquote jsonb jsonb_build_object jsonb_build_array jsonb_array_length " +
        "jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys jsonb_pretty jsonb_typeof jsonb_path_query jsonb_extract_path jsonb_extract_path_text to_json to_jsonb row_to_json row " +
        "version current_user session_user user database current_database current_schema current_schemas schema current_setting inet_server_addr inet_server_port connection_id found_rows " +
        "sqlite_version changes total_changes last_insert_rowid last_insert_id scope_identity " +
        "pg_size_pretty pg_total_relation_size pg_relation_size pg_table_size pg_indexes_size pg_database_size pg_column_size pg_get_viewdef pg_get_indexdef pg_get_constraintdef pg_get_functiondef " +
        "pg_get_expr pg_get_userbyid pg_get_serial_sequence pg_table_is_visible obj_description col_description shobj_description has_table_privilege has_schema_privilege has_database_privilege " +
        "format_type to_regclass pg_is_in_recovery pg_postmaster_start_time pg_encoding_to_char pg_blocking_pids txid_current_if_assigned " +
        "object_id object_name object_definition db_name db_id schema_name schema_id serverproperty databasepropertyex suser_name suser_sname user_name host_name app_name columnproperty type_name " +
        "to_tsvector to_tsquery plainto_tsquery ts_rank similarity word_similarity st_distance st_dwithin st_astext st_asgeojson st_x st_y list list_contains struct_pack");

    private static readonly HashSet<string> s_schemasOfTheServer = Set("pg_catalog information_schema sys mysql performance_schema dbo");

    /// <summary>Last parts of names by which a database may mean a file.</summary>
    private static readonly HashSet<string> s_endings = Set("csv tsv txt json jsonl ndjson parquet xlsx xls arrow feather orc avro db sqlite duckdb gz zst bz2");

    /// <summary>SQLite's and DuckDB's pragmas that show, and whether they take what they show it of.</summary>
    private static readonly HashSet<string> s_pragmasWithName = Set("table_info table_xinfo index_list index_info index_xinfo foreign_key_list foreign_key_check integrity_check quick_check storage_info");

    private static readonly HashSet<string> s_pragmas = Set(
        "database_list table_list collation_list compile_options function_list module_list pragma_list user_version schema_version application_id data_version page_count page_size " +
        "freelist_count encoding journal_mode synchronous cache_size foreign_keys auto_vacuum show_tables database_size version");

    private static readonly HashSet<string> s_dots = Set(".tables .schema .indexes .indices .databases .dbinfo .dump .fullschema .show .help .version .headers .header .mode .nullvalue .width .timer .lint .sha3sum");

    private static readonly HashSet<string> s_meta = Set("l conninfo encoding sf sv z ? h help copyright dconfig");

    private static readonly SearchValues<char> s_notInMetaCommands = SearchValues.Create("\\`\n;|!");

    private static readonly SearchValues<char> s_notInDotCommands = SearchValues.Create("|\n;`\"'");

    public static bool OnlyRead(Argument sql)
    {
        if (!sql.IsKnown || sql.Text.Any(c => c is '\0' or '$' or '#' or '\r'))
        {
            return false;
        }

        string text = sql.Text.Trim();
        return text.Length > 0 && text[0] switch
        {
            '\\' => MetaCommandShows(text),
            '.' => DotCommandShows(text),
            _ => Tokens(text) is { } tokens && IsStatement(tokens),
        };
    }

    // A second backslash begins another command; backticks are run by a shell.
    private static bool MetaCommandShows(string text)
    {
        string name = text.Split(' ', 2)[0][1..].TrimEnd('+', 'S');
        return !text.AsSpan(1).ContainsAny(s_notInMetaCommands) && (s_meta.Contains(name) || (name.StartsWith('d') && name.Length <= 4 && name != "do" && name.All(char.IsAsciiLetter)));
    }

    private static bool DotCommandShows(string text) => !text.AsSpan().ContainsAny(s_notInDotCommands) && s_dots.Contains(text.Split(' ', 2)[0]);

    // One statement: what follows it is not looked for.
    private static bool IsStatement(List<Token> tokens)
    {
        while (tokens.Count > 0 && tokens[^1].Is(";"))
        {
            tokens.RemoveAt(tokens.Count - 1);
        }

        return tokens.Count > 0 && !tokens.Exists(token => token.Is(";")) && Reads(tokens);
    }

    private static bool Reads(List<Token> tokens)
    {
        int begin = 0;
        while (begin < tokens.Count && tokens[begin].Is("("))
        {
            begin++;
        }

        if (begin == tokens.Count || tokens[begin].IsQuoted)
        {
            return false;
        }

        string first = tokens[begin].Text;
        if (first == "pragma")
        {
            return PragmaShows(tokens);
        }

        if (first == "explain")
        {
            return ExplainShows(tokens);
        }

        if (!s_begin.Contains(first))
        {
            return false;
        }

        for (int i = 0; i < tokens.Count; i++)
        {
            if (!IsHarmless(tokens, i, first))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsHarmless(List<Token> tokens, int at, string statement)
    {
        Token token = tokens[at];
        Token? next = at + 1 < tokens.Count ? tokens[at + 1] : null;
        Token? before = at > 0 ? tokens[at - 1] : null;
        if (token.IsQuoted)
        {
            // A quoted name may be a file to the database, or a function.
            bool isSource = before is { } b && (b.Is("from") || b.Is("join") || b.Is(","));
            return next?.Is("(") != true && !(isSource && token.Text.AsSpan().ContainsAny("./:*"));
        }

        if (!token.IsWord)
        {
            return true;
        }

        bool isCalled = next?.Is("(") == true;
        if (s_never.Contains(token.Text) && !(statement is "show" or "describe" or "desc" && at > 0))
        {
            return false;
        }

        if (token.BeginsLine && s_clientCommands.Contains(token.Text))
        {
            return false;
        }

        if (before?.Is(".") == true)
        {
            return !s_endings.Contains(token.Text) && (!isCalled || (at > 1 && s_schemasOfTheServer.Contains(tokens[at - 2].Text) && s_beforeParenthesis.Contains(token.Text)));
        }

        return !isCalled || s_beforeParenthesis.Contains(token.Text);
    }

    private static bool ExplainShows(List<Token> tokens)
    {
        int at = 1;
        while (at < tokens.Count && !tokens[at].IsQuoted && tokens[at].Text is "query" or "plan" or "analyze" or "verbose" or "extended" or "partitions" or "format" or "=" or "json" or "text" or "xml" or "yaml" or "tree" or "traditional")
        {
            at++;
        }

        if (at < tokens.Count && tokens[at].Is("(") && at + 1 < tokens.Count && !tokens[at + 1].Is("select"))
        {
            at = tokens.FindIndex(at, token => token.Is(")")) + 1;
        }

        List<Token> rest = tokens.GetRange(at, tokens.Count - at);
        return rest is [{ IsWord: true }] || Reads(rest);
    }

    private static bool PragmaShows(List<Token> tokens) => tokens switch
    {
        [_, { IsWord: true } name] => s_pragmas.Contains(name.Text) || s_pragmasWithName.Contains(name.Text),
        [_, { IsWord: true } name, var open, var of, var close] => s_pragmasWithName.Contains(name.Text) && open.Is("(") && (of.IsWord || of.IsQuoted) && close.Is(")"),
        _ => false,
    };

    /// <summary>Null for text that databases or their clients read in different ways.</summary>
    private static List<Token>? Tokens(string text)
    {
        List<Token> tokens = [];
        bool beginsLine = true;
        for (int at = 0; at < text.Length;)
        {
            char c = text[at];
            if (c == '\n')
            {
                beginsLine = true;
                at++;
                continue;
            }

            if (c is ' ' or '\t')
            {
                at++;
                continue;
            }

            int start = at;
            if (c is '\'' or '"' or '`')
            {
                int end = text.IndexOf(c, at + 1);
                if (end < 0)
                {
                    return null;
                }

                string inside = text[(at + 1)..end];
                if (inside.Contains('\\'))
                {
                    return null;
                }

                tokens.Add(new Token(inside, IsQuoted: true, beginsLine));
                at = end + 1;
            }
            else if (char.IsAsciiLetterOrDigit(c) || c is '_' or '@')
            {
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '@'))
                {
                    at++;
                }

                tokens.Add(new Token(text[start..at].ToLowerInvariant(), IsQuoted: false, beginsLine));
            }
            else if (c is '\\' or '{' or '}' || !char.IsAscii(c) || (c == '-' && Follows('-')) || (c == '/' && Follows('*')) || (beginsLine && c is '.' or ':' or '!' or '<' or '>'))
            {
                return null;
            }
            else
            {
                tokens.Add(new Token(c.ToString(), IsQuoted: false, beginsLine));
                at++;
            }

            beginsLine = false;

            bool Follows(char next) => start + 1 < text.Length && text[start + 1] == next;
        }

        return tokens;
    }

    private static HashSet<string> Set(string words) => [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private readonly record struct Token(string Text, bool IsQuoted, bool BeginsLine)
    {
        public bool IsWord => !IsQuoted && Text.Length > 0 && (char.IsAsciiLetterOrDigit(Text[0]) || Text[0] is '_' or '@');

        public bool Is(string text) => !IsQuoted && Text == text;
    }
}
