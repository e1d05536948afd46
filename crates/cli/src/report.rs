//! `kloigos report`: what the servers have to give.

use std::collections::BTreeMap;

use clap::Subcommand;
use serde_json::{Value, json};

use crate::{
    api::Call, arguments::Listing, columns::Columns, command, failure::Failure, session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// CPUs of units by server: free, allocated, and neither.
    Capacity(Listing),
    /// Units by size: how many are free, and on which servers. An allocation takes whole units, so
    /// this is what the largest one is that can be had.
    Fragmentation(Listing),
}

impl command::Verb for Verb {
    fn run(self, session: &Session) -> Result<(), Failure> {
        let units = session.get(&Call::get(["compute_units", ""]))?;
        let units = units.as_array().map(Vec::as_slice).unwrap_or_default();
        match self {
            Self::Capacity(listing) => {
                let servers = session.get(&Call::get(["servers"]))?;
                let servers = servers.as_array().map(Vec::as_slice).unwrap_or_default();
                let rows = servers.iter().map(|server| capacity(server, units));
                session.list(&rows.collect(), Columns::CAPACITY, &listing)
            }
            Self::Fragmentation(listing) => session.list(&sizes(units), Columns::SIZES, &listing),
        }
    }
}

/// What of something is free, allocated, and neither.
#[derive(Default)]
struct Shares {
    free: u64,
    allocated: u64,
    other: u64,
}

impl Shares {
    fn add(&mut self, unit: &Value, amount: u64) {
        match unit["status"].as_str() {
            Some("free") => self.free += amount,
            Some("allocated") => self.allocated += amount,
            _ => self.other += amount,
        }
    }
}

fn capacity(server: &Value, units: &[Value]) -> Value {
    let own = |unit: &&Value| unit["hostname"] == server["hostname"];
    let units: Vec<&Value> = units.iter().filter(own).collect();
    let mut cpus = Shares::default();
    for unit in &units {
        cpus.add(unit, unit["cpu_count"].as_u64().unwrap_or_default());
    }
    json!({
        "hostname": server["hostname"],
        "status": server["status"],
        "zone": server["zone"],
        "units": units.len(),
        "cpus": cpus.free + cpus.allocated + cpus.other,
        "free": cpus.free,
        "allocated": cpus.allocated,
        "other": cpus.other,
        "region": server["region"],
    })
}

fn sizes(units: &[Value]) -> Value {
    let mut sizes: BTreeMap<u64, (Shares, BTreeMap<&str, u64>)> = BTreeMap::new();
    for unit in units {
        let size = unit["cpu_count"].as_u64().unwrap_or_default();
        let (shares, free_on) = sizes.entry(size).or_default();
        shares.add(unit, 1);
        if unit["status"] == "free" {
            *free_on
                .entry(unit["hostname"].as_str().unwrap_or_default())
                .or_default() += 1;
        }
    }
    let row = |(size, (shares, free_on)): (u64, (Shares, BTreeMap<&str, u64>))| {
        json!({
            "cpu_count": size,
            "free": shares.free,
            "allocated": shares.allocated,
            "other": shares.other,
            "free_on": free_on,
        })
    };
    // The largest first: it is what is asked for.
    sizes.into_iter().rev().map(row).collect()
}
