//! One thing for people: its fields, and below them the lists that it holds.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::table;
use crate::{columns::Columns, safe, terminal::Mood};

/// All of it, but for lists that have no table, of which the length is told.
pub(super) fn render(value: &Value, wide: bool, color: bool) -> String {
    let mut thing = Thing::default();
    thing.take("", value);
    let width = thing
        .fields
        .iter()
        .map(|(name, _)| name.width())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for (name, value) in &thing.fields {
        let pad = " ".repeat(width - name.width());
        text.push_str(&format!("{name}{pad}  {}\n", painted(value, color)));
    }
    for (name, rows) in &thing.lists {
        let columns = Columns::of_field(name);
        let shown = columns.shown(wide);
        text.push_str(&format!("\n{name}\n"));
        for line in table::render(rows, &shown, true, color).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

fn painted(text: &str, color: bool) -> String {
    match Mood::of(text).filter(|_| color) {
        Some(mood) => format!("{}{text}{}", mood.style(), anstyle::Reset),
        None => text.to_owned(),
    }
}

#[derive(Default)]
struct Thing<'a> {
    fields: Vec<(String, String)>,
    lists: Vec<(String, &'a [Value])>,
}

impl<'a> Thing<'a> {
    fn take(&mut self, name: &str, value: &'a Value) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                for (field, value) in fields {
                    let field = safe::line(field);
                    let path = if name.is_empty() {
                        field
                    } else {
                        format!("{name}.{field}")
                    };
                    self.take(&path, value);
                }
            }
            Value::Array(rows) if rows.first().is_some_and(Value::is_object) => {
                if Columns::of_field(name).0.is_empty() {
                    self.fields
                        .push((name.to_owned(), format!("{} (see -o json)", rows.len())));
                } else {
                    self.lists.push((name.to_owned(), rows));
                }
            }
            _ => {
                let text = table::text(value);
                let shown = if text.is_empty() {
                    "-".to_owned()
                } else {
                    text
                };
                self.fields.push((name.to_owned(), shown));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thing_is_shown_whole_and_harmless() {
        let thing = json!({
            "hostname": "host1", "reason": null, "tags": {"a\u{1b}": "\u{9b}x"}, "holds": ["a", "b"],
            "keys": [{"fingerprint": "f", "type": "t", "comment": "c"}], "odd": [{}],
        });
        let want = "hostname      host1\n\
                    reason        -\n\
                    tags.a\\u{1b}  \\u{9b}x\n\
                    holds         a,b\n\
                    odd           1 (see -o json)\n\
                    \nkeys\n  FINGERPRINT  TYPE  COMMENT\n  f            t     c\n";
        assert_eq!(render(&thing, false, false), want);
    }
}
