//! How a server is to be cut.

use clap::{ArgGroup, Args, ValueEnum};
use serde_json::{Map, Value};

use super::init::given;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("cut").required(true).args(["cpus", "split", "by"]))]
pub(super) struct LayoutArgs {
    /// The CPUs of a unit, such as 0-15 or 0-15,64-79 or 0-7:2; once for each unit.
    #[arg(short, long, value_name = "RANGE")]
    cpus: Vec<String>,
    /// Cut into so many units with equally many whole cores.
    #[arg(long, value_name = "UNITS", value_parser = clap::value_parser!(u32).range(1..=512))]
    split: Option<u32>,
    /// Cut into a unit for each of these.
    #[arg(long, value_name = "WHAT")]
    by: Option<By>,
    /// How many CPUs at least stay with the host, in whole cores, where --split or --by cuts; an
    /// eighth and at most four when it is left out.
    #[arg(long, value_name = "CPUS", conflicts_with = "cpus")]
    housekeeping: Option<u32>,
    /// The first port of the first unit.
    #[arg(long, value_name = "PORT")]
    first_port: Option<u16>,
    /// How many ports each unit gets.
    #[arg(long, value_name = "COUNT")]
    port_step: Option<u16>,
    /// The first user id to give to a unit.
    #[arg(long, value_name = "UID")]
    first_uid: Option<u32>,
}

/// What the CPUs of a unit have in common.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Their NUMA node.
    Numa,
    /// Their last-level cache.
    L3,
    /// Their core: a unit is its SMT siblings.
    Core,
}

impl LayoutArgs {
    /// The CPUs of each unit, when they were given.
    pub(super) fn ranges(&self) -> Option<Vec<Value>> {
        let ranges = self.cpus.iter().cloned().map(Value::from);
        (!self.cpus.is_empty()).then(|| ranges.collect())
    }

    /// Where the numbers of the units begin.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (String, Value)> + use<> {
        given([
            ("first_port", self.first_port.map(Value::from)),
            ("port_step", self.port_step.map(Value::from)),
            ("first_uid", self.first_uid.map(Value::from)),
        ])
    }

    /// All of it, as a probe is told.
    pub(super) fn wanted(&self) -> Value {
        let by = self.by.and_then(|by| by.to_possible_value());
        let mut wanted: Map<String, Value> = given([
            ("cpu_ranges", self.ranges().map(Value::Array)),
            ("split", self.split.map(Value::from)),
            ("by", by.map(|by| by.get_name().into())),
            ("housekeeping", self.housekeeping.map(Value::from)),
        ])
        .collect();
        wanted.extend(self.numbers());
        Value::Object(wanted)
    }
}

/// Whether something keeps a server that was looked at from being cut.
pub(super) fn refusing(seen: &Value) -> bool {
    let findings = seen["findings"].as_array();
    let refuses = |finding: &Value| finding["severity"] == "refuses";
    findings.is_some_and(|findings| findings.iter().any(refuses))
}
