//! The bind filter's program on the root cgroup: a unit's user binds the unit's ports only.

use std::fmt;

use super::Presence;
use crate::{
    fault::{Refusal, Trouble},
    paths,
    resource::Resource,
    sys::{BindFilter, Hook, Host},
};

pub(super) struct Filter {
    pub(super) presence: Presence,
}

pub(super) struct Seen {
    filter: BindFilter,
    /// Whether the place where it is pinned is there, which may be empty: what was pinned was
    /// unlinked by hand, or a load died at its beginning.
    place: bool,
}

pub(super) enum FilterChange {
    Load,
    Unload,
}

impl fmt::Display for FilterChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Load => "load the bind filter",
            Self::Unload => "unload the bind filter",
        })
    }
}

impl Resource for Filter {
    type Observed = Seen;
    type Change = FilterChange;

    fn name(&self) -> &'static str {
        "bind filter"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        Ok(Seen {
            filter: host.bind_filter()?,
            place: host.stat(paths::FILTER)?.is_some(),
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<FilterChange>, Refusal> {
        Ok(match (self.presence, &have.filter) {
            (Presence::Absent, _) if have.place => vec![FilterChange::Unload],
            (_, BindFilter::Unsupported(_)) | (Presence::Absent, BindFilter::Absent) => Vec::new(),
            (Presence::Present, BindFilter::Present { inet4, inet6, .. })
                if is_one_of_this_version(*inet4) && is_one_of_this_version(*inet6) =>
            {
                Vec::new()
            }
            (Presence::Present, _) => vec![FilterChange::Load],
            (Presence::Absent, BindFilter::Present { .. }) => vec![FilterChange::Unload],
        })
    }

    fn apply(&self, host: &mut dyn Host, change: &FilterChange) -> Result<(), Trouble> {
        match change {
            FilterChange::Load => host.load_bind_filter()?,
            FilterChange::Unload => host.unload_bind_filter()?,
        }
        Ok(())
    }

    fn degraded(&self, have: &Seen) -> Vec<String> {
        match &have.filter {
            BindFilter::Unsupported(why) if self.presence == Presence::Present => vec![format!(
                "this kernel refuses the bind filter ({why}): a unit can occupy another unit's \
                 port, though it cannot answer there"
            )],
            _ => Vec::new(),
        }
    }
}

fn is_one_of_this_version(hook: Hook) -> bool {
    hook.current && hook.ours == 1
}
