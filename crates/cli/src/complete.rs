//! Names for a shell to complete, asked of the control plane while somebody types.
//!
//! A shell must not wait, nor be told of faults: what cannot be had soon is no candidate. Names
//! that a shell could read as more than a word are none either.

use std::time::Duration;

use clap_complete::{CompleteEnv, CompletionCandidate};
use serde_json::Value;

use crate::{
    api::{Api, Call},
    arguments::Place,
    contexts::{self, Contexts},
};

const PATIENCE: Duration = Duration::from_secs(2);

/// Answers a shell that asks for completions, and then ends the program.
pub fn answer_shell(tree: fn() -> clap::Command) {
    CompleteEnv::with_factory(tree).complete();
}

pub(crate) fn contexts() -> Vec<CompletionCandidate> {
    let known = Contexts::load()
        .map(|known| known.contexts)
        .unwrap_or_default();
    candidates(known.into_keys())
}

pub(crate) fn units() -> Vec<CompletionCandidate> {
    names(&Call::get(["compute_units", ""]), "compute_id")
}

pub(crate) fn servers() -> Vec<CompletionCandidate> {
    names(&Call::get(["servers"]), "hostname")
}

pub(crate) fn webhooks() -> Vec<CompletionCandidate> {
    names(&Call::get(["webhooks"]), "name")
}

pub(crate) fn jobs() -> Vec<CompletionCandidate> {
    names(&Call::get(["jobs"]).query("limit", Some("20")), "id")
}

fn names(call: &Call, field: &str) -> Vec<CompletionCandidate> {
    let asked = Place {
        context: var("KLOIGOS_CONTEXT"),
        url: var("KLOIGOS_URL"),
        // One that is read from stdin is not there while somebody types.
        token_file: var("KLOIGOS_TOKEN_FILE")
            .filter(|file| file != "-")
            .map(Into::into),
        ca_file: var("KLOIGOS_CA_FILE").map(Into::into),
    };
    let answer = contexts::resolve(&asked)
        .and_then(|place| Api::patient(place, PATIENCE))
        .and_then(|api| api.send(call));
    let rows = answer.map(|answer| answer.body).unwrap_or_default();
    let rows = rows.as_array().cloned().unwrap_or_default();
    let name = |row: Value| row[field].as_str().map(str::to_owned);
    candidates(rows.into_iter().filter_map(name))
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn candidates(names: impl IntoIterator<Item = String>) -> Vec<CompletionCandidate> {
    let word = |name: &String| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        !name.is_empty() && !name.starts_with('-') && name.bytes().all(letter)
    };
    names
        .into_iter()
        .filter(word)
        .map(CompletionCandidate::new)
        .collect()
}
