//! The modes for people at a machine without a control plane.

use std::process::ExitCode;

use kloigos_model::{
    host::{Attestation, Check, Desired, Line, Outcome, Report, Request, ScopeName},
    preflight::{self, Finding, Severity},
};

use super::{
    table::{aligned, cell},
    write_line,
};
use crate::{
    facts,
    fault::{Trouble, chain},
    serve, state,
    sys::Host,
};

/// How an attestation is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Table,
    /// The report, one line of JSON.
    Json,
}

/// The most of a value that a table shows; all of it is in the JSON.
const CELL_MAX: usize = 60;
/// The most of a sentence that is printed.
const LINE_MAX: usize = 1000;

/// Attests everything that is recorded on this server.
pub(super) fn attest(host: &mut dyn Host, form: Form) -> ExitCode {
    let scopes = match recorded(host) {
        Ok(scopes) if scopes.is_empty() => {
            eprintln!("nothing of Kloigos is recorded on this server");
            return ExitCode::from(Outcome::Refused.exit_code());
        }
        Ok(scopes) => scopes,
        Err(trouble) => return failed(&trouble),
    };
    let mut report = None;
    let outcome = serve::serve(host, &Request::Attest { scopes }, &mut |line| {
        report = Some(line);
    });
    let printed = match (form, report) {
        (Form::Json, Some(line)) => write_line(&line).map_err(|error| error.to_string()),
        (Form::Table, Some(Line::Report(report))) => {
            print!("{}", told(&report));
            Ok(())
        }
        (Form::Json | Form::Table, _) => Err("there is no report".to_owned()),
    };
    if let Err(error) = printed {
        eprintln!("failed to print: {error}");
        return ExitCode::from(Outcome::Fault.exit_code());
    }
    ExitCode::from(outcome.exit_code())
}

/// What is recorded and not on its way out.
fn recorded(host: &mut dyn Host) -> Result<Vec<Desired>, Trouble> {
    let mut all = Vec::new();
    for scope in state::scopes(host)? {
        let record = state::load(host, &scope)?.filter(|record| !record.removing);
        all.extend(record.map(|record| record.desired));
    }
    Ok(all)
}

fn told(report: &Report) -> String {
    let table = |attestation: &Attestation| {
        let name = match &attestation.scope {
            ScopeName::Server => "server".to_owned(),
            ScopeName::Unit(user) => format!("unit {user}"),
        };
        format!("{name}\n{}\n", aligned(&rows(attestation)))
    };
    let tables: String = report.attestations.iter().map(table).collect();
    let broken = report.attestations.iter().flat_map(Attestation::broken);
    match (&report.fault, broken.count()) {
        (Some(fault), _) => format!("{tables}{}\n", fault.message),
        (None, 0) => format!("{tables}nothing is broken\n"),
        (None, 1) => format!("{tables}1 check is broken\n"),
        (None, broken) => format!("{tables}{broken} checks are broken\n"),
    }
}

fn rows(attestation: &Attestation) -> Vec<Vec<String>> {
    let head = ["verdict", "promise", "check", "wanted", "found"];
    let head = head.map(str::to_owned).to_vec();
    let row = |check: &Check| {
        vec![
            check.verdict.to_string(),
            check.promise.to_string(),
            cell(&check.check, CELL_MAX),
            cell(&check.wanted, CELL_MAX),
            cell(&check.found, CELL_MAX),
        ]
    };
    [head]
        .into_iter()
        .chain(attestation.checks.iter().map(row))
        .collect()
}

/// Tells what keeps this server from being cut into units, and what weakens them; without a layout,
/// so that nothing is said of single units.
pub(super) fn doctor(host: &mut dyn Host) -> ExitCode {
    let facts = match facts::gather(host) {
        Ok(facts) => facts,
        Err(trouble) => return failed(&trouble),
    };
    let findings = preflight::examine(&facts, &[]);
    for finding in &findings {
        println!("{}: {}", finding.severity, cell(&finding.fault, LINE_MAX));
        println!("    {}", cell(&finding.fix, LINE_MAX));
    }
    if findings.is_empty() {
        println!("nothing is in the way");
    }
    let refuses = |finding: &Finding| finding.severity == Severity::Refuses;
    let outcome = if findings.iter().any(refuses) {
        Outcome::Refused
    } else {
        Outcome::Settled
    };
    ExitCode::from(outcome.exit_code())
}

fn failed(trouble: &Trouble) -> ExitCode {
    eprintln!("{}", chain(trouble));
    ExitCode::from(Outcome::Fault.exit_code())
}
