//! Webhooks, and the messages to them.

use std::time::Duration;

use axum::{Json, extract::State};
use kloigos_control::{WebhookDetail, webhooks::Courier};
use kloigos_model::ids::WebhookId;
use serde_json::{Value, json};

use super::{
    asked::{Asked, DeliveryOf, Filter, Named},
    error::ApiError,
    request::{
        DeliveryQuery, NewWebhook, Nothing, ReasonQuery, WebhookChange, WebhookChangeRequest,
        WebhookRequest,
    },
    view::{DeliveryView, Detail, WebhookView},
};
use crate::app::App;

/// How long a call waits for an attempt, which is over before that.
const ATTEMPT: Duration = Duration::from_secs(30);

/// List webhooks
///
/// All of them, by name.
#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "list_webhooks",
    tag = "webhooks",
    responses((status = 200, description = "Successful Response", body = Vec<WebhookView>)),
)]
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<WebhookView>>, ApiError> {
    let webhooks = app.control().list_webhooks().await?;
    let webhooks = webhooks.into_iter().map(|one| view(&app, one));
    Ok(Json(webhooks.collect()))
}

/// Make a webhook
///
/// Events from now on are sent to it, each as a signed message, in their order, until it arrived
/// or was given up. The answer shows the secret that its receiver verifies signatures with, this
/// once.
#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "create_webhook",
    tag = "webhooks",
    request_body = WebhookRequest,
    responses(
        (status = 200, description = "Successful Response", body = WebhookView),
        (status = 409, description = "There is another webhook of this name.", body = Detail),
    ),
)]
pub(super) async fn create(
    State(app): State<App>,
    asked: Asked<Nothing, NewWebhook>,
) -> Result<Json<WebhookView>, ApiError> {
    let id = app.control().webhook_id();
    let (secret, sealed) = app.courier().draw_secret(id);
    let op = asked.body.operation(id, sealed);
    let made = app.control().create_webhook(&op).await?;
    Ok(Json(WebhookView {
        secret: Some(secret.reveal()),
        ..view(&app, made)
    }))
}

/// Show a webhook
#[utoipa::path(
    get,
    path = "/webhooks/{id}",
    operation_id = "show_webhook",
    tag = "webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        (status = 200, description = "Successful Response", body = WebhookView),
        (status = 404, description = "There is no such webhook.", body = Detail),
    ),
)]
pub(super) async fn show(
    State(app): State<App>,
    Named(id): Named<WebhookId>,
) -> Result<Json<WebhookView>, ApiError> {
    let found = app.control().webhook(id).await?;
    Ok(Json(view(&app, found)))
}

/// Edit a webhook
///
/// Messages that wait go to the new address, signed with the new secret.
#[utoipa::path(
    patch,
    path = "/webhooks/{id}",
    operation_id = "edit_webhook",
    tag = "webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    request_body = WebhookChangeRequest,
    responses(
        (status = 200, description = "Successful Response", body = WebhookView),
        (status = 404, description = "There is no such webhook.", body = Detail),
        (status = 409, description = "There is another webhook of this name.", body = Detail),
    ),
)]
pub(super) async fn edit(
    State(app): State<App>,
    Named(id): Named<WebhookId>,
    asked: Asked<Nothing, WebhookChange>,
) -> Result<Json<WebhookView>, ApiError> {
    let drawn = asked.body.new_secret.then(|| app.courier().draw_secret(id));
    let (secret, sealed) = drawn.unzip();
    let op = asked.body.operation(id, sealed);
    let edited = app.control().update_webhook(&op).await?;
    Ok(Json(WebhookView {
        secret: secret.map(|secret| secret.reveal()),
        ..view(&app, edited)
    }))
}

/// Remove a webhook
///
/// With all messages to it, those that wait too.
#[utoipa::path(
    delete,
    path = "/webhooks/{id}",
    operation_id = "remove_webhook",
    tag = "webhooks",
    params(("id" = String, Path, description = "The webhook's id."), ReasonQuery),
    responses(
        (status = 200, description = "Successful Response"),
        (status = 404, description = "There is no such webhook.", body = Detail),
    ),
)]
pub(super) async fn remove(
    State(app): State<App>,
    Named(id): Named<WebhookId>,
    Filter(query): Filter<ReasonQuery>,
) -> Result<Json<Value>, ApiError> {
    let remark = query.reason.as_ref();
    app.control().remove_webhook(id, remark).await?;
    Ok(Json(json!({})))
}

/// List messages to a webhook
///
/// The newest first: how each stands, how its attempts went, and when it is tried next. So many of
/// those that are over are kept.
#[utoipa::path(
    get,
    path = "/webhooks/{id}/deliveries",
    operation_id = "list_webhook_deliveries",
    tag = "webhooks",
    params(("id" = String, Path, description = "The webhook's id."), DeliveryQuery),
    responses(
        (status = 200, description = "Successful Response", body = Vec<DeliveryView>),
        (status = 404, description = "There is no such webhook.", body = Detail),
    ),
)]
pub(super) async fn deliveries(
    State(app): State<App>,
    Named(id): Named<WebhookId>,
    Filter(query): Filter<DeliveryQuery>,
) -> Result<Json<Vec<DeliveryView>>, ApiError> {
    let list = app.control().deliveries(id, query.before, query.limit());
    Ok(Json(list.await?.into_iter().map(Into::into).collect()))
}

/// Test a webhook
///
/// Sends a message of kind `test` once, past those that wait and also where the webhook is not
/// enabled, and answers with how that went.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/test",
    operation_id = "test_webhook",
    tag = "webhooks",
    params(("id" = String, Path, description = "The webhook's id.")),
    responses(
        (status = 200, description = "The message, delivered or failed.", body = DeliveryView),
        (status = 404, description = "There is no such webhook.", body = Detail),
        (status = 409, description = "This control plane cannot open its secret.", body = Detail),
    ),
)]
pub(super) async fn test(
    State(app): State<App>,
    Named(id): Named<WebhookId>,
) -> Result<Json<DeliveryView>, ApiError> {
    let sent = app.control().test_webhook(id, app.courier(), ATTEMPT);
    Ok(Json(sent.await?.into()))
}

/// Send a message again
///
/// Now, under its own id: one that waits before its time, any other once more. Answers with how that
/// went.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/deliveries/{delivery}/redeliver",
    operation_id = "redeliver_webhook_delivery",
    tag = "webhooks",
    params(
        ("id" = String, Path, description = "The webhook's id."),
        ("delivery" = String, Path, description = "The message's id."),
    ),
    responses(
        (status = 200, description = "The message after the attempt.", body = DeliveryView),
        (status = 404, description = "There is no such message.", body = Detail),
        (status = 409, description = "This control plane cannot open the webhook's secret.", body = Detail),
    ),
)]
pub(super) async fn redeliver(
    State(app): State<App>,
    DeliveryOf { webhook, delivery }: DeliveryOf,
) -> Result<Json<DeliveryView>, ApiError> {
    let sent = app
        .control()
        .redeliver(webhook, delivery, app.courier(), ATTEMPT);
    Ok(Json(sent.await?.into()))
}

fn view(app: &App, detail: WebhookDetail) -> WebhookView {
    WebhookView::of(detail, app.courier().key())
}
