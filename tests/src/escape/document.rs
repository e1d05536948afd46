//! The document: every attempt with what should come of it.

use std::fmt::Write;

use super::{Attempt, Channel, Expected, Mechanism, Promise};

const HEAD: &str = "\
# Attempts to escape

What a tenant with a shell tries, alone and against a neighbour, on real servers, and what comes of
it: the name of the error, the signal, or the word in which the attempt ends. `cargo xtask test
--tier 4` makes them on Debian 13, `--tier 5` on Debian 12, and every outcome must be the one below.
`cargo xtask prove` takes each mechanism away in turn and the attempts that name it must succeed.

This page is generated; renew it with `cargo run --package kloigos-tests --bin escapes > docs/ESCAPES.md`.
";

/// The whole page for these attempts.
pub fn document(attempts: &[Attempt]) -> String {
    let mut page = HEAD.to_owned();
    counts(&mut page, attempts);
    for promise in Promise::ALL {
        let of: Vec<_> = attempts
            .iter()
            .filter(|attempt| attempt.promise == promise)
            .collect();
        section(&mut page, promise, &of);
    }
    accepted(&mut page, attempts);
    backed(&mut page, attempts);
    page
}

fn counts(page: &mut String, attempts: &[Attempt]) {
    let channels: std::collections::BTreeSet<Channel> =
        attempts.iter().map(|attempt| attempt.channel).collect();
    let _ = writeln!(
        page,
        "\n{} attempts at {} promises through {} channels, against {} mechanisms.",
        attempts.len(),
        Promise::ALL.len(),
        channels.len(),
        Mechanism::ALL.len(),
    );
}

fn section(page: &mut String, promise: Promise, attempts: &[&Attempt]) {
    let _ = writeln!(page, "\n## {}\n", promise.title());
    page.push_str("| attempt | what is tried | by | stopped by | Debian 13 | Debian 12 |\n|---|---|---|---|---|---|\n");
    for attempt in attempts {
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} |",
            attempt.id,
            attempt.tries.replace('|', "\\|"),
            attempt.channel.title(),
            stopped_by(attempt),
            words(attempt.trixie),
            words(attempt.bookworm),
        );
    }
}

fn stopped_by(attempt: &Attempt) -> &'static str {
    match attempt.accepted {
        Some(_) => "accepted, see below",
        None => attempt.mechanism.title(),
    }
}

fn words(expected: Expected) -> String {
    match expected {
        Expected::Words(words) => format!("`{}`", words.replace('|', "` or `")),
        Expected::NotThere(reason) => reason.to_owned(),
    }
}

fn accepted(page: &mut String, attempts: &[Attempt]) {
    page.push_str("\n## Known and accepted\n\n");
    for attempt in attempts {
        if let Some(reason) = attempt.accepted {
            let _ = writeln!(page, "* `{}`, {}: {reason}.", attempt.id, attempt.tries);
        }
    }
}

fn backed(page: &mut String, attempts: &[Attempt]) {
    page.push_str(
        "\n## Stopped twice\n\nTaking the named mechanism away alone would not show:\n\n",
    );
    for attempt in attempts {
        if let Some(reason) = attempt.backed_by {
            let _ = writeln!(page, "* `{}`: {reason}.", attempt.id);
        }
    }
}
