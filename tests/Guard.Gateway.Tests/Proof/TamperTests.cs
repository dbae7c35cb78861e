using System.Data.Common;
using System.Text;
using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Proof;
using Guard.Gateway.Tests.Stores;
using Guard.Proof.Leaves;
using Guard.Proof.Notes;
using Guard.Proof.Tree;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Proof;

/// <summary>
/// What an administrator of the database can do to the record, who has neither the key nor the place of publication, and that
/// <c>guard audit verify</c> finds it against the published checkpoint.
/// </summary>
public abstract class TamperTests(StoreKind kind) : StoreTests(kind), IAsyncLifetime
{
    private const int Begun = 3;
    private const int Decisions = 9;
    private const int All = Begun + Decisions;

    private readonly TemporaryFolder _folder = new();
    private readonly List<DecisionResponse> _decisions = [];
    private TestGateway _gateway = null!;
    private GuardCommands _guard = null!;
    private string _key = "";

    private string Checkpoints => _folder.File("published");

    public async Task InitializeAsync()
    {
        _gateway = await StartAsync(adjust: options => options with
        {
            Proof = new ProofOptions { Interval = TimeSpan.FromMilliseconds(20), PublishInterval = TimeSpan.Zero, CheckpointFiles = [Checkpoints] },
        });
        _guard = new GuardCommands(_gateway, _folder);
        for (var i = 0; i < Decisions; i++)
        {
            // Some are denied: what one would want to hide.
            _decisions.Add(await _gateway.DecideAsync(i % 3 == 0 ? Some.Read(Some.Workspace + "/.env") : Some.Read()));
        }

        await PublishedAsync(All);
        _key = (await _guard.DoneAsync("audit", "key")).Trim();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Record_ThatNobodyTouched_Holds()
    {
        (await _guard.DoneAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key)).Should().MatchRegex($"^The record holds: {All} events, {All} of them signed \\(guard-audit/default/[0-9a-f]{{16}}\\), and held against [1-9][0-9]* published checkpoints?\\.\n$");

        await _guard.DoneAsync("audit", "export", "--format", "proof", "--output", "record.jsonl");
        (await _guard.DoneAsync("audit", "verify", "--from", "record.jsonl", "--checkpoint", Checkpoints, "--key", _key)).Should().StartWith("The record holds: ");
    }

    [Fact]
    public async Task Verify_WithoutKeyAndCheckpoint_SaysWhatItDoesNotProve()
    {
        var (exitCode, output, error) = await _guard.RunAsync("audit", "verify");

        exitCode.Should().Be(0);
        output.Should().Contain($"{All} of them signed");
        error.Should().Contain("the key was taken from what is verified").And.Contain("no published checkpoint was stated");
    }

    [Fact]
    public async Task Body_Changed_IsNamed()
    {
        Tamper("UPDATE audit_event SET body = replace(body, '\"effect\":\"deny\"', '\"effect\":\"allow\"') WHERE id = {0}", _decisions[3].EventId);

        await FoundAsync($"Event {_decisions[3].EventId} at index {Begun + 3} has a body that is not the one recorded: it was changed.", Begun + 3);
    }

    [Fact]
    public async Task Body_ReplacedByWhatIsNoEvent_IsNamed()
    {
        Tamper("UPDATE audit_event SET body = '{{}},\"state\":\"erased\"' WHERE id = {0}", _decisions[3].EventId);

        await FoundAsync($"Event {_decisions[3].EventId} at index {Begun + 3} has a body that can never have been recorded: it was changed.", Begun + 3);
    }

    [Fact]
    public async Task BodyAndCommitment_ChangedTogether_AreNamed()
    {
        Tamper(connection =>
        {
            var (body, salt) = connection.QuerySingle<(string, byte[])>($"SELECT body, salt FROM audit_event WHERE id = {Id(_decisions[3].EventId)}");
            body = body.Replace("\"effect\":\"deny\"", "\"effect\":\"allow\"", StringComparison.Ordinal);
            var leaf = EventLeaf.Commit(Guid.Parse(_decisions[3].EventId), Encoding.UTF8.GetBytes(body), salt);
            connection.Execute($"UPDATE audit_event SET body = @body WHERE id = {Id(_decisions[3].EventId)}", new { body });
            connection.Execute($"UPDATE audit_leaf SET commitment = @commitment WHERE id = {Id(_decisions[3].EventId)}", new { commitment = leaf.Commitment.ToArray() });
        });

        await FoundAsync($"Event {_decisions[3].EventId} stands at index {Begun + 3}, where the log has another one: it was changed, inserted, or one before it was removed.", Begun + 3);
    }

    /// <summary>The event stays whole, and no list of denials shows it any more.</summary>
    [Fact]
    public async Task Column_Changed_IsNamed()
    {
        Tamper("UPDATE audit_event SET effect = 'allow' WHERE id = {0}", _decisions[3].EventId);

        await FoundAsync($"Event {_decisions[3].EventId} at index {Begun + 3} says another `effect` in its columns than in itself, which misleads lists: it was changed.", Begun + 3);
    }

    [Fact]
    public async Task Body_Deleted_IsNamed()
    {
        Tamper("DELETE FROM audit_event WHERE id = {0}", _decisions[4].EventId);

        await FoundAsync($"Event {_decisions[4].EventId} at index {Begun + 4} has no body or no salt: it was removed, and neither erased nor expired.", Begun + 4);
    }

    /// <summary>The table of erasures can be written; the record of them cannot.</summary>
    [Fact]
    public async Task Body_DeletedAsIfErased_IsNamed()
    {
        Tamper(
            connection =>
            {
                connection.Execute($"INSERT INTO audit_erasure (id, erased_by, erased_at) VALUES ({Id(_decisions[4].EventId)}, {Id(_decisions[5].EventId)}, 1)");
                connection.Execute($"DELETE FROM audit_event WHERE id = {Id(_decisions[4].EventId)}");
            });

        await FoundAsync($"Event {_decisions[4].EventId} at index {Begun + 4} has no body, and no event says that it was erased: it was removed.", Begun + 4);
    }

    [Fact]
    public async Task Bodies_DeletedAsIfExpired_AreNamed()
    {
        Tamper(connection =>
        {
            connection.Execute($"INSERT INTO audit_expiry (retention_days, before, first_id, expired_by, expired_at) VALUES (0, 9999999999999, {Id("ffffffff-ffff-7fff-bfff-ffffffffffff")}, {Id(_decisions[5].EventId)}, 1)");
            connection.Execute("DELETE FROM audit_event");
        });

        var (exitCode, output, _) = await VerifyAsync();
        exitCode.Should().Be(1);
        output.Should().Contain("has no body, and no event says that its retention has ended: it was removed.");
    }

    [Fact]
    public async Task EventAndLeaf_Deleted_AreFoundAtTheNextEvent()
    {
        Tamper(connection => DeleteWhole(connection, _decisions[4].EventId));

        await FoundAsync($"Event {_decisions[5].EventId} stands at index {Begun + 4}, where the log has another one: it was changed, inserted, or one before it was removed.", Begun + 4);
    }

    [Fact]
    public async Task Event_InsertedBetweenOthers_IsNamed()
    {
        var id = Guid.CreateVersion7().ToString();
        Tamper(connection =>
        {
            // Room is made by moving what follows.
            Shift(connection, _decisions[4].EventId);
            InsertCopy(connection, _decisions[3].EventId, id, after: _decisions[3].EventId, withLeaf: true);
        });

        await FoundAsync($"Event {id} stands at index {Begun + 4}, where the log has another one: it was changed, inserted, or one before it was removed.", Begun + 4);
    }

    [Fact]
    public async Task Event_InsertedWithoutALeaf_IsNamed()
    {
        var id = Guid.CreateVersion7().ToString();
        Tamper(connection =>
        {
            Shift(connection, _decisions[4].EventId);
            InsertCopy(connection, _decisions[3].EventId, id, after: _decisions[3].EventId, withLeaf: false);
        });

        await FoundAsync($"Event {id} has a row and no place in the log: it was inserted.", Begun + 4);
    }

    [Fact]
    public async Task Events_Swapped_AreFoundAtTheFirst()
    {
        Tamper(connection =>
        {
            var (one, two) = (Position(connection, _decisions[2].EventId), Position(connection, _decisions[6].EventId));
            foreach (var table in (string[])["audit_event", "audit_leaf"])
            {
                Move(connection, table, one, 1_000_000);
                Move(connection, table, two, one);
                Move(connection, table, 1_000_000, two);
            }
        });

        await FoundAsync($"Event {_decisions[6].EventId} stands at index {Begun + 2}, where the log has another one: it was changed, inserted, or one before it was removed.", Begun + 2);
    }

    [Fact]
    public async Task LastEvents_CutOff_AreMissed()
    {
        await _gateway.Host.StopAsync();
        Tamper(connection =>
        {
            foreach (var decision in _decisions.TakeLast(3))
            {
                DeleteWhole(connection, decision.EventId);
            }
        });
        await RestartAsync();

        var (exitCode, output, _) = await VerifyAsync();

        exitCode.Should().Be(1);
        output.Should().Contain($"There are {All - 3} events, and a checkpoint was signed over {All}: the last 3 were removed.");
    }

    [Fact]
    public async Task Log_CutWithItsEventsToAnOlderHead_IsMissedAndNotSigned()
    {
        var head = Head();
        for (var i = 0; i < 3; i++)
        {
            _decisions.Add(await _gateway.DecideAsync(Some.Read()));
        }

        await PublishedAsync(All + 3);
        await _gateway.Host.StopAsync();
        Tamper(connection =>
        {
            foreach (var decision in _decisions.TakeLast(3))
            {
                DeleteWhole(connection, decision.EventId);
            }

            connection.Execute("UPDATE log_head SET size = @Size, position = @Position, note = @Note", head);
            connection.Execute($"UPDATE log_tile SET hashes = {(Kind == StoreKind.Postgres ? "substring(hashes FROM 1 FOR 32 * 12)" : "substr(hashes, 1, 32 * 12)")}, last_position = @Position", head);
        });
        var again = await RestartAsync();

        await Eventually.BecomesAsync(() => Task.FromResult(again.Host.Log.Refusal), $"A checkpoint over {All + 3} events was signed, and the store's log has {All}: the store was restored from a backup, or cut. Nothing is signed");
        var (exitCode, output, error) = await VerifyAsync();
        exitCode.Should().Be(1);
        output.Should().Contain($"There are {All} events, and a checkpoint was signed over {All + 3}: the last 3 were removed.");
        error.Should().Contain("the gateway does not sign: A checkpoint over");
    }

    /// <summary>
    /// Table and tree are rewritten, in a database whose gateway is down. Without the published checkpoint and the key nothing shows:
    /// that is what they are for.
    /// </summary>
    [Fact]
    public async Task TableAndTree_RewrittenWithAnotherKey_AreFoundByKeyAndCheckpointAlone()
    {
        await _gateway.Host.StopAsync();
        using var forged = LogKeyFile.Make(VerifierKey.Parse(_key).Name, []);
        Tamper(connection => RewriteAll(connection, forged));
        File.Delete(Path.Combine(_gateway.Options.DataDirectory, LogKeyFile.FileName));
        await RestartAsync();

        var (exitCode, output, error) = await _guard.RunAsync("audit", "verify");
        exitCode.Should().Be(0, "a whole history of somebody else's making contradicts nothing in itself");
        output.Should().StartWith($"The record holds: {All} events, {All} of them signed");
        error.Should().Contain("state the one you know with --key");

        (exitCode, output, _) = await _guard.RunAsync("audit", "verify", "--key", _key);
        exitCode.Should().Be(1);
        output.Should().Contain("The newest head of the log is signed by a key that the stated keys do not vouch for");

        (exitCode, output, _) = await VerifyAsync();
        exitCode.Should().Be(1);
        output.Should().MatchRegex("The first [0-9]+ events are not those that a checkpoint was signed over");
    }

    /// <summary>Whoever has the key as well is held by what was published alone.</summary>
    [Fact]
    public async Task TableAndTree_RewrittenWithTheKeyItself_AreFoundByTheCheckpointAlone()
    {
        await _gateway.Host.StopAsync();
        using (var key = LogKeyFile.Read(_gateway.Options.DataDirectory)!)
        {
            Tamper(connection => RewriteAll(connection, key));
        }

        var again = await RestartAsync();

        (await _guard.DoneAsync("audit", "verify", "--key", _key)).Should().StartWith("The record holds: ");
        var (exitCode, output, _) = await VerifyAsync();
        exitCode.Should().Be(1);
        output.Should().MatchRegex("The first [0-9]+ events are not those that a checkpoint was signed over: .* was changed, inserted or removed, and the stored tree with it");
        await Eventually.BecomesAsync(() => Task.FromResult(again.Host.Log.Refusal is not null), true);
    }

    [Fact]
    public async Task Erasure_OnRecord_IsReportedAsSuchAndNothingElse()
    {
        (await _guard.DoneAsync("audit", "erase", _decisions[4].EventId, "--reason", "Request 17 of a person")).Should().Contain($"Event {_decisions[4].EventId} is erased");
        await PublishedAsync(All + 1);

        (await _guard.DoneAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key)).Should().StartWith($"The record holds: {All + 1} events").And.Contain("  1 erased, as the record says.");
        using var connection = StoreTampering.Open(_gateway);
        connection.QuerySingle<long>($"SELECT count(*) FROM audit_event WHERE id = {Id(_decisions[4].EventId)}").Should().Be(0);
        var said = (await _gateway.EventsAsync("?kind=administration")).Events[0];
        said.Change.Should().BeEquivalentTo(new AuditChange { Actor = "ada", Operation = "audit.erase", Target = _decisions[4].EventId, Detail = "Request 17 of a person" });

        (await _guard.RunAsync("audit", "erase", _decisions[4].EventId, "--reason", "Again")).Error.Should().Contain("The event has no body any more.");
        (await _guard.RunAsync("audit", "erase", said.Id, "--reason", "The trace of it")).Error.Should().Contain("Events of administration are not erased");
        (await _guard.RunAsync("audit", "erase", Guid.CreateVersion7().ToString(), "--reason", "None")).Error.Should().Contain("was ever recorded");
    }

    [Fact]
    public async Task Proof_OfAnEvent_IsCheckedWithTheKeyAlone()
    {
        var id = _decisions[3].EventId;
        await _guard.DoneAsync("audit", "prove", id);
        await _guard.DoneAsync("audit", "prove", id, "--without-content", "-o", "hidden.tlog-proof");
        var proof = _folder.File(id + ".tlog-proof");

        (await _guard.DoneAsync("audit", "check", proof, "--key", _key)).Should().StartWith($"The proof holds: event {id} is among the first {All} of guard-audit/default/").And.Contain("deny").And.Contain("/home/dev/app/.env");
        (await _guard.DoneAsync("audit", "check", "hidden.tlog-proof", "--key", _key)).Should().Contain("It shows nothing of what the event says.");

        // Another event under the same leaf, another key, a changed head.
        var text = await File.ReadAllTextAsync(proof);
        var extra = Convert.FromBase64String(text.Split('\n')[1]["extra ".Length..]);
        var changed = Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(extra[81..]).Replace("deny", "allo", StringComparison.Ordinal));
        await File.WriteAllTextAsync(_folder.File("changed"), text.Replace(Convert.ToBase64String(extra), Convert.ToBase64String([.. extra[..81], .. changed]), StringComparison.Ordinal));
        (await _guard.RunAsync("audit", "check", "changed", "--key", _key)).Should().Match<(int ExitCode, string Output, string Error)>(result => result.ExitCode == 1 && result.Error.Contains("the proof does NOT hold: The event in the file is not the one that was recorded"));
        using var foreign = LogKeyFile.Make("guard-audit/default/0000000000000000", []);
        (await _guard.RunAsync("audit", "check", proof, "--key", foreign.Signer.Verifier.ToString())).ExitCode.Should().Be(1);
    }

    [Fact]
    public async Task Proof_OfAChangedEvent_IsNotHandedOut()
    {
        Tamper("UPDATE audit_event SET body = replace(body, '\"effect\":\"deny\"', '\"effect\":\"allow\"') WHERE id = {0}", _decisions[3].EventId);

        var (exitCode, _, error) = await _guard.RunAsync("audit", "prove", _decisions[3].EventId);

        exitCode.Should().Be(1);
        error.Should().Contain("the event cannot be proven: The event in the file is not the one that was recorded");
    }

    [Fact]
    public async Task Key_Rotated_IsFollowedFromTheOldOneAndIsOnRecord()
    {
        await _guard.DoneAsync("audit", "prove", _decisions[0].EventId, "-o", "before.tlog-proof");
        await _guard.DoneAsync("audit", "rotate-key", "--reason", "Yearly");
        var rotated = (await _guard.DoneAsync("audit", "key")).Trim();
        await File.WriteAllTextAsync(_folder.File("keys"), await _guard.DoneAsync("audit", "key", "--all"));
        await _gateway.DecideAsync(Some.Read());
        await PublishedAsync(All + 2);

        rotated.Should().NotBe(_key);
        await _guard.DoneAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key);
        await _guard.DoneAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", "keys");
        await _guard.DoneAsync("audit", "check", "before.tlog-proof", "--key", _key);
        await _guard.DoneAsync("audit", "check", "before.tlog-proof", "--key", "keys");
        await _guard.DoneAsync("audit", "verify", "--key", rotated);
        (await _gateway.EventsAsync("?kind=administration")).Events[0].Change!.Operation.Should().Be("audit.rotate-key");
        var again = await RestartAsync();
        await again.DecideAsync(Some.Read());
        await PublishedAsync(All + 3);
        again.Host.Log.Refusal.Should().BeNull();
    }

    [Fact]
    public async Task Log_BegunAnewAfterABackup_HoldsAndSaysSo()
    {
        await _gateway.Host.StopAsync();
        Tamper(connection =>
        {
            DeleteWhole(connection, _decisions[^1].EventId);
            connection.Execute("DELETE FROM log_tile");
            connection.Execute("DELETE FROM log_head");
        });
        var again = await RestartAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(again.Host.Log.Refusal is not null), true);

        await _guard.DoneAsync("audit", "restart", "--reason", "Restored the backup of Monday");

        again.Host.Log.Refusal.Should().BeNull();
        (await _guard.RunAsync("audit", "verify", "--key", _key)).Output.Should().Contain("signed by a key that the stated keys do not vouch for: the log was begun anew");
        var key = (await _guard.DoneAsync("audit", "key")).Trim();
        await _guard.DoneAsync("audit", "verify", "--key", key);
        var (exitCode, output, _) = await _guard.RunAsync("audit", "verify", "--key", key, "--key", _key, "--checkpoint", Checkpoints);
        exitCode.Should().Be(1, "what the backup lost is still missed");
        output.Should().Contain("are not those that a checkpoint was signed over");
    }

    private async Task<TestGateway> RestartAsync()
    {
        _gateway = await _gateway.RestartAsync();
        _guard = new GuardCommands(_gateway, _folder);
        return _gateway;
    }

    private async Task FoundAsync(string problem, long index)
    {
        var (exitCode, output, _) = await VerifyAsync();
        exitCode.Should().Be(1);
        output.Should().StartWith($"The record does NOT hold.\n  {problem}\n");
        await _guard.DoneAsync("audit", "export", "--format", "proof", "--output", "record.jsonl");
        var offline = await _guard.RunAsync("audit", "verify", "--from", "record.jsonl", "--checkpoint", Checkpoints, "--key", _key, "--json");
        offline.ExitCode.Should().Be(1);
        offline.Output.Should().Contain($"\"index\":{index}");
    }

    private Task<(int ExitCode, string Output, string Error)> VerifyAsync() => _guard.RunAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key);

    private Task PublishedAsync(long size) => Eventually.BecomesAsync(
        async () => File.Exists(Checkpoints) ? NoteFile.Read(await File.ReadAllTextAsync(Checkpoints)).Select(note => Checkpoint.Parse(note.Text).Size).LastOrDefault() : 0,
        size);

    private LogHeadRow Head()
    {
        using var connection = StoreTampering.Open(_gateway);
        return LogStore.Head(connection)!;
    }

    private void Tamper(string sql, string id) => Tamper(connection => connection.Execute(string.Format(sql, Id(id))));

    private void Tamper(Action<DbConnection> work) => StoreTampering.Run(_gateway, work);

    private string Id(string id) => Kind == StoreKind.Postgres ? $"'{id}'::uuid" : $"'{id}'";

    private long Position(DbConnection connection, string id) => connection.QuerySingle<long>($"SELECT position FROM audit_leaf WHERE id = {Id(id)}");

    private void DeleteWhole(DbConnection connection, string id)
    {
        connection.Execute($"DELETE FROM audit_event WHERE id = {Id(id)}");
        connection.Execute($"DELETE FROM audit_leaf WHERE id = {Id(id)}");
    }

    private void Shift(DbConnection connection, string from)
    {
        var first = Position(connection, from);
        foreach (var table in (string[])["audit_event", "audit_leaf"])
        {
            foreach (var position in connection.Query<long>($"SELECT position FROM {table} WHERE position >= @first ORDER BY position DESC", new { first }).AsList())
            {
                Move(connection, table, position, position + 1);
            }
        }
    }

    // An identity column takes no stated value until its owner says otherwise.
    private static void Move(DbConnection connection, string table, long from, long to)
    {
        if (connection is Npgsql.NpgsqlConnection && table == "audit_leaf")
        {
            connection.Execute("ALTER TABLE audit_leaf ALTER COLUMN position SET GENERATED BY DEFAULT");
        }

        connection.Execute($"UPDATE {table} SET position = @to WHERE position = @from", new { from, to });
    }

    private void InsertCopy(DbConnection connection, string of, string id, string after, bool withLeaf)
    {
        var position = Position(connection, after) + 1;
        connection.Execute(
            $"""
            INSERT INTO audit_event (position, id, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool, action, effect, policy, rule, body, salt)
            SELECT @position, {Id(id)}, time, kind, organisation, owner, agent_id, agent_name, session_id, {Id(Guid.CreateVersion7().ToString())}, tool, action, effect, policy, rule, body, salt FROM audit_event WHERE id = {Id(of)}
            """,
            new { position });
        if (!withLeaf)
        {
            return;
        }

        var (body, salt) = connection.QuerySingle<(string, byte[])>($"SELECT body, salt FROM audit_event WHERE id = {Id(id)}");
        var commitment = EventLeaf.Commit(Guid.Parse(id), Encoding.UTF8.GetBytes(body), salt).Commitment.ToArray();
        connection.Execute(
            Kind == StoreKind.Postgres
                ? $"INSERT INTO audit_leaf (position, id, commitment, clock) OVERRIDING SYSTEM VALUE VALUES (@position, {Id(id)}, @commitment, 0)"
                : $"INSERT INTO audit_leaf (position, id, commitment) VALUES (@position, {Id(id)}, @commitment)",
            new { position, commitment });
    }

    /// <summary>A denial becomes an allow, and everything that is made from it is made again.</summary>
    private void RewriteAll(DbConnection connection, LogKeyFile key)
    {
        var (text, salt) = connection.QuerySingle<(string, byte[])>($"SELECT body, salt FROM audit_event WHERE id = {Id(_decisions[3].EventId)}");
        var body = text.Replace("\"effect\":\"deny\"", "\"effect\":\"allow\"", StringComparison.Ordinal);
        var leaf = EventLeaf.Commit(Guid.Parse(_decisions[3].EventId), Encoding.UTF8.GetBytes(body), salt);
        connection.Execute($"UPDATE audit_event SET body = @body, effect = 'allow' WHERE id = {Id(_decisions[3].EventId)}", new { body });
        connection.Execute($"UPDATE audit_leaf SET commitment = @commitment WHERE id = {Id(_decisions[3].EventId)}", new { commitment = leaf.Commitment.ToArray() });
        var writer = new TileWriter(0, (_, _) => default);
        foreach (var row in LogStore.Leaves(connection, 0, 1_000))
        {
            writer.Append(row.ToLeaf()!.Value.Hash());
        }

        var tiles = writer.TakeChanged();
        tiles.Should().ContainSingle();
        var root = new TileReader(writer.Size, (_, _) => tiles[0].Hashes).Root();
        var note = SignedNote.Sign(new Checkpoint { Origin = key.Origin, Size = writer.Size, Root = root }.ToText(), key.Signer).ToString();
        connection.Execute("UPDATE log_tile SET hashes = @hashes", new { hashes = tiles[0].Hashes.ToArray() });
        connection.Execute("UPDATE log_head SET note = @note", new { note });
        connection.Execute("UPDATE log_key SET verifier = @verifier", new { verifier = key.Signer.Verifier.ToString() });
    }
}

/// <inheritdoc/>
public sealed class SqliteTamperTests() : TamperTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresTamperTests() : TamperTests(StoreKind.Postgres);
