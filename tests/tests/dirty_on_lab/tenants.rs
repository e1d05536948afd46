//! The dirty tenant and the one after it.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::{Result, ensure};
use kloigos_model::host::{Request, Spec};

use super::{
    kinds::{By, HOLD, KINDS, PREAMBLE},
    machine,
    stage::{Stage, server_spec, unit},
};

/// A server of four units, the second with a neighbour in it, and a place for everybody as servers
/// have them.
pub(crate) fn init(stage: &Stage) -> Result<()> {
    stage.script(
        "install -d -m 1777 /srv/pool; install -d -m 700 /run/sudo/ts; touch /etc/ssh/keep-me",
    )?;
    let mut scopes = vec![stage.next(server_spec())];
    scopes.extend((0..4).map(|index| stage.same(Spec::Unit(unit(index)))));
    stage.settle(&Request::Apply { scopes })?;
    stage.apply_unit(stage.allocated(unit(1))?).map(drop)
}

pub(crate) fn nothing_of_a_dirty_tenant_is_left(stage: &Stage) -> Result<()> {
    // A first tenancy, so that what the very first login of a unit makes is there before.
    stage.apply_unit(stage.allocated(unit(0))?)?;
    stage.tenant(&unit(0)).run("true")?;
    stage.apply_unit(unit(0))?;
    let before = machine::listing(stage)?;

    stage.apply_unit(stage.allocated(unit(0))?)?;
    soil(stage)?;
    let there = probes(stage)?;
    let missing: Vec<_> = there.iter().filter(|(_, seen)| seen.is_empty()).collect();
    ensure!(missing.is_empty(), "not left at all: {missing:#?}");
    for kind in &KINDS {
        println!("   {:?}: {}", kind.by, kind.name);
    }
    println!("   {} kinds of residue", KINDS.len());
    stage.apply_unit(unit(0))?;

    let left = probes(stage)?;
    let left: Vec<_> = left.iter().filter(|(_, seen)| !seen.is_empty()).collect();
    ensure!(left.is_empty(), "left: {left:#?}");
    ensure!(
        !stage.tenant(&unit(0)).ssh("true")?.status.success(),
        "the key still opens"
    );
    stage.script("test -e /etc/ssh/keep-me -a -e /etc/ssh/sshd_config")?;
    machine::assert_same(&before, &machine::listing(stage)?)?;
    the_next_tenant_finds_nothing(stage)
}

/// Leaves everything that there is to leave.
pub(super) fn soil(stage: &Stage) -> Result<()> {
    let home = "/home/u0-1";
    stage.script(&format!(
        "cat > {home}/hold.py <<'E'\n{HOLD}\nE\nchown u0-1: {home}/hold.py"
    ))?;
    let script = |by| {
        let kinds = KINDS.iter().filter(|kind| kind.by == by);
        kinds.fold(String::new(), |mut script, kind| {
            writeln!(script, "{{ {}\n}} > /dev/null", kind.make).expect("a String takes it");
            script
        })
    };
    stage.script(&script(By::Others))?;
    // The fork bomb leaves the shell no task to wait with.
    let tenant = format!("{PREAMBLE}{}", script(By::Tenant));
    stage.tenant(&unit(0)).ssh(&tenant)?;
    Ok(())
}

/// What root sees of each kind.
fn probes(stage: &Stage) -> Result<BTreeMap<&'static str, String>> {
    let script = KINDS.iter().fold(String::new(), |mut script, kind| {
        writeln!(
            script,
            "seen=$({{ {}; }} 2> /dev/null | head -c 300 | tr '\\n\\0' '  ' || true); echo \"seen: $seen\"",
            kind.probe
        )
        .expect("a String takes it");
        script
    });
    let text = stage.script(&script)?;
    let seen = text.lines().filter_map(|line| line.strip_prefix("seen: "));
    let seen: Vec<String> = seen.map(|seen| seen.trim().to_owned()).collect();
    ensure!(seen.len() == KINDS.len(), "{text}");
    Ok(KINDS.iter().map(|kind| kind.name).zip(seen).collect())
}

/// What the next one looks at, in all the ways that it has.
const LOOK: &str = r"
find ~ /opt/c0-1 /mnt/c0-1 /tmp /var/tmp /dev/shm /run/lock /srv $XDG_RUNTIME_DIR 2> /dev/null | grep dirty
find / -xdev -user $(id -u) 2> /dev/null | grep -v -e ^/proc -e ^/home/u0-1 -e ^/opt/c0-1$ -e ^/mnt/c0-1$
ls -A ~ | grep -v -e '^.bash' -e '^.profile$' -e '^.config$' -e '^.cache$' -e '^.local$'
ipcs | grep -w u0-1
keyctl show @u | grep dirty
systemctl --user show-environment | grep -i dirty
systemctl --user list-units --all --plain --no-legend | grep dirty
systemctl --user list-unit-files --no-legend | grep dirty
journalctl -q --user 2> /dev/null | grep dirty
journalctl -q 2> /dev/null | grep dirty
ps -eo comm= | grep -e python3 -e sleep -e unshare
ss -tulnH | grep -e :2010 -e :2011
ls -d /home/u2-3/. 2> /dev/null
mount | grep dirty
atq; crontab -l 2> /dev/null; ls /var/mail/u0-1 2> /dev/null
true
";

fn the_next_tenant_finds_nothing(stage: &Stage) -> Result<()> {
    stage.apply_unit(stage.allocated(unit(0))?)?;
    let found = stage.tenant(&unit(0)).run(LOOK)?;
    ensure!(found.trim().is_empty(), "the next tenant found: {found}");
    stage.apply_unit(unit(0)).map(drop)
}
