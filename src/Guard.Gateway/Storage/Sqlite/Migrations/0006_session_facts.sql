-- What a session's first event stated of its workspace; null: it stated nothing. A fact that changes later counts as missing.
CREATE TABLE session_fact (
    agent_id    TEXT    NOT NULL,
    session_id  TEXT    NOT NULL,
    project     TEXT,
    branch      TEXT,
    host        TEXT,
    policy      TEXT,                               -- digest of the workspace's own policy
    pinned_at   INTEGER NOT NULL,
    PRIMARY KEY (agent_id, session_id)
) WITHOUT ROWID;
