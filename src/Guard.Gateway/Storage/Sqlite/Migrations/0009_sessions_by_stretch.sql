-- Many sessions write at once, and each has its own place in an index by session: a commit of thirty events wrote sixty pages for
-- them, as many as for all else together. Ordered by stretches of 2,048 positions first, all sessions write into the same few pages; who looks for
-- a session goes through the stretches, the newest first. The same index finds the decision of a call.
DROP INDEX audit_event_session;
DROP INDEX audit_event_call;
CREATE INDEX audit_event_session ON audit_event (position / 2048, session_id, tool_use_id) WHERE session_id IS NOT NULL;
