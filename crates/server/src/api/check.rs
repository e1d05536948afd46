//! A small pydantic: reads a JSON value field by field, lax where v0.2 was lax, and collects every
//! fault with its place instead of stopping at the first.
//!
//! A rule is a function from [`At`] to [`Checked`]; [`Faulty`] means that it left a fault behind. A
//! request is whole when every one of its fields is `Ok`.

mod fields;
mod rules;

pub(crate) use fields::{Fields, Read, read_body, read_fields};
pub(crate) use rules::{boolean, integer, label_or_empty, list_of, parsed, tags, text, within};

use std::fmt;

use serde_json::Value;

use super::fault::{Fault, Loc, Part};

/// What a rule read, or that it left a fault behind.
pub(crate) type Checked<T> = Result<T, Faulty>;

/// A fault was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Faulty;

/// Every fault found so far, in the order of the fields.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Keeps one more.
    pub(crate) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// The entries of the 422 body.
    pub(crate) fn into_entries(self) -> Vec<Fault> {
        self.0
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

/// A value, where it stands, and where to leave its faults.
pub(crate) struct At<'a> {
    pub(crate) value: &'a Value,
    loc: Loc,
    faults: &'a mut Faults,
}

impl<'a> At<'a> {
    pub(crate) fn new(value: &'a Value, loc: Loc, faults: &'a mut Faults) -> Self {
        Self { value, loc, faults }
    }

    /// A value within, or another reading of this one, one step further.
    fn inner<'b>(&'b mut self, value: &'b Value, part: impl Into<Part>) -> At<'b> {
        At::new(value, self.loc.then(part), self.faults)
    }

    /// The same value, for a rule that this one is made of.
    pub(crate) fn again(&mut self) -> At<'_> {
        At::new(self.value, self.loc.clone(), self.faults)
    }

    /// The fields of an object.
    pub(crate) fn object<T: Read>(&mut self) -> Checked<T> {
        match self.value.as_object() {
            Some(object) => read_fields(object, self.loc.clone(), self.faults),
            None => self.fault("dict_type", "Input should be a valid dictionary"),
        }
    }

    /// Leaves one of pydantic's own faults.
    fn fault<T>(&mut self, kind: &'static str, msg: &str) -> Checked<T> {
        let fault = Fault::new(kind, self.loc.clone(), msg, self.value);
        self.faults.push(fault);
        Err(Faulty)
    }

    /// Leaves the fault that a rule of ours is broken.
    pub(crate) fn broken<T>(&mut self, reason: &dyn fmt::Display) -> Checked<T> {
        let fault = Fault::value(self.loc.clone(), reason, self.value);
        self.faults.push(fault);
        Err(Faulty)
    }

    /// The value, or the fault that a rule of ours is broken for this reason.
    pub(crate) fn sound<T, E: fmt::Display>(&mut self, read: Result<T, E>) -> Checked<T> {
        read.or_else(|reason| self.broken(&reason))
    }

    /// Leaves the fault that a rule of ours is broken by what stands at this place within.
    pub(crate) fn broken_at(&mut self, index: usize, reason: &dyn fmt::Display) {
        let value = self.value.get(index).unwrap_or(self.value);
        let fault = Fault::value(self.loc.then(index), reason, value);
        self.faults.push(fault);
    }
}

#[cfg(test)]
mod tests;
