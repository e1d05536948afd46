//! The host's own people: an ordinary administrator, who was there before, with a service, a
//! firewall, jobs of cron and at, and files in `/tmp`. What they see is compared word by word.

use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};

use super::stage::{Stage, said};

static BEFORE: OnceLock<String> = OnceLock::new();

const SETTLE: &str = r#"
cat > /root/web.py <<'PROGRAM'
import socket
s = socket.create_server(("", 9100))
while True:
    c, _ = s.accept(); c.sendall(b"hello\n"); c.close()
PROGRAM
systemd-run --quiet --unit=admins-web python3 /root/web.py
until bash -c ': < /dev/tcp/127.0.0.1/9100' 2>/dev/null; do sleep 0.2; done
nft 'table inet admins { chain input { type filter hook input priority filter; tcp dport 9101 counter packets 0 bytes 0 drop; }; }'
echo '* * * * * (id -un; cat /proc/self/cgroup; nproc) > /home/admin/new; mv /home/admin/new /home/admin/cron' | crontab -u admin -
echo of root > /tmp/of-root
"#;
/// What an administrator sees after a login.
const LOGIN: &str = "
sed 's/session-[0-9]*/session/' /proc/self/cgroup
nproc; grep _allowed_list /proc/self/status
cat /tmp/of-root; echo of admin > /tmp/of-admin; findmnt -n -o SOURCE,FSROOT -T /tmp
findmnt -n -o OPTIONS /proc; ps -p 1 -o comm=; systemctl is-active ssh; sudo id -un
timeout 20 cat < /dev/tcp/127.0.0.1/9100
";
/// What root sees, and what the administrator's jobs did.
const ROOT: &str = r"
cd /home/admin; cat /tmp/of-admin; nft list table inet admins
rm -f /home/admin/cron /home/admin/at
echo '(id -un; cat /proc/self/cgroup; nproc) > ~/new-at; mv ~/new-at ~/at' | runuser -u admin -- at now 2>/dev/null
until [ -s /home/admin/cron ] && [ -s /home/admin/at ]; do sleep 0.5; done
cat /home/admin/cron /home/admin/at
";
const LEAVE: &str = "
crontab -u admin -r; systemctl stop admins-web; nft delete table inet admins
rm -f /root/web.py /tmp/of-root /tmp/of-admin /home/admin/cron /home/admin/at
rm -f /home/admin/.sudo_as_admin_successful
";

/// Before the server is cut.
pub(crate) fn people_are_there_first(stage: &Stage) -> Result<()> {
    stage.script(SETTLE)?;
    let before = seen(stage)?;
    ensure!(
        before.contains("hello") && before.contains("user-1000.slice"),
        "{before}"
    );
    BEFORE.get_or_init(|| before);
    Ok(())
}

pub(crate) fn people_keep_what_they_had(stage: &Stage) -> Result<()> {
    let before = BEFORE.get().context("nobody looked before")?;
    let after = seen(stage)?;
    ensure!(*before == after, "before:\n{before}\nafter:\n{after}");
    stage.script(LEAVE).map(drop)
}

fn seen(stage: &Stage) -> Result<String> {
    // A connection of its own: a login from before has what was then.
    let mut ssh = stage.server().ssh_command("admin");
    let login = ssh.arg(LOGIN).output()?;
    ensure!(login.status.success(), "{}", said(&login));
    let root = stage.script(ROOT)?;
    Ok(String::from_utf8_lossy(&login.stdout).into_owned() + &root)
}
