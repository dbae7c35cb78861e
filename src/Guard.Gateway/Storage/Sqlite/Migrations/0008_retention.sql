-- How long the body of an event is kept, in days, fixed when it is recorded; 0: until somebody ends it, as all were before this.
-- In the leaf it is part of what is signed.
ALTER TABLE audit_leaf ADD COLUMN retention_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit_event ADD COLUMN retention_days INTEGER NOT NULL DEFAULT 0;

-- What expires together, the oldest first.
CREATE INDEX audit_event_retention ON audit_event (retention_days, id);

-- Bodies of events of this retention whose id is of before this time have expired.
CREATE TABLE audit_expiry_of_retention (
    retention_days  INTEGER NOT NULL,
    before          INTEGER NOT NULL,
    first_id        TEXT    NOT NULL,               -- the smallest id that is kept
    expired_by      TEXT    NOT NULL,               -- id of the event that says so
    expired_at      INTEGER NOT NULL,
    PRIMARY KEY (retention_days, before)
) WITHOUT ROWID;

INSERT INTO audit_expiry_of_retention (retention_days, before, first_id, expired_by, expired_at)
SELECT 0, before, first_id, expired_by, expired_at FROM audit_expiry;

DROP TRIGGER audit_event_no_delete;
DROP TABLE audit_expiry;
ALTER TABLE audit_expiry_of_retention RENAME TO audit_expiry;

CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
WHEN NOT EXISTS (SELECT 1 FROM audit_erasure WHERE id = OLD.id)
    AND NOT EXISTS (SELECT 1 FROM audit_expiry WHERE retention_days = OLD.retention_days AND first_id > OLD.id)
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

-- Numbers for statistics by the events' retention, so that what expires can be taken away from them. The columns of the key come
-- first: the integrity check of SQLite 3.40 takes others for NULL.
CREATE TABLE audit_count_by_retention (
    level           INTEGER NOT NULL,
    slot            INTEGER NOT NULL,
    dimension       TEXT    NOT NULL,
    digest          TEXT    NOT NULL,
    retention_days  INTEGER NOT NULL,
    subject         TEXT    NOT NULL,
    count           INTEGER NOT NULL,
    denied          INTEGER NOT NULL,
    PRIMARY KEY (level, dimension, slot, digest, retention_days)
) WITHOUT ROWID;

INSERT INTO audit_count_by_retention (level, slot, dimension, digest, subject, count, denied, retention_days)
SELECT level, slot, dimension, digest, subject, count, denied, 0 FROM audit_count;

DROP TABLE audit_count;
ALTER TABLE audit_count_by_retention RENAME TO audit_count;
