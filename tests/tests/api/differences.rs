//! Where this API answers otherwise than version 0.2 did, and why.
//!
//! Besides the exchanges below, these hold everywhere:
//!
//! * Keys: the recorded ones are no SSH keys, and one is empty. They are replaced by a real one
//!   before replay, in requests and in answers that repeat them, but in bodies that are never read
//!   as far as that.
//! * Addresses: simulated servers are at 127.64.0.N, so the recorded ones are mapped to those.
//! * Unit ids: `host1_0-3` where v0.2 wrote `host1_c0-3`, as its own documents say.
//! * Which unit an allocation gets, and so which unit carries which tags, is compared by shape: the
//!   rule of placement is another. So are ports, whose numbers v0.2 made from the last character of
//!   the range.
//! * `status` is lower case throughout, and an allocation answers `allocated` where v0.2 showed the
//!   stale `FREE`.
//! * `started_at` is when the present allocation became ready; v0.2 never filled it in.
//! * The detail of a 460 goes on with the reasons, after the recorded sentence.
//! * A call that begins work answers `{}` as JSON where v0.2 sent an empty body.
//! * The sentence and the context of a JSON syntax error are our parser's; the place is the same.
//! * Extra fields come after the recorded ones.

use serde_json::Value;

/// An exchange that shows a defect of v0.2.
pub(crate) struct Defect {
    /// Which.
    pub(crate) id: &'static str,
    /// What is wrong with the recorded answer.
    pub(crate) why: &'static str,
    /// What is answered instead.
    pub(crate) status: u16,
    /// Whether that answer's body is right.
    pub(crate) is_right: fn(&Value) -> bool,
}

/// Every recorded answer that is not given any more.
pub(crate) const DEFECTS: &[Defect] = &[
    Defect {
        id: "list_shipped_seed/01",
        why: "free units were not found, because their status was written in lower case",
        status: 200,
        is_right: |unit| unit["status"] == "allocated",
    },
    Defect {
        id: "list_shipped_seed/03",
        why: "a filter in upper case did not match a status in lower case",
        status: 200,
        is_right: |units| units.as_array().is_some_and(|units| units.len() == 4),
    },
    Defect {
        id: "allocate_happy/10",
        why: "a unit that is free was deallocated all the same",
        status: 409,
        is_right: says_why,
    },
    Defect {
        id: "allocate_happy/11",
        why: "a unit that does not exist was deallocated all the same",
        status: 404,
        is_right: says_why,
    },
    Defect {
        id: "allocate_errors/29",
        why: "NaN was a fault of the server instead of one of the request",
        status: 422,
        is_right: |body| body["detail"][0]["type"] == "json_invalid",
    },
];

fn says_why(body: &Value) -> bool {
    body["detail"]
        .as_str()
        .is_some_and(|detail| !detail.is_empty())
}
