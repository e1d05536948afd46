//! `kloigos server topology`: how a server's CPUs lie, and whose they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde_json::Value;

use crate::{
    api::Call,
    columns::Columns,
    failure::{Failure, Kind},
    output::Format,
    safe,
    session::Session,
};

/// How many cores are on a line.
const LINE: usize = 16;
/// A CPU that the host keeps.
const HOST: &str = ".";
const GIB: u64 = 1 << 30;

/// Draws it; other formats than the table have the facts themselves.
pub(super) fn show(session: &Session, name: &str) -> Result<(), Failure> {
    let server = session.get(&Call::get(["servers", name]))?;
    if server["facts"].is_null() {
        let cause = format!("{name} has not told its CPUs yet");
        let next = format!("kloigos server show {name}");
        return Err(Failure::new(Kind::NotFound, cause).or_try(next));
    }
    match session.output.format {
        Format::Table | Format::Wide => session.page(&safe::lines(&draw(&server))),
        _ => session.show(&server, Columns::SERVERS),
    }
}

/// A CPU and where it is.
struct Cpu {
    id: u64,
    package: u64,
    node: u64,
    /// The CPUs of its cache, as the kernel writes them; empty where it does not tell.
    cache: String,
    core: u64,
}

impl Cpu {
    fn of(value: &Value) -> Self {
        let number = |field: &str| value[field].as_u64().unwrap_or_default();
        Self {
            id: number("id"),
            package: number("package"),
            node: number("node"),
            cache: value["l3"].as_str().unwrap_or_default().to_owned(),
            core: number("core"),
        }
    }
}

fn draw(server: &Value) -> String {
    let facts = &server["facts"];
    let cpus: Vec<Cpu> = each(&facts["cpus"]).map(Cpu::of).collect();
    let units: Vec<&Value> = each(&server["units"]).collect();
    let owners = owners(&units);
    let cores: BTreeSet<_> = cpus.iter().map(|cpu| (cpu.package, cpu.core)).collect();
    let mut text = format!(
        "{}: {} CPUs, {} cores, {} NUMA nodes\n",
        word(&server["hostname"]),
        cpus.len(),
        cores.len(),
        each(&facts["numa_nodes"]).count(),
    );
    for (package, cpus) in groups(cpus.iter(), |cpu| cpu.package) {
        let _ = writeln!(text, "\npackage {package}");
        for (node, cpus) in groups(cpus.into_iter(), |cpu| cpu.node) {
            let _ = writeln!(text, "  node {node}{}", memory(facts, node));
            draw_caches(&mut text, &cpus, &owners);
        }
    }
    text.push('\n');
    legend(&mut text, server, &units);
    text
}

fn draw_caches(text: &mut String, cpus: &[&Cpu], owners: &BTreeMap<u64, String>) {
    for cpus in groups(cpus.iter().copied(), |cpu| first(&cpu.cache)).values() {
        if !cpus[0].cache.is_empty() {
            let _ = writeln!(text, "    L3 {}", cpus[0].cache);
        }
        draw_cores(text, cpus, owners);
    }
}

fn draw_cores(text: &mut String, cpus: &[&Cpu], owners: &BTreeMap<u64, String>) {
    let cores: Vec<Vec<&Cpu>> = groups(cpus.iter().copied(), |cpu| cpu.core)
        .into_values()
        .collect();
    let mark = |cpu: &Cpu| owners.get(&cpu.id).map_or(HOST, String::as_str);
    let cell = |core: &Vec<&Cpu>| core.iter().map(|cpu| mark(cpu)).collect::<Vec<_>>();
    let wide = |cell: &Vec<&str>| cell.concat().len();
    let cells: Vec<_> = cores.iter().map(cell).collect();
    let width = cells.iter().map(wide).max().unwrap_or_default();
    for (cores, cells) in cores.chunks(LINE).zip(cells.chunks(LINE)) {
        let first = cores[0][0].id;
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| format!("{:width$}", cell.concat()))
            .collect();
        let _ = writeln!(text, "      {first:>4}  {}", cells.join(" ").trim_end());
    }
}

/// Whose a letter is.
fn legend(text: &mut String, server: &Value, units: &[&Value]) {
    let kept = server["housekeeping_cpus"].as_str().unwrap_or("none");
    let fields = ["compute_id", "cpu_range", "status"];
    let mut rows: Vec<_> = units
        .iter()
        .map(|unit| fields.map(|field| word(&unit[field])))
        .collect();
    rows.push(["the host", kept, ""]);
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max();
    let (names, sets) = (width(0).unwrap_or_default(), width(1).unwrap_or_default());
    for (index, [name, cpus, status]) in rows.into_iter().enumerate() {
        let mark = if index < units.len() {
            letter(index)
        } else {
            HOST.to_owned()
        };
        let line = format!("{mark:<3} {name:names$}  {cpus:sets$}  {status}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// The letter of each CPU's unit.
fn owners(units: &[&Value]) -> BTreeMap<u64, String> {
    let of = |(index, unit): (usize, &&Value)| {
        let cpus = word(&unit["cpu_list"]).split(',').map(str::to_owned);
        let cpus: Vec<u64> = cpus.filter_map(|cpu| cpu.parse().ok()).collect();
        cpus.into_iter().map(move |cpu| (cpu, letter(index)))
    };
    units.iter().enumerate().flat_map(of).collect()
}

/// A to Z, then AA to ZZ.
fn letter(index: usize) -> String {
    let of = |index: usize| char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    match index / 26 {
        0 => of(index).to_string(),
        tens => [of(tens - 1), of(index)].iter().collect(),
    }
}

fn memory(facts: &Value, node: u64) -> String {
    let of = |one: &&Value| one["id"].as_u64() == Some(node);
    let found = each(&facts["numa_nodes"]).find(of);
    let bytes = found.and_then(|one| one["memory_bytes"].as_u64());
    bytes.map_or_else(String::new, |bytes| format!(", {} GiB", bytes / GIB))
}

fn groups<'c, K: Ord>(
    cpus: impl Iterator<Item = &'c Cpu>,
    key: impl Fn(&Cpu) -> K,
) -> BTreeMap<K, Vec<&'c Cpu>> {
    let mut groups: BTreeMap<K, Vec<&Cpu>> = BTreeMap::new();
    for cpu in cpus {
        groups.entry(key(cpu)).or_default().push(cpu);
    }
    groups
}

/// The first number of a CPU set.
fn first(cpus: &str) -> u64 {
    let digits = cpus.split(|char: char| !char.is_ascii_digit()).next();
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default()
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server(nodes: u64, smt: bool) -> Value {
        let cpus = (0..16u64).map(|id| {
            let core = if smt { id % 8 } else { id };
            let half = if smt { 8 } else { 16 } / nodes;
            let node = core / half;
            json!({"id": id, "package": node, "node": node, "core": core, "l3": null})
        });
        json!({
            "hostname": "host1",
            "housekeeping_cpus": "0,8",
            "facts": {
                "cpus": cpus.collect::<Vec<_>>(),
                "numa_nodes": (0..nodes).map(|id| json!({"id": id, "memory_bytes": 8 * GIB})).collect::<Vec<_>>(),
            },
            "units": [
                {"compute_id": "host1_1-3", "status": "free", "cpu_range": "1-3,9-11", "cpu_list": "1,2,3,9,10,11"},
                {"compute_id": "host1_4", "status": "allocated", "cpu_range": "4-7", "cpu_list": "4,5,6,7"},
            ],
        })
    }

    #[test]
    fn halves_of_a_core_stand_together() {
        let drawn = draw(&server(2, true));
        assert_eq!(
            drawn,
            "host1: 16 CPUs, 8 cores, 2 NUMA nodes\n\n\
             package 0\n  node 0, 8 GiB\n         0  .. AA AA AA\n\n\
             package 1\n  node 1, 8 GiB\n         4  B. B. B. B.\n\n\
             A   host1_1-3  1-3,9-11  free\n\
             B   host1_4    4-7       allocated\n\
             .   the host   0,8\n"
        );
    }

    #[test]
    fn letters_do_not_end() {
        let letters = [0, 25, 26, 51, 52, 701].map(letter);
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ"]);
    }
}
