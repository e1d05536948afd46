//! Several control planes on one database: one of them sends, and another when that one dies.

use kloigos_tests::{
    place::Place,
    receiver::{Answer, Receiver},
};
use serde_json::json;

use super::desk::{Desk, arrived, settings};

#[test]
fn no_message_is_sent_by_two_control_planes() {
    let mut desk = Desk::on(Place::postgres());
    let others = [desk.another(settings()), desk.another(settings())];
    let receiver = Receiver::open();
    let webhook = desk.webhook(&receiver, &json!({}));
    for _ in 0..3 {
        let unit = desk.allocate();
        desk.deallocate(&unit);
    }
    let newest = desk.newest();
    let came = receiver.until(|came| arrived(came).last() == Some(&newest));
    assert_eq!(came.len(), arrived(&came).len(), "each came once");
    assert_eq!(receiver.most_at_once(), 1);
    // Whichever of them sends a message that hangs dies over it.
    receiver.answers([Answer::Hang]);
    let unit = desk.allocate();
    receiver.until(|came| came.iter().any(|message| message.answer == Answer::Hang));
    let [second, third] = others;
    second.kill();
    desk.kill();
    desk.start(settings());
    third.kill();
    desk.place.let_leases_end();
    desk.deallocate(&unit);
    let newest = desk.newest();
    let came = receiver.until(|came| arrived(came).last() == Some(&newest));
    let arrived = arrived(&came);
    let all: Vec<u64> = (arrived[0]..=newest).collect();
    assert_eq!(arrived, all, "each in its order, and none is missing");
    desk.until(&webhook, |webhook| webhook["waiting"].is_null());
}
