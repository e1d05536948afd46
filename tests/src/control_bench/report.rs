//! What was measured, against what, and whether it is within its limit.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::Serialize;

/// All lines of a run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    lines: Vec<Line>,
}

/// One comparison.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    /// What.
    pub(super) what: String,
    /// What is measured in.
    pub(super) unit: &'static str,
    /// How much the control plane takes or does.
    pub(super) kloigos: f64,
    /// What it is compared with.
    pub(super) against: String,
    /// How much that takes or does.
    pub(super) floor: Option<f64>,
    /// What must hold.
    pub(super) limit: Limit,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Limit {
    /// Nothing; it is for people to see.
    None,
    /// At most so many times the floor.
    Times(f64),
    /// At least so many times the floor.
    AtLeast(f64),
    /// At most so much by itself.
    Most(f64),
}

impl Line {
    fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.kloigos / floor)
    }

    /// Whether it is within its limit. What could not be compared is not.
    fn kept(&self) -> bool {
        match self.limit {
            Limit::None => true,
            Limit::Times(most) => self.ratio().is_some_and(|ratio| ratio <= most),
            Limit::AtLeast(least) => self.ratio().is_some_and(|ratio| ratio >= least),
            Limit::Most(most) => self.kloigos <= most,
        }
    }

    fn text(&self) -> String {
        let number = |number: f64| format!("{number:.3} {}", self.unit);
        let floor = self.floor.map_or_else(String::new, number);
        let ratio = self.ratio();
        let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2} x"));
        let limit = match self.limit {
            Limit::None => String::new(),
            Limit::Times(most) => format!("at most {most} x"),
            Limit::AtLeast(least) => format!("at least {least} x"),
            Limit::Most(most) => format!("at most {most} {}", self.unit),
        };
        let verdict = match (self.limit, self.kept()) {
            (Limit::None, _) => "",
            (_, true) => "kept",
            (_, false) => "MISSED",
        };
        format!(
            "  {:<44} {:>16} {:>16} {ratio:>9}  {limit:<16} {verdict:<7} {}",
            self.what,
            number(self.kloigos),
            floor,
            self.against
        )
    }
}

impl Report {
    /// Adds a line and shows it.
    pub(super) fn add(&mut self, line: Line) {
        eprintln!("{}", line.text());
        self.lines.push(line);
    }

    /// The whole table.
    pub(super) fn print(&self) {
        println!(
            "  {:<44} {:>16} {:>16} {:>9}  {:<16} {:<7} compared with",
            "", "kloigos", "floor", "ratio", "limit", ""
        );
        for line in &self.lines {
            println!("{}", line.text());
        }
    }

    /// Whether every limit is kept.
    pub fn all_kept(&self) -> bool {
        self.lines.iter().all(Line::kept)
    }

    /// Writes it for machines.
    pub fn keep(&self, path: &Path) -> Result<()> {
        let folder = path.parent().context("figures lie in a folder")?;
        fs::create_dir_all(folder)?;
        fs::write(path, serde_json::to_vec_pretty(self)?)
            .with_context(|| format!("failed to write {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(limit: Limit, floor: Option<f64>) -> Line {
        Line {
            what: "a".to_owned(),
            unit: "s",
            kloigos: 3.0,
            against: "b".to_owned(),
            floor,
            limit,
        }
    }

    #[test]
    fn a_limit_is_missed_by_what_could_not_be_compared() {
        for (limit, floor, kept) in [
            (Limit::None, None, true),
            (Limit::Times(2.0), Some(2.0), true),
            (Limit::Times(2.0), Some(1.0), false),
            (Limit::Times(2.0), None, false),
            (Limit::AtLeast(0.8), Some(3.0), true),
            (Limit::AtLeast(0.8), Some(4.0), false),
            (Limit::Most(3.0), None, true),
            (Limit::Most(2.9), None, false),
            (Limit::Times(2.0), Some(f64::NAN), false),
        ] {
            assert_eq!(line(limit, floor).kept(), kept, "{limit:?} {floor:?}");
        }
    }
}
