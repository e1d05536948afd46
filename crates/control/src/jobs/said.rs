//! What a step said so far, and how much of it is in the database.

use jiff::Timestamp;
use kloigos_store::JobProgress;

/// The lines and the progress of one step.
#[derive(Debug, Default)]
pub(super) struct Said {
    lines: Vec<(Timestamp, String)>,
    /// How many of these are written.
    written: usize,
    progress: Option<JobProgress>,
    /// What of the progress is written.
    told: Option<JobProgress>,
}

/// What was written in one transaction.
#[derive(Debug)]
pub(super) struct Written {
    /// Up to which line.
    pub(super) lines: usize,
    /// Which progress.
    pub(super) progress: Option<JobProgress>,
}

impl Said {
    /// One more line.
    pub(super) fn say(&mut self, at: Timestamp, line: String) {
        self.lines.push((at, line));
    }

    /// It is so far.
    pub(super) fn is_at(&mut self, progress: JobProgress) {
        self.progress = Some(progress);
    }

    /// Whether there is something to write.
    pub(super) fn has_news(&self) -> bool {
        self.written < self.lines.len() || self.progress != self.told
    }

    /// The lines that are not written yet, and how many there are in all.
    pub(super) fn unwritten(&self) -> (Vec<(Timestamp, String)>, usize) {
        (self.lines[self.written..].to_vec(), self.lines.len())
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Option<JobProgress> {
        self.progress.clone()
    }

    /// This was committed.
    pub(super) fn written(&mut self, written: Written) {
        self.written = self.written.max(written.lines);
        self.told = written.progress;
    }
}
