//! One thing without columns as comma separated values: a field and its value in each line.

use serde_json::Value;

use super::{table::text, written};
use crate::{failure::Failure, safe};

pub(super) fn render(value: &Value) -> Result<String, Failure> {
    let mut records = vec![vec!["field".to_owned(), "value".to_owned()]];
    take("", value, &mut records);
    written(&records)
}

/// What is in an object is below its name, what is in a list of objects below its number.
fn take(name: &str, value: &Value, records: &mut Vec<Vec<String>>) {
    let below = |part: &str| match name {
        "" => safe::line(part),
        name => format!("{name}.{}", safe::line(part)),
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (part, value) in fields {
                take(&below(part), value, records);
            }
        }
        Value::Array(values) if values.iter().any(Value::is_object) => {
            for (number, value) in values.iter().enumerate() {
                take(&below(&number.to_string()), value, records);
            }
        }
        _ => records.push(vec![name.to_owned(), text(value)]),
    }
}
