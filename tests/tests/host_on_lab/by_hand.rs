//! Accounts that somebody confined to CPUs by hand, in the ways that people do it.

use anyhow::{Result, ensure};
use kloigos_model::host::{HandCut, Request};
use kloigos_tests::keys::public_key;

use super::stage::Stage;

/// A drop-in for one, `set-property` for the other. The one works; its second file of keys is a pipe
/// that nobody writes to, the other's a link to root's keys.
const CONFINE: &str = r#"
useradd --create-home --uid 1201 alice
useradd --create-home --uid 1202 bob
for user in alice bob; do install -d -m 700 -o $user -g $user /home/$user/.ssh; done
printf '%s\n' "$ALICE" '' '# of hers' > /home/alice/.ssh/authorized_keys
printf '%s\n' "$BOB" "restrict $BOB" > /home/bob/.ssh/authorized_keys
for user in alice bob; do chown $user: /home/$user/.ssh/authorized_keys; done
runuser -u alice -- mkfifo /home/alice/.ssh/authorized_keys2
runuser -u bob -- ln -s /root/.ssh/authorized_keys /home/bob/.ssh/authorized_keys2
test -s /root/.ssh/authorized_keys
mkdir /etc/systemd/system/user-1201.slice.d
printf '[Slice]\nAllowedCPUs=2-3\nAllowedCPUs=6\n' > /etc/systemd/system/user-1201.slice.d/cpus.conf
systemctl daemon-reload
systemctl set-property user-1202.slice AllowedCPUs=4-5
systemd-run --quiet --unit alices-work --uid 1201 --slice user-1201.slice sleep 100000
grep Cpus_allowed_list /proc/$(systemctl show --property MainPID --value alices-work)/status
"#;
/// As it was before.
const UNDO: &str = "
systemctl stop alices-work
userdel --remove alice 2> /dev/null; userdel --remove bob 2> /dev/null
rm -r /etc/systemd/system/user-1201.slice.d
systemctl revert user-1202.slice
rmdir --ignore-fail-on-non-empty /etc/systemd/system.control 2> /dev/null || true
systemctl daemon-reload
";

fn seen(stage: &Stage) -> Result<Vec<HandCut>> {
    let facts = stage.settle(&Request::Facts)?.facts;
    Ok(facts.expect("facts were asked for").cut_by_hand)
}

fn account(name: &str, uid: u32, cpus: &str, key: u8) -> Result<HandCut> {
    Ok(HandCut {
        account: name.to_owned(),
        uid,
        cpus: cpus.parse()?,
        home: format!("/home/{name}"),
        processes: 0,
        keys: vec![public_key(key).parse()?],
        other_keys: 0,
    })
}

pub(crate) fn accounts_confined_by_hand_are_seen(stage: &Stage) -> Result<()> {
    let before = stage.fingerprint()?;
    ensure!(seen(stage)?.is_empty());
    let keys = format!("ALICE='{}'\nBOB='{}'\n", public_key(1), public_key(2));
    let held = stage.script(&(keys + CONFINE))?;
    let alice = HandCut {
        processes: 1,
        ..account("alice", 1201, "2-3,6", 1)?
    };
    let bob = HandCut {
        other_keys: 1,
        ..account("bob", 1202, "4-5", 2)?
    };
    // By the kernel's word.
    ensure!(held.trim().ends_with("2-3,6"), "{held}");
    let there = stage.fingerprint()?;
    let told = seen(stage)?;
    ensure!(told == [alice, bob], "{told:#?}");
    ensure!(stage.fingerprint()? == there, "a look changed something");
    stage.script(UNDO)?;
    ensure!(seen(stage)?.is_empty());
    let after = stage.fingerprint()?;
    let left: Vec<_> = after.symmetric_difference(&before).collect();
    ensure!(left.is_empty(), "not as before: {left:#?}");
    Ok(())
}
