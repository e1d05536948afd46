-- Events are numbered in the order in which their transactions are committed: writers take turns,
-- so that whoever adds one sees all that were added before. The newest is never deleted.
ALTER TABLE events RENAME TO events_before;
CREATE TABLE events (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    hostname TEXT,
    unit_name TEXT,
    job_id TEXT,
    was TEXT,
    became TEXT,
    detail TEXT NOT NULL
);
INSERT INTO events (id, at, kind, hostname, unit_name, detail)
    SELECT ROW_NUMBER() OVER (ORDER BY id), at, kind,
    CASE WHEN kind = 'host_key_pinned' THEN subject END,
    CASE WHEN kind = 'unit_changed' THEN subject END,
    CASE WHEN kind = 'promise_broken' THEN subject || ': ' || detail ELSE detail END
    FROM events_before;
DROP TABLE events_before;
CREATE INDEX events_hostname ON events (hostname, id);
CREATE INDEX events_unit ON events (unit_name, id);
CREATE INDEX events_job ON events (job_id, id);
