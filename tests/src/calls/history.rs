//! What callers were told, and what follows from it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// One caller's way through a tenancy, with the moments at which it knew what it knew.
#[derive(Debug, Clone)]
pub struct Tenancy {
    /// The unit it was given.
    pub unit: String,
    /// The tenancy's id.
    pub allocation: String,
    /// When it asked first.
    pub asked: Instant,
    /// When it was told that the unit is its own.
    pub got: Instant,
    /// When it began to give it back.
    pub leaving: Instant,
    /// When it was told that the unit is no longer its own.
    pub left: Instant,
}

/// An answer that gave no unit.
#[derive(Debug, Clone)]
pub struct Said {
    /// When it was asked.
    pub asked: Instant,
    /// When it was answered.
    pub answered: Instant,
    /// The status.
    pub status: u16,
    /// The words.
    pub words: String,
}

/// All that callers were told.
#[derive(Debug, Default)]
pub struct History {
    tenancies: Mutex<Vec<Tenancy>>,
    refusals: Mutex<Vec<Said>>,
}

impl History {
    /// A tenancy that is over.
    pub fn lived(&self, tenancy: Tenancy) {
        let mut tenancies = self
            .tenancies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        tenancies.push(tenancy);
    }

    /// An answer without a unit.
    pub fn refused(&self, said: Said) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.push(said);
    }

    /// How many tenancies are over.
    pub fn count(&self) -> usize {
        self.tenancies().len()
    }

    /// The tenancies that are over.
    pub fn tenancies(&self) -> Vec<Tenancy> {
        let tenancies = self
            .tenancies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        tenancies.clone()
    }

    /// The answers without a unit.
    pub fn refusals(&self) -> Vec<Said> {
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.clone()
    }

    /// What callers were told and cannot be true: a unit in two hands, a tenancy told twice.
    pub fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut ids = BTreeSet::new();
        let mut by_unit: BTreeMap<String, Vec<Tenancy>> = BTreeMap::new();
        for tenancy in self.tenancies() {
            if !ids.insert(tenancy.allocation.clone()) {
                found.push(format!("{} was told twice", tenancy.allocation));
            }
            by_unit
                .entry(tenancy.unit.clone())
                .or_default()
                .push(tenancy);
        }
        for (unit, mut tenancies) in by_unit {
            tenancies.sort_by_key(|tenancy| tenancy.got);
            for pair in tenancies.windows(2) {
                // Somebody's own from the answer until it began to give it back.
                if pair[1].got < pair[0].leaving {
                    let (one, two) = (&pair[0].allocation, &pair[1].allocation);
                    found.push(format!("{unit} was in two hands: {one} and {two}"));
                }
            }
        }
        found
    }

    /// Refusals for want of a unit at a time when one of so many was certainly nobody's.
    pub fn unexplained(&self, units: usize) -> Vec<Said> {
        let tenancies = self.tenancies();
        let explained = |said: &Said| {
            // It may have been somebody's from the first call until the last answer. Whatever was
            // true at some moment of the call explains the refusal; what is looked at are the
            // moments at which the count grows, and the call's own beginning.
            let began = tenancies.iter().map(|tenancy| tenancy.asked);
            let within = began.filter(|at| *at > said.asked && *at <= said.answered);
            let mut moments = within.chain([said.asked]);
            moments.any(|at| {
                let taken = tenancies.iter().filter(|t| t.asked <= at && at <= t.left);
                taken.map(|t| &t.unit).collect::<BTreeSet<_>>().len() >= units
            })
        };
        let mut refusals = self.refusals();
        refusals.retain(|said| said.status == 460 && !explained(said));
        refusals
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tenancy(began: Instant, unit: &str, allocation: &str, at: [u64; 4]) -> Tenancy {
        let [asked, got, leaving, left] = at.map(|at| began + Duration::from_secs(at));
        Tenancy {
            unit: unit.to_owned(),
            allocation: allocation.to_owned(),
            asked,
            got,
            leaving,
            left,
        }
    }

    #[test]
    fn a_unit_in_two_hands_is_seen_and_one_after_the_other_is_not() {
        let began = Instant::now();
        let history = History::default();
        history.lived(tenancy(began, "a", "1", [0, 1, 3, 9]));
        history.lived(tenancy(began, "a", "2", [2, 4, 5, 6]));
        history.lived(tenancy(began, "b", "3", [0, 1, 3, 4]));
        assert_eq!(history.contradictions(), [""; 0]);
        history.lived(tenancy(began, "b", "4", [1, 2, 3, 4]));
        history.lived(tenancy(began, "c", "4", [1, 2, 3, 4]));
        assert_eq!(
            history.contradictions(),
            ["4 was told twice", "b was in two hands: 3 and 4"]
        );
    }

    #[test]
    fn a_refusal_is_explained_by_units_that_may_have_been_taken() {
        let began = Instant::now();
        let history = History::default();
        history.lived(tenancy(began, "a", "1", [0, 1, 3, 4]));
        history.lived(tenancy(began, "b", "2", [3, 4, 5, 6]));
        let said = |asked, answered| Said {
            asked: began + Duration::from_secs(asked),
            answered: began + Duration::from_secs(answered),
            status: 460,
            words: String::new(),
        };
        history.refused(said(2, 4));
        assert_eq!(history.unexplained(2).len(), 0);
        history.refused(said(1, 2));
        assert_eq!(history.unexplained(2).len(), 1);
        assert_eq!(history.unexplained(1).len(), 0);
    }
}
