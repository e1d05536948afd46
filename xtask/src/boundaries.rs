//! The rooms and what each may name: `cargo xtask boundaries`.
//!
//! Cargo already refuses cycles; this refuses shortcuts. SQL stays in the store, SSH and async
//! machinery in control, HTTP in the server, system calls in the host binary, and the model knows
//! nobody.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// A room and the crates it may depend on, besides those every room may.
const ROOMS: &[(&str, &[&str])] = &[
    ("kloigos-model", &["base64", "sha2", "uuid"]),
    ("kloigos-host", &["kloigos-model", "rustix", "libc"]),
    (
        "kloigos-store",
        &[
            "kloigos-model",
            "futures-util",
            "sqlx",
            "tokio",
            "tracing",
            "jiff",
            "uuid",
            "rustix",
        ],
    ),
    (
        "kloigos-control",
        &[
            "kloigos-model",
            "kloigos-store",
            "russh",
            // For the process groups of hooks.
            "rustix",
            "async-trait",
            "futures-util",
            "tokio",
            "tracing",
            "jiff",
            "rand",
            "sha2",
            "uuid",
        ],
    ),
    (
        "kloigos-sim",
        &[
            "kloigos-model",
            "kloigos-host",
            "kloigos-control",
            "async-trait",
            "tokio",
            "sha2",
            "base64",
        ],
    ),
    (
        "kloigos-cli",
        &[
            "anstyle",
            "clap",
            "clap_complete",
            "clap_mangen",
            "csv",
            "percent-encoding",
            "rustix",
            "rustls",
            "shlex",
            "tempfile",
            "unicode-width",
            "ureq",
            "uuid",
        ],
    ),
    (
        "kloigos-server",
        &[
            "kloigos-cli",
            "kloigos-model",
            "kloigos-store",
            "kloigos-control",
            "kloigos-sim",
            "anyhow",
            "async-trait",
            "aws-lc-rs",
            "axum",
            "base64",
            "clap",
            "futures-util",
            "jiff",
            "rand",
            "prometheus-client",
            "rust-embed",
            "rustls",
            "rustls-native-certs",
            "sd-notify",
            "sha2",
            "subtle",
            "tokio",
            "tower",
            "tower-http",
            "tracing",
            "tracing-subscriber",
            "ureq",
            "utoipa",
            "utoipa-axum",
            "utoipa-swagger-ui",
            "uuid",
        ],
    ),
];

/// What every room may use: plain data and errors.
const EVERYWHERE: &[&str] = &["serde", "serde_json", "thiserror"];

/// Packages that stand outside of the product and may use any room.
const OUTSIDE: &[&str] = &["kloigos-tests", "xtask"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for an ordinary dependency, `dev` or `build` otherwise.
    kind: Option<String>,
}

/// Checks the workspace of the current folder; the error lists every shortcut.
pub fn check() -> Result<()> {
    let faults = shortcuts(&metadata()?);
    ensure!(
        faults.is_empty(),
        "the rooms' boundaries are crossed:\n  {}",
        faults.join("\n  ")
    );
    println!(
        "boundaries: {} rooms keep to what they may name",
        ROOMS.len()
    );
    Ok(())
}

fn metadata() -> Result<Metadata> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .output()
        .context("failed to run cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    serde_json::from_slice(&output.stdout).context("failed to read what cargo metadata printed")
}

fn shortcuts(metadata: &Metadata) -> Vec<String> {
    metadata.packages.iter().flat_map(shortcuts_of).collect()
}

fn shortcuts_of(package: &Package) -> Vec<String> {
    if OUTSIDE.contains(&package.name.as_str()) {
        return Vec::new();
    }
    let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == package.name) else {
        return vec![format!(
            "{} is no room that docs/ARCHITECTURE.md knows",
            package.name
        )];
    };
    let ordinary = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.is_none());
    let foreign = ordinary.filter(|dependency| {
        let name = dependency.name.as_str();
        !allowed.contains(&name) && !EVERYWHERE.contains(&name)
    });
    foreign
        .map(|dependency| format!("{} may not name {}", package.name, dependency.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependency: &str, kind: Option<&str>) -> Metadata {
        let kind = kind.map(str::to_owned);
        let dependencies = vec![Dependency {
            name: dependency.to_owned(),
            kind,
        }];
        Metadata {
            packages: vec![Package {
                name: name.to_owned(),
                dependencies,
            }],
        }
    }

    #[test]
    fn a_shortcut_is_named() {
        let faults = shortcuts(&package("kloigos-server", "sqlx", None));
        assert_eq!(faults, ["kloigos-server may not name sqlx"]);
        assert_eq!(shortcuts(&package("kloigos-model", "tokio", None)).len(), 1);
        assert_eq!(shortcuts(&package("kloigos-utils", "serde", None)).len(), 1);
    }

    #[test]
    fn what_a_room_is_for_is_allowed() {
        assert!(shortcuts(&package("kloigos-store", "sqlx", None)).is_empty());
        assert!(shortcuts(&package("kloigos-model", "proptest", Some("dev"))).is_empty());
        assert!(shortcuts(&package("xtask", "anything", None)).is_empty());
    }
}
