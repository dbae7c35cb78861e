-- The times of a list become positions by this index, and statistics read only their own stretch of time.
CREATE INDEX audit_event_time ON audit_event (time);
