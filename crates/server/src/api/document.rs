//! The `OpenAPI` document. It falls out of the handlers; what all of them share is added here.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, Components, Content, Header, Ref, RefOr, ResponseBuilder,
        path::Operation,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{
    router,
    view::{Detail, HTTPValidationError, ValidationError},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Κλοηγός / Kloigos",
        description = "Splits Linux servers into compute units: exclusive CPUs, ports, directories \
                       and a user each. Existing clients of version 0.2 work with the addition of \
                       an `Authorization` header. Times are RFC 3339 in UTC."
    ),
    servers((url = "/api")),
    paths(super::compute_units::keys::remove),
    components(schemas(HTTPValidationError, ValidationError, Detail)),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
pub(super) struct Shared;

/// The token that every call but the open ones carries.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description = Some("The administrator's token that the first start printed.".into());
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The document of this version, as `/api/openapi.json` serves it.
pub fn document() -> openapi::OpenApi {
    let mut document = router::routes().to_openapi();
    for item in document.paths.paths.values_mut() {
        for operation in [
            &mut item.get,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ]
        .into_iter()
        .flatten()
        {
            common(operation);
            names_its_job(operation);
        }
    }
    document
}

/// The answers that every guarded operation has.
fn common(operation: &mut Operation) {
    if operation.security.is_some() {
        return;
    }
    let answers = [
        ("401", "No token, or an unknown one.", "Detail"),
        ("422", "Validation Error", "HTTPValidationError"),
        ("500", "A fault of the control plane.", "Detail"),
        (
            "503",
            "The database is busy, or there is no kloigos-host to put on servers.",
            "Detail",
        ),
    ];
    for (status, description, schema) in answers {
        let content = Content::new(Some(Ref::from_schema_name(schema)));
        let answer = ResponseBuilder::new()
            .description(description)
            .content("application/json", content)
            .build();
        let answers = &mut operation.responses.responses;
        answers.insert(status.to_owned(), RefOr::T(answer));
    }
}

/// Whatever is answered to an operation that begins work names its job.
fn names_its_job(operation: &mut Operation) {
    let answers = &mut operation.responses.responses;
    if !answers.contains_key("202") {
        return;
    }
    for status in ["200", "202", "470"] {
        if let Some(RefOr::T(answer)) = answers.get_mut(status) {
            let mut header = Header::default();
            header.description = Some("The job that does the work.".to_owned());
            let name = "Kloigos-Job".to_owned();
            answer.headers.insert(name, RefOr::T(header));
        }
    }
}
