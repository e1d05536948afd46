//! Visits to servers: whose turn it is, and how they differ from what they should be.

use jiff::Timestamp;
use kloigos_model::{
    event::{EventId, EventKind},
    host::{Change, ScopeName},
    ids::{JobId, ServerId, UnitKey},
    names::Hostname,
    server::DriftMode,
};
use sqlx::{any::AnyRow, query};

use crate::{
    DriftRecord, JobKind, JobScope, NewEvent,
    cells::{Cells, any_of, micros, plain},
    error::Error,
    tx::Tx,
};

/// When visits are due.
#[derive(Debug, Clone, Copy)]
pub struct VisitRules {
    /// Now.
    pub now: Timestamp,
    /// What is planned for later than this was planned by a clock that was ahead, and is due.
    pub farthest: Timestamp,
    /// When the visited server is visited next.
    pub next: Timestamp,
    /// The same for one that did not answer.
    pub sooner: Timestamp,
}

/// A scope of a server, and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct DriftScope<'a> {
    /// On which server.
    pub server: ServerId,
    /// Of which unit; `None` for the server's own part.
    pub unit: Option<UnitKey>,
    /// As the host binary names it.
    pub name: &'a ScopeName,
}

impl Tx<'_> {
    /// Takes on the visit that is longest due, to none of the `busy`; of several control planes one
    /// does. Servers in mode `off` are visited only until they are known to be well and their units
    /// as they should be.
    pub async fn claim_visit(
        &mut self,
        rules: &VisitRules,
        busy: &[ServerId],
    ) -> Result<Option<ServerId>, Error> {
        let busy: Vec<String> = busy.iter().map(ServerId::to_string).collect();
        let statement = query(
            "UPDATE servers SET next_visit = CASE WHEN health = 'unreachable' THEN $3 ELSE $2 END \
             WHERE id = (SELECT s.id FROM servers s WHERE s.ended_at IS NULL \
             AND s.status IN ('ready', 'cordoned') AND (s.next_visit <= $1 OR s.next_visit > $5) \
             AND (CAST($4 AS TEXT) IS NULL OR $4 NOT LIKE '%,' || s.id || ',%') \
             AND (s.mode <> 'off' OR s.health IN ('unreachable', 'degraded') \
             OR (s.status = 'ready' AND EXISTS (SELECT 1 FROM units u WHERE u.server_id = s.id \
             AND u.ended_at IS NULL AND u.status = 'unavailable'))) \
             ORDER BY s.next_visit, s.id LIMIT 1) RETURNING id",
        )
        .bind(micros(rules.now))
        .bind(micros(rules.next))
        .bind(micros(rules.sooner))
        .bind(any_of(busy.iter().map(String::as_str)))
        .bind(micros(rules.farthest));
        match self.row(statement).await? {
            Some(row) => Cells::new("servers", &row).parse("id").map(Some),
            None => Ok(None),
        }
    }

    /// A server is visited at this time, whatever was planned.
    pub async fn visit_at(&mut self, id: ServerId, at: Timestamp) -> Result<(), Error> {
        let statement = query("UPDATE servers SET next_visit = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(micros(at));
        self.change_one("servers", statement).await
    }

    /// A server is visited at this time, or earlier if that is planned.
    pub async fn visit_by(&mut self, id: ServerId, at: Timestamp) -> Result<(), Error> {
        let statement = query(
            "UPDATE servers SET next_visit = CASE WHEN next_visit > $2 THEN $2 ELSE next_visit END \
             WHERE id = $1",
        );
        let statement = statement.bind(id.to_string()).bind(micros(at));
        self.change_one("servers", statement).await
    }

    /// A visit went all the way.
    pub async fn set_visited(&mut self, id: ServerId, now: Timestamp) -> Result<(), Error> {
        let statement =
            query("UPDATE servers SET visited_at = $2, restored_at = NULL WHERE id = $1")
                .bind(id.to_string())
                .bind(micros(now));
        self.change_one("servers", statement).await
    }

    /// The server of this job, when the database was restored and has not been compared with it.
    pub async fn uncompared(&mut self, job: JobId) -> Result<Option<Hostname>, Error> {
        let statement = query(
            "SELECT s.hostname FROM jobs j JOIN servers s ON s.id = j.server_id \
             WHERE j.id = $1 AND s.restored_at IS NOT NULL",
        );
        match self.row(statement.bind(job.to_string())).await? {
            Some(row) => Cells::new("servers", &row).parse("hostname").map(Some),
            None => Ok(None),
        }
    }

    /// Says what is done about drift on a server from now on.
    pub async fn set_mode(
        &mut self,
        id: ServerId,
        modes: (DriftMode, DriftMode),
        why: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (was, mode) = (modes.0.as_str(), modes.1.as_str());
        let statement = query("UPDATE servers SET mode = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(mode);
        self.change_one("servers", statement).await?;
        let detail = match why {
            Some(why) => format!("drift: {mode}; reason: {why}"),
            None => format!("drift: {mode}"),
        };
        let event = NewEvent::of(EventKind::ServerMode, now, detail);
        self.tell(&event.on(id).moved(was, mode)).await
    }

    /// Whether anybody worked on this scope since this event, or is about to. Asking it how it is
    /// changes nothing of it.
    ///
    /// By the order of events and not by the time: clocks of control planes differ, and are set.
    pub async fn is_worked_on_since(
        &mut self,
        scope: JobScope,
        seen: EventId,
    ) -> Result<bool, Error> {
        let statement = query(
            "SELECT j.id FROM jobs j WHERE j.server_id = $1 \
             AND (j.unit_id IS NULL OR j.unit_id = $2) AND j.kind <> $4 \
             AND (j.status IN ('queued', 'running') \
             OR j.id IN (SELECT e.job_id FROM events e WHERE e.id > $3)) LIMIT 1",
        )
        .bind(scope.server.to_string())
        .bind(scope.unit.map(|unit| unit.to_string()))
        .bind(seen.number().cast_signed())
        .bind(JobKind::Attesting.as_str());
        Ok(self.row(statement).await?.is_some())
    }

    /// Whether a job of this kind failed on exactly this scope between these times. An end that is
    /// still to come was written by a clock that was wrong, and says nothing.
    pub async fn failed_between(
        &mut self,
        kind: JobKind,
        scope: JobScope,
        (since, now): (Timestamp, Timestamp),
    ) -> Result<bool, Error> {
        let statement = query(
            "SELECT id FROM jobs WHERE kind = $1 AND server_id = $2 \
             AND COALESCE(unit_id, '') = COALESCE(CAST($3 AS TEXT), '') \
             AND status = 'failed' AND ended_at >= $4 AND ended_at <= $5 LIMIT 1",
        )
        .bind(kind.as_str())
        .bind(scope.server.to_string())
        .bind(scope.unit.map(|unit| unit.to_string()))
        .bind(micros(since))
        .bind(micros(now));
        Ok(self.row(statement).await?.is_some())
    }

    /// How a server differs from what it should be: its own part first, which units rest on.
    pub async fn drift_of(&mut self, server: ServerId) -> Result<Vec<DriftRecord>, Error> {
        let statement = query(
            "SELECT s.hostname, d.scope, d.unit_id, u.name, d.resource, d.what, d.since \
             FROM drift d JOIN servers s ON s.id = d.server_id \
             LEFT JOIN units u ON u.id = d.unit_id \
             WHERE d.server_id = $1 \
             ORDER BY CASE WHEN d.unit_id IS NULL THEN 0 ELSE 1 END, d.unit_id, d.scope, d.seq",
        );
        let rows = self.rows(statement.bind(server.to_string())).await?;
        rows.iter().map(drift).collect()
    }

    /// Keeps how a scope differs, in place of what was known; what was known before keeps its age.
    /// What is new is told, and that nothing is left: `how` says by what.
    pub async fn set_drift(
        &mut self,
        scope: DriftScope<'_>,
        found: &[Change],
        how: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut known = self.drift_of(scope.server).await?;
        known.retain(|drift| drift.scope == *scope.name);
        if known.is_empty() && found.is_empty() {
            return Ok(());
        }
        let clear = query("DELETE FROM drift WHERE server_id = $1 AND scope = $2")
            .bind(scope.server.to_string())
            .bind(scope.name.to_string());
        self.change(clear).await?;
        let mut new = Vec::new();
        for (seq, change) in (1_i64..).zip(found) {
            let same = |drift: &&DriftRecord| {
                drift.resource == change.resource && drift.what == plain(&change.change)
            };
            let since = known.iter().find(same).map(|drift| drift.since);
            if since.is_none() {
                new.push(format!("{}: {}", change.resource, change.change));
            }
            self.insert_drift(scope, seq, change, since.unwrap_or(now))
                .await?;
        }
        let event = if found.is_empty() {
            let detail = how.unwrap_or("it is as it should be again");
            NewEvent::of(EventKind::DriftGone, now, detail)
        } else if new.is_empty() {
            return Ok(());
        } else {
            let detail: String = new.join("; ").chars().take(2000).collect();
            NewEvent::of(EventKind::DriftFound, now, detail)
        };
        let event = event.on(scope.server);
        self.tell(&NewEvent {
            unit: scope.unit,
            ..event
        })
        .await
    }

    async fn insert_drift(
        &mut self,
        scope: DriftScope<'_>,
        seq: i64,
        change: &Change,
        since: Timestamp,
    ) -> Result<(), Error> {
        let statement = query(
            "INSERT INTO drift (server_id, scope, seq, unit_id, resource, what, since) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(scope.server.to_string())
        .bind(scope.name.to_string())
        .bind(seq)
        .bind(scope.unit.map(|unit| unit.to_string()))
        .bind(plain(&change.resource))
        .bind(plain(&change.change))
        .bind(micros(since));
        self.insert("the difference", statement).await
    }

    /// Forgets how a server differed: its life or layout is another from here on, or nobody looks.
    pub async fn forget_drift(&mut self, server: ServerId) -> Result<(), Error> {
        let statement = query("DELETE FROM drift WHERE server_id = $1").bind(server.to_string());
        self.change(statement).await.map(drop)
    }
}

fn drift(row: &AnyRow) -> Result<DriftRecord, Error> {
    let cells = Cells::new("drift", row);
    Ok(DriftRecord {
        hostname: cells.parse("hostname")?,
        scope: cells.parse("scope")?,
        unit: cells.maybe("unit_id")?,
        unit_name: cells.maybe("name")?,
        resource: cells.text("resource")?,
        what: cells.text("what")?,
        since: cells.at("since")?,
    })
}
