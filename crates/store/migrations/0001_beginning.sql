-- Portable dialect: TEXT and BIGINT only. Ids are UUIDs as text, times microseconds since 1970,
-- booleans 0 or 1, structured values JSON. The same text runs on SQLite and PostgreSQL.

-- Numbers of the whole database. The epoch is raised when it is restored from a backup.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO meta (name, value) VALUES ('epoch', 1);

-- One row for each life of a server, from init to decommission; ended lives are history.
CREATE TABLE servers (
    id TEXT PRIMARY KEY,
    hostname TEXT NOT NULL,
    ip TEXT NOT NULL,
    ssh_port BIGINT NOT NULL CHECK (ssh_port BETWEEN 1 AND 65535),
    ssh_user TEXT,
    given_host_key TEXT,
    region TEXT NOT NULL,
    zone TEXT NOT NULL,
    first_uid BIGINT NOT NULL,
    first_port BIGINT NOT NULL,
    port_step BIGINT NOT NULL CHECK (port_step > 0),
    warm BIGINT NOT NULL CHECK (warm IN (0, 1)),
    epoch BIGINT NOT NULL,
    counter BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    health TEXT NOT NULL,
    health_since BIGINT NOT NULL,
    health_reason TEXT,
    facts TEXT,
    housekeeping TEXT,
    touched BIGINT NOT NULL CHECK (touched IN (0, 1)),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX servers_living_hostname ON servers (hostname) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX servers_living_address ON servers (ip, ssh_port) WHERE ended_at IS NULL;
CREATE INDEX servers_hostname ON servers (hostname);

-- One row for each life of a compute unit.
--
-- Its ports follow from its slot: slot N of a server has the ports first_port + N * port_step to
-- before first_port + (N + 1) * port_step of that server's row. Two slots never share a port, so
-- that a slot being taken once is a port being taken once.
CREATE TABLE units (
    id TEXT PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES servers (id),
    name TEXT NOT NULL,
    cpus TEXT NOT NULL,
    cpu_count BIGINT NOT NULL,
    first_cpu BIGINT NOT NULL,
    port_slot BIGINT NOT NULL CHECK (port_slot >= 0),
    user_name TEXT NOT NULL,
    uid BIGINT NOT NULL,
    dir TEXT NOT NULL,
    memory_nodes TEXT,
    memory_max BIGINT,
    tasks_max BIGINT,
    epoch BIGINT NOT NULL,
    counter BIGINT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX units_server ON units (server_id);
CREATE UNIQUE INDEX units_living_name ON units (name) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX units_living_user ON units (server_id, user_name) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX units_living_uid ON units (server_id, uid) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX units_living_dir ON units (server_id, dir) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX units_living_port_slot ON units (server_id, port_slot)
    WHERE ended_at IS NULL;

-- The CPUs of living units; a CPU of a server is in here once. Removed when the unit's life ends.
CREATE TABLE unit_cpus (
    server_id TEXT NOT NULL REFERENCES servers (id),
    cpu BIGINT NOT NULL,
    unit_id TEXT NOT NULL REFERENCES units (id),
    PRIMARY KEY (server_id, cpu)
);
CREATE INDEX unit_cpus_unit ON unit_cpus (unit_id);

-- Durable work. `attempt` is the fence: every change of a row by its holder names the attempt that
-- it was claimed with.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    status TEXT NOT NULL,
    server_id TEXT NOT NULL REFERENCES servers (id),
    unit_id TEXT REFERENCES units (id),
    attempt BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    lease_until BIGINT,
    next_at BIGINT NOT NULL,
    reason TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX jobs_unfinished ON jobs (server_id, id) WHERE status IN ('queued', 'running');
CREATE INDEX jobs_unit ON jobs (unit_id, id);

CREATE TABLE job_log (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (job_id, seq)
);

-- One row for each tenancy, kept for ever; at most one of a unit is open.
CREATE TABLE allocations (
    id TEXT PRIMARY KEY,
    unit_id TEXT NOT NULL REFERENCES units (id),
    job_id TEXT NOT NULL REFERENCES jobs (id),
    status TEXT NOT NULL,
    keys TEXT NOT NULL,
    tags TEXT,
    deployment_id TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    reason TEXT
);
CREATE UNIQUE INDEX allocations_open ON allocations (unit_id)
    WHERE status IN ('pending', 'active', 'ending');
CREATE UNIQUE INDEX allocations_job ON allocations (job_id);
CREATE INDEX allocations_unit ON allocations (unit_id);

CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, scope, key)
);
CREATE INDEX idempotency_job ON idempotency (job_id);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- API tokens: the hash only.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The host key that an address showed when it was trusted.
CREATE TABLE host_keys (
    ip TEXT NOT NULL,
    port BIGINT NOT NULL,
    host_key TEXT NOT NULL,
    pinned_at BIGINT NOT NULL,
    PRIMARY KEY (ip, port)
);

CREATE TABLE events (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
