//! Tags: what a tenant writes on a unit. Data and nothing else; whatever renders them quotes them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The most tags of one unit, and the most texts in one list.
pub const MAX_TAGS: usize = 64;
/// The longest key, in characters.
pub const MAX_KEY: usize = 128;
/// The longest text, in characters.
pub const MAX_TEXT: usize = 1024;

/// Tags in the order they were given, each key once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(
    try_from = "serde_json::Map<String, serde_json::Value>",
    into = "serde_json::Value"
)]
pub struct Tags(Vec<(TagKey, TagValue)>);

/// A tag's name: 1 to 128 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagKey(String);

/// A text of a tag: at most 1,024 characters without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagText(String);

/// What a tag holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagValue {
    /// A text.
    Text(TagText),
    /// A whole number.
    Number(i64),
    /// Texts.
    List(Vec<TagText>),
}

/// Why tags are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// The key is not 1 to 128 printable characters.
    #[error("a tag's name is 1 to {MAX_KEY} characters without control characters")]
    Key,
    /// A text is too long or not printable.
    #[error("a tag's text is at most {MAX_TEXT} characters without control characters")]
    Text,
    /// A list is too long.
    #[error("a tag's list holds at most {MAX_TAGS} texts")]
    LongList,
    /// Too many tags.
    #[error("a unit has at most {MAX_TAGS} tags")]
    TooMany,
    /// The same key twice.
    #[error("the tag {0:?} is given twice")]
    Twice(String),
    /// Not a text, a whole number or a list of texts.
    #[error("a tag is a text, a whole number or a list of texts")]
    Kind,
}

impl FromStr for TagKey {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let sound = !text.is_empty() && printable(text, MAX_KEY);
        sound.then(|| Self(text.to_owned())).ok_or(TagError::Key)
    }
}

impl FromStr for TagText {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        printable(text, MAX_TEXT)
            .then(|| Self(text.to_owned()))
            .ok_or(TagError::Text)
    }
}

fn printable(text: &str, max: usize) -> bool {
    text.chars().count() <= max && !text.chars().any(char::is_control)
}

impl fmt::Display for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for TagText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TagValue {
    /// A list of texts.
    pub fn list(texts: Vec<TagText>) -> Result<Self, TagError> {
        if texts.len() > MAX_TAGS {
            Err(TagError::LongList)
        } else {
            Ok(Self::List(texts))
        }
    }
}

impl Tags {
    /// These tags.
    pub fn of(tags: Vec<(TagKey, TagValue)>) -> Result<Self, TagError> {
        if tags.len() > MAX_TAGS {
            return Err(TagError::TooMany);
        }
        let mut keys: Vec<&TagKey> = tags.iter().map(|(key, _)| key).collect();
        keys.sort();
        match keys.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(TagError::Twice(pair[0].0.clone())),
            None => Ok(Self(tags)),
        }
    }

    /// The tags, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&TagKey, &TagValue)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The value of a tag.
    pub fn find(&self, key: &str) -> Option<&TagValue> {
        self.0
            .iter()
            .find(|(candidate, _)| candidate.0 == key)
            .map(|(_, value)| value)
    }

    /// Whether the tag is this text or number.
    pub fn says(&self, key: &str, text: &str) -> bool {
        match self.find(key) {
            Some(TagValue::Text(value)) => value.0 == text,
            Some(TagValue::Number(value)) => value.to_string() == text,
            Some(TagValue::List(_)) | None => false,
        }
    }
}

impl From<Tags> for serde_json::Value {
    fn from(tags: Tags) -> Self {
        tags.0
            .into_iter()
            .map(|(key, value)| (key.0, Self::from(value)))
            .collect()
    }
}

impl From<TagValue> for serde_json::Value {
    fn from(value: TagValue) -> Self {
        match value {
            TagValue::Text(text) => text.0.into(),
            TagValue::Number(number) => number.into(),
            TagValue::List(texts) => texts.into_iter().map(|text| text.0).collect(),
        }
    }
}

impl TryFrom<serde_json::Map<String, serde_json::Value>> for Tags {
    type Error = TagError;

    fn try_from(map: serde_json::Map<String, serde_json::Value>) -> Result<Self, TagError> {
        let tags = map
            .into_iter()
            .map(|(key, value)| Ok((key.parse()?, value.try_into()?)));
        Self::of(tags.collect::<Result<_, TagError>>()?)
    }
}

impl TryFrom<serde_json::Value> for TagValue {
    type Error = TagError;

    fn try_from(value: serde_json::Value) -> Result<Self, TagError> {
        match value {
            serde_json::Value::String(text) => text.parse().map(Self::Text),
            serde_json::Value::Number(number) => {
                number.as_i64().map(Self::Number).ok_or(TagError::Kind)
            }
            serde_json::Value::Array(texts) => {
                let texts = texts
                    .iter()
                    .map(|text| text.as_str().ok_or(TagError::Kind)?.parse());
                Self::list(texts.collect::<Result<_, TagError>>()?)
            }
            _ => Err(TagError::Kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tags(value: Value) -> Result<Tags, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn tags_come_back_as_they_were_in_their_order() {
        let given = json!({"π": "λ☃😀", "html": "<b>&\"'", "n": -3, "groups": ["db", "dev"], "a": "{{ 7*7 }}"});
        let kept = tags(given.clone()).expect("sound tags");
        assert_eq!(
            serde_json::to_string(&kept).expect("JSON"),
            given.to_string()
        );
        assert!(kept.says("n", "-3") && kept.says("html", "<b>&\"'") && !kept.says("groups", "db"));
    }

    #[test]
    fn hostile_tags_are_refused() {
        let many: serde_json::Map<String, Value> =
            (0..65).map(|n| (n.to_string(), json!(n))).collect();
        for value in [
            json!({"": "x"}),
            json!({"a\nb": "x"}),
            json!({"a": "x\u{0}y"}),
            json!({"a": "\u{1b}[31m"}),
            json!({"a": "x".repeat(1025)}),
            json!({"k".repeat(129): 1}),
            json!({"a": 1.5}),
            json!({"a": null}),
            json!({"a": {"b": 1}}),
            json!({"a": [1]}),
            json!({"a": 18_446_744_073_709_551_615_u64}),
            json!({"a": vec!["x"; 65]}),
            Value::Object(many),
        ] {
            assert!(tags(value.clone()).is_err(), "{value}");
        }
    }
}
