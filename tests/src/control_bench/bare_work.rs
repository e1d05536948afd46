//! The bare loop that bookkeeping is compared with: the transactions that change something in the
//! life of a tenancy, one after the other on the one connection that writes. No queue, no worker, no
//! look before and after, no server.

use std::time::Instant;

use anyhow::{Context, Result};
use jiff::{Timestamp, ToSpan};
use kloigos_control::{Idempotency, Store, World};
use kloigos_model::{
    compute_unit::UnitVerb,
    host::{Attestation, ScopeName},
    ids::{AllocationId, JobId, UnitKey},
    placement::{Placed, Wanted, place},
    server::Health,
    ssh::AuthorizedKeys,
    tags::Tags,
};
use kloigos_store::{
    Claim, ClaimRules, Error, JobKind, JobScope, JobState, NewAllocation, NewAttestation, NewJob,
    Operation, Outcome, RepeatKey, Repeated, Tx, Voice,
};
use sqlx::Connection;
use tempfile::TempDir;

use super::{
    bookkeeping::{Rows, Said, TAGS, once, rows, since},
    fleet,
};

/// A database with free units, and who works on it alone.
pub(super) struct Loop {
    dir: TempDir,
    store: Store,
    world: World,
    said: Said,
    keys: AuthorizedKeys,
    tags: Tags,
}

impl Loop {
    pub(super) async fn open(dir: TempDir, said: Said) -> Result<Self> {
        Ok(Self {
            store: Store::open(&dir.path().join("simulated")).await?,
            dir,
            world: World::system(),
            said,
            keys: crate::keys::public_key(1).parse()?,
            tags: serde_json::from_str(TAGS)?,
        })
    }

    /// What the jobs of its tenancies say.
    pub(super) fn said(&self) -> Said {
        self.said.clone()
    }

    /// Tenancies a second, and what they leave together.
    pub(super) async fn measure(&self, tag: &str, tenancies: u32) -> Result<(f64, Rows)> {
        let mut connection = fleet::connect(&fleet::file(self.dir.path())).await?;
        let before = rows(&mut connection).await?;
        let began = Instant::now();
        for number in 0..tenancies {
            self.tenancy(&format!("{tag}-{number}")).await?;
        }
        let seconds = began.elapsed().as_secs_f64();
        let left = since(&before, &rows(&mut connection).await?);
        connection.close().await?;
        Ok((f64::from(tenancies) / seconds, left))
    }

    async fn tenancy(&self, tag: &str) -> Result<()> {
        let part = |part| Part { of: self, part };
        let key = once("allocate", tag);
        let allocated = self.store.run(&part(What::Reserve(&key))).await?;
        let held = allocated.context("the job is not claimed")?;
        let attest = self.store.run(&part(What::HandOver(&held))).await?;
        let attest = attest.context("the attestation is not claimed")?;
        let attest = self.store.run(&part(What::TakeUp(&attest))).await?;
        let attest = attest.context("the attestation is not claimed")?;
        self.store.run(&part(What::Attested(&attest))).await?;
        let key = once("deallocate", tag);
        let end = What::End(&key, held.claim.scope, held.allocation);
        let ending = self.store.run(&part(end)).await?;
        let ending = ending.context("the job is not claimed")?;
        self.store.run(&part(What::Clear(&ending))).await?;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.world.now()
    }

    fn rules(&self) -> ClaimRules {
        let now = self.now();
        ClaimRules {
            now,
            lease_until: now.saturating_add(1.minute()).unwrap_or(now),
            per_server: 4,
            servers: 64,
        }
    }

    fn job(&self, kind: JobKind, scope: JobScope) -> NewJob {
        let json = format!(
            r#"{{"at":"apply","allocation":"{0}","unit":"{0}","server":"{0}","cpu_count":null,"#,
            scope.server
        );
        NewJob {
            id: self.world.job_id(),
            kind,
            state: JobState {
                step: "apply".to_owned(),
                json: json + r#""region":null,"zone":null,"tried":[],"unsure":false}"#,
            },
            scope,
            created_at: self.now(),
        }
    }
}

/// A job in hand, and its tenancy.
struct Held {
    claim: Claim,
    allocation: AllocationId,
}

/// One transaction.
struct Part<'a> {
    of: &'a Loop,
    part: What<'a>,
}

#[derive(Clone, Copy)]
enum What<'a> {
    Reserve(&'a Idempotency),
    HandOver(&'a Held),
    TakeUp(&'a Held),
    Attested(&'a Held),
    End(&'a Idempotency, JobScope, AllocationId),
    Clear(&'a Held),
}

impl Operation for Part<'_> {
    type Output = Option<Held>;
    type Refusal = Error;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Self::Output, Error> {
        match self.part {
            What::Reserve(key) => self.reserve(key, tx).await,
            What::HandOver(held) => self.hand_over(held, tx).await.map(Some),
            What::TakeUp(held) => self.claim(None, held.allocation, tx).await,
            What::Attested(held) => self.attested(held, tx).await,
            What::End(key, scope, tenancy) => self.end(key, scope, tenancy, tx).await,
            What::Clear(held) => self.clear(held, tx).await,
        }
    }
}

impl Part<'_> {
    async fn reserve(&self, key: &Idempotency, tx: &mut Tx<'_>) -> Result<Option<Held>, Error> {
        let (of, now) = (self.of, self.of.now());
        self.first_time(key, tx).await?;
        let wanted = Wanted::default();
        let offers = tx.offers(&wanted).await?;
        let placed: Placed = place(&wanted, &offers, &[]).map_err(|_| missed("units"))?;
        let unit = tx.load_unit(placed.unit).await?;
        let unit = unit.ok_or(missed("units"))?;
        tx.move_unit(placed.unit, UnitVerb::Allocate, None, now)
            .await?;
        let scope = JobScope {
            server: placed.server,
            unit: Some(placed.unit),
        };
        let job = of.job(JobKind::Allocating, scope);
        tx.insert_job(&job).await?;
        let allocation = of.world.allocation_id();
        tx.insert_allocation(&NewAllocation {
            id: allocation,
            unit: placed.unit,
            job: job.id,
            keys: &of.keys,
            limits: &unit.limits,
            tags: Some(&of.tags),
            created_at: now,
        })
        .await?;
        self.keep(key, job.id, tx).await?;
        self.claim(Some(job.id), allocation, tx).await
    }

    async fn hand_over(&self, held: &Held, tx: &mut Tx<'_>) -> Result<Held, Error> {
        let (of, now) = (self.of, self.of.now());
        self.visited(held, tx).await?;
        tx.move_unit(unit(held.claim.scope)?, UnitVerb::HandOver, None, now)
            .await?;
        tx.activate_allocation(held.allocation, now).await?;
        let attest = of.job(JobKind::Attesting, held.claim.scope);
        tx.insert_job(&attest).await?;
        self.over(held, 0, tx).await?;
        Ok(Held {
            claim: held.claim.clone(),
            allocation: held.allocation,
        })
    }

    async fn attested(&self, held: &Held, tx: &mut Tx<'_>) -> Result<Option<Held>, Error> {
        let (of, now) = (self.of, self.of.now());
        self.visited(held, tx).await?;
        let unit = tx.load_unit(unit(held.claim.scope)?).await?;
        let unit = unit.ok_or(missed("units"))?;
        tx.insert_attestation(&NewAttestation {
            id: of.world.attestation_id(),
            scope: held.claim.scope,
            allocation: Some(held.allocation),
            job: held.claim.id,
            at: now,
            report: &Attestation {
                scope: ScopeName::Unit(unit.user),
                generation: unit.generation,
                checks: Vec::new(),
            },
        })
        .await?;
        self.over(held, 1, tx).await?;
        Ok(None)
    }

    async fn end(
        &self,
        key: &Idempotency,
        scope: JobScope,
        tenancy: AllocationId,
        tx: &mut Tx<'_>,
    ) -> Result<Option<Held>, Error> {
        self.first_time(key, tx).await?;
        let record = tx.load_unit(unit(scope)?).await?;
        let record = record.ok_or(missed("units"))?;
        tx.find_unit(&record.id).await?;
        tx.load_server(scope.server).await?;
        tx.move_unit(record.key, UnitVerb::Deallocate, None, self.of.now())
            .await?;
        tx.begin_ending(record.key).await?;
        let job = self.of.job(JobKind::Deallocating, scope);
        tx.insert_job(&job).await?;
        self.keep(key, job.id, tx).await?;
        self.claim(Some(job.id), tenancy, tx).await
    }

    async fn clear(&self, held: &Held, tx: &mut Tx<'_>) -> Result<Option<Held>, Error> {
        let (key, now) = (unit(held.claim.scope)?, self.of.now());
        self.visited(held, tx).await?;
        tx.move_unit(key, UnitVerb::Clear, None, now).await?;
        tx.end_allocation(key, now).await?;
        tx.load_unit(key).await?;
        tx.load_server(held.claim.scope.server).await?;
        self.over(held, 2, tx).await?;
        Ok(None)
    }

    /// Nobody asked for this before.
    async fn first_time(&self, key: &Idempotency, tx: &mut Tx<'_>) -> Result<(), Error> {
        let now = self.of.now();
        let since = now.saturating_sub(24.hours()).unwrap_or(now);
        tx.repeated(repeat(key), since).await.map(drop)
    }

    async fn keep(&self, key: &Idempotency, job: JobId, tx: &mut Tx<'_>) -> Result<(), Error> {
        let begun = Repeated {
            fingerprint: key.fingerprint.clone(),
            job,
        };
        tx.keep_key(repeat(key), &begun, self.of.now()).await
    }

    async fn claim(
        &self,
        job: Option<JobId>,
        allocation: AllocationId,
        tx: &mut Tx<'_>,
    ) -> Result<Option<Held>, Error> {
        let claim = tx.claim(job, &self.of.rules()).await?;
        Ok(claim.map(|claim| Held { claim, allocation }))
    }

    /// The job is still held, and its server well.
    async fn visited(&self, held: &Held, tx: &mut Tx<'_>) -> Result<(), Error> {
        let (claim, rules) = (&held.claim, self.of.rules());
        tx.renew(claim.id, claim.attempt, rules.lease_until).await?;
        tx.drift_of(claim.scope.server).await?;
        tx.set_health(claim.scope.server, Health::Healthy, None, rules.now)
            .await
    }

    /// The job is over, and what it said is kept.
    async fn over(&self, held: &Held, said: usize, tx: &mut Tx<'_>) -> Result<(), Error> {
        let (claim, now) = (&held.claim, self.of.now());
        tx.end_job(claim.id, claim.attempt, Outcome::Succeeded, now)
            .await?;
        let lines = self.of.said.get(said).into_iter().flatten();
        let lines: Vec<(Timestamp, String)> = lines.map(|line| (now, line.clone())).collect();
        let voice = Voice {
            job: claim.id,
            step: &claim.state.step,
            attempt: claim.attempt,
        };
        tx.log_job(voice, &lines).await
    }
}

fn repeat(key: &Idempotency) -> RepeatKey<'_> {
    RepeatKey {
        caller: &key.caller,
        scope: &key.scope,
        key: &key.key,
    }
}

fn unit(scope: JobScope) -> Result<UnitKey, Error> {
    scope.unit.ok_or(missed("units"))
}

fn missed(table: &'static str) -> Error {
    Error::Missed { table, rows: 0 }
}
