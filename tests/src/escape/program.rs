//! The attacker's program: one text with everything in it, for the server's Python.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Channel;

const LIBRARY: &str = include_str!("attacker.py");

/// A batch of scripts for each channel.
pub(super) type Batches = BTreeMap<Channel, Vec<Value>>;

/// One script by its id, with what an earlier one noted for it.
pub(super) fn script(id: &str, script: &str, notes: &Value) -> Value {
    json!({ "id": id, "script": script, "notes": notes })
}

/// The whole program. JSON is put in as a JSON string, so that Python reads one literal.
pub(super) fn program(facts: &Value, batches: &Batches) -> String {
    let batches: serde_json::Map<String, Value> = batches
        .iter()
        .map(|(channel, attempts)| {
            let launch = channel.launch();
            let batch = json!({ "launch": launch, "attempts": attempts });
            (format!("{channel:?}"), batch)
        })
        .collect();
    let literal = |value: &Value| Value::String(value.to_string()).to_string();
    format!(
        "{LIBRARY}\nFACTS = json.loads({})\nBATCHES = json.loads({})\nmain()\n",
        literal(facts),
        literal(&Value::Object(batches)),
    )
}
