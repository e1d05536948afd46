//! The bodies of answers that are not what was asked for, as the document shows them.

use serde::Serialize;
use utoipa::ToSchema;

/// A request that is not sound: every fault, in the order of the fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HTTPValidationError {
    /// The faults.
    pub detail: Vec<ValidationError>,
}

/// One fault of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ValidationError {
    /// Where it is: `body`, `query` or `header`, then names and places within.
    pub loc: Vec<LocationPart>,
    /// What is wrong, for people.
    pub msg: String,
    /// What is wrong, for programs.
    pub r#type: String,
}

/// A name, or a place in a list or text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LocationPart {
    /// A name.
    Name(String),
    /// A place, counted from 0.
    Place(u64),
}

/// Why a call was not answered with what it asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Detail {
    /// One sentence.
    pub detail: String,
}
