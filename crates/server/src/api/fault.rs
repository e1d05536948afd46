//! Faults of a request, in the words and the shape that `FastAPI` (pydantic) answers with.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

/// One fault: an entry of `detail` in a 422 body.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Fault {
    #[serde(rename = "type")]
    kind: &'static str,
    loc: Loc,
    msg: String,
    input: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Value>,
}

/// Where a fault is: `["body", "cpu_ranges", 1]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Loc(Vec<Part>);

/// One step of a [`Loc`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Part {
    /// A field or a source such as `body`.
    Name(String),
    /// A place in a list or a text.
    At(usize),
}

impl Loc {
    /// The root: `body`, `query`, `path` or `header`.
    pub(crate) fn of(root: &str) -> Self {
        Self(vec![Part::Name(root.to_owned())])
    }

    /// One step further.
    pub(crate) fn then(&self, part: impl Into<Part>) -> Self {
        let mut parts = self.0.clone();
        parts.push(part.into());
        Self(parts)
    }
}

impl From<&str> for Part {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<usize> for Part {
    fn from(at: usize) -> Self {
        Self::At(at)
    }
}

impl Fault {
    /// A fault that pydantic knows by this type and sentence.
    pub(crate) fn new(kind: &'static str, loc: Loc, msg: &str, input: &Value) -> Self {
        Self {
            kind,
            loc,
            msg: msg.to_owned(),
            input: echo(input),
            ctx: None,
        }
    }

    /// A rule of ours that the value breaks, with the sentence that says which.
    pub(crate) fn value(loc: Loc, reason: &dyn fmt::Display, input: &Value) -> Self {
        Self {
            kind: "value_error",
            loc,
            msg: format!("Value error, {reason}"),
            input: echo(input),
            ctx: Some(json!({ "error": reason.to_string() })),
        }
    }

    /// The body is no JSON, from this character on.
    pub(crate) fn json(at: usize, reason: &str) -> Self {
        Self {
            kind: "json_invalid",
            loc: Loc::of("body").then(at),
            msg: "JSON decode error".to_owned(),
            input: json!({}),
            ctx: Some(json!({ "error": reason })),
        }
    }

    /// A field, or the whole body, is not there.
    pub(crate) fn missing(loc: Loc, input: &Value) -> Self {
        Self::new("missing", loc, "Field required", input)
    }
}

/// The input as it may be repeated in an answer: whole, but for a private key that somebody pasted,
/// which answers, proxies and logs had better not hold.
fn echo(input: &Value) -> Value {
    match input {
        Value::String(text) if text.contains("PRIVATE KEY") => json!("(a private key)"),
        Value::Array(values) => values.iter().map(echo).collect(),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), echo(value)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_has_the_fields_of_fastapi_in_their_order() {
        let loc = Loc::of("body").then("cpu_ranges").then(1);
        let fault = Fault::value(loc, &"it is empty", &json!(""));
        assert_eq!(
            serde_json::to_string(&fault).expect("JSON"),
            r#"{"type":"value_error","loc":["body","cpu_ranges",1],"msg":"Value error, it is empty","input":"","ctx":{"error":"it is empty"}}"#
        );
    }

    #[test]
    fn a_private_key_is_not_repeated() {
        let pasted = json!({"ssh_public_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn"});
        let fault = Fault::missing(Loc::of("body").then("tags"), &pasted);
        let text = serde_json::to_string(&fault).expect("JSON");
        assert!(!text.contains("b3Blbn"), "{text}");
    }
}
