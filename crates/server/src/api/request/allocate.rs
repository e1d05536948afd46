//! The body of an allocate.

use std::{collections::BTreeMap, time::Duration};

use kloigos_control::{Allocate, Idempotency};
use kloigos_model::{
    cpu::MAX_CPU, limits::LimitsWish, placement::Wanted, ssh::AuthorizedKeys, tags::Tags,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::limits::{self, LimitsRequest};
use crate::api::check::{Checked, Fields, Read, label_or_empty, parsed, tags, within};

/// How many CPUs are asked for when the request does not say.
const CPU_COUNT: u32 = 4;

/// A unit that is asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComputeUnitRequest {
    /// Exactly so many CPUs; null for any number.
    #[schema(default = 4, minimum = 1, maximum = 8192)]
    pub cpu_count: Option<u32>,
    /// In this region; null for any.
    pub region: Option<String>,
    /// In this zone; null for any.
    pub zone: Option<String>,
    /// What to write on the unit: texts, whole numbers and lists of texts by name. Required; may
    /// be null.
    #[schema(required = true)]
    pub tags: Option<BTreeMap<String, TagValue>>,
    /// Who may log in: one or more lines of OpenSSH public keys, without options.
    pub ssh_public_key: String,
    /// What the unit may use in this tenancy; what is left out is as the unit has it by default.
    pub limits: Option<LimitsRequest>,
}

/// What a tag holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum TagValue {
    /// A text of at most 1,024 characters.
    Text(String),
    /// A whole number of 64 bits.
    Number(i64),
    /// At most 64 texts.
    List(Vec<String>),
}

/// A sound [`ComputeUnitRequest`].
pub(crate) struct Allocation {
    wanted: Wanted,
    tags: Option<Tags>,
    keys: AuthorizedKeys,
    limits: LimitsWish,
}

impl Read for Allocation {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let count = within("the number of CPUs", &(1..=MAX_CPU + 1));
        let cpu_count = fields.optional("cpu_count", count);
        let cpu_count = if fields.has("cpu_count") {
            cpu_count
        } else {
            Ok(Some(CPU_COUNT))
        };
        let region = fields.optional("region", label_or_empty);
        let zone = fields.optional("zone", label_or_empty);
        let tags = fields.nullable("tags", tags);
        let keys = fields.required("ssh_public_key", parsed);
        let limits = fields.optional("limits", limits::read);
        Ok(Self {
            wanted: Wanted {
                cpu_count: cpu_count?,
                region: region?,
                zone: zone?,
            },
            tags: tags?,
            keys: keys?,
            limits: limits?.unwrap_or_default(),
        })
    }
}

impl Allocation {
    /// The operation that this asks for.
    pub(crate) fn operation(self, idempotency: Option<Idempotency>, within: Duration) -> Allocate {
        Allocate {
            wanted: self.wanted,
            tags: self.tags,
            keys: self.keys,
            limits: self.limits,
            idempotency,
            within,
        }
    }
}
