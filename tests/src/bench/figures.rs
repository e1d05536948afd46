//! Seconds of several ways to do one thing, and the ratios between them.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// What was measured, in the order it first came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    rounds: usize,
    rows: Vec<Row>,
}

/// How long one way took for one thing, each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Row {
    thing: String,
    way: String,
    seconds: Vec<f64>,
}

impl Figures {
    /// How many whole rounds there are.
    pub fn rounds(&self) -> usize {
        self.rounds
    }

    /// Takes in what one whole round measured.
    pub fn add_round(&mut self, round: &Self) {
        self.rounds += 1;
        for row in &round.rows {
            self.row(&row.thing, &row.way).extend(&row.seconds);
        }
    }

    /// Keeps one measurement.
    pub fn add(&mut self, thing: &str, way: &str, took: Duration) {
        self.row(thing, way).push(took.as_secs_f64());
    }

    /// Does something and keeps how long it took.
    pub fn time<T>(
        &mut self,
        thing: &str,
        way: &str,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let began = Instant::now();
        let done = work()?;
        self.add(thing, way, began.elapsed());
        Ok(done)
    }

    fn row(&mut self, thing: &str, way: &str) -> &mut Vec<f64> {
        let is = |row: &Row| row.thing == thing && row.way == way;
        let index = self.rows.iter().position(is).unwrap_or_else(|| {
            self.rows.push(Row {
                thing: thing.to_owned(),
                way: way.to_owned(),
                seconds: Vec::new(),
            });
            self.rows.len() - 1
        });
        &mut self.rows[index].seconds
    }

    /// The median in seconds.
    pub fn median(&self, thing: &str, way: &str) -> Option<f64> {
        let is = |row: &&Row| row.thing == thing && row.way == way;
        self.rows.iter().find(is).map(|row| median(&row.seconds))
    }

    /// Prints a line for each thing: medians in seconds, and each as a multiple of `base`.
    pub fn print(&self, base: &str) {
        for thing in distinct(self.rows.iter().map(|row| row.thing.as_str())) {
            let unit = self.median(thing, base);
            let ways = self.rows.iter().filter(|row| row.thing == thing);
            let columns = ways.map(|row| {
                let median = median(&row.seconds);
                let ratio =
                    unit.map_or_else(String::new, |unit| format!(" = {:5.2} x", median / unit));
                format!("{} {median:7.3} s{ratio}", row.way)
            });
            println!("  {thing:<46} {}", columns.collect::<Vec<_>>().join("   "));
        }
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut known = Vec::new();
    for name in names {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known
}

fn median(seconds: &[f64]) -> f64 {
    let mut seconds = seconds.to_vec();
    seconds.sort_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    if seconds.len().is_multiple_of(2) {
        f64::midpoint(seconds[middle - 1], seconds[middle])
    } else {
        seconds[middle]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_or_between_the_two_middles() {
        let mut figures = Figures::default();
        for seconds in [3, 1, 2] {
            let mut round = Figures::default();
            round.add("a", "x", Duration::from_secs(seconds));
            round.add("a", "y", Duration::from_secs(seconds * 2));
            figures.add_round(&round);
        }
        figures.add("a", "y", Duration::from_secs(10));
        assert_eq!(figures.rounds(), 3);
        assert_eq!(figures.median("a", "x"), Some(2.0));
        assert_eq!(figures.median("a", "y"), Some(5.0));
        assert_eq!(figures.median("b", "x"), None);
    }
}
