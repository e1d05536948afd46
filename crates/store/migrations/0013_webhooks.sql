-- Who is told of events. `kinds` is as filters are, with commas around; NULL is all. `secret` is
-- sealed, and `secret_key` names the key that opens it, which is not in the database.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    kinds TEXT,
    secret TEXT NOT NULL,
    secret_key TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The last event that was looked at for it.
    place BIGINT NOT NULL,
    -- Until when one control plane sends for it, and how often one took that on.
    lease_until BIGINT NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0
);

-- The messages to them: those that were sent, and at most one that others wait for (`ordered`).
-- What an event says is kept in `body`, so that it can be sent again when the event is forgotten.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    kind TEXT NOT NULL,
    event_id BIGINT,
    body TEXT NOT NULL,
    ordered BIGINT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    ended_at BIGINT,
    tries_left BIGINT NOT NULL,
    -- How the attempts went, as JSON.
    attempts TEXT NOT NULL
);
CREATE INDEX deliveries_webhook ON deliveries (webhook_id, id);
CREATE INDEX deliveries_waiting ON deliveries (webhook_id) WHERE status = 'waiting';
CREATE UNIQUE INDEX deliveries_ordered ON deliveries (webhook_id)
    WHERE status = 'waiting' AND ordered = 1;
