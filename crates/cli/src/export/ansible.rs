//! For Ansible: an inventory in YAML.
//!
//! Every string is tagged `!unsafe`, so that Ansible never looks for templates in what a tenant
//! wrote. Groups are made of words alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Exported;
use crate::safe;

pub(super) fn render(units: &[Exported]) -> String {
    let none = if units.is_empty() { " {}" } else { "" };
    let mut text = format!("all:\n  hosts:{none}\n");
    let mut groups: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for one in units {
        let name = one.door.unit.as_str();
        text.push_str(&format!("    {}:\n", quoted(name)));
        for (variable, value) in variables(one) {
            text.push_str(&format!("      {variable}: {}\n", written(&value)));
        }
        for group in groups_of(&one.unit) {
            groups.entry(group).or_default().insert(name);
        }
    }
    if !groups.is_empty() {
        text.push_str("  children:\n");
    }
    for (group, members) in groups {
        text.push_str(&format!("    {group}:\n      hosts:\n"));
        for member in members {
            text.push_str(&format!("        {}: {{}}\n", quoted(member)));
        }
    }
    text
}

fn variables(one: &Exported) -> Vec<(&'static str, Value)> {
    let unit = &one.unit;
    // A unit is called after its server and its CPUs, its directories after its CPUs.
    let cpus = one
        .door
        .unit
        .strip_prefix(&one.door.alias)
        .unwrap_or_default();
    let dir = format!("/opt/c{}", cpus.trim_start_matches('_'));
    vec![
        ("ansible_host", one.door.ip.to_string().into()),
        ("ansible_port", one.door.port.into()),
        ("ansible_user", one.door.user.clone().into()),
        ("compute_id", unit["compute_id"].clone()),
        ("kloigos_server", unit["hostname"].clone()),
        ("region", unit["region"].clone()),
        ("zone", unit["zone"].clone()),
        ("cpu_count", unit["cpu_count"].clone()),
        ("cpu_list", unit["cpu_list"].clone()),
        ("cpu_range", unit["cpu_range"].clone()),
        ("ports_range", unit["ports_range"].clone()),
        ("unit_dir", dir.into()),
        ("unit_user", unit["user"].clone()),
        ("kloigos_tags", unit["tags"].clone()),
    ]
}

/// A value on one line, its strings marked as data.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("!unsafe {}", quoted(text)),
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(written).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(fields) => {
            let field =
                |(name, value): (&String, &Value)| format!("{}: {}", quoted(name), written(value));
            format!(
                "{{{}}}",
                fields.iter().map(field).collect::<Vec<_>>().join(", ")
            )
        }
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    safe::json(&Value::from(text).to_string())
}

fn groups_of(unit: &Value) -> Vec<String> {
    let mut groups: Vec<String> = ["region", "zone", "status"]
        .iter()
        .filter_map(|field| Some(format!("{field}_{}", word(unit[*field].as_str()?))))
        .collect();
    for (key, value) in unit["tags"].as_object().into_iter().flatten() {
        let values = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            match key.as_str() {
                "groups" => groups.push(group(&value)),
                _ => groups.push(format!("tag_{}_{}", word(key), word(&value))),
            }
        }
    }
    groups
}

/// A tenant must not put a unit among everybody's or nobody's.
fn group(name: &str) -> String {
    match word(name) {
        taken if ["all", "ungrouped", "localhost"].contains(&taken.as_str()) => {
            format!("tag_{taken}")
        }
        name if name.starts_with(|first: char| first.is_ascii_digit()) => format!("_{name}"),
        name => name,
    }
}

/// Letters, digits and underscores.
fn word(text: &str) -> String {
    let letter = |char: char| {
        if char.is_ascii_alphanumeric() {
            char
        } else {
            '_'
        }
    };
    text.chars().map(letter).collect()
}
