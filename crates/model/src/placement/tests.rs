use proptest::prelude::*;

use super::*;

fn server(number: u32, units: &[(&str, &str, UnitStatus)]) -> ServerOffer {
    let units = units
        .iter()
        .enumerate()
        .map(|(index, &(cpus, nodes, status))| UnitOffer {
            key: UnitKey::of(uuid::Uuid::from_u64_pair(u64::from(number), index as u64)),
            cpus: cpus.parse().expect("CPUs"),
            memory_nodes: nodes.parse().expect("nodes"),
            status,
        });
    ServerOffer {
        id: ServerId::of(uuid::Uuid::from_u128(u128::from(number))),
        hostname: format!("host{number}").parse().expect("a hostname"),
        region: "eu".parse().expect("a region"),
        zone: "a".parse().expect("a zone"),
        status: ServerStatus::Ready,
        reachable: true,
        units: units.collect(),
    }
}

const FREE: UnitStatus = UnitStatus::Free;
const USED: UnitStatus = UnitStatus::Allocated;

fn chosen(wanted: &Wanted, servers: &[ServerOffer]) -> String {
    let placed = place(wanted, servers, &[]).expect("a unit");
    let server = servers
        .iter()
        .find(|server| server.id == placed.server)
        .expect("a server");
    let unit = server
        .units
        .iter()
        .find(|unit| unit.key == placed.unit)
        .expect("a unit");
    format!("{}_{}", server.hostname, unit.cpus)
}

#[test]
fn load_spreads_over_servers() {
    let servers = [
        server(1, &[("0-3", "0", USED), ("4-7", "0", FREE)]),
        server(2, &[("0-3", "0", FREE), ("4-7", "0", FREE)]),
    ];
    assert_eq!(chosen(&Wanted::default(), &servers), "host2_0-3");
}

#[test]
fn a_node_is_filled_before_another_is_broken_up() {
    let one = server(
        1,
        &[
            ("0-3", "0", FREE),
            ("4-7", "0", FREE),
            ("8-11", "1", USED),
            ("12-15", "1", FREE),
        ],
    );
    assert_eq!(chosen(&Wanted::default(), &[one]), "host1_12-15");
}

#[test]
fn any_size_takes_the_smallest() {
    let one = server(1, &[("0-7", "0", FREE), ("8-9", "0", FREE)]);
    assert_eq!(
        chosen(&Wanted::default(), std::slice::from_ref(&one)),
        "host1_8-9"
    );
    let eight = Wanted {
        cpu_count: Some(8),
        ..Wanted::default()
    };
    assert_eq!(chosen(&eight, &[one]), "host1_0-7");
}

#[test]
fn a_refusal_says_why_per_server() {
    let mut servers = vec![
        server(1, &[("0-3", "0", USED)]),
        server(2, &[("0-7", "0", FREE), ("8-23", "0", FREE)]),
        server(3, &[("0-3", "0", FREE)]),
        server(4, &[("0-3", "0", FREE)]),
        server(5, &[("0-3", "0", FREE)]),
        server(6, &[("0-3", "0", FREE)]),
    ];
    servers[2].reachable = false;
    servers[3].status = ServerStatus::InitFail;
    servers[4].region = "us".parse().expect("a region");
    let four = Wanted {
        cpu_count: Some(4),
        region: Some("eu".into()),
        zone: None,
    };
    let tried = [servers[5].id];
    let refusal = place(&four, &servers, &tried)
        .expect_err("no fit")
        .to_string();
    assert_eq!(
        refusal,
        "No free Compute Unit found to match your request: host1 its one unit of that size is not \
         free; host2 has only units of 8, 16 CPUs; host3 did not answer; host4 is init_fail; host5 \
         is in region us; host6 could not be made ready"
    );
    let nothing = place(&four, &[], &[]).expect_err("no fit").to_string();
    assert!(nothing.ends_with("there is no server"));
}

#[test]
fn a_long_refusal_is_cut() {
    let servers: Vec<ServerOffer> = (1..=30).map(|n| server(n, &[("0-3", "0", USED)])).collect();
    let refusal = place(&Wanted::default(), &servers, &[])
        .expect_err("no fit")
        .to_string();
    assert!(refusal.ends_with("; and 10 more servers"), "{refusal}");
}

fn fleets() -> impl Strategy<Value = Vec<ServerOffer>> {
    let status = prop_oneof![3 => Just(FREE), 2 => Just(USED), 1 => Just(UnitStatus::InitFail)];
    let units = proptest::collection::vec((status, 1_u32..5), 0..8);
    let servers = proptest::collection::vec((units, any::<bool>()), 0..6);
    servers.prop_map(|servers| {
        let made = servers
            .into_iter()
            .enumerate()
            .map(|(number, (units, reachable))| {
                let mut offer = server(number as u32, &[]);
                offer.reachable = reachable;
                let mut next = 0;
                for (index, (status, size)) in units.into_iter().enumerate() {
                    let cpus = CpuSet::of(next..next + size).expect("CPUs");
                    next += size;
                    let nodes = CpuSet::of([index as u32 / 4]).expect("a node");
                    let key = UnitKey::of(uuid::Uuid::from_u64_pair(number as u64, index as u64));
                    offer.units.push(UnitOffer {
                        key,
                        cpus,
                        memory_nodes: nodes,
                        status,
                    });
                }
                offer
            });
        made.collect()
    })
}

proptest! {
    #[test]
    fn only_a_free_unit_of_the_size_on_a_willing_server_is_given(
        servers in fleets(), cpu_count in proptest::option::of(1_u32..5),
    ) {
        let wanted = Wanted { cpu_count, ..Wanted::default() };
        let fits = |server: &ServerOffer, unit: &UnitOffer| {
            server.reachable
                && unit.status == FREE
                && cpu_count.is_none_or(|count| count as usize == unit.cpus.len())
        };
        let any = servers.iter().any(|server| server.units.iter().any(|unit| fits(server, unit)));
        match place(&wanted, &servers, &[]) {
            Ok(placed) => {
                let server = servers.iter().find(|server| server.id == placed.server).expect("there");
                let unit = server.units.iter().find(|unit| unit.key == placed.unit).expect("there");
                prop_assert!(fits(server, unit));
            }
            Err(refusal) => {
                prop_assert!(!any);
                prop_assert_eq!(refusal.0.len(), servers.len());
            }
        }
    }

    #[test]
    fn the_order_of_the_fleet_does_not_matter(servers in fleets()) {
        let mut turned = servers.clone();
        turned.reverse();
        for server in &mut turned {
            server.units.reverse();
        }
        let wanted = Wanted::default();
        prop_assert_eq!(place(&wanted, &servers, &[]), place(&wanted, &turned, &[]));
    }
}
