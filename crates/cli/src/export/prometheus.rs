//! For Prometheus: `file_sd_config`.

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Exported, Which};
use crate::{failure::Failure, safe, session::Session};

#[derive(Debug, Args)]
pub(crate) struct Targets {
    #[command(flatten)]
    which: Which,
    /// Which port of each unit's range the target is, counted from its first.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    port_offset: u16,
}

impl Targets {
    pub(super) fn render(self, session: &Session) -> Result<String, Failure> {
        let units = self.which.units(session)?;
        let targets: Result<Vec<Value>, Failure> = units
            .iter()
            .map(|one| target(one, self.port_offset))
            .collect();
        Ok(safe::json(&format!("{:#}\n", Value::Array(targets?))))
    }
}

fn target(one: &Exported, offset: u16) -> Result<Value, Failure> {
    let unit = &one.unit;
    let address = match one.door.ip {
        std::net::IpAddr::V4(ip) => ip.to_string(),
        std::net::IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let mut labels = Map::new();
    for (label, field) in [
        ("kloigos_unit", "compute_id"),
        ("kloigos_server", "hostname"),
        ("kloigos_region", "region"),
        ("kloigos_zone", "zone"),
    ] {
        labels.insert(label.to_owned(), unit[field].clone());
    }
    for (key, value) in unit["tags"].as_object().into_iter().flatten() {
        let label = key.chars().map(|char| {
            if char.is_ascii_alphanumeric() {
                char
            } else {
                '_'
            }
        });
        let label = format!("kloigos_tag_{}", label.collect::<String>());
        labels.insert(label, text(value).into());
    }
    Ok(json!({"targets": [format!("{address}:{}", port(one, offset)?)], "labels": labels}))
}

/// The range is half-open.
fn port(one: &Exported, offset: u16) -> Result<u32, Failure> {
    let range = one.unit["ports_range"].as_str().unwrap_or_default();
    let ends = range
        .split_once('-')
        .and_then(|(first, end)| Some((first.parse().ok()?, end.parse().ok()?)));
    let (first, end): (u32, u32) =
        ends.ok_or_else(|| Failure::usage(format!("{} has no ports", one.door.unit)))?;
    let port = first + u32::from(offset);
    if port < end {
        return Ok(port);
    }
    Err(
        Failure::usage(format!("{} has {} ports", one.door.unit, end - first))
            .or_try("a smaller --port-offset"),
    )
}

/// Prometheus knows texts alone.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
