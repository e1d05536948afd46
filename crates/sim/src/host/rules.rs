//! nft(8): tables as text, sets as elements, one transaction per call.

use std::collections::{BTreeMap, BTreeSet};

use kloigos_host::sys::Output;
use serde_json::{Value, json};

use super::{
    SimHost,
    commands::{failed, printed},
};

/// The one table that is ever loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// What its chains and sets were written as.
    text: String,
    /// The elements of its sets.
    sets: BTreeMap<String, BTreeSet<String>>,
}

impl SimHost {
    pub(super) fn nft(&mut self, words: &[&str], stdin: &str) -> Output {
        match words {
            ["-f", "-"] => self.load(stdin),
            ["-j", "list", "tables"] => printed(self.tables().to_string()),
            ["-j", "list", "table", "inet", "kloigos"] => match &self.table {
                Some(table) => printed(table.listing().to_string()),
                None => failed(1, "Error: No such file or directory\n"),
            },
            _ => failed(1, "Error: syntax error\n"),
        }
    }

    fn tables(&self) -> Value {
        let ours = self
            .table
            .iter()
            .map(|_| json!({"table": {"family": "inet", "name": "kloigos"}}));
        json!({ "nftables": ours.collect::<Vec<_>>() })
    }

    /// All of it or nothing.
    fn load(&mut self, script: &str) -> Output {
        let mut table = self.table.clone();
        let mut lines = script.lines();
        while let Some(line) = lines.next() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let done = match words[..] {
                ["add", "table", ..] => {
                    table.get_or_insert_default();
                    true
                }
                ["delete", "table", ..] => table.take().is_some(),
                ["table", ..] => {
                    let body = lines.by_ref().take_while(|line| *line != "}");
                    let text = body.fold(String::new(), |text, line| text + line + "\n");
                    table.get_or_insert_default().declare(text);
                    true
                }
                ["add", "element", _, _, set, ..] => element(&mut table, set, line, true),
                ["delete", "element", _, _, set, ..] => element(&mut table, set, line, false),
                _ => words.is_empty(),
            };
            if !done {
                return failed(1, format!("Error: Could not process rule: {line}\n"));
            }
        }
        self.table = table;
        printed("")
    }
}

/// Adding what is there is fine, deleting what is not rejects the transaction.
fn element(table: &mut Option<Table>, set: &str, line: &str, add: bool) -> bool {
    let inside = line
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'));
    let set = table.as_mut().and_then(|table| table.sets.get_mut(set));
    match (set, inside) {
        (Some(set), Some((element, _))) if add => {
            set.insert(element.trim().to_owned());
            true
        }
        (Some(set), Some((element, _))) => set.remove(element.trim()),
        _ => false,
    }
}

impl Table {
    fn declare(&mut self, text: String) {
        for line in text.lines() {
            if let Some(("", rest)) = line.trim().split_once("set ") {
                let name = rest.split_whitespace().next().unwrap_or_default();
                self.sets.insert(name.to_owned(), BTreeSet::new());
            }
        }
        self.text = text;
    }

    fn listing(&self) -> Value {
        let mut objects = vec![
            json!({"metainfo": {"version": "1.1.3", "json_schema_version": 1}}),
            json!({"table": {"family": "inet", "name": "kloigos", "handle": 7}}),
        ];
        for (name, elements) in &self.sets {
            let elements: Vec<Value> = elements.iter().map(|element| shown(element)).collect();
            objects.push(
                json!({"set": {"family": "inet", "name": name, "handle": 1, "elem": elements}}),
            );
        }
        objects.extend(self.chains());
        json!({ "nftables": objects })
    }

    /// Chains and rules in their order, as far as ours are written.
    fn chains(&self) -> Vec<Value> {
        let mut objects = Vec::new();
        let mut chain = "";
        for line in self.text.lines().map(str::trim) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["chain", name, "{"] => {
                    chain = name;
                    objects.push(json!({"chain": {"family": "inet", "name": name, "handle": 1}}));
                }
                ["type", kind, "hook", hook, ..] => {
                    let last = objects.last_mut().and_then(|last| last.get_mut("chain"));
                    if let Some(last) = last {
                        last["type"] = json!(kind);
                        last["hook"] = json!(hook);
                        last["prio"] = json!(0);
                        last["policy"] = json!("accept");
                    }
                }
                ["set" | "}", ..] | [] => {}
                _ => objects.push(json!({"rule": {
                    "family": "inet", "chain": chain, "handle": 2, "expr": expressions(line),
                }})),
            }
        }
        objects
    }
}

/// A rule as nft 1.1.3 lists it (measured); one that is not known here as its text.
fn expressions(rule: &str) -> Value {
    let protocols = |op: &str, of: [&str; 2]| json!({"match": {"op": op, "left": {"meta": {"key": "l4proto"}}, "right": {"set": of}}});
    let counter = json!({"counter": {"packets": 3, "bytes": 180}});
    match rule {
        "meta skuid @unit_uids jump unit_out" => json!([
            {"match": {"op": "==", "left": {"meta": {"key": "skuid"}}, "right": "@unit_uids"}},
            {"jump": {"target": "unit_out"}},
        ]),
        "meta l4proto { 1, 58 } accept" => {
            json!([protocols("==", ["icmp", "ipv6-icmp"]), {"accept": null}])
        }
        "meta l4proto != { tcp, udp } counter drop" => {
            json!([protocols("!=", ["tcp", "udp"]), counter, {"drop": null}])
        }
        "ct direction reply meta skuid . th sport != @unit_bind counter drop" => json!([
            {"match": {"op": "==", "left": {"ct": {"key": "direction"}}, "right": "reply"}},
            {"match": {
                "op": "!=",
                "left": {"concat": [
                    {"meta": {"key": "skuid"}},
                    {"payload": {"protocol": "th", "field": "sport"}},
                ]},
                "right": "@unit_bind",
            }},
            counter,
            {"drop": null},
        ]),
        other => json!([other]),
    }
}

/// `20001 . 2000-2199` as libnftables prints it.
fn shown(element: &str) -> Value {
    let number = |text: &str| Value::from(text.trim().parse::<u64>().unwrap_or_default());
    let Some((user, ports)) = element.split_once(" . ") else {
        return number(element);
    };
    let ports = match ports.split_once('-') {
        Some((first, last)) => json!({"range": [number(first), number(last)]}),
        None => number(ports),
    };
    json!({"concat": [number(user), ports]})
}
