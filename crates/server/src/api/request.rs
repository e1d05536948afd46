//! What requests are made of on the wire. Each shape is what the `OpenAPI` document shows; what a
//! handler gets is read from it by the rules of `check`, into the model's types.

mod allocate;
mod change;
mod events;
mod filter;
mod init;
mod layout;
mod limits;
mod query;
mod session;
mod webhooks;

pub use allocate::{ComputeUnitRequest, TagValue};
pub use change::{ChangeLimitsRequest, KeysRequest, ReasonRequest, ServerRequest, StopRequest};
pub use init::{InitServerRequest, ProbeRequest, VolumeRequest};
pub use layout::LayoutRequest;
pub use limits::{Amount, LimitsRequest};
pub use session::SignInRequest;
pub use webhooks::{WebhookChangeRequest, WebhookRequest};

pub(crate) use allocate::Allocation;
pub(crate) use change::{Because, Halt, Keys, NewLimits, NewMode, Of};
pub(crate) use events::{EventLog, EventLogQuery, EventQuery};
pub(crate) use filter::{JobQuery, LimitQuery, UnitQuery};
pub(crate) use init::{Cut, Look};
pub(crate) use query::{
    AllocateQuery, DecommissionQuery, Nothing, Query, RemovalQuery, TenancyQuery, WaitQuery,
};
pub(crate) use session::SignIn;
pub(crate) use webhooks::{DeliveryQuery, NewWebhook, ReasonQuery, WebhookChange};
