//! One call, before it is made.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// What is left as it is in a path or a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A call of the API.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As it goes over the wire, beginning `/api/`.
    path: String,
    query: Vec<(String, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

impl Call {
    /// To the path of these parts, each encoded.
    pub(crate) fn new<'a>(method: Method, parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut path = "/api".to_owned();
        for part in parts {
            path.push('/');
            path.push_str(&encoded(part));
        }
        Self::of_path(method, path)
    }

    /// To a path that is encoded already.
    pub(crate) fn of_path(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn get<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::Get, parts)
    }

    pub(crate) fn post<'a>(parts: impl IntoIterator<Item = &'a str>, body: Value) -> Self {
        Self::new(Method::Post, parts).body(body)
    }

    pub(crate) fn delete<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(Method::Delete, parts)
    }

    /// With a parameter, where it is given.
    #[must_use]
    pub(crate) fn query(mut self, name: &str, value: Option<impl Into<String>>) -> Self {
        if let Some(value) = value {
            self.query.push((name.to_owned(), value.into()));
        }
        self
    }

    #[must_use]
    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Known by a key, its own or this one, so that it can be made twice and is done once.
    #[must_use]
    pub(crate) fn repeatable(mut self, key: Option<&str>) -> Self {
        let own = || uuid::Uuid::new_v4().to_string();
        let key = key.map_or_else(own, str::to_owned);
        self.headers.push(("Idempotency-Key", key));
        self
    }

    /// After this place of a stream.
    #[must_use]
    pub(crate) fn after(mut self, place: Option<&str>) -> Self {
        if let Some(place) = place {
            self.headers.push(("Last-Event-ID", place.to_owned()));
        }
        self
    }

    pub(crate) fn may_repeat(&self) -> bool {
        self.method == Method::Get
            || self
                .headers
                .iter()
                .any(|(name, _)| *name == "Idempotency-Key")
    }

    /// Path and query.
    pub(crate) fn target(&self) -> String {
        let pairs = self.query.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        match pairs.collect::<Vec<_>>().join("&") {
            none if none.is_empty() => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// What would be done, as a value to be printed.
    pub(crate) fn describe(&self) -> Value {
        json!({"method": self.method.as_str(), "path": self.target(), "body": self.body})
    }
}

/// As one part of a path.
pub(crate) fn encoded(text: &str) -> String {
    // A part that is only dots would be taken for the folder itself or the one above.
    match text {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        _ => utf8_percent_encode(text, PLAIN).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_typed_stays_in_its_part_of_the_path() {
        let hostile = Call::get(["servers", "../units?x=1#y", ".."]).query("a&b", Some("c=d e"));
        assert_eq!(
            hostile.target(),
            "/api/servers/..%2Funits%3Fx%3D1%23y/%2E%2E?a%26b=c%3Dd%20e"
        );
    }
}
