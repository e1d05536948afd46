//! Servers: list, show, probe, doctor.

use axum::{Json, extract::State};
use kloigos_model::names::Hostname;

use super::{
    asked::{Asked, Named},
    error::ApiError,
    request::{Look, Nothing, ProbeRequest},
    view::{ExaminationView, ProbeView, ServerDetailView, ServerView},
};
use crate::app::App;

/// List servers
///
/// Every server that is not decommissioned, by name.
#[utoipa::path(
    get,
    path = "/servers",
    operation_id = "list_servers",
    tag = "servers",
    responses((status = 200, description = "Successful Response", body = Vec<ServerView>)),
)]
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<ServerView>>, ApiError> {
    let servers = app.control().list_servers().await?;
    Ok(Json(servers.into_iter().map(Into::into).collect()))
}

/// Show a server
///
/// The server with its units and what it told of itself.
#[utoipa::path(
    get,
    path = "/servers/{hostname}",
    operation_id = "show_server",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name.")),
    responses(
        (status = 200, description = "Successful Response", body = ServerDetailView),
        (status = 404, description = "There is no such server.", body = super::view::Detail),
    ),
)]
pub(super) async fn show(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
) -> Result<Json<ServerDetailView>, ApiError> {
    Ok(Json(app.control().server(&hostname).await?.into()))
}

/// The server that is called `probe`, whose path is a call of its own.
pub(super) async fn show_probe(State(app): State<App>) -> Result<Json<ServerDetailView>, ApiError> {
    const NAME: &str = "probe";
    let hostname = NAME
        .parse()
        .map_err(|_| ApiError::no_such("server", NAME))?;
    show(State(app), Named(hostname)).await
}

/// Examine a server
///
/// Looks at a server of ours and holds what it is by now against what its units need. Changes
/// nothing on it.
#[utoipa::path(
    get,
    path = "/servers/{hostname}/doctor",
    operation_id = "examine_server",
    tag = "servers",
    params(("hostname" = String, Path, description = "The server's name.")),
    responses(
        (status = 200, description = "Successful Response", body = ExaminationView),
        (status = 404, description = "There is no such server.", body = super::view::Detail),
        (status = 409, description = "The server cannot be looked at; the detail says why.", body = super::view::Detail),
    ),
)]
pub(super) async fn doctor(
    State(app): State<App>,
    Named(hostname): Named<Hostname>,
) -> Result<Json<ExaminationView>, ApiError> {
    Ok(Json(app.control().examine(&hostname).await?.into()))
}

/// Probe a server
///
/// Looks at a server: its host key, its facts, and what keeps it from being cut. With a layout it
/// tells what an init would make of the server as well. Changes nothing on it and keeps nothing.
#[utoipa::path(
    post,
    path = "/servers/probe",
    operation_id = "probe_server",
    tag = "servers",
    request_body = ProbeRequest,
    responses(
        (status = 200, description = "Successful Response", body = ProbeView),
        (status = 409, description = "The server cannot be looked at, or not be cut so; the detail says why.", body = super::view::Detail),
    ),
)]
pub(super) async fn probe(
    State(app): State<App>,
    asked: Asked<Nothing, Look>,
) -> Result<Json<ProbeView>, ApiError> {
    Ok(Json(app.control().probe(asked.body.into()).await?.into()))
}
