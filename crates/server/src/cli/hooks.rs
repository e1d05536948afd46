//! Hooks, as flags.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::config::HookConfig;

/// The operator's own programs, run at points of the work.
#[derive(Debug, Args)]
pub(super) struct HookArgs {
    /// A folder of hooks: playbooks (`clean_up.yaml`) or programs that are named after their point,
    /// `after_init`, `after_allocate`, `clean_up` or `before_decommission`.
    #[arg(long, env = "KLOIGOS_HOOKS", value_name = "DIR")]
    hooks: Option<PathBuf>,
    /// How long a hook may take; then it is ended and has failed.
    #[arg(
        long,
        env = "KLOIGOS_HOOK_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 600,
        value_parser = clap::value_parser!(u32).range(1..=86_400)
    )]
    hook_timeout: u32,
    /// The program that plays hooks that are playbooks.
    #[arg(
        long,
        env = "KLOIGOS_ANSIBLE_PLAYBOOK",
        value_name = "PROGRAM",
        default_value = "/usr/bin/ansible-playbook"
    )]
    ansible_playbook: PathBuf,
}

impl HookArgs {
    pub(super) fn config(self) -> Option<HookConfig> {
        Some(HookConfig {
            dir: self.hooks?,
            limit: Duration::from_secs(self.hook_timeout.into()),
            ansible_playbook: self.ansible_playbook,
        })
    }
}
