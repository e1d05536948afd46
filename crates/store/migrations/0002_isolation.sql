-- Limits, measures, volumes, what a tenancy runs with, and attestations.

-- What a unit may use unless its tenancy asked for something else, as JSON; NULL until its server
-- told what it has. In place of the two numbers.
ALTER TABLE units ADD COLUMN limits TEXT;
UPDATE units SET limits = '{"memory_max":' || COALESCE(CAST(memory_max AS TEXT), 'null')
    || ',"tasks_max":' || COALESCE(CAST(tasks_max AS TEXT), 'null') || '}'
    WHERE memory_nodes IS NOT NULL;
ALTER TABLE units DROP COLUMN memory_max;
ALTER TABLE units DROP COLUMN tasks_max;

-- All the memory of its nodes, in bytes.
ALTER TABLE units ADD COLUMN memory_bytes BIGINT;

-- The block device that its /mnt directory is on, where the operator named one.
ALTER TABLE units ADD COLUMN volume TEXT;
ALTER TABLE units ADD COLUMN volume_wipe BIGINT NOT NULL DEFAULT 0 CHECK (volume_wipe IN (0, 1));
CREATE UNIQUE INDEX units_living_volume ON units (server_id, volume) WHERE ended_at IS NULL;

-- What the operator declined of the measures for a whole server, what its init asked of its
-- units' limits (both JSON), and whether the host is confined to the CPUs of no unit.
ALTER TABLE servers ADD COLUMN declined TEXT NOT NULL DEFAULT '[]';
ALTER TABLE servers ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';
ALTER TABLE servers ADD COLUMN confined BIGINT NOT NULL DEFAULT 0 CHECK (confined IN (0, 1));

-- What a tenancy runs with: its limits (NULL: its unit's), whether it runs, how often it was reset.
ALTER TABLE allocations ADD COLUMN limits TEXT;
ALTER TABLE allocations ADD COLUMN activity TEXT NOT NULL DEFAULT 'running';
ALTER TABLE allocations ADD COLUMN resets BIGINT NOT NULL DEFAULT 0;

-- What is wanted of every server and unit is written otherwise from here on.
UPDATE servers SET counter = counter + 1 WHERE ended_at IS NULL;
UPDATE units SET counter = counter + 1 WHERE ended_at IS NULL;

-- What the kernel said of a unit's promises, or of its server's where no unit is named. Kept with
-- its tenancy for ever.
CREATE TABLE attestations (
    id TEXT PRIMARY KEY,
    server_id TEXT NOT NULL REFERENCES servers (id),
    unit_id TEXT REFERENCES units (id),
    allocation_id TEXT REFERENCES allocations (id),
    job_id TEXT NOT NULL REFERENCES jobs (id),
    generation TEXT NOT NULL,
    at BIGINT NOT NULL,
    holds BIGINT NOT NULL CHECK (holds IN (0, 1)),
    broken TEXT NOT NULL,
    report TEXT NOT NULL
);
CREATE UNIQUE INDEX attestations_job ON attestations (job_id);
CREATE INDEX attestations_unit ON attestations (unit_id, allocation_id, id);
CREATE INDEX attestations_server ON attestations (server_id, id);
