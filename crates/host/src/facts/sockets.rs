//! Ports in use and reserved: `/proc/net/{tcp,udp}[6]` and two sysctls.

use std::collections::BTreeSet;

use kloigos_model::host::Sockets;

use super::required;
use crate::{
    fault::Trouble,
    sys::{Host, read_text},
};

/// The ephemeral ports.
pub const EPHEMERAL: &str = "/proc/sys/net/ipv4/ip_local_port_range";
/// The ports that no outgoing connection takes.
pub const RESERVED: &str = "/proc/sys/net/ipv4/ip_local_reserved_ports";

/// `TCP_LISTEN` and `TCP_CLOSE` of `include/net/tcp_states.h`. A socket that is bound and does not
/// listen yet, and an unconnected UDP socket, are in the second.
const LISTEN: &str = "0A";
const CLOSE: &str = "07";

pub(super) fn read(host: &mut dyn Host) -> Result<Sockets, Trouble> {
    let mut listening = BTreeSet::new();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let text = read_text(host, &format!("/proc/net/{table}"))?;
        listening.extend(bound_ports(&text.unwrap_or_default()));
    }
    Ok(Sockets {
        listening: listening.into_iter().collect(),
        ephemeral: ephemeral(host)?,
        reserved: required(host, RESERVED)?.trim().to_owned(),
    })
}

/// First and last ephemeral port.
pub fn ephemeral(host: &mut dyn Host) -> Result<(u16, u16), Trouble> {
    let text = required(host, EPHEMERAL)?;
    let mut ports = text.split_whitespace().map(str::parse);
    match (ports.next(), ports.next()) {
        (Some(Ok(first)), Some(Ok(last))) => Ok((first, last)),
        _ => Err(Trouble::text(EPHEMERAL, "it does not hold two ports")),
    }
}

/// The local ports of sockets that wait for others.
fn bound_ports(table: &str) -> BTreeSet<u16> {
    table.lines().skip(1).filter_map(bound_port).collect()
}

/// `sl local_address rem_address st …` with addresses as `HEX:PORT`.
fn bound_port(line: &str) -> Option<u16> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let waits = [LISTEN, CLOSE].contains(fields.get(3)?);
    let (_, port) = fields.get(1)?.rsplit_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    (waits && port != 0).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_sockets_are_found_and_connected_ones_are_not() {
        let table = "  sl  local_address rem_address   st\n\
                     0: 00000000:0016 00000000:0000 0A 0\n\
                     1: 0100007F:D431 0100007F:0016 01 0\n\
                     2: 00000000:0044 00000000:0000 07 0\n";
        assert_eq!(bound_ports(table).into_iter().collect::<Vec<_>>(), [22, 68]);
    }

    #[test]
    fn hostile_lines_are_passed_over() {
        assert!(bound_ports("h\n\n:\n0: x 0 0A\n0: :ZZ 0 0A\n0: :FFFFF 0 0A\n").is_empty());
    }
}
