//! The lab's servers are reached at loopback addresses of this machine, and each other by a network
//! of their own. For services that are to be found at one address by all, each server makes the
//! addresses of this machine its own, and finds the other ones' behind the private network.

use anyhow::Result;
use xtask::lab::Lab;

/// The ports of units.
const PORTS: &str = "2000-2999";

/// Makes every server's address the same for all.
pub(super) fn one_address_for_all(lab: &Lab) -> Result<()> {
    for (number, server) in (1..).zip(lab.servers()) {
        let others = (1..)
            .zip(lab.servers())
            .filter(|(other, _)| *other != number);
        let others: Vec<String> = others
            .map(|(other, server)| {
                let address = server.address();
                format!("ip daddr {address} tcp dport {PORTS} dnat to 10.65.0.{other};")
            })
            .collect();
        let others = others.join(" ");
        let own = server.address();
        server.script(&format!(
            "for card in all eth0 eth1; do \
               sysctl -qw net.ipv4.conf.$card.route_localnet=1; done\n\
             nft -f - <<'RULES'\n\
             table ip lab {{\n\
               chain arriving {{ type nat hook prerouting priority dstnat; \
                 tcp dport {PORTS} dnat to {own}; }}\n\
               chain leaving {{ type nat hook output priority dstnat; {others} }}\n\
               chain left {{ type nat hook postrouting priority srcnat; \
                 ip daddr 10.65.0.0/24 masquerade; }}\n\
             }}\n\
             RULES\n"
        ))?;
    }
    Ok(())
}
