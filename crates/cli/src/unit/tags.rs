//! Tags as they are typed: `key=text`, `key:=number`, and a key given twice for a list.

use serde_json::{Map, Value};

use crate::failure::Failure;

/// The tags of these arguments.
pub(super) fn parse(typed: &[String]) -> Result<Value, Failure> {
    let mut tags = Map::new();
    for text in typed {
        let (key, value) = tag(text)?;
        match tags.get_mut(key) {
            None => {
                tags.insert(key.to_owned(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
        }
    }
    Ok(Value::Object(tags))
}

fn tag(text: &str) -> Result<(&str, Value), Failure> {
    let wrong = || {
        Failure::usage(format!(
            "{text:?} is no tag; one is like team=fx or level:=3"
        ))
    };
    let (key, value) = text.split_once('=').ok_or_else(wrong)?;
    match key.strip_suffix(':') {
        None => Ok((key, value.into())),
        Some(key) => {
            let number: i64 = value.parse().map_err(|_| wrong())?;
            Ok((key, number.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tags_are_texts_numbers_and_lists() {
        let typed = ["a=1", "b:=-2", "c=x=y", "d=1", "d=2", "d=3"].map(str::to_owned);
        let tags = parse(&typed).expect("tags");
        assert_eq!(
            tags,
            json!({"a": "1", "b": -2, "c": "x=y", "d": ["1", "2", "3"]})
        );
        for wrong in ["a", "b:=x"] {
            assert!(parse(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
