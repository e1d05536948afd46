//! The recorded exchanges with version 0.2, replayed over HTTP against a simulated fleet that holds
//! each fixture's servers.
//!
//! An answer is the same when its status, its shape, its fields and their order, the faults with
//! their places, and the headers that clients read are. What differs on purpose is in
//! [`differences`], with its reason.

#[path = "api/compare.rs"]
mod compare;
#[path = "api/differences.rs"]
mod differences;
#[path = "api/fixture.rs"]
mod fixture;

use std::collections::BTreeMap;

use fixture::{Exchange, exchanges, ours};
use kloigos_tests::{client::Reply, plane::Plane};
use serde_json::Value;

/// How often an answer is asked for again that a recording waited for.
const LOOKS: usize = 500;

#[test]
fn every_exchange_that_is_no_defect_replays() {
    let mut faults = Vec::new();
    let mut replayed = 0;
    for (group, exchanges) in groups() {
        let plane = fixture::plane(&exchanges[0].fixture);
        for exchange in exchanges.iter().filter(|exchange| !is_defect(exchange)) {
            replayed += 1;
            if let Err(fault) = replay(&plane, exchange) {
                faults.push(format!("{group}: {}: {fault}", exchange.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(
        replayed + differences::DEFECTS.len(),
        82,
        "every exchange is accounted for"
    );
}

#[test]
fn every_defect_is_answered_as_it_should_have_been() {
    for defect in differences::DEFECTS {
        let exchanges = exchanges();
        let exchange = exchanges.iter().find(|exchange| exchange.id == defect.id);
        let exchange = exchange.expect("a defect names an exchange");
        let plane = fixture::plane(&exchange.fixture);
        let reply = plane.client().send(&ours(exchange));
        assert_eq!(
            reply.status, defect.status,
            "{}: {}: {}",
            defect.id, defect.why, reply.body
        );
        assert!(
            (defect.is_right)(&reply.json()),
            "{}: {}",
            defect.id,
            reply.body
        );
    }
}

/// The groups, each with its exchanges in their order.
fn groups() -> BTreeMap<String, Vec<Exchange>> {
    let mut groups: BTreeMap<String, Vec<Exchange>> = BTreeMap::new();
    for exchange in exchanges() {
        groups
            .entry(exchange.group.clone())
            .or_default()
            .push(exchange);
    }
    groups
}

fn is_defect(exchange: &Exchange) -> bool {
    differences::DEFECTS
        .iter()
        .any(|defect| defect.id == exchange.id)
}

/// Once, or as often as it takes where the recording waited for work that went on.
fn replay(plane: &Plane, exchange: &Exchange) -> Result<(), String> {
    let mut told = Ok(());
    for _ in 0..if exchange.waits { LOOKS } else { 1 } {
        let reply = plane.client().send(&ours(exchange));
        told = same(exchange, &reply);
        if told.is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    told
}

fn same(exchange: &Exchange, reply: &Reply) -> Result<(), String> {
    if reply.status != exchange.status {
        return Err(format!(
            "{} instead of {}: {}",
            reply.status, exchange.status, reply.body
        ));
    }
    for name in ["content-type", "allow", "location"] {
        let (wanted, given) = (exchange.header(name), reply.header(name));
        if !compare::headers(name, wanted, given) {
            return Err(format!("{name}: {given:?} instead of {wanted:?}"));
        }
    }
    let given: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    compare::bodies(&exchange.body, &given).map_err(|fault| format!("{fault} in {}", reply.body))
}
