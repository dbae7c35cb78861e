-- Numbers for statistics, made from the record in the background and made again where they are gone: how many events of an hour
-- (level 0), a day (1) and a month (2) a subject of a dimension has. slot: the beginning, UTC. subject: a JSON array; digest:
-- of it.
CREATE TABLE audit_count (
    level      INTEGER NOT NULL,
    slot       INTEGER NOT NULL,
    dimension  TEXT    NOT NULL,
    digest     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    count      INTEGER NOT NULL,
    denied     INTEGER NOT NULL,
    PRIMARY KEY (level, dimension, slot, digest)
) WITHOUT ROWID;

-- Events up to position are counted. generation: how often counted events were taken away, or all was begun anew. earliest and
-- latest: times that no counted event is beyond.
CREATE TABLE audit_count_state (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    position    INTEGER NOT NULL,
    generation  INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    earliest    INTEGER,
    latest      INTEGER
);
