//! Data as YAML that Ansible reads and never runs: every text is marked `!unsafe`.

use std::fmt::Write as _;

use serde_json::Value;

/// A value in flow style, on one line.
pub(super) fn unsafe_text(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, "!unsafe ");
    text
}

/// A value of ours, whose texts are as they are.
pub(super) fn plain_text(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, "");
    text
}

fn write(text: &mut String, value: &Value, mark: &str) {
    match value {
        Value::String(string) => {
            text.push_str(mark);
            quote(text, string);
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(text, item, mark);
                text.push_str(", ");
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push('{');
            for (name, item) in fields {
                quote(text, name);
                text.push_str(": ");
                write(text, item, mark);
                text.push_str(", ");
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}

/// A double-quoted scalar (YAML 1.1, 5.1 and 9.1): whatever is not plain ASCII is escaped, since
/// readers refuse some characters and fold others.
fn quote(text: &mut String, string: &str) {
    text.push('"');
    for char in string.chars() {
        let code = u32::from(char);
        // Writing to a text cannot fail.
        let _ = match char {
            '"' | '\\' => write!(text, "\\{char}"),
            ' '..='~' => write!(text, "{char}"),
            _ if code <= 0xff => write!(text, "\\x{code:02x}"),
            _ if code <= 0xffff => write!(text, "\\u{code:04x}"),
            _ => write!(text, "\\U{code:08x}"),
        };
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_is_marked_and_plain() {
        let value = json!({"a": ["{{ x }}", 1, null], "é\"": "\u{1b}\n\\\u{1f600}"});
        assert_eq!(
            unsafe_text(&value),
            r#"{"a": [!unsafe "{{ x }}", 1, null, ], "\xe9\"": !unsafe "\x1b\x0a\\\U0001f600", }"#
        );
        assert_eq!(plain_text(&json!("x")), "\"x\"");
    }
}
