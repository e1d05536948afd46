//! Seconds of several ways to do one thing, and the ratios between them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::Result;

/// What was measured, by thing and way, in the order they first came.
#[derive(Default)]
pub struct Figures {
    things: Vec<String>,
    ways: Vec<String>,
    taken: BTreeMap<(String, String), Vec<f64>>,
}

impl Figures {
    /// Keeps one measurement.
    pub fn add(&mut self, thing: &str, way: &str, took: Duration) {
        for (list, name) in [(&mut self.things, thing), (&mut self.ways, way)] {
            if !list.iter().any(|known| known == name) {
                list.push(name.to_owned());
            }
        }
        self.taken
            .entry((thing.into(), way.into()))
            .or_default()
            .push(took.as_secs_f64());
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

    /// The median in seconds.
    pub fn median(&self, thing: &str, way: &str) -> Option<f64> {
        let mut seconds = self.taken.get(&(thing.to_owned(), way.to_owned()))?.clone();
        seconds.sort_by(f64::total_cmp);
        let middle = seconds.len() / 2;
        let even = seconds.len().is_multiple_of(2);
        Some(if even {
            f64::midpoint(seconds[middle - 1], seconds[middle])
        } else {
            seconds[middle]
        })
    }

    /// Prints a line for each thing: medians in seconds, and each as a multiple of `base`.
    pub fn print(&self, base: &str) {
        for thing in &self.things {
            let unit = self.median(thing, base);
            let columns = self.ways.iter().filter_map(|way| {
                let median = self.median(thing, way)?;
                let ratio =
                    unit.map_or_else(String::new, |unit| format!(" = {:5.2} x", median / unit));
                Some(format!("{way} {median:7.3} s{ratio}"))
            });
            println!("  {thing:<46} {}", columns.collect::<Vec<_>>().join("   "));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_or_between_the_two_middles() {
        let mut figures = Figures::default();
        for seconds in [3, 1, 2] {
            figures.add("a", "x", Duration::from_secs(seconds));
            figures.add("a", "y", Duration::from_secs(seconds * 2));
        }
        figures.add("a", "y", Duration::from_secs(10));
        assert_eq!(figures.median("a", "x"), Some(2.0));
        assert_eq!(figures.median("a", "y"), Some(5.0));
        assert_eq!(figures.median("b", "x"), None);
    }
}
