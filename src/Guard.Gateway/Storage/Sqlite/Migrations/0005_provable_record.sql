-- A body that was erased lawfully; the event that says so is of the same transaction.
CREATE TABLE audit_erasure (
    id         TEXT    NOT NULL PRIMARY KEY,
    erased_by  TEXT    NOT NULL,                    -- id of that event
    erased_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- Bodies of events whose id is of before this time have expired: the end of their retention.
CREATE TABLE audit_expiry (
    before      INTEGER NOT NULL PRIMARY KEY,
    first_id    TEXT    NOT NULL,                   -- the smallest id that is kept
    expired_by  TEXT    NOT NULL,                   -- id of the event that says so
    expired_at  INTEGER NOT NULL
);

-- The record is append-only for every statement the gateway runs, also for a mistaken one.
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
WHEN NOT EXISTS (SELECT 1 FROM audit_erasure WHERE id = OLD.id) AND NOT EXISTS (SELECT 1 FROM audit_expiry WHERE first_id > OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;

CREATE TRIGGER audit_leaf_no_update BEFORE UPDATE ON audit_leaf
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER audit_leaf_no_delete BEFORE DELETE ON audit_leaf
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;

CREATE TRIGGER audit_erasure_no_update BEFORE UPDATE ON audit_erasure
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER audit_erasure_no_delete BEFORE DELETE ON audit_erasure
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;

CREATE TRIGGER audit_expiry_no_update BEFORE UPDATE ON audit_expiry
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER audit_expiry_no_delete BEFORE DELETE ON audit_expiry
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;

-- The Merkle tree over the leaves, cut as C2SP's tlog-tiles cuts it: up to 256 hashes of one level. Everything here is made
-- from the leaves; what it is worth is said by signatures. last_position: of the last leaf below the tile.
CREATE TABLE log_tile (
    level          INTEGER NOT NULL,
    number         INTEGER NOT NULL,
    hashes         BLOB    NOT NULL,
    last_position  INTEGER NOT NULL,
    PRIMARY KEY (level, number)
) WITHOUT ROWID;

-- A leaf's number in the log is found by its position.
CREATE INDEX log_tile_position ON log_tile (level, last_position);

-- The newest signed head. position: of the last leaf under it.
CREATE TABLE log_head (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size       INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    note       TEXT    NOT NULL,
    signed_at  INTEGER NOT NULL
);

-- The keys that sign heads, in their order, as verifiers write them. endorsement: a note in which the key before vouches for
-- this one; null: the first of its log.
CREATE TABLE log_key (
    number       INTEGER NOT NULL PRIMARY KEY,
    verifier     TEXT    NOT NULL UNIQUE,
    endorsement  TEXT,
    made_at      INTEGER NOT NULL
);
