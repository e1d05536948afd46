//! The PAM stacks in force: each file is looked at by the name that the program around it uses,
//! whoever wrote it.

use kloigos_model::host::{Check, Measure, Promise};

use super::{common::Common, kept_if, not_promised};
use crate::{
    fault::Trouble,
    paths,
    sys::{Host, Kind, read_text},
};

const DIR: &str = "/etc/pam.d";
/// Those that run jobs in cgroups of their own.
const JOBS: [&str; 3] = ["atd", "cron", "crond"];
/// How the refusal of units is written (`pam_succeed_if(8)`).
const REFUSAL: &str = "pam_succeed_if.so quiet user notingroup kunits";

/// A unit's login ends at the guard, after the module that puts it into its slice.
pub(super) fn guard(host: &mut dyn Host, service: &str) -> Result<Check, Trouble> {
    let path = format!("{DIR}/{service}");
    let text = read_text(host, &path)?.unwrap_or_default();
    let lines: Vec<&str> = active(&text).collect();
    let command = format!("{} guard", paths::PROGRAM);
    let is_guard = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.starts_with(&["session", "required", "pam_exec.so"]) && line.ends_with(&command)
    };
    let places_login = |line: &&str| {
        line.contains("pam_systemd.so") || line.starts_with("@include common-session")
    };
    let guard = lines.iter().position(is_guard);
    let slice = lines.iter().position(places_login);
    let ordered = guard.zip(slice).is_some_and(|(guard, slice)| slice < guard);
    let there = program_is_there(host)?;
    Ok(Check {
        promise: Promise::Confinement,
        check: "login guard".to_owned(),
        wanted: "required, after pam_systemd".to_owned(),
        found: match (guard.is_some(), ordered, there) {
            (false, ..) => "not in the stack",
            (_, false, _) => "before pam_systemd, or without it",
            (.., false) => "its program is not there",
            (true, true, true) => "required, after pam_systemd",
        }
        .to_owned(),
        verdict: kept_if(ordered && there),
        evidence: path,
    })
}

/// The program is root's alone to change.
fn program_is_there(host: &mut dyn Host) -> Result<bool, Trouble> {
    let target = host.read_link(paths::PROGRAM)?.unwrap_or_default();
    let path = format!("{}/{target}", paths::PROGRAM_DIR);
    let stat = host.stat(&path)?;
    Ok(stat.is_some_and(|stat| {
        let access = stat.access;
        stat.kind == Kind::File && access.uid == 0 && access.mode & 0o122 == 0o100
    }))
}

/// cron and at, where they are installed, run nothing for units.
pub(super) fn jobs(host: &mut dyn Host, common: &Common) -> Result<Vec<Check>, Trouble> {
    let mut checks = Vec::new();
    for service in JOBS {
        let path = format!("{DIR}/{service}");
        let Some(text) = read_text(host, &path)? else {
            continue;
        };
        let refuses = |line: &str| {
            let rest = line.strip_prefix("account required ");
            rest.is_some_and(|rest| rest.starts_with(REFUSAL))
        };
        // What comes first cannot be skipped.
        let kept_out = active(&text).next().is_some_and(refuses);
        let found = if kept_out { "refused" } else { "let in" };
        checks.push(if common.measures.contains(&Measure::GuardCron) {
            Check {
                promise: Promise::Confinement,
                check: format!("units in {service}"),
                wanted: "refused".to_owned(),
                found: found.to_owned(),
                verdict: kept_if(kept_out),
                evidence: path,
            }
        } else {
            not_promised(Promise::Confinement, format!("units in {service}"), found)
        });
    }
    Ok(checks)
}

/// The lines that count.
fn active(text: &str) -> impl Iterator<Item = &str> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty())
}
