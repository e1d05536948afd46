//! The mutations. Each is a fault that somebody could make.
//!
//! Not among them: an attempt number that is not raised. In 400 worlds nobody who stood still past
//! its lease came back while its successor was at the very same step; the stories of taking over
//! (`planes/taking_over.rs`) bring that about on purpose.

use super::{Edit, Mutation};

/// All of them.
pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "forgotten",
        breaks: "no job is lost with the process that held it",
        edits: &[
            Edit {
                file: "crates/store/src/jobs.rs",
                from: "(j.status = 'running' AND j.lease_until < $2))",
                to: "(j.status = 'running' AND j.lease_until < $6))",
            },
            Edit {
                file: "crates/store/src/jobs.rs",
                from: "        let row = self.row(statement).await?;\n        let Some(claim)",
                to: "        let late = if MUTATED { i64::MIN } else { micros(rules.now) };\n        \
                     let row = self.row(statement.bind(late)).await?;\n        let Some(claim)",
            },
        ],
    },
    Mutation {
        name: "backwards",
        breaks: "a server never goes back to an older desired state",
        edits: &[Edit {
            file: "crates/host/src/converge/fence.rs",
            from: "    if asked < kept {",
            to: "    if asked < kept && !MUTATED {",
        }],
    },
    Mutation {
        name: "unproven",
        breaks: "a unit is free only when nothing of its tenant is left",
        edits: &[Edit {
            file: "crates/host/src/resources/eviction.rs",
            from: "            EvictionChange::Wipe => wipe",
            to: "            EvictionChange::Wipe | EvictionChange::Prove if MUTATED => Ok(()),\n            \
                     EvictionChange::Wipe => wipe",
        }],
    },
    Mutation {
        name: "unanswered",
        breaks: "a unit is free only when its server has said that it is empty",
        edits: &[Edit {
            file: "crates/control/src/jobs/deallocating.rs",
            from: "        let key = seen.unit.key;\n        match reply {",
            to: "        let key = seen.unit.key;\n        if MUTATED {\n            \
                 tx.move_unit(key, UnitVerb::Clear, None, cx.now()).await?;\n            \
                 tx.end_allocation(key, cx.now()).await?;\n            \
                 visit::keep_from_use(tx, key, cx.now()).await?;\n            \
                 return Ok(Next::Done);\n        }\n        match reply {",
        }],
    },
    Mutation {
        name: "keys",
        breaks: "no key opens a unit after its tenancy",
        edits: &[
            Edit {
                file: "crates/host/src/resources/keys.rs",
                from: "    Parts {\n        name: \"keys\",",
                to: "    if MUTATED && body.is_none() {\n        return Parts { name: \"keys\", presence, \
                     of: Vec::new() };\n    }\n    Parts {\n        name: \"keys\",",
            },
            Edit {
                file: "crates/host/src/resources/eviction/steps.rs",
                from: "    Ok(host.remove(&paths::keys(&unit.user))?)",
                to: "    if MUTATED {\n        return Ok(());\n    }\n    \
                     Ok(host.remove(&paths::keys(&unit.user))?)",
            },
        ],
    },
    Mutation {
        name: "lost_and_free",
        breaks: "nothing is free on a server that does not answer",
        edits: &[Edit {
            file: "crates/control/src/jobs/visit.rs",
            from: "        if unit.status == UnitStatus::Free {",
            to: "        if unit.status == UnitStatus::Free && !MUTATED {",
        }],
    },
    Mutation {
        name: "untold",
        breaks: "no event is lost",
        edits: &[Edit {
            file: "crates/store/src/events/telling.rs",
            from: "        self.tell(&event.to(unit).moved(was, became)).await",
            to: "        if MUTATED && moved.1 == UnitStatus::Unavailable {\n            \
                 return Ok(());\n        }\n        \
                 self.tell(&event.to(unit).moved(was, became)).await",
        }],
    },
    Mutation {
        name: "twice",
        breaks: "the same Idempotency-Key is the same job",
        edits: &[Edit {
            file: "crates/control/src/ops/repeat.rs",
            from: "    if let Some(asked) = idempotency {",
            to: "    if let Some(asked) = idempotency.filter(|_| !MUTATED) {",
        }],
    },
    Mutation {
        name: "two_hands",
        breaks: "a tenancy whose outcome is not known is not begun elsewhere, for it is on two units",
        edits: &[Edit {
            file: "crates/control/src/jobs/allocating.rs",
            from: "            Reply::Unknown(why) => held.again(",
            to: "            Reply::Unknown(why) if MUTATED => {\n                \
                 held.give_back(tx, cx).await?;\n                \
                 held.elsewhere(why, seen, tx, cx).await\n            }\n            \
                 Reply::Unknown(why) => held.again(",
        }],
    },
    Mutation {
        name: "undead",
        breaks: "what a dead control plane may have done is not taken for undone",
        edits: &[Edit {
            file: "crates/control/src/jobs/allocating.rs",
            from: "if held.unsure || cx.claim.died =>",
            to: "if (held.unsure || cx.claim.died) && !MUTATED =>",
        }],
    },
    Mutation {
        name: "left_behind",
        breaks: "a server that is returned is as it was before",
        edits: &[Edit {
            file: "crates/host/src/resources.rs",
            from: "    if presence == Presence::Absent {\n        // Of a server",
            to: "    if MUTATED && presence == Presence::Absent {\n        resources.pop();\n    }\n    \
                 if presence == Presence::Absent {\n        // Of a server",
        }],
    },
];
