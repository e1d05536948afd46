//! Arguments that many verbs share.

mod asked;

use clap::{ArgAction, Args};
use clap_complete::ArgValueCandidates;

pub(crate) use asked::{Asked, Place};

use crate::{complete, output::Format, terminal::Color};

const OUTPUT: &str = "Output";

/// Which control plane, as whom, and how its answer is printed.
///
/// A token comes from the context, from `KLOIGOS_TOKEN`, or from a file; there is no flag for it,
/// since everybody on a machine can read its command lines.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) asked: Asked,
    #[command(flatten)]
    pub(crate) output: Printing,
}

/// How an answer is printed.
#[derive(Debug, Clone, Args)]
pub(crate) struct Printing {
    /// How to print the answer.
    #[arg(short, long, global = true, env = "KLOIGOS_OUTPUT", value_name = "FORMAT",
          default_value = "table", help_heading = OUTPUT, hide_env_values = true)]
    pub(crate) output: Format,
    /// When to use colours. `NO_COLOR` is heeded.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = OUTPUT)]
    pub(crate) color: Color,
    /// Show a long answer at once. Else a terminal shows it by `KLOIGOS_PAGER`, `PAGER` or less.
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub(crate) no_pager: bool,
}

/// Which rows of a list, in which order, with which columns.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Listing {
    /// Only rows whose column or field is one of these: `zone=a,b`, `tags.team=fx`. Repeated
    /// filters all hold.
    #[arg(long, value_name = "FIELD=VALUE[,VALUE]", help_heading = OUTPUT)]
    pub(crate) filter: Vec<String>,
    /// The column or field to sort by; with a hyphen before it, the greatest first.
    #[arg(long, value_name = "[-]FIELD", allow_hyphen_values = true, help_heading = OUTPUT)]
    pub(crate) sort: Option<String>,
    /// The columns or fields to print, in this order.
    #[arg(long, value_name = "FIELD[,FIELD]", value_delimiter = ',', help_heading = OUTPUT)]
    pub(crate) columns: Vec<String>,
    /// Leave the line of column names out.
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) no_headers: bool,
}

/// How work is begun and waited for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Working {
    /// Wait until the work is done, which is what happens without a flag too.
    #[arg(long, overrides_with = "no_wait", help_heading = "Work", action = ArgAction::SetTrue)]
    wait: bool,
    /// Print the job's id and leave it to its work; `kloigos job watch` follows it.
    #[arg(long, overrides_with = "wait", help_heading = "Work", action = ArgAction::SetTrue)]
    pub(crate) no_wait: bool,
    /// How long to wait at most; the work goes on.
    #[arg(long, value_name = "SECONDS", help_heading = "Work",
          value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: Option<u64>,
    /// Print what would be done, and change nothing.
    #[arg(long, help_heading = "Work")]
    pub(crate) dry_run: bool,
    /// A key of your own by which a repeat of this command is known for 24 hours.
    #[arg(long, value_name = "KEY", help_heading = "Work")]
    pub(crate) idempotency_key: Option<String>,
}

/// Why something is done.
#[derive(Debug, Clone, Args)]
pub(crate) struct Because {
    /// Why, in one line; kept with the work.
    #[arg(long, value_name = "TEXT", help_heading = "Work")]
    pub(crate) reason: Option<String>,
}

/// That a person meant it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Sure {
    /// Do not ask.
    #[arg(short, long, help_heading = "Work")]
    pub(crate) yes: bool,
}

/// A unit by its name.
#[derive(Debug, Clone, Args)]
pub(crate) struct UnitName {
    /// The unit, such as host1_0-15.
    #[arg(value_name = "UNIT", add = ArgValueCandidates::new(complete::units))]
    pub(crate) unit: String,
}

/// A server by its name.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServerName {
    /// The server, such as host1.
    #[arg(value_name = "SERVER", add = ArgValueCandidates::new(complete::servers))]
    pub(crate) server: String,
}
