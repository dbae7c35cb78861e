-- How often the policies in force and the keys have changed: a decision is only stored if what it was judged by is still
-- in force. bootstrapped_at: when the store got its organisation; null: it is empty.
CREATE TABLE store_state (
    id               INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    policies         INTEGER NOT NULL,
    keys             INTEGER NOT NULL,
    bootstrapped_at  INTEGER
);

INSERT INTO store_state (id, policies, keys, bootstrapped_at) SELECT 1, 1, 1, min(created_at) FROM organisation;

-- JSON array of strings; null: everything that keys of its kind may do.
ALTER TABLE api_key ADD COLUMN scopes TEXT;

-- Every list goes by position, so every filter has its index in that order. The partial index over effects served no list:
-- a parameter does not prove that it is not 'allow'.
DROP INDEX audit_event_not_allowed;
CREATE INDEX audit_event_effect ON audit_event (effect, position) WHERE kind = 'decision';
CREATE INDEX audit_event_agent_name ON audit_event (agent_name, position);
CREATE INDEX audit_event_action ON audit_event (action, position) WHERE action IS NOT NULL;
CREATE INDEX audit_event_tool ON audit_event (tool, position) WHERE tool IS NOT NULL;
CREATE INDEX audit_event_policy ON audit_event (policy, position) WHERE policy IS NOT NULL;
CREATE INDEX audit_event_rule ON audit_event (rule, position) WHERE rule IS NOT NULL;
CREATE INDEX audit_event_kind ON audit_event (kind, position);
