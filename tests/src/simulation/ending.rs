//! The end of a world. The weather clears, operators do what quarantines ask for, and then all of
//! it must settle: every job is over, what should be on servers is there, whoever has a unit can log
//! in, and nothing is left of what is returned.

use std::{sync::Arc, time::Duration};

use kloigos_control::{JobFilter, Tend};
use kloigos_model::{
    compute_unit::UnitStatus,
    host::Activity,
    server::{DriftMode, ServerStatus},
};
use kloigos_store::JobStatus;

use super::{checker::Checker, operators::Operator, servers::Servers};

/// Whoever sees a world to its end.
pub(super) struct Ending {
    pub(super) operator: Operator,
    pub(super) checker: Arc<Checker>,
    pub(super) servers: Arc<Servers>,
}

/// How often it is looked again before something is said not to settle.
const LOOKS: u32 = 60;

impl Ending {
    pub(super) async fn see(&self) {
        self.all_over().await;
        self.repair().await;
        self.leave_quarantine().await;
        self.agree().await;
        self.let_in();
        self.go_away().await;
    }

    fn fault(&self, what: impl std::fmt::Display) {
        self.operator.caller.history.fault(what);
    }

    async fn sleep(&self, seconds: u64) {
        let time = &self.operator.caller.time;
        time.sleep(Duration::from_secs(seconds)).await;
    }

    /// Every job comes to an end by itself.
    async fn all_over(&self) {
        let filter = JobFilter {
            statuses: vec![JobStatus::Queued, JobStatus::Running],
            ..JobFilter::default()
        };
        let mut left = Vec::new();
        for look in 0..LOOKS {
            // Longer and longer, up to a quarter of a minute.
            self.sleep(u64::from(look.min(15))).await;
            let filter = filter.clone();
            let jobs = self
                .operator
                .caller
                .ask("list unfinished jobs", |control| async move {
                    control.list_jobs(&filter).await
                });
            left = jobs.await.and_then(Result::ok).unwrap_or_default();
            if left.is_empty() {
                return;
            }
        }
        self.fault(format_args!("jobs that never end: {left:?}"));
    }

    /// Every named state is left by what it says is to be done next.
    async fn leave_quarantine(&self) {
        for _ in 0..4 {
            let rows = self.checker.rows();
            for (number, server) in numbered(&rows.servers) {
                match server.status {
                    ServerStatus::InitFail => self.operator.init(number).await,
                    ServerStatus::DecommissionFail => {
                        self.operator.decommission(number, true).await;
                    }
                    _ => {}
                }
            }
            self.all_over().await;
            let rows = self.checker.rows();
            let failed = [UnitStatus::AllocationFail, UnitStatus::DeallocationFail];
            for unit in &rows.units {
                if failed.contains(&unit.status) {
                    self.operator.deallocate(unit.id.clone()).await;
                }
            }
            self.all_over().await;
            let rows = self.checker.rows();
            let stuck = rows.units.iter().any(|unit| unit.status.is_quarantined());
            if !stuck
                && rows
                    .servers
                    .iter()
                    .all(|server| server.status.next_action().is_none())
            {
                return;
            }
        }
        let rows = self.checker.rows();
        let units = rows
            .units
            .iter()
            .filter(|unit| unit.status.is_quarantined());
        let units: Vec<_> = units
            .map(|unit| (&unit.id, unit.status, &unit.reason))
            .collect();
        self.fault(format_args!("quarantine that is not left: {units:?}"));
    }

    /// From here on what differs is put right, which some work waits for.
    async fn repair(&self) {
        let rows = self.checker.rows();
        for (number, _) in numbered(&rows.servers) {
            self.operator
                .tend(number, Tend::Mode(DriftMode::Repair))
                .await;
            drop(self.operator.check(number).await);
        }
        self.all_over().await;
    }

    /// Desired states and machines agree, and nothing that should be of use is kept from it.
    async fn agree(&self) {
        let rows = self.checker.rows();
        for (number, server) in numbered(&rows.servers) {
            if server.status == ServerStatus::Cordoned {
                self.operator.tend(number, Tend::Uncordon).await;
            }
            self.operator
                .tend(number, Tend::Mode(DriftMode::Repair))
                .await;
        }
        let mut differs = Vec::new();
        for look in 0..LOOKS {
            self.sleep(u64::from(look.min(4) * 10)).await;
            self.all_over().await;
            differs.clear();
            let rows = self.checker.rows();
            for (number, server) in numbered(&rows.servers) {
                if !server.status.is_comparable() {
                    differs.push(format!("sim{number} is {}", server.status));
                }
                match self.operator.check(number).await {
                    Some(drift) => differs.extend(drift),
                    None => differs.push(format!("sim{number} cannot be checked")),
                }
            }
            let rows = self.checker.rows();
            let settled = [UnitStatus::Free, UnitStatus::Allocated];
            let units = rows
                .units
                .iter()
                .filter(|unit| !settled.contains(&unit.status));
            differs.extend(units.map(|unit| format!("{} is {}", unit.id, unit.status)));
            if differs.is_empty() {
                return;
            }
        }
        self.fault(format_args!("it never agrees: {}", differs.join("; ")));
    }

    /// Whoever has a unit that runs can log in.
    fn let_in(&self) {
        let rows = self.checker.rows();
        for number in 1..=self.servers.count() {
            for unit in rows.units_of(number) {
                let runs = unit.activity == Some(Activity::Running);
                let (user, dir) = (unit.user.to_string(), unit.dir.to_string());
                let taken = unit.status == UnitStatus::Allocated && runs;
                if taken && !self.servers.move_in(number, &user, unit.uid, &dir) {
                    self.fault(format_args!("nobody is let into {}", unit.id));
                }
            }
        }
    }

    /// Servers are returned as they were.
    async fn go_away(&self) {
        for number in 1..=self.servers.count() {
            self.operator.decommission(number, true).await;
        }
        self.all_over().await;
        let rows = self.checker.rows();
        for server in &rows.servers {
            self.fault(format_args!("{} is {}", server.hostname, server.status));
        }
        for number in 1..=self.servers.count() {
            for what in self.servers.left_behind(number) {
                self.fault(format_args!("left on sim{number}: {what}"));
            }
        }
    }
}

fn numbered(
    servers: &[kloigos_store::ServerRecord],
) -> impl Iterator<Item = (u32, &kloigos_store::ServerRecord)> {
    servers.iter().filter_map(|server| {
        let name = server.hostname.to_string();
        Some((name.strip_prefix("sim")?.parse().ok()?, server))
    })
}
