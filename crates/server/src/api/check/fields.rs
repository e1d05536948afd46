//! The fields of a body or query, one after the other.

use serde_json::{Map, Value};

use super::{At, Checked, Faults, Faulty};
use crate::api::fault::{Fault, Loc};

/// What can be read from the fields of a body or of a query.
pub(crate) trait Read: Sized {
    /// Reads every field in its documented order, each whether or not one before it is at fault;
    /// `Faulty` when any is.
    fn read(fields: &mut Fields<'_>) -> Checked<Self>;
}

/// An object's fields, and where to leave their faults.
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    loc: Loc,
    faults: &'a mut Faults,
}

/// Reads a JSON body. `null` and an empty body are no body.
pub(crate) fn read_body<T: Read>(body: Option<&Value>, faults: &mut Faults) -> Checked<T> {
    let loc = Loc::of("body");
    match body {
        None | Some(Value::Null) => faults.push(Fault::missing(loc, &Value::Null)),
        Some(Value::Object(object)) => return read_fields(object, loc, faults),
        Some(other) => faults.push(Fault::new(
            "model_attributes_type",
            loc,
            "Input should be a valid dictionary or object to extract fields from",
            other,
        )),
    }
    Err(Faulty)
}

/// Reads an object's fields.
pub(crate) fn read_fields<T: Read>(
    object: &Map<String, Value>,
    loc: Loc,
    faults: &mut Faults,
) -> Checked<T> {
    T::read(&mut Fields {
        object,
        loc,
        faults,
    })
}

impl Fields<'_> {
    /// A field that must be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        rule: impl FnOnce(At<'_>) -> Checked<T>,
    ) -> Checked<T> {
        match self.object.get(name) {
            Some(value) => rule(At::new(value, self.loc.then(name), self.faults)),
            None => self.missing(name),
        }
    }

    /// A field that must be there and may be null.
    pub(crate) fn nullable<T>(
        &mut self,
        name: &str,
        rule: impl FnOnce(At<'_>) -> Checked<T>,
    ) -> Checked<Option<T>> {
        match self.object.get(name) {
            None => self.missing(name),
            Some(_) => self.optional(name, rule),
        }
    }

    /// A field that may be left out or null.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        rule: impl FnOnce(At<'_>) -> Checked<T>,
    ) -> Checked<Option<T>> {
        match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => rule(At::new(value, self.loc.then(name), self.faults)).map(Some),
        }
    }

    /// Whether the field was given at all, null or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    fn missing<T>(&mut self, name: &str) -> Checked<T> {
        let whole = Value::Object(self.object.clone());
        self.faults
            .push(Fault::missing(self.loc.then(name), &whole));
        Err(Faulty)
    }
}
