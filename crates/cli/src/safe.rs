//! Texts from elsewhere, made harmless for a terminal.
//!
//! A name or tag may hold anything; what could move the cursor, change colours or turn the
//! direction of writing is shown as its number.

use std::fmt::Write as _;

/// Whether a terminal would do something other than show this character.
pub(crate) fn steers(char: char) -> bool {
    // C0, C1 and DEL; the bidirectional and the invisible format characters; separators of lines.
    char.is_control()
        || matches!(char,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// On one line, with nothing that steers a terminal.
pub(crate) fn line(text: &str) -> String {
    escaped(text, |_| false)
}

/// The same, keeping the ends of lines.
pub(crate) fn lines(text: &str) -> String {
    escaped(text, |char| char == '\n')
}

/// JSON text in which such characters are escaped. They can only be inside of its strings.
pub(crate) fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        if steers(char) && char != '\n' {
            for unit in char.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(char);
        }
    }
    safe
}

fn escaped(text: &str, keep: fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        if steers(char) && !keep(char) {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(char));
        } else {
            safe.push(char);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_as_its_number() {
        assert_eq!(line("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\\u{a}");
        assert_eq!(line("\u{202e}abc\u{9b}"), "\\u{202e}abc\\u{9b}");
        assert_eq!(lines("a\nb\r"), "a\nb\\u{d}");
        assert_eq!(line("Κλοηγός 文字"), "Κλοηγός 文字");
    }

    #[test]
    fn escaped_json_is_the_same_json() {
        let value = serde_json::json!({"a\u{7f}": "\u{9b}31m\u{202e}\u{e0041}é"});
        let text = json(&value.to_string());
        assert!(!text.chars().any(steers), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read, value);
    }
}
