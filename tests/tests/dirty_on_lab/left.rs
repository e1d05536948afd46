//! The residue scan, when something cannot be removed.

use anyhow::{Context, Result, ensure};
use kloigos_model::host::{Outcome, Request, Spec};

use super::stage::{Stage, unit};

/// Files of the tenant's in a directory that no sweep knows, which even root cannot remove.
const PLANT: &str = r"
mkdir -p /usr/local/share/planted
for number in $(seq 25); do
    touch /usr/local/share/planted/file-$number
    chown u0-1: /usr/local/share/planted/file-$number
done
chattr +i /usr/local/share/planted/file-*
";
const CLEAR: &str = "chattr -i /usr/local/share/planted/file-*";

pub(crate) fn what_cannot_be_removed_is_named(stage: &Stage) -> Result<()> {
    stage.apply_unit(stage.allocated(unit(0))?)?;
    stage.script(PLANT)?;
    let request = Request::Apply {
        scopes: vec![stage.next(Spec::Unit(unit(0)))],
    };
    for _ in 0..2 {
        let report = stage.ask(&request)?;
        ensure!(report.outcome == Outcome::Fault, "{report:#?}");
        let message = report.fault.context("a fault is told")?.message;
        ensure!(message.contains("25 traces"), "{message}");
        let told = message.matches("/usr/local/share/planted/file-").count();
        ensure!(told == 20 && message.contains("and 5 more"), "{message}");
        println!("   {message}");
        stage.script("test -e /var/lib/kloigos/units/u0-1.tenancy")?;
    }
    stage.script(CLEAR)?;
    stage.settle(&request)?;
    stage.script(
        "test ! -e /var/lib/kloigos/units/u0-1.tenancy; test -z \"$(ls /usr/local/share/planted)\"",
    )?;
    Ok(())
}
