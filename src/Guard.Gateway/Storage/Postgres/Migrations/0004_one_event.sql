-- What one event costs when it comes alone, which is the usual case of a gateway with little to do: its tables are written by
-- statements that read no arrays as tables, add nothing up and catch nothing. Groups are stored as before.
CREATE OR REPLACE FUNCTION append_events(
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

    -- Statements are few here: for one event they are what it costs.
    SELECT s.policies, s.keys, l.position, l.clock, (SELECT max(lateness) FROM audit_lateness)
        INTO STRICT policies, keys, recorded_to, latest, greatest_lateness
        FROM store_state s LEFT JOIN LATERAL (SELECT position, clock FROM audit_leaf ORDER BY position DESC LIMIT 1) l ON true;
    IF cardinality(ids) = 1 THEN
        -- Without a statement at all: these are expressions.
        latest := greatest(latest, times[1]);
        earliest := times[1];
        needs_choice := coalesce(basis_policies[1] <> policies, false) OR coalesce(basis_keys[1] <> keys, false) OR pinned_ats[1] IS NOT NULL;
    ELSE
        -- The whole group has the clock of its latest event.
        SELECT greatest(latest, max(given.time)), min(given.time),
                coalesce(bool_or(given.policies <> append_events.policies OR given.keys <> append_events.keys OR given.pinned_at IS NOT NULL), false)
            INTO latest, earliest, needs_choice
            FROM unnest(times, basis_policies, basis_keys, pinned_ats) AS given (time, policies, keys, pinned_at);
    END IF;

    IF latest - earliest + 1 > greatest_lateness THEN
        INSERT INTO audit_lateness (lateness) VALUES (latest - earliest + 1);
    END IF;

    IF needs_choice THEN
        states := append_chosen(
            latest, policies, keys,
            ids, claims, times, kinds, organisations, owners, agent_ids, agent_names, session_ids, trace_ids, tool_use_ids, tools, actions,
            resources, effects, answers, policy_names, rule_ids, bodies, basis_policies, basis_keys, pinned_ats, pins_written, pins_real,
            commitments, salts, retentions);
    ELSIF cardinality(ids) = 1 THEN
        -- No block that catches: it is a transaction of its own, and costs as much as the event's indexes do.
        INSERT INTO audit_leaf (id, claim, clock, commitment, retention_days)
        VALUES (ids[1], claims[1], latest, commitments[1], retentions[1])
        ON CONFLICT DO NOTHING RETURNING position INTO first;
        IF FOUND THEN
            recorded_to := first;
            INSERT INTO audit_event (
                position, id, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action,
                resource, effect, answer, policy, rule, body, salt, retention_days)
            VALUES (
                first, ids[1], times[1], kinds[1], organisations[1], owners[1], agent_ids[1], agent_names[1], session_ids[1], trace_ids[1],
                tool_use_ids[1], tools[1], actions[1], resources[1], effects[1], answers[1], policy_names[1], rule_ids[1], bodies[1],
                salts[1], retentions[1]);
        ELSE
            states := append_chosen(
                latest, policies, keys,
                ids, claims, times, kinds, organisations, owners, agent_ids, agent_names, session_ids, trace_ids, tool_use_ids, tools, actions,
                resources, effects, answers, policy_names, rule_ids, bodies, basis_policies, basis_keys, pinned_ats, pins_written, pins_real,
                commitments, salts, retentions);
        END IF;
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
