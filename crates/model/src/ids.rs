//! Every kind of identifier, one list. All are UUIDs (version 7 where we make them), so that a
//! listing by id is a listing by age.

use std::{fmt, str::FromStr};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// Names a thing by this UUID.
            pub const fn of(uuid: uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.parse().map(Self).map_err(|_| NotAnId)
            }
        }

        crate::text::serde_as_text!($name);
    };
}

/// A text that is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID such as 0199c0de-0000-7000-8000-000000000000")]
pub struct NotAnId;

id!(
    /// One tenancy of a unit.
    AllocationId
);
id!(
    /// One attestation.
    AttestationId
);
id!(
    /// One message to a webhook; the same in every attempt, so that its receiver knows a repeat.
    DeliveryId
);
id!(
    /// One piece of durable work.
    JobId
);
id!(
    /// One life of a server, from init to decommission.
    ServerId
);
id!(
    /// One API token.
    TokenId
);
id!(
    /// One life of a compute unit: the row, where [`crate::names::UnitId`] is the name.
    UnitKey
);
id!(
    /// One receiver of events.
    WebhookId
);
