-- What is kept of every event for ever: its place in the order, its id and the commitment to its body. The body, with the
-- salt of the commitment, can be erased or expire.
CREATE TABLE audit_leaf (
    position    INTEGER NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    commitment  BLOB    NOT NULL CHECK (length(commitment) = 32)
);

ALTER TABLE audit_event ADD COLUMN salt BLOB;

-- The program commits to the events of older versions before the next step shuts the tables again.
DROP TRIGGER audit_event_no_update;
DROP TRIGGER audit_event_no_delete;
