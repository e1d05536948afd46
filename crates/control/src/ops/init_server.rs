//! Lists a server with its units and begins to prepare it.

use std::sync::Arc;

use kloigos_model::{
    compute_unit::UnitVerb,
    host::{Generation, Volume},
    ids::{JobId, ServerId},
    layout::{LayoutError, Slot, plan},
    names::UnitId,
    server::{ServerStatus, ServerVerb},
};
use kloigos_store::{
    JobScope, NewServer, NewUnit, Operation, ServerPlace, ServerRecord, Tx, UnitRecord,
};

use super::{InitServer, Started, repeat};
use crate::{
    core::Core,
    jobs::{Initializing, new_job},
    refusal::{Fault, PathPart, Refusal},
};

/// The intention with what it needs to be carried out.
pub(crate) struct Begin {
    pub(crate) op: InitServer,
    pub(crate) core: Arc<Core>,
    /// Whether a worker stands ready for the job.
    pub(crate) take_up: bool,
}

impl Operation for Begin {
    type Output = Started;
    type Refusal = Refusal;

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Started, Refusal> {
        let idempotency = self.op.idempotency.as_ref();
        if let Some(begun) = repeat::earlier(tx, &self.core, idempotency).await? {
            return Ok(begun.into());
        }
        let slots = plan(&self.op.ranges, self.op.numbering).map_err(|error| layout(&error))?;
        self.address_is_free(tx).await?;
        let server = match tx.living_server(&self.op.hostname).await? {
            Some(living) => self.anew(tx, &living, &slots).await?,
            None => self.first(tx, &slots).await?,
        };
        let job = self.work(tx, server).await?;
        repeat::keep(tx, &self.core, idempotency, job).await?;
        Started::new(tx, &self.core, job, self.take_up).await
    }
}

impl Begin {
    fn place(&self) -> ServerPlace {
        ServerPlace {
            ip: self.op.ip,
            ssh_port: self.op.ssh_port,
            ssh_user: self.op.ssh_user.clone(),
            given_host_key: self.op.host_key.clone(),
            region: self.op.region.clone(),
            zone: self.op.zone.clone(),
            warm: self.op.warm,
            declined: self.op.declined.clone(),
            confined: self.op.confined,
            limits: self.op.limits,
        }
    }

    /// The block device of the unit at this place.
    fn volume(&self, position: usize) -> Option<&Volume> {
        let mut volumes = self.op.volumes.iter();
        let own = volumes.find(|(unit, _)| *unit == position);
        own.map(|(_, volume)| volume)
    }

    async fn address_is_free(&self, tx: &mut Tx<'_>) -> Result<(), Refusal> {
        let there = tx.living_server_at(self.op.ip, self.op.ssh_port).await?;
        match there.filter(|there| there.hostname != self.op.hostname) {
            None => Ok(()),
            Some(there) => conflict(format!(
                "{} port {} is the address of server {}",
                there.ip, there.ssh_port, there.hostname
            )),
        }
    }

    /// A name that no living server has.
    async fn first(&self, tx: &mut Tx<'_>, slots: &[Slot]) -> Result<ServerId, Refusal> {
        let (op, world) = (&self.op, &self.core.world);
        let before = tx
            .generation_before(&op.hostname, op.ip, op.ssh_port)
            .await?;
        let generation = Generation {
            counter: before.counter + 1,
            ..before
        };
        let server = NewServer {
            id: world.server_id(),
            hostname: op.hostname.clone(),
            place: self.place(),
            numbering: op.numbering,
            generation,
            created_at: world.now(),
        };
        tx.insert_server(&server).await?;
        for (position, slot) in slots.iter().enumerate() {
            let unit = NewUnit {
                key: world.unit_key(),
                id: UnitId::of(&op.hostname, &slot.cpus),
                server: server.id,
                position: u32::try_from(position).unwrap_or(u32::MAX),
                slot: slot.clone(),
                volume: self.volume(position).cloned(),
                generation,
                created_at: world.now(),
            };
            tx.insert_unit(&unit).await?;
        }
        Ok(server.id)
    }

    /// A name that a living server has: a failed init is begun from nothing, a finished one is
    /// gone over again when the layout is the same.
    async fn anew(
        &self,
        tx: &mut Tx<'_>,
        living: &ServerRecord,
        slots: &[Slot],
    ) -> Result<ServerId, Refusal> {
        let units = tx.units_of(living.id).await?;
        match living.status {
            ServerStatus::InitFail => {
                self.bury(tx, living, &units).await?;
                self.first(tx, slots).await
            }
            ServerStatus::Ready => {
                self.may_go_over(living, &units, slots)?;
                self.go_over(tx, living, &units).await?;
                Ok(living.id)
            }
            ServerStatus::DecommissionFail => conflict(format!(
                "server {} could not be decommissioned; decommission it again first",
                living.hostname
            )),
            ServerStatus::Cordoned => conflict(format!("server {} is cordoned", living.hostname)),
            ServerStatus::Initializing
            | ServerStatus::Decommissioning
            | ServerStatus::Decommissioned => conflict(format!(
                "server {} is {} already; wait until that is over",
                living.hostname, living.status
            )),
        }
    }

    /// A life that never came to anything becomes history.
    async fn bury(
        &self,
        tx: &mut Tx<'_>,
        living: &ServerRecord,
        units: &[UnitRecord],
    ) -> Result<(), Refusal> {
        let (now, reason) = (self.core.world.now(), living.reason.as_deref());
        for unit in units {
            for verb in [UnitVerb::Decommission, UnitVerb::Retire] {
                tx.move_unit(unit.key, verb, unit.reason.as_deref(), now)
                    .await?;
            }
        }
        for verb in [ServerVerb::Decommission, ServerVerb::Retire] {
            tx.move_server(living.id, verb, reason, now).await?;
        }
        Ok(())
    }

    fn may_go_over(
        &self,
        living: &ServerRecord,
        units: &[UnitRecord],
        slots: &[Slot],
    ) -> Result<(), Refusal> {
        let name = &living.hostname;
        let used = super::in_use(units);
        if !used.is_empty() {
            return conflict(format!("server {name} has units in use: {used}"));
        }
        if (living.ip, living.ssh_port) != (self.op.ip, self.op.ssh_port) {
            return conflict(format!(
                "server {name} is at {} port {}; decommission it first",
                living.ip, living.ssh_port
            ));
        }
        if !self.same_layout(living, units, slots) {
            return conflict(format!(
                "server {name} is ready with another layout; decommission it first"
            ));
        }
        let stuck = |unit: &&UnitRecord| unit.status.after(UnitVerb::Initialize).is_err();
        match units.iter().find(stuck) {
            Some(unit) => conflict(format!(
                "unit {} is {}; deallocate it first",
                unit.id, unit.status
            )),
            None => Ok(()),
        }
    }

    fn same_layout(&self, living: &ServerRecord, units: &[UnitRecord], slots: &[Slot]) -> bool {
        let mut pairs = units.iter().zip(slots);
        units.len() == slots.len()
            && living.numbering == self.op.numbering
            && pairs.all(|(unit, slot)| unit.cpus == slot.cpus)
    }

    async fn go_over(
        &self,
        tx: &mut Tx<'_>,
        living: &ServerRecord,
        units: &[UnitRecord],
    ) -> Result<(), Refusal> {
        let now = self.core.world.now();
        tx.set_place(living.id, &self.place()).await?;
        tx.move_server(living.id, ServerVerb::Initialize, None, now)
            .await?;
        // No device may be two units' on the way.
        for unit in units {
            tx.set_volume(unit.key, None).await?;
        }
        for (position, unit) in units.iter().enumerate() {
            tx.set_volume(unit.key, self.volume(position)).await?;
            tx.move_unit(unit.key, UnitVerb::Initialize, None, now)
                .await?;
        }
        Ok(())
    }

    async fn work(&self, tx: &mut Tx<'_>, server: ServerId) -> Result<JobId, Refusal> {
        let (op, world) = (&self.op, &self.core.world);
        let leftovers = tx.leftovers(&op.hostname, op.ip, op.ssh_port).await?;
        let leftovers = leftovers.iter().map(|life| life.id).collect();
        let first = Initializing::Contact { server, leftovers };
        let scope = JobScope { server, unit: None };
        let job = new_job(&first, scope, world);
        tx.insert_job(&job).await?;
        Ok(job.id)
    }
}

fn conflict<T>(reason: String) -> Result<T, Refusal> {
    Err(Refusal::Conflict { reason })
}

fn layout(error: &LayoutError) -> Refusal {
    let index = error.index().map(PathPart::Index);
    let path = [PathPart::Name("cpu_ranges".to_owned())].into_iter();
    Refusal::Invalid(vec![Fault {
        path: path.chain(index).collect(),
        message: error.to_string(),
    }])
}
