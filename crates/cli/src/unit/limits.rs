//! Limits as they are typed.

use clap::Args;
use serde_json::{Map, Value};

const LIMITS: &str = "Limits";

/// What a unit may use. Amounts may have K, M, G or T (powers of 1024) behind them; `none` lifts a
/// limit.
#[derive(Debug, Clone, Args)]
pub(crate) struct LimitArgs {
    /// The most memory, in bytes.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    memory_max: Option<String>,
    /// From how much memory on, in bytes, the unit is slowed and reclaimed from.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    memory_high: Option<String>,
    /// The most swap, in bytes.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    swap_max: Option<String>,
    /// The most tasks.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    tasks_max: Option<String>,
    /// Its share of busy disks, 1 to 10000.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    io_weight: Option<String>,
    /// The most bytes a second read from each disk.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    io_read_bytes: Option<String>,
    /// The most bytes a second written to each disk.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    io_write_bytes: Option<String>,
    /// The most bytes stored on each file system.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    disk_bytes: Option<String>,
    /// The most files and directories on each of them.
    #[arg(long, value_name = "AMOUNT", help_heading = LIMITS)]
    disk_inodes: Option<String>,
}

impl LimitArgs {
    /// Those that were given, for the API.
    pub(crate) fn given(self) -> Option<Value> {
        let all = [
            ("memory_max", self.memory_max),
            ("memory_high", self.memory_high),
            ("swap_max", self.swap_max),
            ("tasks_max", self.tasks_max),
            ("io_weight", self.io_weight),
            ("io_read_bytes", self.io_read_bytes),
            ("io_write_bytes", self.io_write_bytes),
            ("disk_bytes", self.disk_bytes),
            ("disk_inodes", self.disk_inodes),
        ];
        let given = all
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        let given: Map<String, Value> = given.collect();
        (!given.is_empty()).then_some(Value::Object(given))
    }
}
