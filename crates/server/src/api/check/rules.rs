//! The rules that fields are read by. Type faults are worded as pydantic words them, faults of
//! meaning by the model's own sentences.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use kloigos_model::{
    names::Label,
    tags::{TagText, TagValue, Tags},
};
use serde_json::{Number, Value};

use super::{At, Checked, Faulty};

const NO_INTEGER: &str = "Input should be a valid integer";
const TOO_LONG: &str = "the number does not fit in 64 bits";

/// A text.
pub(crate) fn text(mut at: At<'_>) -> Checked<String> {
    match at.value.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => at.fault("string_type", "Input should be a valid string"),
    }
}

/// A text that one of the model's types is made of.
pub(crate) fn parsed<T>(mut at: At<'_>) -> Checked<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    let Some(text) = at.value.as_str() else {
        return at.fault("string_type", "Input should be a valid string");
    };
    at.sound(text.parse())
}

/// A region or zone that is asked for. The empty text stays one, which no server has.
pub(crate) fn label_or_empty(at: At<'_>) -> Checked<String> {
    if at.value.as_str() == Some("") {
        return Ok(String::new());
    }
    parsed::<Label>(at).map(|label| label.as_str().to_owned())
}

/// A whole number within 64 bits; also as a text or as `4.0`.
pub(crate) fn integer(mut at: At<'_>) -> Checked<i64> {
    match at.value {
        Value::Number(number) => whole(&mut at, number),
        Value::String(text) => digits(&mut at, text),
        _ => at.fault("int_type", NO_INTEGER),
    }
}

fn whole(at: &mut At<'_>, number: &Number) -> Checked<i64> {
    if let Some(number) = number.as_i64() {
        return Ok(number);
    }
    let float = number.as_f64().unwrap_or(f64::INFINITY);
    if float.fract() != 0.0 {
        let msg = format!("{NO_INTEGER}, got a number with a fractional part");
        return at.fault("int_from_float", &msg);
    }
    let fits = float.abs() < 9_223_372_036_854_775_808.0;
    at.sound(fits.then_some(float as i64).ok_or(TOO_LONG))
}

fn digits(at: &mut At<'_>, text: &str) -> Checked<i64> {
    let trimmed = text.trim();
    let number = trimmed.strip_prefix('+').unwrap_or(trimmed);
    let plain = number.strip_prefix('-').unwrap_or(number);
    if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        let msg = format!("{NO_INTEGER}, unable to parse string as an integer");
        return at.fault("int_parsing", &msg);
    }
    at.sound(number.parse().map_err(|_| TOO_LONG))
}

/// A whole number within bounds; `what` begins the sentence when it is not.
pub(crate) fn within<T>(what: &str, range: &RangeInclusive<T>) -> impl FnOnce(At<'_>) -> Checked<T>
where
    T: TryFrom<i64> + PartialOrd + fmt::Display,
{
    move |mut at| {
        let number = integer(at.again())?;
        let fits = T::try_from(number)
            .ok()
            .filter(|number| range.contains(number));
        let (first, last) = (range.start(), range.end());
        at.sound(fits.ok_or_else(|| format!("{what} is {first} to {last}, not {number}")))
    }
}

/// Yes or no; also as the words that a query has for it.
pub(crate) fn boolean(mut at: At<'_>) -> Checked<bool> {
    const UNCLEAR: &str = "Input should be a valid boolean, unable to interpret input";
    let word = match at.value {
        Value::Bool(value) => return Ok(*value),
        Value::String(text) => text.to_ascii_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => return at.fault("bool_type", "Input should be a valid boolean"),
    };
    match word.as_str() {
        "true" | "1" | "yes" | "on" | "y" | "t" => Ok(true),
        "false" | "0" | "no" | "off" | "n" | "f" => Ok(false),
        _ => at.fault("bool_parsing", UNCLEAR),
    }
}

/// A list, each of whose values is read by the rule.
pub(crate) fn list_of<T>(at: &mut At<'_>, rule: fn(At<'_>) -> Checked<T>) -> Checked<Vec<T>> {
    let Some(values) = at.value.as_array() else {
        return at.fault("list_type", "Input should be a valid list");
    };
    let read: Vec<Checked<T>> = values
        .iter()
        .enumerate()
        .map(|(index, value)| rule(at.inner(value, index)))
        .collect();
    read.into_iter().collect()
}

/// Tags: texts, whole numbers and lists of texts by name.
pub(crate) fn tags(mut at: At<'_>) -> Checked<Tags> {
    let Some(object) = at.value.as_object() else {
        return at.fault("dict_type", "Input should be a valid dictionary");
    };
    let mut read = Vec::with_capacity(object.len());
    for (name, value) in object {
        let key = Value::String(name.clone());
        let mut entry = at.inner(value, name.as_str());
        let key = parsed(entry.inner(&key, "[key]"));
        let value = tag_value(entry);
        read.push(key.and_then(|key| Ok((key, value?))));
    }
    let read = read.into_iter().collect::<Checked<_>>()?;
    at.sound(Tags::of(read))
}

/// One of three kinds; a value of none of them has a fault for each.
fn tag_value(mut at: At<'_>) -> Checked<TagValue> {
    match at.value {
        Value::String(_) => parsed(at.inner(at.value, "str")).map(TagValue::Text),
        Value::Array(values) if values.iter().all(Value::is_string) => tag_list(&mut at),
        Value::Number(number) if number.as_f64().is_some_and(|float| float.fract() == 0.0) => {
            integer(at.inner(at.value, "int")).map(TagValue::Number)
        }
        _ => {
            let _ = text(at.inner(at.value, "str"));
            let _ = integer(at.inner(at.value, "int"));
            let _ = list_of(&mut at.inner(at.value, "list[str]"), text);
            Err(Faulty)
        }
    }
}

fn tag_list(at: &mut At<'_>) -> Checked<TagValue> {
    let mut list = at.inner(at.value, "list[str]");
    let texts = list_of(&mut list, parsed::<TagText>)?;
    list.sound(TagValue::list(texts))
}
