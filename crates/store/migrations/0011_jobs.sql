-- What a line of a job's log belongs to, and how far a job's step is.
ALTER TABLE job_log ADD COLUMN step TEXT;
ALTER TABLE job_log ADD COLUMN attempt BIGINT;
ALTER TABLE jobs ADD COLUMN progress_done BIGINT;
ALTER TABLE jobs ADD COLUMN progress_of BIGINT;
ALTER TABLE jobs ADD COLUMN progress_what TEXT;

-- Since when a job is to be taken back, and why; of which job it is another try.
ALTER TABLE jobs ADD COLUMN cancel_at BIGINT;
ALTER TABLE jobs ADD COLUMN cancel_reason TEXT;
ALTER TABLE jobs ADD COLUMN retry_of TEXT;

-- Whether somebody is at the work of the step that is stored, or died at it; and whether the one
-- who holds the job now came after such a death, so that the work may have been done already.
ALTER TABLE jobs ADD COLUMN at_work BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN died BIGINT NOT NULL DEFAULT 0;
UPDATE jobs SET at_work = 1 WHERE status IN ('queued', 'running') AND attempt > 0;
