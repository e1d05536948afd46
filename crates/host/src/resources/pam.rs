//! The login guard's place in PAM: the last session module, which refuses a unit's user whose
//! session is not in the unit's slice (see [`crate::guard`]).
//!
//! Since OpenSSH 9.8, `sshd_config(5)` has `PAMServiceName`: unit users get a stack of our own and
//! nobody else's is touched. An older sshd has one stack for all; there a marked block is appended,
//! and removed byte for byte. Its first line steers everyone who is in no unit past the guard, so
//! that not even a missing binary could lock people out.

use std::{fmt, rc::Rc};

use super::{Presence, sshd::SshdVersion};
use crate::{
    fault::{Refusal, Trouble},
    resource::Resource,
    sys::{Access, Host},
};

/// The stack of unit users; `PAMServiceName kloigos` names it.
const OWN: &str = "/etc/pam.d/kloigos";
/// The stack of everyone who comes by ssh.
const SHARED: &str = "/etc/pam.d/sshd";
/// The first OpenSSH with `PAMServiceName`.
pub(super) const OWN_STACK_SINCE: (u32, u32) = (9, 8);

const OWN_STACK: &str = "\
# PAM stack of compute units' users, made by Kloigos. Keys are checked by sshd, nothing else lets
# them in. The last line refuses a session that is not in the unit's slice.
auth     required pam_deny.so
account  required pam_nologin.so
account  required pam_unix.so
password required pam_deny.so
session  required pam_loginuid.so
session  required pam_systemd.so
session  required pam_exec.so quiet /usr/local/lib/kloigos/kloigos-host guard
";

/// Every line of it says kloigos, by which they are found again.
const BLOCK: &str = "\
# kloigos: begin; added and removed by kloigos-host
session [success=1 default=ignore] pam_succeed_if.so quiet user notingroup kunits # kloigos
session required pam_exec.so quiet /usr/local/lib/kloigos/kloigos-host guard
# kloigos: end
";
const MARK: &str = "kloigos";
/// Says that the file's last line had no end before, so that it gets back to just that.
const ENDLESS: &str = "# kloigos: the line above had no end\n";

pub(super) struct Pam {
    pub(super) presence: Presence,
    pub(super) version: Rc<SshdVersion>,
}

pub(super) struct Seen {
    version: Option<(u32, u32)>,
    own: Option<String>,
    shared: Option<(String, Access)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum PamChange {
    WriteOwn,
    RemoveOwn,
    WriteShared { body: String, access: Access },
}

impl fmt::Display for PamChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WriteOwn => write!(f, "write {OWN}"),
            Self::RemoveOwn => write!(f, "remove {OWN}"),
            Self::WriteShared { body, .. } if body.contains(MARK) => {
                write!(f, "add the login guard to {SHARED}")
            }
            Self::WriteShared { .. } => write!(f, "take the login guard out of {SHARED}"),
        }
    }
}

impl Resource for Pam {
    type Observed = Seen;
    type Change = PamChange;

    fn name(&self) -> &'static str {
        "pam"
    }

    fn inspect(&self, host: &mut dyn Host) -> Result<Seen, Trouble> {
        Ok(Seen {
            version: self.version.of(host)?,
            own: text(host, OWN)?.map(|(body, _)| body),
            shared: text(host, SHARED)?,
        })
    }

    fn plan(&self, have: &Seen) -> Result<Vec<PamChange>, Refusal> {
        let (own, shared) = self.wanted(have)?;
        let mut changes = Vec::new();
        match (own, have.own.as_deref()) {
            (true, body) if body != Some(OWN_STACK) => changes.push(PamChange::WriteOwn),
            (false, Some(_)) => changes.push(PamChange::RemoveOwn),
            _ => {}
        }
        if let Some((body, access)) = &have.shared {
            let wanted = if shared {
                with_block(body)
            } else {
                without_block(body)
            };
            if wanted != *body {
                changes.push(PamChange::WriteShared {
                    body: wanted,
                    access: *access,
                });
            }
        }
        Ok(changes)
    }

    fn apply(&self, host: &mut dyn Host, change: &PamChange) -> Result<(), Trouble> {
        match change {
            PamChange::WriteOwn => host.write(OWN, OWN_STACK.as_bytes(), Access::root(0o644))?,
            PamChange::RemoveOwn => host.remove(OWN)?,
            PamChange::WriteShared { body, access } => {
                host.write(SHARED, body.as_bytes(), *access)?;
            }
        }
        Ok(())
    }
}

impl Pam {
    /// Whether our own stack should be there, and whether the block should be in the shared one.
    fn wanted(&self, have: &Seen) -> Result<(bool, bool), Refusal> {
        match (self.presence, have.version) {
            (Presence::Absent, _) => Ok((false, false)),
            (Presence::Present, Some(version)) if version >= OWN_STACK_SINCE => Ok((true, false)),
            (Presence::Present, Some(_)) if have.shared.is_some() => Ok((false, true)),
            (Presence::Present, Some(_)) => Err(Refusal(format!(
                "{SHARED} is not there; install openssh-server with PAM"
            ))),
            (Presence::Present, None) => Err(Refusal(
                "the server's sshd is not OpenSSH or is not installed; install openssh-server"
                    .to_owned(),
            )),
        }
    }
}

fn text(host: &mut dyn Host, path: &str) -> Result<Option<(String, Access)>, Trouble> {
    let Some(stat) = host.stat(path)? else {
        return Ok(None);
    };
    let body = host.read(path)?.unwrap_or_default();
    let body = String::from_utf8(body).map_err(|error| Trouble::text(path, error))?;
    Ok(Some((body, stat.access)))
}

fn with_block(text: &str) -> String {
    let others = without_block(text);
    if others.is_empty() || others.ends_with('\n') {
        others + BLOCK
    } else {
        others + "\n" + ENDLESS + BLOCK
    }
}

fn without_block(text: &str) -> String {
    let endless = text.contains(ENDLESS);
    let others = text
        .split_inclusive('\n')
        .filter(|line| !line.contains(MARK));
    let others: String = others.collect();
    match others.strip_suffix('\n') {
        Some(endless_again) if endless => endless_again.to_owned(),
        _ => others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_comes_and_goes_byte_for_byte() {
        for text in ["", "a\n", "a", "\n", "a\n\n", "a\nb", "# x\r\n"] {
            let with = with_block(text);
            assert_eq!(with_block(&with), with, "{text:?}");
            assert_eq!(without_block(&with), text, "{text:?}");
            assert!(with.ends_with(BLOCK));
        }
    }

    #[test]
    fn a_block_that_was_meddled_with_is_made_whole() {
        let with = with_block("a\n");
        let meddled = with.replace("required", "optional");
        assert_eq!(with_block(&meddled), with);
        assert_eq!(without_block(&meddled), "a\n");
    }
}
