//! What stands behind the question mark of a list.

use kloigos_control::{JobFilter, JobKind, JobStatus, UnitFilter};
use kloigos_model::{compute_unit::UnitStatus, cpu::MAX_CPU, ids::JobId, tags::TagText};
use utoipa::IntoParams;

use crate::api::check::{At, Checked, Fields, Read, label_or_empty, parsed, text, within};

/// Which units; combined with AND.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitQuery {
    /// The unit of this name.
    compute_id: Option<String>,
    /// Those of the server of this name.
    hostname: Option<String>,
    /// Those in this region.
    region: Option<String>,
    /// Those in this zone.
    zone: Option<String>,
    /// Those with exactly so many CPUs.
    #[param(minimum = 1, maximum = 8192)]
    cpu_count: Option<u32>,
    /// Those whose tag `deployment_id` is this.
    deployment_id: Option<String>,
    /// Those in this state, written in any case. Without it, all but `decommissioned`.
    #[param(value_type = Option<String>)]
    status: Option<UnitStatus>,
}

impl Read for UnitQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let compute_id = fields.optional("compute_id", name);
        let hostname = fields.optional("hostname", name);
        let region = fields.optional("region", label_or_empty);
        let zone = fields.optional("zone", label_or_empty);
        let cpu_count = fields.optional(
            "cpu_count",
            within("the number of CPUs", &(1..=MAX_CPU + 1)),
        );
        let deployment_id = fields.optional("deployment_id", parsed::<TagText>);
        let status = fields.optional("status", word);
        Ok(Self {
            compute_id: compute_id?,
            hostname: hostname?,
            region: region?,
            zone: zone?,
            cpu_count: cpu_count?,
            deployment_id: deployment_id?.map(|text| text.to_string()),
            status: status?,
        })
    }
}

impl From<UnitQuery> for UnitFilter {
    fn from(query: UnitQuery) -> Self {
        Self {
            compute_id: query.compute_id,
            hostname: query.hostname,
            region: query.region,
            zone: query.zone,
            cpu_count: query.cpu_count,
            deployment_id: query.deployment_id,
            status: query.status,
        }
    }
}

/// Which jobs; combined with AND.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobQuery {
    /// Those that do one of these, separated by commas: `initializing`, `decommissioning`,
    /// `allocating`, `deallocating`, `changing`, `attesting` or `repairing`.
    #[param(value_type = Option<String>)]
    kind: Option<Vec<JobKind>>,
    /// Those that stand in one of these ways, separated by commas: `queued`, `running`,
    /// `succeeded`, `failed` or `cancelled`.
    #[param(value_type = Option<String>)]
    status: Option<Vec<JobStatus>>,
    /// Those on the server of this name.
    hostname: Option<String>,
    /// Those on the unit of this name.
    compute_id: Option<String>,
    /// Those that were begun before the job with this id: the next page.
    #[param(value_type = Option<String>)]
    before: Option<JobId>,
    /// At most so many, the newest first.
    #[param(default = 100, minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl Read for JobQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let kind = fields.optional("kind", words);
        let status = fields.optional("status", words);
        let hostname = fields.optional("hostname", name);
        let compute_id = fields.optional("compute_id", name);
        let before = fields.optional("before", parsed);
        let limit = fields.optional("limit", within("the limit", &(1..=1000)));
        Ok(Self {
            kind: kind?,
            status: status?,
            hostname: hostname?,
            compute_id: compute_id?,
            before: before?,
            limit: limit?,
        })
    }
}

impl From<JobQuery> for JobFilter {
    fn from(query: JobQuery) -> Self {
        Self {
            kinds: query.kind.unwrap_or_default(),
            statuses: query.status.unwrap_or_default(),
            hostname: query.hostname,
            compute_id: query.compute_id,
            before: query.before,
            limit: query.limit,
        }
    }
}

/// How many.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LimitQuery {
    /// At most so many, the newest first.
    #[param(default = 20, minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl Read for LimitQuery {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let limit = fields.optional("limit", within("the limit", &(1..=1000)))?;
        Ok(Self { limit })
    }
}

impl LimitQuery {
    /// The limit that was given, or the usual one.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(20)
    }
}

/// The longest unit id: a hostname, an underscore and a CPU part.
const MAX_NAME: usize = 400;

/// A name to look for. One that nothing has is no fault; one that nothing could have, or ever had
/// (v0.2 wrote `host1_c0-3`), is.
pub(super) fn name(mut at: At<'_>) -> Checked<String> {
    let text = text(at.again())?;
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if text.len() <= MAX_NAME && text.bytes().all(letter) {
        return Ok(text);
    }
    at.broken(&format_args!(
        "a name has letters, digits, dots, hyphens and underscores, at most {MAX_NAME} in all"
    ))
}

/// Words in any case, separated by commas.
pub(super) fn words<T>(mut at: At<'_>) -> Checked<Vec<T>>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text = text(at.again())?.to_ascii_lowercase();
    let read: Result<_, _> = text.split(',').map(|word| word.trim().parse()).collect();
    at.sound(read)
}

/// A word in any case.
fn word<T>(mut at: At<'_>) -> Checked<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text = text(at.again())?;
    at.sound(text.to_ascii_lowercase().parse())
}
