//! The table of contents.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::Request,
    middleware,
    routing::{delete, get},
};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{
    admin, allocations,
    asked::BODY_LIMIT,
    attestations,
    compute_units::{self, keys, running},
    document::{Shared, document},
    error, events, health, jobs, servers, session, tending, trace,
    unmatched::Paths,
    webhooks,
};
use crate::{app::App, auth, metrics, web};

/// Where the `OpenAPI` document is served.
const DOCUMENT: &str = "/api/openapi.json";

/// Calls that need a token.
fn guarded() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Shared::openapi())
        .routes(routes!(compute_units::allocate))
        .routes(routes!(compute_units::deallocate))
        .routes(routes!(compute_units::list))
        .routes(routes!(compute_units::show))
        .routes(routes!(keys::list, keys::add))
        .routes(routes!(allocations::of_unit))
        .routes(routes!(running::stop))
        .routes(routes!(running::start))
        .routes(routes!(running::reset))
        .routes(routes!(running::limits))
        .routes(routes!(attestations::attest_unit))
        .routes(routes!(attestations::of_unit))
        .routes(routes!(admin::init_server))
        .routes(routes!(admin::decommission_server))
        .routes(routes!(servers::list))
        .routes(routes!(servers::show))
        .routes(routes!(servers::probe))
        .routes(routes!(servers::doctor))
        .routes(routes!(tending::edit))
        .routes(routes!(tending::cordon))
        .routes(routes!(tending::uncordon))
        .routes(routes!(tending::check))
        .routes(routes!(tending::repair))
        .routes(routes!(attestations::attest_server))
        .routes(routes!(attestations::of_server))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::stream))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::retry))
        .routes(routes!(events::stream))
        .routes(routes!(events::list))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::edit, webhooks::remove))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::redeliver))
        .route("/compute_units", get(compute_units::list))
        // A fingerprint may have slashes in it.
        .route(
            "/compute_units/{compute_id}/keys/{*fingerprint}",
            delete(keys::remove),
        )
        // A server may be called so.
        .route("/servers/probe", get(servers::show_probe))
}

/// Calls that need none.
fn open() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::show))
        .routes(routes!(session::show, session::begin, session::end))
}

/// All calls, for the document.
pub(super) fn routes() -> OpenApiRouter<App> {
    guarded().merge(open())
}

/// Everything that is served.
pub(crate) fn router(app: App) -> Router {
    let guard = middleware::from_fn_with_state(app.clone(), auth::guard);
    let api: Router<App> = guarded().route_layer(guard.clone()).merge(open()).into();
    let metrics = Router::new().route("/metrics", get(metrics::scrape));
    let document = document();
    let paths = Paths::of(&document);
    let docs = SwaggerUi::new("/docs").url(DOCUMENT, document);
    let api_docs = SwaggerUi::new("/api/docs").config(Config::new([DOCUMENT]));
    Router::new()
        .nest("/api", api)
        .merge(metrics.route_layer(guard))
        .merge(docs)
        .merge(api_docs)
        .method_not_allowed_fallback(async || error::method_not_allowed())
        .fallback(move |request: Request<_>| async move {
            web::answer(&request).unwrap_or_else(|| paths.answer(&request))
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn_with_state(app.clone(), trace::traced))
        .with_state(app)
}
