//! YAML of what the API says.
//!
//! Every text that could be read as anything else, or that could steer a terminal, is written as
//! JSON writes it, which YAML 1.2 reads the same. That is why no library does this: what they leave
//! unescaped differs.

use serde_json::Value;

use crate::safe;

pub(super) fn render(value: &Value) -> String {
    match value {
        Value::Array(items) if !items.is_empty() => list(items, 0),
        Value::Object(fields) if !fields.is_empty() => map(fields, 0),
        scalar => format!("{}\n", inline(scalar)),
    }
}

fn list(items: &[Value], depth: usize) -> String {
    let pad = "  ".repeat(depth);
    let item = |value: &Value| match value {
        // The first field stands behind the hyphen.
        Value::Object(fields) if !fields.is_empty() => {
            let inner = map(fields, depth + 1);
            format!("{pad}- {}", inner.trim_start())
        }
        Value::Array(inner) if !inner.is_empty() => format!("{pad}-\n{}", list(inner, depth + 1)),
        scalar => format!("{pad}- {}\n", inline(scalar)),
    };
    items.iter().map(item).collect()
}

fn map(fields: &serde_json::Map<String, Value>, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    let field = |(name, value): (&String, &Value)| {
        let name = scalar(name);
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                format!("{pad}{name}:\n{}", map(inner, depth + 1))
            }
            Value::Array(inner) if !inner.is_empty() => {
                format!("{pad}{name}:\n{}", list(inner, depth + 1))
            }
            other => format!("{pad}{name}: {}\n", inline(other)),
        }
    };
    fields.iter().map(field).collect()
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        // Numbers, words, and the empty list and object are the same in both.
        other => other.to_string(),
    }
}

/// Plain only where nothing but a text can be meant.
fn scalar(text: &str) -> String {
    let word = text.starts_with(|char: char| char.is_ascii_alphabetic())
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "._-/".contains(char));
    let meant = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if word && !meant.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    safe::json(&Value::from(text).to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_could_be_read_otherwise_is_quoted() {
        let value = json!([{
            "compute_id": "host1_0-15", "cpu_range": "0-15", "no": "yes", "count": 4, "none": null,
            "tags": {}, "list": [1, "a: b", ["x"]], "odd": "\u{202e}{{ x }}\n#",
        }]);
        let want = "- compute_id: host1_0-15\n  cpu_range: \"0-15\"\n  \"no\": \"yes\"\n  count: 4\n  \
                    none: null\n  tags: {}\n  list:\n    - 1\n    - \"a: b\"\n    -\n      - x\n  \
                    odd: \"\\u202e{{ x }}\\n#\"\n";
        assert_eq!(render(&value), want);
    }
}
