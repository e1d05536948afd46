-- The order in which jobs were added. Ids are made by the clock of each control plane, and two
-- clocks are never quite the same; earlier rows are of one control plane, whose ids are in order.
ALTER TABLE jobs ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
CREATE INDEX jobs_turn ON jobs (turn);
