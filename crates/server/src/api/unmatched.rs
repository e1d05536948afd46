//! Paths that nothing is at: 404, or 307 where only the last slash is wrong, as `FastAPI` does it.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, Request, Uri, header},
    response::Response,
};
use utoipa::openapi::{OpenApi, PathItem};

use super::error;

/// The paths of the document, with their `{parameters}` and what may be done there.
#[derive(Clone)]
pub(super) struct Paths(Arc<[(String, Vec<Method>)]>);

impl Paths {
    pub(super) fn of(document: &OpenApi) -> Self {
        Self(
            document
                .paths
                .paths
                .iter()
                .map(|(path, item)| (format!("/api{path}"), methods(item)))
                .collect(),
        )
    }

    /// What a call to a path that nothing is at is answered.
    pub(super) fn answer(&self, request: &Request<Body>) -> Response {
        let other = other_slash(request.uri().path());
        let there = |(path, methods): &(String, Vec<Method>)| {
            methods.contains(request.method()) && fits(path, &other)
        };
        if self.0.iter().any(there) {
            error::redirected(location(request, &other))
        } else {
            error::not_found()
        }
    }
}

fn methods(item: &PathItem) -> Vec<Method> {
    let calls = [
        (&item.get, Method::GET),
        (&item.get, Method::HEAD),
        (&item.post, Method::POST),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ];
    let there = calls.into_iter().filter(|(call, _)| call.is_some());
    there.map(|(_, method)| method).collect()
}

/// The path without its last slashes, or with one.
fn other_slash(path: &str) -> String {
    let bare = path.trim_end_matches('/');
    if bare.len() == path.len() {
        format!("{path}/")
    } else {
        bare.to_owned()
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given) = (template.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| {
            wanted == given || (wanted.starts_with('{') && !given.is_empty())
        })
}

/// Absolute where the caller said which host it called, as v0.2 answered.
fn location(request: &Request<Body>, path: &str) -> String {
    let query = request.uri().query();
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let authority = host.filter(|host| host.parse::<Uri>().is_ok() && !host.contains('/'));
    authority.map_or_else(
        || format!("{path}{query}"),
        |host| format!("{}://{host}{path}{query}", scheme(request)),
    )
}

/// `https` where a proxy in front says so.
fn scheme(request: &Request<Body>) -> &'static str {
    match request.headers().get("x-forwarded-proto") {
        Some(proto) if proto == "https" => "https",
        _ => "http",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_that_is_there_is_redirected_to() {
        let unit = "/api/compute_units/deallocate/{compute_id}";
        assert!(fits(unit, "/api/compute_units/deallocate/host1_0-3"));
        assert!(!fits(unit, "/api/compute_units/deallocate/"));
        assert!(!fits(unit, "/api/compute_units/deallocate/a/b"));
        assert!(!fits("/api/compute_units/", "/api/compute_units"));
        assert_eq!(other_slash("/api/x//"), "/api/x");
        assert_eq!(other_slash("/api/x"), "/api/x/");
    }
}
