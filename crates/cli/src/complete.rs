//! Names for a shell to complete, asked of the control plane while somebody types.
//!
//! A shell must not wait, nor be told of faults: what cannot be had soon is no candidate. Names
//! that a shell could read as more than a word are none either.

use std::{path::PathBuf, time::Duration};

use clap_complete::{CompleteEnv, CompletionCandidate};
use serde_json::Value;

use crate::{
    api::{Api, Call},
    arguments::{Asked, Place},
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
    let asked = Asked {
        typed: typed(std::env::args().skip_while(|word| word != "--").skip(1)),
        ambient: ambient(),
    };
    let answer = contexts::resolve(&asked)
        .and_then(|place| Api::patient(place, PATIENCE))
        .and_then(|api| api.send(call));
    let rows = answer.map(|answer| answer.body).unwrap_or_default();
    let rows = rows.as_array().cloned().unwrap_or_default();
    let name = |row: Value| row[field].as_str().map(str::to_owned);
    candidates(rows.into_iter().filter_map(name))
}

/// What the line says that is being typed, as far as it is sound.
fn typed(line: impl Iterator<Item = String>) -> Place {
    let mut words = joined(line).into_iter().take_while(|word| word != "--");
    let mut place = Place::default();
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let mut value = || value.clone().or_else(|| words.next());
        match flag {
            "--context" => place.context = value(),
            "--url" => place.url = value(),
            "--token-file" => place.token_file = value().and_then(file),
            "--ca-file" => place.ca_file = value().and_then(file),
            _ => {}
        }
    }
    place
}

/// The words of a line. Bash parts them at `=` and `:`, so that an address is many.
fn joined(parts: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in parts {
        match words.last_mut() {
            Some(last) if part.starts_with(['=', ':']) || last.ends_with(['=', ':']) => {
                last.push_str(&part);
            }
            _ => words.push(part),
        }
    }
    words
}

/// What the environment says.
fn ambient() -> Place {
    Place {
        context: var("KLOIGOS_CONTEXT"),
        url: var("KLOIGOS_URL"),
        token_file: var("KLOIGOS_TOKEN_FILE").and_then(file),
        ca_file: var("KLOIGOS_CA_FILE").and_then(file),
    }
}

/// One that is read from stdin is not there while somebody types.
fn file(name: String) -> Option<PathBuf> {
    (name != "-").then(|| name.into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_any_shell_parts_it() {
        let bash = "kloigos unit --context lab list --url = http : //127.0.0.1 : 8000 -- --url x";
        let other = "kloigos unit --context=lab list --url http://127.0.0.1:8000";
        for line in [bash, other] {
            let place = typed(line.split(' ').map(str::to_owned));
            assert_eq!(place.context.as_deref(), Some("lab"), "{line}");
            assert_eq!(
                place.url.as_deref(),
                Some("http://127.0.0.1:8000"),
                "{line}"
            );
        }
    }
}
