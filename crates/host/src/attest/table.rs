//! The rules as the kernel lists them: chains, hooks and rules, exactly and nothing beside.

use kloigos_model::host::{Check, Promise};
use serde_json::{Value, json};

use super::same;
use crate::sys::Command;

/// Protocol numbers, whose names nft(8) prints where `/etc/protocols` is.
const PROTOCOLS: [(&str, u8); 4] = [("icmp", 1), ("tcp", 6), ("udp", 17), ("ipv6-icmp", 58)];

/// Where the listing comes from.
pub(super) fn evidence() -> String {
    Command::new(["nft", "-j", "list", "table", "inet", "kloigos"]).to_string()
}

/// The chains hang where they should, and hold what they should.
pub(super) fn checks(table: Option<&Value>) -> Vec<Check> {
    let listed = |kind| table.map(|table| objects(table, kind)).unwrap_or_default();
    let chains: Vec<String> = listed("chain").into_iter().map(chain).collect();
    let rules: Vec<Value> = listed("rule").into_iter().map(rule).collect();
    let wanted = wanted();
    let text = |rules: &[Value]| {
        let lines = rules.iter().map(ToString::to_string);
        lines.collect::<Vec<_>>().join("; ")
    };
    vec![
        same(
            Promise::Ports,
            "chains of the rules",
            "output at hook output, priority 0, policy accept; unit_out",
            chains.join("; "),
            evidence(),
        ),
        same(
            Promise::Ports,
            "rules",
            "the 4 rules of Kloigos",
            // Objects are the same in whatever order their fields are printed.
            if rules == wanted {
                "the 4 rules of Kloigos".to_owned()
            } else {
                text(&rules)
            },
            evidence(),
        ),
    ]
}

fn objects<'a>(listing: &'a Value, kind: &str) -> Vec<&'a Value> {
    let items = listing["nftables"].as_array();
    let objects = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get(kind));
    objects.collect()
}

fn chain(chain: &Value) -> String {
    let name = chain["name"].as_str().unwrap_or_default();
    match (chain["hook"].as_str(), chain["policy"].as_str()) {
        (None, None) => name.to_owned(),
        (hook, policy) => format!(
            "{name} at hook {}, priority {}, policy {}",
            hook.unwrap_or("none"),
            chain["prio"],
            policy.unwrap_or("none")
        ),
    }
}

/// A rule without its handle and counts, with protocols as numbers.
fn rule(rule: &Value) -> Value {
    let statements = rule["expr"].as_array();
    let statements: Vec<Value> = statements.into_iter().flatten().map(plain).collect();
    json!([rule["chain"], statements])
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(fields) if fields.contains_key("counter") => json!("counter"),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::String(name) => {
            let known = PROTOCOLS.iter().find(|(known, _)| known == name);
            known.map_or_else(|| value.clone(), |(_, number)| json!(number))
        }
        other => other.clone(),
    }
}

/// As nft 1.0.6 and 1.1.3 list them (measured on Debian 12 and 13).
fn wanted() -> [Value; 4] {
    let protocols = |op: &str, of: [u8; 2]| json!({"match": {"op": op, "left": {"meta": {"key": "l4proto"}}, "right": {"set": of}}});
    let sport = json!({"payload": {"protocol": "th", "field": "sport"}});
    [
        json!(["output", [
            {"match": {"op": "==", "left": {"meta": {"key": "skuid"}}, "right": "@unit_uids"}},
            {"jump": {"target": "unit_out"}},
        ]]),
        json!(["unit_out", [protocols("==", [1, 58]), {"accept": null}]]),
        json!(["unit_out", [protocols("!=", [6, 17]), "counter", {"drop": null}]]),
        json!(["unit_out", [
            {"match": {"op": "==", "left": {"ct": {"key": "direction"}}, "right": "reply"}},
            {"match": {
                "op": "!=",
                "left": {"concat": [{"meta": {"key": "skuid"}}, sport]},
                "right": "@unit_bind",
            }},
            "counter",
            {"drop": null},
        ]]),
    ]
}
