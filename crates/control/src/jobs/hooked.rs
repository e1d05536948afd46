//! Steps that run an operator's hook.

use kloigos_model::{hook::HookPoint, ids::UnitKey};
use kloigos_store::{AllocationRecord, ServerRecord, UnitRecord};

use super::{Context, Fault, tried::Tried};
use crate::{
    hooks::{Ended, Occasion},
    target,
};

/// What a step on a unit came to: it asked the server, or it ran a hook.
pub(crate) enum Seen {
    Tried(Box<Tried>),
    Hooked(Box<Hooked>),
}

/// What a unit's hook came to.
pub(crate) struct Hooked {
    pub(crate) unit: UnitRecord,
    /// `None` when the rows said that there is nothing to run it for; else why it failed, if it did.
    pub(crate) end: Option<Result<(), String>>,
}

impl Context<'_> {
    /// Runs the hook of a unit, if its rows are as wanted.
    pub(crate) async fn hook_unit(
        &self,
        point: HookPoint,
        unit: UnitKey,
        wanted: impl FnOnce(&UnitRecord, Option<&AllocationRecord>) -> bool,
    ) -> Result<Hooked, Fault> {
        let (server, unit, open) = self.unit_scene(unit).await?;
        if !wanted(&unit, open.as_ref()) {
            return Ok(Hooked { unit, end: None });
        }
        let units = [(unit.clone(), open)];
        let end = self.hook(point, &server, &units).await;
        Ok(Hooked {
            unit,
            end: Some(end),
        })
    }

    /// Runs the hook of this point, if there is one; what it writes goes to the job's log.
    pub(crate) async fn hook(
        &self,
        point: HookPoint,
        server: &ServerRecord,
        units: &[(UnitRecord, Option<AllocationRecord>)],
    ) -> Result<(), String> {
        let Some(hooks) = &self.core.settings.hooks else {
            return Ok(());
        };
        let target = target::of_server(server, &self.core.settings);
        let occasion = Occasion {
            point,
            job: self.claim.id.to_string(),
            server,
            target: &target,
            units,
        };
        let why = match hooks.begin(&occasion) {
            Ok(None) => return Ok(()),
            Ok(Some(running)) => {
                self.say(format!("hook {point} begins"));
                match running.until_end(|line| self.say(line)).await {
                    Ended::Well => {
                        self.say(format!("hook {point} is through"));
                        return Ok(());
                    }
                    Ended::Badly(why) => why,
                }
            }
            Err(why) => why,
        };
        let why = format!("the hook {point} failed: {why}");
        self.say(&why);
        Err(format!(
            "{why}; the log of job {} has what it wrote",
            self.claim.id
        ))
    }
}
