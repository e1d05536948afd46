//! Signing in from a browser: a token for a cookie, and back.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use kloigos_control::{Control, SessionRecord, SystemEntropy};
use serde_json::json;

use super::{
    asked::Asked,
    error::ApiError,
    request::{Nothing, SignIn},
    view::SessionView,
};
use crate::{
    app::App,
    auth::{self, Secret, hash_of, session},
};

/// Sign in
///
/// Gives a browser a session for a token: a cookie that its scripts cannot read and that works on
/// every control plane of the database, for seven days. Calls that change something count with it
/// only when they come from a page of the control plane itself.
#[utoipa::path(
    post,
    path = "/session",
    operation_id = "sign_in",
    tag = "session",
    request_body = super::request::SignInRequest,
    security(()),
    responses(
        (status = 200, description = "Signed in; `Set-Cookie` has the session.", body = SessionView),
        (status = 401, description = "The token is not known.", body = super::view::Detail),
        (status = 403, description = "A page of another site asks.", body = super::view::Detail),
        (status = 422, description = "Validation Error", body = super::view::HTTPValidationError),
    ),
)]
pub(super) async fn begin(
    State(app): State<App>,
    headers: HeaderMap,
    asked: Asked<Nothing, SignIn>,
) -> Result<Response, ApiError> {
    if headers.contains_key(header::ORIGIN) && !session::from_our_page(&headers) {
        return Err(ApiError::CrossSite);
    }
    let secret = Secret::draw(&SystemEntropy);
    let token = hash_of(&asked.body.token);
    let opened = app.control().sign_in(&token, &secret.hash()).await?;
    let opened = opened.ok_or(ApiError::Unauthorised("the token is not known"))?;
    let cookie = session::begins(&secret, Control::SESSION, &headers);
    Ok((
        [(header::SET_COOKIE, cookie)],
        Json(SessionView::from(opened)),
    )
        .into_response())
}

/// Show the session
///
/// Whether the caller is signed in, as whom, and until when.
#[utoipa::path(
    get,
    path = "/session",
    operation_id = "show_session",
    tag = "session",
    security(()),
    responses((status = 200, description = "Successful Response", body = SessionView)),
)]
pub(super) async fn show(
    State(app): State<App>,
    mut request: Request,
) -> Result<Json<SessionView>, ApiError> {
    let caller = match auth::caller(&app, &mut request).await {
        Err(ApiError::Unauthorised(_)) => None,
        caller => Some(caller?),
    };
    let session = request.extensions().get::<SessionRecord>();
    let expires_at = session.map(|session| session.expires_at);
    Ok(Json(SessionView::of(caller.as_ref(), expires_at)))
}

/// Sign out
///
/// Ends the session of the cookie, on every control plane. A repeat is no error.
#[utoipa::path(
    delete,
    path = "/session",
    operation_id = "sign_out",
    tag = "session",
    security(()),
    responses(
        (status = 200, description = "Signed out.", body = Object),
        (status = 403, description = "A page of another site asks.", body = super::view::Detail),
    ),
)]
pub(super) async fn end(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(open) = session::session_of(&headers) {
        if !session::from_our_page(&headers) {
            return Err(ApiError::CrossSite);
        }
        app.control().sign_out(&open).await?;
    }
    let cookie = [(header::SET_COOKIE, session::ends(&headers))];
    Ok((cookie, Json(json!({}))).into_response())
}
