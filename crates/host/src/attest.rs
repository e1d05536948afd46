//! Attestation: every promise held against the kernel's own word, never against our own files or
//! records.

mod cpu;

use kloigos_model::host::{Attestation, Check, Desired, Promise, Spec, UnitSpec, Verdict};

use crate::{fault::Trouble, sys::Host};

/// All checks of a scope.
pub fn scope(host: &mut dyn Host, desired: &Desired) -> Result<Attestation, Trouble> {
    let checks = match &desired.spec {
        Spec::Server(_) => Vec::new(),
        Spec::Unit(unit) => of_unit(host, unit)?,
    };
    Ok(Attestation {
        scope: desired.scope(),
        generation: desired.generation,
        checks,
    })
}

fn of_unit(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Check>, Trouble> {
    cpu::checks(host, unit)
}

/// A check that is kept when what was found is what was wanted, word for word.
fn same(promise: Promise, check: &str, wanted: String, found: String, evidence: String) -> Check {
    let verdict = if wanted == found {
        Verdict::Kept
    } else {
        Verdict::Broken
    };
    Check {
        promise,
        check: check.to_owned(),
        wanted,
        found,
        verdict,
        evidence,
    }
}
