//! A body's bytes as JSON, by `FastAPI`'s rules: which content types are JSON, and where a syntax
//! error is.

use axum::http::{HeaderMap, header};
use serde_json::{Value, error::Category};

use super::fault::Fault;

/// The body as a value; `None` when it is empty.
///
/// A body of a type that is not JSON becomes a text, which no request is made of.
pub(crate) fn body_value(headers: &HeaderMap, bytes: &[u8]) -> Result<Option<Value>, Box<Fault>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    if !is_json(headers) {
        return Ok(Some(String::from_utf8_lossy(bytes).into()));
    }
    let text = str::from_utf8(bytes).map_err(|fault| {
        let sound = String::from_utf8_lossy(&bytes[..fault.valid_up_to()]);
        Box::new(Fault::json(sound.chars().count(), "the body is not UTF-8"))
    })?;
    serde_json::from_str(text)
        .map(Some)
        .map_err(|error| Box::new(Fault::json(place(text, &error), &reason(&error))))
}

/// No content type at all, `application/json`, or `application/*+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let kind = kind.to_str().unwrap_or_default().to_ascii_lowercase();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let subtype = essence.strip_prefix("application/").unwrap_or_default();
    subtype == "json" || subtype.ends_with("+json")
}

/// The character that the error is at, counted from 0 over the whole text: the first of a word that
/// JSON does not know, the end of a text that stops too early.
fn place(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let read = before + error.column();
    let mut at = match error.classify() {
        Category::Eof => read,
        Category::Io | Category::Syntax | Category::Data => read.saturating_sub(1),
    };
    let bytes = text.as_bytes();
    while at > 0 && at < bytes.len() && bytes[at - 1].is_ascii_alphabetic() {
        at -= 1;
    }
    text.char_indices()
        .take_while(|(index, _)| *index < at)
        .count()
}

/// The parser's reason, without its own account of the place.
fn reason(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let end = whole.rfind(" at line ").unwrap_or(whole.len());
    whole[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(kind: Option<&'static str>) -> HeaderMap {
        let kind = kind.map(|kind| (header::CONTENT_TYPE, HeaderValue::from_static(kind)));
        kind.into_iter().collect()
    }

    fn place_of(text: &str) -> usize {
        let error = serde_json::from_str::<Value>(text).expect_err("no JSON");
        place(text, &error)
    }

    #[test]
    fn syntax_errors_are_where_python_sees_them() {
        for (text, at) in [
            ("{", 1),
            ("{\"tags\": {}, }", 13),
            ("{'tags': 1}", 1),
            ("not json", 0),
            ("{\"tags\": {}, \"ssh_public_key\": \"k\"} trailing", 36),
            ("{\"a\": NaN}", 6),
            ("{\"ä\": Infinity}", 6),
            ("{\n\"a\": tru}", 7),
            ("[1 2]", 3),
        ] {
            assert_eq!(place_of(text), at, "{text}");
        }
    }

    #[test]
    fn only_json_is_parsed() {
        for kind in [
            None,
            Some("application/json; charset=utf-8"),
            Some("application/vnd.api+json"),
        ] {
            assert_eq!(
                body_value(&headers(kind), b"{}"),
                Ok(Some(serde_json::json!({})))
            );
        }
        for kind in [
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("text/json"),
        ] {
            assert_eq!(body_value(&headers(kind), b"{}"), Ok(Some("{}".into())));
        }
        assert_eq!(body_value(&headers(None), b""), Ok(None));
    }

    #[test]
    fn numbers_past_every_float_and_deep_nesting_are_faults() {
        assert!(body_value(&headers(None), b"{\"a\": 1e999}").is_err());
        assert!(body_value(&headers(None), "[".repeat(100_000).as_bytes()).is_err());
        assert!(body_value(&headers(None), b"{\"a\": \"\xff\"}").is_err());
    }
}
