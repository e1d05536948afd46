//! Operators: they init and return servers, look after them, and take back or repeat jobs.

use std::sync::Arc;

use kloigos_control::{
    Attest, CancelJob, Deallocate, DecommissionServer, InitServer, JobFilter, Promised, RetryJob,
    Tend, TendServer,
};
use kloigos_model::{ids::JobId, server::DriftMode};

use super::{caller::Caller, checker::Checker};
use crate::asks::{hostname, init};

/// One of them.
#[derive(Clone)]
pub(super) struct Operator {
    pub(super) caller: Caller,
    pub(super) checker: Arc<Checker>,
    /// How many servers there are.
    pub(super) servers: u32,
}

/// How servers are cut.
const LAYOUTS: [&[&str]; 3] = [
    &["0-31", "32-63"],
    &["0-15", "16-31", "32-47"],
    &["0-15,32-47", "16-31,48-63"],
];

impl Operator {
    /// Does so many things.
    pub(super) async fn work(self, things: u32) {
        for number in 1..=self.servers {
            self.init(number).await;
        }
        for _ in 0..things {
            self.caller.rest(100..10_000).await;
            let number = 1 + self.caller.dice.below(self.servers);
            match self.caller.dice.below(16) {
                0 | 1 => self.init(number).await,
                2 => {
                    self.decommission(number, self.caller.dice.chance(600))
                        .await;
                }
                3 => self.tend(number, Tend::Cordon).await,
                4 | 5 => self.tend(number, Tend::Uncordon).await,
                6 => self.mode(number).await,
                7 => self.tend(number, Tend::Repair).await,
                8 | 9 => drop(self.check(number).await),
                10 => self.attest(number).await,
                11 | 12 => self.cancel().await,
                13 | 14 => self.retry().await,
                _ => self.deallocate_any().await,
            }
        }
    }

    pub(super) async fn init(&self, number: u32) {
        let ranges = self.caller.dice.pick(&LAYOUTS).expect("there are some");
        let op = InitServer {
            warm: self.caller.dice.chance(700),
            ..init(number, ranges)
        };
        let call = format!("init sim{number}");
        let answer = self.caller.ask(
            &call,
            |control| async move { control.init_server(op).await },
        );
        drop(answer.await);
    }

    pub(super) async fn decommission(&self, number: u32, force: bool) {
        let op = DecommissionServer {
            hostname: hostname(number),
            force,
            idempotency: None,
        };
        let call = format!("decommission sim{number}, force {force}");
        let answer = self.caller.ask(&call, |control| async move {
            control.decommission_server(op).await
        });
        drop(answer.await);
    }

    pub(super) async fn tend(&self, number: u32, what: Tend) {
        let op = TendServer {
            hostname: hostname(number),
            what,
            remark: None,
        };
        let call = format!("{what:?} sim{number}");
        let answer = self.caller.ask(
            &call,
            |control| async move { control.tend_server(op).await },
        );
        drop(answer.await);
    }

    async fn mode(&self, number: u32) {
        let mode = self
            .caller
            .dice
            .pick(DriftMode::ALL)
            .expect("there are some");
        self.tend(number, Tend::Mode(*mode)).await;
    }

    /// Looks at a server as a whole; how it differs.
    pub(super) async fn check(&self, number: u32) -> Option<Vec<String>> {
        let call = format!("check sim{number}");
        let answer = self.caller.ask(&call, |control| async move {
            control.check_server(&hostname(number)).await
        });
        let seen = answer.await?.ok()?;
        let drift = seen.drift.iter();
        Some(
            drift
                .map(|drift| format!("{}: {}", drift.resource, drift.what))
                .collect(),
        )
    }

    async fn attest(&self, number: u32) {
        let op = Attest {
            of: Promised::Server(hostname(number)),
            remark: None,
            idempotency: None,
        };
        let call = format!("attest sim{number}");
        let answer = self
            .caller
            .ask(&call, |control| async move { control.attest(op).await });
        drop(answer.await);
    }

    async fn cancel(&self) {
        if let Some(job) = self.some_job().await {
            let op = CancelJob { job, remark: None };
            let call = format!("cancel {job}");
            let answer = self
                .caller
                .ask(&call, |control| async move { control.cancel_job(op).await });
            drop(answer.await);
        }
    }

    async fn retry(&self) {
        if let Some(job) = self.some_job().await {
            let op = RetryJob { job, remark: None };
            let call = format!("retry {job}");
            let answer = self
                .caller
                .ask(&call, |control| async move { control.retry_job(op).await });
            drop(answer.await);
        }
    }

    /// One of the latest.
    async fn some_job(&self) -> Option<JobId> {
        let latest = JobFilter {
            limit: Some(12),
            ..JobFilter::default()
        };
        let jobs = self.caller.ask("list jobs", |control| async move {
            control.list_jobs(&latest).await
        });
        let jobs = jobs.await?.ok()?;
        self.caller.dice.pick(&jobs).map(|job| job.id)
    }

    async fn deallocate_any(&self) {
        let rows = self.checker.rows();
        if let Some(unit) = self.caller.dice.pick(&rows.units) {
            self.deallocate(unit.id.clone()).await;
        }
    }

    pub(super) async fn deallocate(&self, unit: kloigos_model::names::UnitId) {
        let call = format!("deallocate {unit}, whoever has it");
        let op = Deallocate {
            unit,
            allocation: None,
            idempotency: None,
        };
        let answer = self
            .caller
            .ask(&call, |control| async move { control.deallocate(op).await });
        drop(answer.await);
    }
}
