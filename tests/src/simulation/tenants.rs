//! Tenants: they allocate, move in, change what they have, and leave.

use std::sync::Arc;

use kloigos_control::{
    Allocate, Attest, Begun, Change, ChangeUnit, Deallocate, Idempotency, Promised, Refusal,
    UnitRecord,
};
use kloigos_model::{
    ids::AllocationId, limits::LimitsWish, names::UnitId, placement::Wanted, ssh::PublicKey,
    tags::Tags,
};

use super::{caller::Caller, checker::Checker, servers::Servers, traces};

/// One of them.
pub(super) struct Tenant {
    pub(super) number: u32,
    pub(super) caller: Caller,
    pub(super) checker: Arc<Checker>,
    pub(super) servers: Arc<Servers>,
    pub(super) has: Vec<(UnitId, AllocationId)>,
    pub(super) calls: u32,
}

impl Tenant {
    /// Does so many things.
    pub(super) async fn live(mut self, things: u32) {
        for _ in 0..things {
            self.caller.rest(100..12_000).await;
            match self.caller.dice.below(10) {
                0..=3 => self.allocate().await,
                4..=6 => self.deallocate().await,
                7 | 8 => self.change().await,
                _ => self.attest().await,
            }
        }
    }

    async fn allocate(&mut self) {
        self.calls += 1;
        let dice = &self.caller.dice;
        let idempotency = dice.chance(500).then(|| self.key());
        let op = Allocate {
            wanted: Wanted {
                cpu_count: *dice
                    .pick(&[None, None, Some(16), Some(32)])
                    .expect("there are four"),
                ..Wanted::default()
            },
            tags: Some(self.tags()),
            keys: traces::key(self.number, 0).parse().expect("a key"),
            limits: LimitsWish::default(),
            idempotency,
            within: std::time::Duration::from_mins(1),
        };
        let Some(begun) = self.begun(&op).await else {
            return;
        };
        let wait = std::time::Duration::from_mins(2);
        for _ in 0..5 {
            let answer = self.caller.ask("wait for its unit", |control| async move {
                control.wait_for_unit(begun.job, wait).await
            });
            let answer = answer.await;
            if let Some(Ok(Some(unit))) = &answer {
                return self.moves_in(unit);
            }
            if !Caller::is_open(answer.as_ref()) {
                return;
            }
            self.caller.rest(100..5000).await;
        }
    }

    /// Where the answer is lost, a call with a key is made again until one comes.
    async fn begun(&self, op: &Allocate) -> Option<Begun> {
        let mut first: Option<Begun> = None;
        let mut left = 6;
        loop {
            let answer = self.caller.ask("allocate a unit", |control| {
                let op = op.clone();
                async move { control.allocate(op).await }
            });
            let answer = answer.await;
            let again = op.idempotency.is_some();
            if let Some(Ok(begun)) = answer {
                let other =
                    |first: Begun| first.job != begun.job && !self.checker.failed(first.job);
                if first.is_some_and(other) {
                    let history = &self.caller.history;
                    history.fault("the same Idempotency-Key gave two jobs");
                }
                // A repeat of what was answered is the same answer.
                if !again || first.is_some() || self.caller.dice.chance(700) {
                    return Some(begun);
                }
                first = Some(begun);
            } else if !(again && Caller::is_open(answer.as_ref())) {
                return first;
            }
            left -= 1;
            if left == 0 {
                return first;
            }
            self.caller.rest(10..5000).await;
        }
    }

    fn moves_in(&mut self, unit: &UnitRecord) {
        let Some(tenancy) = unit.allocation else {
            let fault = format_args!("{} was handed over without a tenancy", unit.id);
            return self.caller.history.fault(fault);
        };
        self.checker.handed(tenancy, &self.caller.name);
        self.has.push((unit.id.clone(), tenancy));
        let host = unit.hostname.to_string();
        let number = host.trim_start_matches("sim").parse().unwrap_or(1);
        let rows = self.checker.rows();
        let still = rows.units.iter().any(|now| now.allocation == Some(tenancy));
        if still && self.servers.is_reached(number) {
            let (user, dir) = (unit.user.to_string(), unit.dir.to_string());
            let inside = self.servers.move_in(number, &user, unit.uid, &dir);
            let how = if inside {
                "moves into"
            } else {
                "is not let into"
            };
            self.caller
                .history
                .note(&self.caller.name, format_args!("{how} {}", unit.id));
        }
    }

    async fn deallocate(&mut self) {
        let Some((unit, tenancy)) = self.caller.dice.pick(&self.has).cloned() else {
            return;
        };
        let op = Deallocate {
            unit: unit.clone(),
            allocation: Some(tenancy),
            idempotency: None,
        };
        let what = format!("deallocate {unit}");
        let answer = self
            .caller
            .ask(&what, |control| async move { control.deallocate(op).await });
        if !Caller::is_open(answer.await.as_ref()) {
            self.has.retain(|had| had.1 != tenancy);
        }
    }

    async fn change(&mut self) {
        let Some((unit, tenancy)) = self.caller.dice.pick(&self.has).cloned() else {
            return;
        };
        let second: PublicKey = traces::key(self.number, 1).parse().expect("a key");
        let changes = [
            Change::AddKeys(second.to_string().parse().expect("a key")),
            Change::RemoveKey(second.fingerprint()),
            Change::SetLimits(LimitsWish::default()),
            Change::Stop,
            Change::Freeze,
            Change::Start,
            Change::Start,
            Change::Reset,
        ];
        let change = self.caller.dice.pick(&changes).expect("there are some");
        let what = format!("{change} of {unit}");
        let op = ChangeUnit {
            unit,
            allocation: Some(tenancy),
            change: change.clone(),
            remark: None,
            idempotency: None,
        };
        let answer = self.caller.ask(
            &what,
            |control| async move { control.change_unit(op).await },
        );
        self.forget(answer.await.as_ref(), tenancy);
    }

    async fn attest(&mut self) {
        let Some((id, tenancy)) = self.caller.dice.pick(&self.has).cloned() else {
            return;
        };
        let what = format!("attest {id}");
        let op = Attest {
            of: Promised::Unit {
                id,
                allocation: Some(tenancy),
            },
            remark: None,
            idempotency: None,
        };
        let answer = self
            .caller
            .ask(&what, |control| async move { control.attest(op).await });
        self.forget(answer.await.as_ref(), tenancy);
    }

    /// What is another's by now, or gone, was taken by an operator.
    fn forget<T>(&mut self, answer: Option<&Result<T, Refusal>>, tenancy: AllocationId) {
        let gone = matches!(
            answer,
            Some(Err(Refusal::WrongTenancy { .. } | Refusal::NotFound { .. }))
        );
        if gone {
            self.has.retain(|had| had.1 != tenancy);
        }
    }

    fn tags(&self) -> Tags {
        let tags = serde_json::json!({ traces::TAG: traces::tenant(self.number) });
        serde_json::from_value(tags).expect("tags")
    }

    fn key(&self) -> Idempotency {
        Idempotency {
            caller: self.caller.name.clone(),
            key: format!("call {}", self.calls),
            scope: "POST /api/compute_units/allocate".to_owned(),
            fingerprint: format!("call {}", self.calls),
        }
    }
}
