-- Runs in the schema `guard`, in one transaction with every other step. Times are milliseconds since 1970-01-01 UTC. Ids are
-- UUIDv7: of type uuid where there are many, as text in lower case where people administer.

CREATE TABLE organisation (
    id          text    NOT NULL PRIMARY KEY,
    name        text    NOT NULL UNIQUE,
    created_at  bigint  NOT NULL
);

-- Who answers for agents and administers: a person or a service.
CREATE TABLE principal (
    id               text    NOT NULL PRIMARY KEY,
    organisation_id  text    NOT NULL REFERENCES organisation (id),
    name             text    NOT NULL,
    kind             text    NOT NULL CHECK (kind IN ('person', 'service')),
    created_at       bigint  NOT NULL,
    UNIQUE (organisation_id, name)
);

CREATE TABLE agent (
    id                  text    NOT NULL PRIMARY KEY CHECK (id::uuid::text = id),
    organisation_id     text    NOT NULL REFERENCES organisation (id),
    owner_id            text    NOT NULL REFERENCES principal (id),
    name                text    NOT NULL,
    tags                text    NOT NULL,           -- JSON array of strings
    trust_tier          text    NOT NULL CHECK (trust_tier IN ('unverified', 'verified', 'trusted', 'privileged')),
    audit_mode_allowed  bigint  NOT NULL CHECK (audit_mode_allowed IN (0, 1)),
    created_at          bigint  NOT NULL,
    revoked_at          bigint
);

-- A name can be used again once its agent is revoked; the record tells them apart by id.
CREATE UNIQUE INDEX agent_name ON agent (organisation_id, name) WHERE revoked_at IS NULL;

CREATE TABLE api_key (
    id            text    NOT NULL PRIMARY KEY,
    prefix        text    NOT NULL UNIQUE,          -- the visible part, never secret
    hash          bytea   NOT NULL,                 -- SHA-256 of the whole key
    kind          text    NOT NULL CHECK (kind IN ('agent', 'admin')),
    agent_id      text    REFERENCES agent (id),
    principal_id  text    REFERENCES principal (id),
    created_at    bigint  NOT NULL,
    expires_at    bigint,
    revoked_at    bigint,
    scopes        text,                             -- JSON array of strings; null: everything that keys of its kind may do
    CHECK ((kind = 'agent' AND agent_id IS NOT NULL AND principal_id IS NULL)
        OR (kind = 'admin' AND agent_id IS NULL AND principal_id IS NOT NULL))
);

CREATE INDEX api_key_agent ON api_key (agent_id) WHERE agent_id IS NOT NULL;

-- removed_at: no version is in force. revision: the newest version, in force or not.
CREATE TABLE policy (
    id               text    NOT NULL PRIMARY KEY,
    organisation_id  text    NOT NULL REFERENCES organisation (id),
    name             text    NOT NULL,
    origin           text    NOT NULL CHECK (origin IN ('folder', 'api')),
    revision         bigint  NOT NULL,
    removed_at       bigint,
    UNIQUE (organisation_id, name)
);

CREATE TABLE policy_version (
    policy_id    text    NOT NULL REFERENCES policy (id),
    revision     bigint  NOT NULL,
    path         text    NOT NULL,
    text         text    NOT NULL,
    digest       text    NOT NULL,
    version      text,
    description  text,
    rules        bigint  NOT NULL,
    applied_at   bigint  NOT NULL,
    applied_by   text    NOT NULL,
    message      text,
    PRIMARY KEY (policy_id, revision)
);

-- Every bundle that was in force, in order.
CREATE TABLE bundle (
    position         bigint  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id  text    NOT NULL REFERENCES organisation (id),
    hash             text    NOT NULL,
    policies         text    NOT NULL,              -- JSON array of "name@revision"
    applied_at       bigint  NOT NULL,
    applied_by       text    NOT NULL,
    message          text
);

CREATE INDEX bundle_hash ON bundle (hash);

-- How often the policies in force and the keys have changed: a decision is only stored if what it was judged by is still
-- in force. bootstrapped_at: when the store got its organisation; null: it is empty.
CREATE TABLE store_state (
    id               bigint  NOT NULL PRIMARY KEY CHECK (id = 1),
    policies         bigint  NOT NULL,
    keys             bigint  NOT NULL,
    bootstrapped_at  bigint
);

INSERT INTO store_state (id, policies, keys) VALUES (1, 1, 1);

-- The workspace a session stated at its first event; both columns null: it stated none.
CREATE TABLE session (
    agent_id           text    NOT NULL,
    session_id         text    NOT NULL,
    workspace_written  text,
    workspace_real     text,
    pinned_at          bigint  NOT NULL,
    PRIMARY KEY (agent_id, session_id)
);

-- What a session's first event stated of its workspace; null: it stated nothing. A fact that changes later counts as missing.
CREATE TABLE session_fact (
    agent_id    text    NOT NULL,
    session_id  text    NOT NULL,
    project     text,
    branch      text,
    host        text,
    policy      text,                               -- digest of the workspace's own policy
    pinned_at   bigint  NOT NULL,
    PRIMARY KEY (agent_id, session_id)
);

-- The record's order, kept for ever. claim: what only one event may ever be (the decision of a trace, the outcome of a
-- trace), as a digest; it stands here because no constraint reaches over the partitions of the bodies.
-- commitment: to the body, with a salt that stands beside it.
-- clock: the latest time of any event up to this position, so that it never goes back although clocks do: it grows with the
-- position, so that the primary key finds it as well (first_at).
-- retention_days: how long the body is kept, fixed when it was recorded; 0: until somebody ends it. Part of what is signed.
CREATE TABLE audit_leaf (
    position        bigint  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              uuid    NOT NULL UNIQUE,
    claim           uuid    UNIQUE,
    clock           bigint  NOT NULL,
    commitment      bytea   NOT NULL CHECK (length(commitment) = 32),
    retention_days  integer NOT NULL DEFAULT 0 CHECK (retention_days BETWEEN 0 AND 36500)
);

-- The first position whose clock is at least this; null: there is none yet. Halves what is left with each step into the primary
-- key, because an index of its own would cost every event more than all who ask for times.
CREATE FUNCTION first_at(at_least bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low   bigint;
    high  bigint;
    leaf  audit_leaf%ROWTYPE;
BEGIN
    SELECT min(position), max(position) INTO low, high FROM audit_leaf;
    -- Everything before low has a smaller clock, everything behind high has not.
    WHILE low <= high LOOP
        SELECT * INTO STRICT leaf FROM audit_leaf WHERE position >= low + (high - low) / 2 ORDER BY position LIMIT 1;
        IF leaf.clock < at_least THEN
            low := leaf.position + 1;
        ELSE
            high := low + (high - low) / 2 - 1;
        END IF;
    END LOOP;

    RETURN (SELECT position FROM audit_leaf WHERE position >= low ORDER BY position LIMIT 1);
END
$$;

-- How far any event's time was ever behind the clock; a row for each time it was more than before. Every event before a
-- time T stands before the first position whose clock is T and this or more: so times become positions, exactly, also where
-- clocks were set back.
CREATE TABLE audit_lateness (
    lateness  bigint  NOT NULL PRIMARY KEY
);

INSERT INTO audit_lateness (lateness) VALUES (1);

-- body is the whole event; the columns are what lists filter by. One partition per retention (audit_event_90), and below it one
-- per month of the time inside the id (audit_event_90_2026_03), so that what expires together is dropped whole. That ids are
-- unique over all of them is seen to by audit_leaf.
CREATE TABLE audit_event (
    position        bigint  NOT NULL,
    id              uuid    NOT NULL,
    time            bigint  NOT NULL,
    kind            text    NOT NULL,
    organisation    text    NOT NULL,
    owner           text,
    agent_id        uuid,
    agent_name      text,
    session_id      text,
    trace_id        uuid,
    tool_use_id     text,
    tool            text,
    action          text,
    resource        text,                           -- cut to 500 characters, for statistics
    effect          text,
    answer          text,
    policy          text,
    rule            text,
    body            text    NOT NULL,
    salt            bytea   NOT NULL,               -- of the leaf's commitment; erased with the body
    retention_days  integer NOT NULL DEFAULT 0,     -- as the leaf says
    PRIMARY KEY (id, retention_days)
) PARTITION BY LIST (retention_days);

-- Lists go by position, so every filter has its index in that order.
CREATE INDEX audit_event_position ON audit_event (position);
CREATE INDEX audit_event_time ON audit_event (time, position);
CREATE INDEX audit_event_trace ON audit_event (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX audit_event_call ON audit_event (tool_use_id) WHERE kind = 'decision' AND tool_use_id IS NOT NULL;
CREATE INDEX audit_event_agent ON audit_event (agent_id, position) WHERE agent_id IS NOT NULL;
CREATE INDEX audit_event_agent_name ON audit_event (agent_name, position) WHERE agent_name IS NOT NULL;
CREATE INDEX audit_event_session ON audit_event (session_id, position) WHERE session_id IS NOT NULL;
CREATE INDEX audit_event_effect ON audit_event (effect, position) WHERE kind = 'decision';
CREATE INDEX audit_event_action ON audit_event (action, position) WHERE action IS NOT NULL;
CREATE INDEX audit_event_tool ON audit_event (tool, position) WHERE tool IS NOT NULL;
CREATE INDEX audit_event_policy ON audit_event (policy, position) WHERE policy IS NOT NULL;
CREATE INDEX audit_event_rule ON audit_event (rule, position) WHERE rule IS NOT NULL;
CREATE INDEX audit_event_kind ON audit_event (kind, position);

-- The record is append-only for every role that does not own it, and for mistaken statements of the one that does.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are never %', CASE TG_OP WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END USING ERRCODE = 'insufficient_privilege';
END
$$;

-- A body that was erased lawfully; erased_by is the event that says so, of the same transaction.
CREATE TABLE audit_erasure (
    id         uuid    NOT NULL PRIMARY KEY,
    erased_by  uuid    NOT NULL,
    erased_at  bigint  NOT NULL
);

-- Bodies of events of this retention whose id is of before this time have expired. first_id: the smallest that is kept;
-- expired_by: the event that says so.
CREATE TABLE audit_expiry (
    retention_days  integer NOT NULL,
    before          bigint  NOT NULL,
    first_id        uuid    NOT NULL,
    expired_by      uuid    NOT NULL,
    expired_at      bigint  NOT NULL,
    PRIMARY KEY (retention_days, before)
);

-- A body goes only where an erasure of it stands, and then by whoever may call this: the running role may not delete.
CREATE FUNCTION refuse_unerased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM guard.audit_erasure WHERE id = OLD.id) THEN
        RETURN OLD;
    END IF;

    RAISE EXCEPTION 'audit events are never deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION erase_body(erased uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = guard, pg_temp AS $$
BEGIN
    DELETE FROM audit_event WHERE id = erased;
    RETURN FOUND;
END
$$;

CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON audit_leaf FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_unerased();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON audit_erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON audit_expiry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_expiry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The smallest UUIDv7 of a time.
CREATE FUNCTION first_id(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of a retention for a number of months, from the month of a time on, and returns the retention that has
-- them: another one where there are 64 already, because every query looks into all of them. Then it is the next longer, or none,
-- so that nothing goes before its time. Runs as its owner, because making tables is the one thing that the running role needs
-- beside INSERT and SELECT. A partition is made beside its table and attached, which waits for no reader.
CREATE FUNCTION prepare_months(days integer, first_time bigint, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = guard, pg_temp AS $$
DECLARE
    class      text := 'audit_event_' || days;
    month      timestamp;
    part       text;
BEGIN
    IF months NOT BETWEEN 1 AND 24 THEN
        RAISE EXCEPTION 'from 1 to 24 months can be prepared at once';
    END IF;

    IF days NOT BETWEEN 0 AND 36500 THEN
        RAISE EXCEPTION 'a retention has 1 to 36500 days, or 0 where there is none';
    END IF;

    PERFORM pg_advisory_xact_lock(1196573745, 3);
    IF to_regclass('guard.' || class) IS NULL THEN
        -- That of events without a retention stands beside them.
        IF (SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_event'::regclass) > 64 THEN
            SELECT coalesce(min(made.days), 0) INTO days
                FROM (SELECT substring(relname FROM 13)::integer AS days FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'audit_event'::regclass) made
                WHERE made.days > prepare_months.days;
            class := 'audit_event_' || days;
        ELSE
            EXECUTE format('CREATE TABLE %I (LIKE audit_event INCLUDING ALL) PARTITION BY RANGE (id)', class);
            EXECUTE format('ALTER TABLE audit_event ATTACH PARTITION %I FOR VALUES IN (%L)', class, days);
            EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', class);
        END IF;
    END IF;

    FOR i IN 0 .. months - 1 LOOP
        month := date_trunc('month', to_timestamp(first_time / 1000) AT TIME ZONE 'UTC') + make_interval(months => i);
        IF month NOT BETWEEN '2020-01-01' AND '2099-12-01' THEN
            RAISE EXCEPTION 'the month % is out of range: is the clock of the gateway right?', to_char(month, 'YYYY-MM');
        END IF;

        part := class || '_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('guard.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE audit_event INCLUDING ALL)', part);
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            class, part, first_id(month AT TIME ZONE 'UTC'), first_id((month + interval '1 month') AT TIME ZONE 'UTC'));
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
    END LOOP;

    RETURN days;
END
$$;

-- Drops the partitions of the months that have expired whole, each by the expiries of its own retention, and returns how many.
-- Runs as its owner; what has not expired it leaves alone, whoever calls it.
CREATE FUNCTION drop_expired_months() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = guard, pg_temp AS $$
DECLARE
    part     record;
    dropped  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(1196573745, 3);
    FOR part IN
        SELECT child.relname AS name, substring(class.relname FROM 13)::integer AS days, (to_date(right(child.relname, 7), 'YYYY_MM') + interval '1 month')::timestamp AS ends
        FROM pg_inherits classes
        JOIN pg_class class ON class.oid = classes.inhrelid
        JOIN pg_inherits months ON months.inhparent = class.oid
        JOIN pg_class child ON child.oid = months.inhrelid
        WHERE classes.inhparent = 'audit_event'::regclass
    LOOP
        CONTINUE WHEN NOT EXISTS (SELECT FROM audit_expiry WHERE retention_days = part.days AND before >= extract(epoch FROM part.ends AT TIME ZONE 'UTC') * 1000);
        EXECUTE format('DROP TABLE %I', part.name);
        dropped := dropped + 1;
    END LOOP;

    RETURN dropped;
END
$$;

-- The Merkle tree over the leaves, cut as C2SP's tlog-tiles cuts it: up to 256 hashes of one level. Everything here is made
-- from the leaves; what it is worth is said by signatures. last_position: of the last leaf below the tile.
CREATE TABLE log_tile (
    level          bigint  NOT NULL,
    number         bigint  NOT NULL,
    hashes         bytea   NOT NULL,
    last_position  bigint  NOT NULL,
    PRIMARY KEY (level, number)
);

-- A leaf's number in the log is found by its position.
CREATE INDEX log_tile_position ON log_tile (level, last_position);

-- The newest signed head. position: of the last leaf under it.
CREATE TABLE log_head (
    id         bigint  NOT NULL PRIMARY KEY CHECK (id = 1),
    size       bigint  NOT NULL,
    position   bigint  NOT NULL,
    note       text    NOT NULL,
    signed_at  bigint  NOT NULL
);

-- The keys that sign heads, in their order, as verifiers write them. endorsement: a note in which the key before vouches for
-- this one; null: the first of its log.
CREATE TABLE log_key (
    number       bigint  NOT NULL PRIMARY KEY,
    verifier     text    NOT NULL UNIQUE,
    endorsement  text,
    made_at      bigint  NOT NULL
);

-- Takes the lock that orders all writers. A change sends its append and its commit in one flight; a gateway that is suspended
-- with half of the flight sent, or whose machine is gone, holds the lock while the server waits for the rest, and none of
-- the server's own limits reaches that state. So who waits ends the session that holds the lock and has sent nothing for a second:
-- its change is undone, and its gateway was not answered.
CREATE FUNCTION lock_append() RETURNS void
LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
BEGIN
    WHILE NOT pg_try_advisory_xact_lock(1196573745, 2) LOOP
        PERFORM pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND classid = 1196573745 AND objid = 2 AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND usename = current_user AND state = 'active' AND wait_event = 'ClientRead'
              AND clock_timestamp() - query_start > interval '1 s';
        BEGIN
            PERFORM pg_advisory_xact_lock(1196573745, 2);
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            -- Look again; the statement's own limit ends this.
        END;
    END LOOP;
END
$$;

-- Stores of a group what is new and whose basis is in force, with the workspaces it pins; only for append_events, behind its lock.
CREATE FUNCTION append_chosen(
    group_clock bigint, policies_in_force bigint, keys_in_force bigint,
    ids uuid[], claims uuid[], times bigint[], kinds text[], organisations text[], owners text[], agent_ids uuid[], agent_names text[],
    session_ids text[], trace_ids uuid[], tool_use_ids text[], tools text[], actions text[], resources text[], effects text[], answers text[],
    policy_names text[], rule_ids text[], bodies text[], basis_policies bigint[], basis_keys bigint[],
    pinned_ats bigint[], pins_written text[], pins_real text[], commitments bytea[], salts bytea[], retentions integer[])
RETURNS integer[]
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    states  integer[];
BEGIN
    WITH input AS MATERIALIZED (
        SELECT * FROM unnest(
            ids, claims, times, kinds, organisations, owners, agent_ids, agent_names, session_ids, trace_ids, tool_use_ids, tools, actions,
            resources, effects, answers, policy_names, rule_ids, bodies, basis_policies, basis_keys, pinned_ats, pins_written, pins_real,
            commitments, salts, retentions)
        WITH ORDINALITY AS given (
            id, claim, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action,
            resource, effect, answer, policy, rule, body, basis_policies, basis_keys, pinned_at, pin_written, pin_real,
            commitment, salt, retention_days, number)
    ), valid AS MATERIALIZED (
        SELECT * FROM input
        WHERE (basis_policies IS NULL OR basis_policies = policies_in_force)
          AND (basis_keys IS NULL OR basis_keys = keys_in_force)
          AND (pinned_at IS NULL OR NOT EXISTS (
              SELECT FROM session
              WHERE session.agent_id = input.agent_id::text AND session.session_id = input.session_id
                AND (workspace_written, workspace_real) IS DISTINCT FROM (pin_written, pin_real)))
    ), leaf AS (
        INSERT INTO audit_leaf (id, claim, clock, commitment, retention_days) SELECT id, claim, group_clock, commitment, retention_days FROM valid ORDER BY number
        ON CONFLICT DO NOTHING RETURNING position, id
    ), body AS (
        INSERT INTO audit_event (
            position, id, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action,
            resource, effect, answer, policy, rule, body, salt, retention_days)
        SELECT leaf.position, id, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action,
            resource, effect, answer, policy, rule, body, salt, retention_days
        FROM leaf JOIN valid USING (id)
    ), pin AS (
        INSERT INTO session (agent_id, session_id, workspace_written, workspace_real, pinned_at)
        SELECT agent_id::text, session_id, pin_written, pin_real, pinned_at FROM leaf JOIN valid USING (id) WHERE pinned_at IS NOT NULL
        ON CONFLICT DO NOTHING
    )
    SELECT array_agg(
        CASE
            WHEN leaf.id IS NOT NULL OR EXISTS (SELECT FROM audit_leaf WHERE audit_leaf.id = input.id) THEN 0
            WHEN valid.id IS NOT NULL THEN 1
            ELSE 2
        END ORDER BY input.number)
    INTO states
    FROM input LEFT JOIN valid ON valid.number = input.number LEFT JOIN leaf ON leaf.id = input.id;

    RETURN coalesce(states, '{}');
END
$$;

-- Stores a group of events. The lock orders all writers of all gateways, so that positions become visible in their order; it
-- is taken when everything the statement needs has arrived, so that a gateway that stops while it sends holds up nobody.
-- Whether an event's basis is in force is looked up behind the lock, in the order of commits.
-- Nearly every group holds nothing but events that are new and whose basis is in force: that is tried first, each table with
-- one statement that joins nothing. Where it is not so, nothing of it stands and append_chosen does the same with care.
-- states: of each event 0 stored (now, or by an earlier try whose answer was lost), 1 duplicate, 2 outdated; null: all are stored.
CREATE FUNCTION append_events(
    ids uuid[], claims uuid[], times bigint[], kinds text[], organisations text[], owners text[], agent_ids uuid[], agent_names text[],
    session_ids text[], trace_ids uuid[], tool_use_ids text[], tools text[], actions text[], resources text[], effects text[], answers text[],
    policy_names text[], rule_ids text[], bodies text[], basis_policies bigint[], basis_keys bigint[],
    pinned_ats bigint[], pins_written text[], pins_real text[], commitments bytea[], salts bytea[], retentions integer[])
RETURNS TABLE (states integer[], recorded_to bigint, policies bigint, keys bigint)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    latest             bigint;
    earliest           bigint;
    greatest_lateness  bigint;
    needs_choice       boolean;
    first              bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1196573745, 2) THEN
        PERFORM lock_append();
    END IF;

    -- Statements are few here: for a group of one event they are what it costs.
    SELECT s.policies, s.keys, l.position, l.clock, (SELECT max(lateness) FROM audit_lateness)
        INTO STRICT policies, keys, recorded_to, latest, greatest_lateness
        FROM store_state s LEFT JOIN LATERAL (SELECT position, clock FROM audit_leaf ORDER BY position DESC LIMIT 1) l ON true;
    -- The whole group has the clock of its latest event.
    SELECT greatest(latest, max(given.time)), min(given.time),
            coalesce(bool_or(given.policies <> append_events.policies OR given.keys <> append_events.keys OR given.pinned_at IS NOT NULL), false)
        INTO latest, earliest, needs_choice
        FROM unnest(times, basis_policies, basis_keys, pinned_ats) AS given (time, policies, keys, pinned_at);
    IF latest - earliest + 1 > greatest_lateness THEN
        INSERT INTO audit_lateness (lateness) VALUES (latest - earliest + 1);
    END IF;

    IF needs_choice THEN
        states := append_chosen(
            latest, policies, keys,
            ids, claims, times, kinds, organisations, owners, agent_ids, agent_names, session_ids, trace_ids, tool_use_ids, tools, actions,
            resources, effects, answers, policy_names, rule_ids, bodies, basis_policies, basis_keys, pinned_ats, pins_written, pins_real,
            commitments, salts, retentions);
    ELSE
        BEGIN
            WITH leaf AS (
                INSERT INTO audit_leaf (id, claim, clock, commitment, retention_days)
                SELECT given.id, given.claim, latest, given.commitment, given.retention_days
                FROM unnest(ids, claims, commitments, retentions) WITH ORDINALITY AS given (id, claim, commitment, retention_days, number) ORDER BY number
                RETURNING position
            )
            SELECT min(position), max(position) INTO first, recorded_to FROM leaf;
            -- Positions are given in the order of the rows. Only under the lock is there nobody who takes one in between.
            IF recorded_to - first + 1 <> cardinality(ids) THEN
                RAISE EXCEPTION 'positions were taken without the lock' USING ERRCODE = 'integrity_constraint_violation';
            END IF;

            INSERT INTO audit_event (
                position, id, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action,
                resource, effect, answer, policy, rule, body, salt, retention_days)
            SELECT first + given.number - 1, given.id, given.time, given.kind, given.organisation, given.owner, given.agent_id, given.agent_name,
                given.session_id, given.trace_id, given.tool_use_id, given.tool, given.action,
                given.resource, given.effect, given.answer, given.policy, given.rule, given.body, given.salt, given.retention_days
            FROM unnest(
                ids, times, kinds, organisations, owners, agent_ids, agent_names, session_ids, trace_ids, tool_use_ids, tools, actions,
                resources, effects, answers, policy_names, rule_ids, bodies, salts, retentions)
            WITH ORDINALITY AS given (
                id, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action,
                resource, effect, answer, policy, rule, body, salt, retention_days, number);
        EXCEPTION WHEN unique_violation OR integrity_constraint_violation THEN
            states := append_chosen(
                latest, policies, keys,
                ids, claims, times, kinds, organisations, owners, agent_ids, agent_names, session_ids, trace_ids, tool_use_ids, tools, actions,
                resources, effects, answers, policy_names, rule_ids, bodies, basis_policies, basis_keys, pinned_ats, pins_written, pins_real,
                commitments, salts, retentions);
        END;
    END IF;

    IF states IS NOT NULL THEN
        SELECT max(position) INTO recorded_to FROM audit_leaf;
    END IF;

    recorded_to := coalesce(recorded_to, 0);
    RETURN NEXT;
END
$$;
