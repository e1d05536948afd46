//! Why somebody does something, in their own words.

use std::{fmt, str::FromStr};

/// One line of at most 500 characters, kept beside what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark(String);

/// A text that is no remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason is one line of 1 to 500 characters, without control characters")]
pub struct NotARemark;

const LONGEST: usize = 500;

impl FromStr for Remark {
    type Err = NotARemark;

    fn from_str(text: &str) -> Result<Self, NotARemark> {
        let trimmed = text.trim();
        let sound =
            !trimmed.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(is_hidden);
        if sound {
            Ok(Self(trimmed.to_owned()))
        } else {
            Err(NotARemark)
        }
    }
}

/// Whether a terminal or a page would show something else than what is written: control characters,
/// line and paragraph separators, and the marks that turn the direction of writing.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || ('\u{202a}'..='\u{202e}').contains(&letter)
        || ('\u{2066}'..='\u{2069}').contains(&letter)
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::text::serde_as_text!(Remark);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_one_plain_line() {
        for good in [
            "new laptop",
            "ticket #42; see wiki",
            "ö — ü",
            &"x".repeat(500),
        ] {
            let remark: Result<Remark, _> = good.parse();
            assert_eq!(remark.map(|remark| remark.to_string()), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "  ",
            "a\nb",
            "a\0b",
            "\u{1b}[31m",
            "a\u{202e}b",
            &"x".repeat(501),
        ] {
            assert_eq!(bad.parse::<Remark>(), Err(NotARemark), "{bad:?}");
        }
    }
}
