//! Lines of ours in PAM stacks of others: a marked block, which comes and goes byte for byte.

/// Every line of a block says this, by which they are found again.
const MARK: &str = "kloigos";
/// Says that the file's last line had no end before, so that it gets back to just that.
const ENDLESS: &str = "# kloigos: the line above had no end\n";

/// A stack of others that our lines go into.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stack {
    pub(super) path: &'static str,
    place: Place,
    block: &'static str,
}

/// Where the block goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before everything, so that no `sufficient` module ends the stack before it.
    Top,
    /// After everything, for what `pam_systemd` did is looked at.
    Bottom,
}

/// Of everyone who comes by ssh. Its first line steers everyone who is in no unit past the rest,
/// so that not even a missing binary could lock people out.
pub(super) const SSHD: Stack = Stack {
    path: "/etc/pam.d/sshd",
    place: Place::Bottom,
    block: "\
# kloigos: begin; added and removed by kloigos-host
session [success=4 default=ignore] pam_succeed_if.so quiet user notingroup kunits # kloigos
session required pam_namespace.so # kloigos
session required pam_exec.so quiet /usr/local/lib/kloigos/kloigos-host guard
session optional pam_env.so envfile=/etc/kloigos/self/environment
session optional pam_motd.so noupdate motd=/etc/kloigos/self/motd
# kloigos: end
",
};

const JOBS: &str = "\
# kloigos: begin; added and removed by kloigos-host
account required pam_succeed_if.so quiet user notingroup kunits # kloigos
# kloigos: end
";

/// Of those that run jobs in cgroups of their own: Debian's cron and at, and cronie.
pub(super) const JOB_STACKS: [Stack; 3] = [
    job_stack("/etc/pam.d/atd"),
    job_stack("/etc/pam.d/cron"),
    job_stack("/etc/pam.d/crond"),
];

const fn job_stack(path: &'static str) -> Stack {
    Stack {
        path,
        place: Place::Top,
        block: JOBS,
    }
}

impl Stack {
    /// The file with our block in it, once.
    pub(super) fn with(&self, text: &str) -> String {
        let others = Self::without(text);
        match self.place {
            Place::Top => self.block.to_owned() + &others,
            Place::Bottom if others.is_empty() || others.ends_with('\n') => others + self.block,
            Place::Bottom => others + "\n" + ENDLESS + self.block,
        }
    }

    /// The file without anything of ours.
    pub(super) fn without(text: &str) -> String {
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

    /// Whether anything of ours is in the file.
    pub(super) fn is_ours(text: &str) -> bool {
        text.contains(MARK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_comes_and_goes_byte_for_byte() {
        for stack in JOB_STACKS.iter().chain([&SSHD]) {
            for text in ["", "a\n", "a", "\n", "a\n\n", "a\nb", "# x\r\n"] {
                let with = stack.with(text);
                assert_eq!(stack.with(&with), with, "{text:?}");
                assert_eq!(Stack::without(&with), text, "{text:?}");
                assert!(with.contains(stack.block));
            }
        }
    }

    #[test]
    fn a_block_that_was_meddled_with_is_made_whole() {
        let with = SSHD.with("a\n");
        let meddled = with.replace("required", "optional");
        assert_eq!(SSHD.with(&meddled), with);
        assert_eq!(Stack::without(&meddled), "a\n");
    }

    /// The jump of the first line passes all that is ours, and nothing else.
    #[test]
    fn people_are_steered_past_the_whole_block() {
        let rules = SSHD.block.lines().filter(|line| !line.starts_with('#'));
        let rules: Vec<&str> = rules.collect();
        let jump = format!("[success={} ", rules.len() - 1);
        assert!(rules[0].contains(&jump), "{}", rules[0]);
    }
}
