//! Ids that somebody gave to the user.

use kloigos_model::host::UnitSpec;

use super::Trace;
use crate::{
    fault::Trouble,
    sys::{Host, read_text},
};

/// Subordinate ids are listed by name or by number (subuid(5)).
pub(super) fn look(host: &mut dyn Host, unit: &UnitSpec) -> Result<Vec<Trace>, Trouble> {
    let own = [unit.user.to_string(), unit.uid.to_string()];
    let mut traces = Vec::new();
    for file in ["/etc/subuid", "/etc/subgid"] {
        let text = read_text(host, file)?.unwrap_or_default();
        let its = |line: &&str| own.iter().any(|own| line.split(':').next() == Some(own));
        let lines = text.lines().filter(its);
        traces.extend(
            lines.map(|line| Trace::lasting("subordinate ids", format!("{line} of {file}"))),
        );
    }
    Ok(traces)
}
