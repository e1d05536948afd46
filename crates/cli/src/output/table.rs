//! Columns for people.

use anstyle::{Reset, Style};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::{
    columns::{Column, Look, field},
    safe,
    terminal::Mood,
};

/// Between two columns.
const GAP: &str = "  ";
/// What stands where there is nothing.
const NOTHING: &str = "-";

/// Rows under the names of their columns.
pub(super) fn render(rows: &[Value], columns: &[Column], headers: bool, color: bool) -> String {
    let mut lines: Vec<Vec<(String, Option<Style>)>> = Vec::new();
    if headers {
        let name = |column: &Column| (safe::line(column.name), color.then(|| Style::new().bold()));
        lines.push(columns.iter().map(name).collect());
    }
    lines.extend(rows.iter().map(|row| {
        let cells = columns.iter().map(|column| cell(row, column, color));
        cells.collect()
    }));
    let width = |at: usize| {
        lines
            .iter()
            .map(|line| line[at].0.width())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    lines.iter().map(|line| aligned(line, &widths)).collect()
}

fn cell(row: &Value, column: &Column, color: bool) -> (String, Option<Style>) {
    let value = field(row, column.field);
    let text = match (column.look, value.as_u64()) {
        (Look::Bytes, Some(bytes)) => amount(bytes),
        _ => text(value),
    };
    let mood = Mood::of(&text).filter(|_| color && column.look == Look::Word);
    let shown = if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text
    };
    (shown, mood.map(Mood::style))
}

fn aligned(line: &[(String, Option<Style>)], widths: &[usize]) -> String {
    let mut text = String::new();
    let last = line.len().saturating_sub(1);
    for (at, (cell, style)) in line.iter().enumerate() {
        match style {
            Some(style) => text.push_str(&format!("{style}{cell}{Reset}")),
            None => text.push_str(cell),
        }
        if at != last {
            text.push_str(&" ".repeat(widths[at].saturating_sub(cell.width())));
            text.push_str(GAP);
        }
    }
    text.push('\n');
    text
}

/// A value on one line, harmless for a terminal; nothing for null.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => safe::line(text),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Object(fields) => {
            let pair =
                |(name, value): (&String, &Value)| format!("{}={}", safe::line(name), text(value));
            fields.iter().map(pair).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

/// A number of bytes in the largest unit that it is not less than one of.
pub(super) fn amount(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let step = (bytes.max(1).ilog2() / 10).min(4);
    let whole = bytes >> (10 * step);
    let tenths = (bytes >> (10 * step.saturating_sub(1))) % 1024 * 10 / 1024;
    let unit = UNITS[step as usize];
    if step == 0 || tenths == 0 {
        format!("{whole} {unit}")
    } else {
        format!("{whole}.{tenths} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::columns::Columns;

    #[test]
    fn cells_line_up_and_hold_nothing_that_steers_a_terminal() {
        let rows = [
            json!({"fingerprint": "文字", "type": "t", "comment": "\u{1b}[2Jx\ny"}),
            json!({"fingerprint": "abcdef", "type": null, "comment": ""}),
        ];
        let table = render(&rows, Columns::KEYS.0, true, false);
        let want = "FINGERPRINT  TYPE  COMMENT\n\
                    文字         t     \\u{1b}[2Jx\\u{a}y\n\
                    abcdef       -     -\n";
        assert_eq!(table, want);
    }

    #[test]
    fn amounts_are_short() {
        let amounts = [0, 1023, 1024, 1536, 64 << 30, 1 << 52].map(amount);
        assert_eq!(
            amounts,
            ["0 B", "1023 B", "1 KiB", "1.5 KiB", "64 GiB", "4096 TiB"]
        );
    }
}
