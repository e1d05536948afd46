-- What is done about drift on a server, when it was visited last, and when it is next.
ALTER TABLE servers ADD COLUMN mode TEXT NOT NULL DEFAULT 'report';
ALTER TABLE servers ADD COLUMN visited_at BIGINT;
ALTER TABLE servers ADD COLUMN next_visit BIGINT NOT NULL DEFAULT 0;

-- How servers differ from what they should be, as of the last visit; `scope` is as the host binary
-- names it, `unit_id` NULL for a server's own part.
CREATE TABLE drift (
    server_id TEXT NOT NULL REFERENCES servers (id),
    scope TEXT NOT NULL,
    seq BIGINT NOT NULL,
    unit_id TEXT REFERENCES units (id),
    resource TEXT NOT NULL,
    what TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (server_id, scope, seq)
);
