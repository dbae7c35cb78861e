-- Times are milliseconds since 1970-01-01 UTC. Ids are UUIDv7 in lower case.

CREATE TABLE organisation (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL
);

-- Who answers for agents and administers: a person or a service.
CREATE TABLE principal (
    id               TEXT    NOT NULL PRIMARY KEY,
    organisation_id  TEXT    NOT NULL REFERENCES organisation (id),
    name             TEXT    NOT NULL,
    kind             TEXT    NOT NULL CHECK (kind IN ('person', 'service')),
    created_at       INTEGER NOT NULL,
    UNIQUE (organisation_id, name)
);

CREATE TABLE agent (
    id                  TEXT    NOT NULL PRIMARY KEY,
    organisation_id     TEXT    NOT NULL REFERENCES organisation (id),
    owner_id            TEXT    NOT NULL REFERENCES principal (id),
    name                TEXT    NOT NULL,
    tags                TEXT    NOT NULL,           -- JSON array of strings
    trust_tier          TEXT    NOT NULL CHECK (trust_tier IN ('unverified', 'verified', 'trusted', 'privileged')),
    audit_mode_allowed  INTEGER NOT NULL CHECK (audit_mode_allowed IN (0, 1)),
    created_at          INTEGER NOT NULL,
    revoked_at          INTEGER
);

-- A name can be used again once its agent is revoked; the record tells them apart by id.
CREATE UNIQUE INDEX agent_name ON agent (organisation_id, name) WHERE revoked_at IS NULL;

CREATE TABLE api_key (
    id            TEXT    NOT NULL PRIMARY KEY,
    prefix        TEXT    NOT NULL UNIQUE,          -- the visible part, never secret
    hash          BLOB    NOT NULL,                 -- SHA-256 of the whole key
    kind          TEXT    NOT NULL CHECK (kind IN ('agent', 'admin')),
    agent_id      TEXT    REFERENCES agent (id),
    principal_id  TEXT    REFERENCES principal (id),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER,
    revoked_at    INTEGER,
    CHECK ((kind = 'agent' AND agent_id IS NOT NULL AND principal_id IS NULL)
        OR (kind = 'admin' AND agent_id IS NULL AND principal_id IS NOT NULL))
);

CREATE INDEX api_key_agent ON api_key (agent_id) WHERE agent_id IS NOT NULL;

-- removed_at: no version is in force. revision: the newest version, in force or not.
CREATE TABLE policy (
    id               TEXT    NOT NULL PRIMARY KEY,
    organisation_id  TEXT    NOT NULL REFERENCES organisation (id),
    name             TEXT    NOT NULL,
    origin           TEXT    NOT NULL CHECK (origin IN ('folder', 'api')),
    revision         INTEGER NOT NULL,
    removed_at       INTEGER,
    UNIQUE (organisation_id, name)
);

CREATE TABLE policy_version (
    policy_id    TEXT    NOT NULL REFERENCES policy (id),
    revision     INTEGER NOT NULL,
    path         TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    digest       TEXT    NOT NULL,
    version      TEXT,
    description  TEXT,
    rules        INTEGER NOT NULL,
    applied_at   INTEGER NOT NULL,
    applied_by   TEXT    NOT NULL,
    message      TEXT,
    PRIMARY KEY (policy_id, revision)
) WITHOUT ROWID;

-- Every bundle that was in force, in order.
CREATE TABLE bundle (
    position         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    organisation_id  TEXT    NOT NULL REFERENCES organisation (id),
    hash             TEXT    NOT NULL,
    policies         TEXT    NOT NULL,              -- JSON array of "name@revision"
    applied_at       INTEGER NOT NULL,
    applied_by       TEXT    NOT NULL,
    message          TEXT
);

-- The workspace a session stated at its first event; both columns null: it stated none.
CREATE TABLE session (
    agent_id           TEXT    NOT NULL REFERENCES agent (id),
    session_id         TEXT    NOT NULL,
    workspace_written  TEXT,
    workspace_real     TEXT,
    pinned_at          INTEGER NOT NULL,
    PRIMARY KEY (agent_id, session_id)
) WITHOUT ROWID;

-- body is the whole event; the columns are what lists filter by and what must be unique.
-- AUTOINCREMENT: a position is never used twice, so pages and tails cannot miss an event.
CREATE TABLE audit_event (
    position      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id            TEXT    NOT NULL UNIQUE,
    time          INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    organisation  TEXT    NOT NULL,
    owner         TEXT,
    agent_id      TEXT,
    agent_name    TEXT,
    session_id    TEXT,
    trace_id      TEXT,
    tool_use_id   TEXT,
    tool          TEXT,
    action        TEXT,
    effect        TEXT,
    policy        TEXT,
    rule          TEXT,
    body          TEXT    NOT NULL
);

CREATE UNIQUE INDEX audit_event_decision ON audit_event (agent_id, trace_id) WHERE kind = 'decision';
CREATE UNIQUE INDEX audit_event_outcome ON audit_event (agent_id, trace_id) WHERE kind = 'outcome';
CREATE INDEX audit_event_call ON audit_event (agent_id, session_id, tool_use_id) WHERE kind = 'decision' AND tool_use_id IS NOT NULL;
CREATE INDEX audit_event_trace ON audit_event (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX audit_event_agent ON audit_event (agent_id, position);
CREATE INDEX audit_event_session ON audit_event (session_id, position) WHERE session_id IS NOT NULL;
CREATE INDEX audit_event_not_allowed ON audit_event (effect, position) WHERE effect <> 'allow';

-- The record is append-only for every statement the gateway runs, also for a mistaken one.
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;
