//! Control planes on one `PostgreSQL` write one after the other.

use std::thread;

use kloigos_tests::keys::public_key;
use serde_json::json;

use super::ways::{Ground, init};

/// Has the turn until there is a table of this name.
const HOLDS: &str = "BEGIN; LOCK TABLE meta IN SHARE ROW EXCLUSIVE MODE; \
    DO $$ BEGIN LOOP PERFORM pg_sleep(0.02); PERFORM FROM pg_class WHERE relname = 'let_go'; \
    EXIT WHEN FOUND; END LOOP; END $$; \
    COMMIT";
/// Takes it from whoever waits for its turn, as an operator or a limit of the server may.
const REFUSES: &str = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
    WHERE application_name = 'kloigos' AND wait_event_type = 'Lock'";

#[test]
fn whoever_is_refused_its_turn_has_the_next_one() {
    let ground = Ground::postgres();
    let plane = ground.serve(None);
    init(&plane, 1);
    let database = ground.postgres.as_ref().expect("PostgreSQL");
    thread::scope(|scope| {
        let holder = scope.spawn(|| database.sql(HOLDS));
        while !database.sql(REFUSES).contains('t') {}
        database.sql("CREATE TABLE let_go ()");
        holder.join().expect("it had the turn");
    });
    let wanted = json!({"tags": {}, "ssh_public_key": public_key(1), "cpu_count": 16});
    let wanted = plane.client().post("/api/compute_units/allocate", &wanted);
    wanted.expect(200);
}
