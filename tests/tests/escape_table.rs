//! The table of attempts to escape, without a server.

use std::collections::BTreeSet;

use kloigos_tests::escape::{Channel, Mechanism, Promise, attempts, document};

#[test]
fn the_document_lists_exactly_the_attempts() {
    let checked_in = include_str!("../../docs/ESCAPES.md");
    assert_eq!(
        checked_in,
        document(&attempts()),
        "docs/ESCAPES.md is stale; renew it: \
         cargo run --package kloigos-tests --bin escapes > docs/ESCAPES.md"
    );
}

#[test]
fn attempts_differ() {
    let attempts = attempts();
    let ids: BTreeSet<_> = attempts.iter().map(|attempt| attempt.id).collect();
    assert_eq!(ids.len(), attempts.len(), "an id stands for one attempt");
    let scripts: BTreeSet<_> = attempts.iter().map(|attempt| attempt.script).collect();
    assert!(scripts.len() >= 80, "{} differ in mechanism", scripts.len());
}

#[test]
fn every_promise_is_attacked_through_every_channel_and_no_mechanism_is_idle() {
    let attempts = attempts();
    for promise in Promise::ALL {
        assert!(
            attempts.iter().any(|attempt| attempt.promise == promise),
            "{promise:?}"
        );
    }
    for mechanism in Mechanism::ALL {
        let shows = |attempt: &&_| {
            let attempt: &kloigos_tests::escape::Attempt = attempt;
            attempt.mechanism == mechanism
                && attempt.accepted.is_none()
                && attempt.backed_by.is_none()
        };
        assert!(
            attempts.iter().any(|attempt| shows(&attempt)),
            "{mechanism:?}"
        );
    }
    for channel in
        Channel::LAUNCHED
            .into_iter()
            .chain([Channel::Client, Channel::Cron, Channel::At])
    {
        assert!(
            attempts.iter().any(|attempt| attempt.channel == channel),
            "{channel:?}"
        );
    }
}
