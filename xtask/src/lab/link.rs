//! Cutting a server's links, and healing them.
//!
//! A silent cut drops packets inside QEMU while the card keeps its carrier:
//! nobody is told. What QEMU calls a netdev's `rx` queue is what the guest
//! sends.

use anyhow::Result;

use super::qemu::{MANAGEMENT, PRIVATE};
use super::qmp::Monitor;

/// Which network of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Link {
    /// The one this machine reaches the server by.
    Management,
    /// The one between the servers.
    Private,
}

impl Link {
    /// Both links.
    pub const ALL: [Self; 2] = [Self::Management, Self::Private];

    const fn netdev(self) -> &'static str {
        match self {
            Self::Management => MANAGEMENT,
            Self::Private => PRIVATE,
        }
    }
}

/// How a link is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Cut {
    /// Silently, both ways.
    Both,
    /// Silently, what the server should receive.
    In,
    /// Silently, what the server sends.
    Out,
    /// The cable is pulled: the server sees its carrier go.
    Cable,
}

impl Cut {
    const fn queue(self) -> Option<&'static str> {
        match self {
            Self::Both => Some("all"),
            Self::In => Some("tx"),
            Self::Out => Some("rx"),
            Self::Cable => None,
        }
    }
}

/// Cuts a link; an earlier cut of it is replaced.
pub(crate) fn cut(monitor: &mut Monitor, cut: Cut, link: Link) -> Result<()> {
    restore(monitor, link)?;
    let netdev = link.netdev();
    let Some(queue) = cut.queue() else {
        return monitor.silent(&format!("set_link {netdev} off"));
    };
    monitor.silent(&format!("chardev-add null,id=sink-{netdev}"))?;
    monitor.silent(&format!(
        "object_add filter-redirector,id=cut-{netdev},netdev={netdev},queue={queue},\
         outdev=sink-{netdev}"
    ))
}

/// Heals a link, however it was cut; one that is whole stays so.
pub(crate) fn restore(monitor: &mut Monitor, link: Link) -> Result<()> {
    let netdev = link.netdev();
    // These two fail when there was no silent cut, which is as good.
    monitor.human(&format!("object_del cut-{netdev}"))?;
    monitor.human(&format!("chardev-remove sink-{netdev}"))?;
    // A snapshot holds the state of the card: it is set after each load.
    monitor.silent(&format!("set_link {netdev} on"))
}
