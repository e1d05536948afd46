//! What control planes over a simulated fleet are asked for, with everything as it usually is.

use std::collections::BTreeSet;

use kloigos_control::InitServer;
use kloigos_model::{layout::Numbering, limits::LimitsWish, names::Hostname};
use kloigos_sim::fleet::address;

/// The name of the server of this number.
pub fn hostname(number: u32) -> Hostname {
    format!("sim{number}").parse().expect("a hostname")
}

/// An init of the server of this number, with these units.
pub fn init(number: u32, ranges: &[&str]) -> InitServer {
    InitServer {
        hostname: hostname(number),
        ip: address(number),
        region: "eu".parse().expect("a label"),
        zone: format!("z{number}").parse().expect("a label"),
        ranges: ranges
            .iter()
            .map(|range| range.parse().expect("a CPU set"))
            .collect(),
        numbering: Numbering::default(),
        ssh_port: 22,
        ssh_user: None,
        host_key: None,
        warm: true,
        limits: LimitsWish::default(),
        declined: BTreeSet::new(),
        confined: false,
        volumes: Vec::new(),
        idempotency: None,
    }
}
