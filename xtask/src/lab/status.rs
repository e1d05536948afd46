//! What stands where, for a person.

use std::io::Write;

use anyhow::Result;

use super::{Lab, Server};

/// Prints a lab and its servers.
pub(crate) fn status(lab: &Lab) -> Result<()> {
    let spec = lab.spec();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "lab {}: {}, {} CPUs in {} NUMA nodes, {} MiB each",
        spec.name,
        spec.release.as_str(),
        spec.cpus,
        spec.nodes,
        spec.memory
    )?;
    lab.servers()
        .iter()
        .try_for_each(|server| one_status(server, &mut out))
}

fn one_status(server: &Server, out: &mut impl Write) -> Result<()> {
    let pid = server.emulator.pid().map_or_else(
        || "off".to_owned(),
        |pid| format!("pid {}", pid.as_raw_nonzero()),
    );
    writeln!(
        out,
        "srv{}: {} (private {}), {pid}\n      ssh -i {} -o UserKnownHostsFile={} root@{}",
        server.index(),
        server.address(),
        server.private_address(),
        server.private_key_path().display(),
        server.known_hosts_path().display(),
        server.address()
    )?;
    if !server.forwards().is_empty() {
        writeln!(out, "      forwarded: {:?}", server.forwards())?;
    }
    Ok(())
}
