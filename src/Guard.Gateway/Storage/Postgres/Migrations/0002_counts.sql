-- Numbers for statistics, made from the record in the background and made again where they are gone: how many events of an hour
-- (level 0), a day (1) and a month (2) a subject of a dimension has, by the events' retention, so that what expires is taken away
-- without being counted again. slot: the beginning, UTC. subject: a JSON array.
CREATE TABLE audit_count (
    level           bigint  NOT NULL,
    slot            bigint  NOT NULL,
    dimension       text    NOT NULL,
    digest          text    NOT NULL,               -- of the subject, which can be longer than an index takes
    retention_days  integer NOT NULL,
    subject         text    COLLATE "C" NOT NULL,
    count           bigint  NOT NULL,
    denied          bigint  NOT NULL,
    PRIMARY KEY (level, dimension, slot, digest, retention_days)
);

-- Events up to position are counted. generation: how often counted events were taken away, or all was begun anew. earliest and
-- latest: times that no counted event is beyond.
CREATE TABLE audit_count_state (
    id          bigint  NOT NULL PRIMARY KEY CHECK (id = 1),
    position    bigint  NOT NULL,
    generation  bigint  NOT NULL,
    events      bigint  NOT NULL,
    earliest    bigint,
    latest      bigint
);

-- To drop a partition locks the whole record, behind all that read it, and every decision waits behind that. So it is given up
-- soon and tried again later.
ALTER FUNCTION drop_expired_months() SET lock_timeout = '500ms';
