//! `kloigos version`.

use clap::Args;
use serde_json::json;

use crate::{
    arguments::Printing,
    columns::Columns,
    failure::Failure,
    output::{Output, print},
    terminal::Terminal,
};

/// Of what commit a release is; `cargo xtask dist` says it.
const COMMIT: Option<&str> = option_env!("KLOIGOS_COMMIT");

/// What this program is. It says nothing of when, where or by whom it was built.
#[derive(Debug, Args)]
pub(crate) struct Version {
    #[command(flatten)]
    output: Printing,
}

impl Version {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let what = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "commit": COMMIT.unwrap_or("unknown"),
            "target": env!("KLOIGOS_TARGET"),
        });
        let color = Terminal::new(self.output.color).color;
        print(&Output::new(self.output.output, color).one(&what, Columns::FREE)?)
    }
}
