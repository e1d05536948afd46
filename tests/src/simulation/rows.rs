//! What the database says at one moment.

use kloigos_model::event::EventId;
use kloigos_store::{
    Error, EventFilter, EventRecord, JobFilter, JobRecord, JobStatus, Operation, ServerRecord, Tx,
    UnitFilter, UnitRecord,
};

/// Living servers and units, and the jobs at work.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) units: Vec<UnitRecord>,
    pub(super) servers: Vec<ServerRecord>,
    pub(super) running: Vec<JobRecord>,
}

impl Rows {
    /// The units of server `simN`.
    pub(super) fn units_of(&self, number: u32) -> impl Iterator<Item = &UnitRecord> {
        let hostname = format!("sim{number}");
        let units = self.units.iter();
        units.filter(move |unit| unit.hostname.to_string() == hostname)
    }

    pub(super) fn server_of(&self, unit: &UnitRecord) -> Option<&ServerRecord> {
        self.servers.iter().find(|server| server.id == unit.server)
    }
}

/// What happened since an event, and the rows if anything did.
pub(super) struct Since(pub(super) EventId);

/// How many events are read at once.
const AT_ONCE: u32 = 1000;

impl Operation for Since {
    type Output = Option<(Vec<EventRecord>, Rows)>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        if tx.newest_event().await? <= self.0 {
            return Ok(None);
        }
        let filter = EventFilter {
            after: Some(self.0),
            ..EventFilter::default()
        };
        let page = tx.next_events(&filter, AT_ONCE).await?;
        let running = JobFilter {
            statuses: vec![JobStatus::Running],
            limit: Some(AT_ONCE),
            ..JobFilter::default()
        };
        let rows = Rows {
            units: tx.list_units(&UnitFilter::default()).await?,
            servers: tx.list_servers().await?,
            running: tx.list_jobs(&running).await?,
        };
        Ok(Some((page.events, rows)))
    }
}
