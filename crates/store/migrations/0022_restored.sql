-- Since when this database, restored from a backup, waits to be compared with a server: until a
-- visit that went all the way. NULL when there is nothing to wait for.
ALTER TABLE servers ADD COLUMN restored_at BIGINT;
