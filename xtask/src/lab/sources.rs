//! The package archive, as this machine's own apt configuration names it.
//!
//! No mirror is written in our code. For another release than the machine's
//! own, the machine's archives are asked for that release's suites.

use anyhow::{Context, Result};

use super::process::{command, run};
use super::spec::Release;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const FORMAT: &str = "$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)";

/// An apt source list for `release`, or `None` when this machine has no
/// Debian archive configured (mmdebstrap then knows a default).
pub(crate) fn list_for(release: Release) -> Result<Option<String>> {
    let arguments = ["indextargets", "--format", FORMAT, "Created-By: Packages"];
    let targets = run(&mut command("apt-get", arguments))?;
    let own = own_codename()?;
    Ok(render(&targets, &own, release.as_str()))
}

fn own_codename() -> Result<String> {
    let text = super::folders::read("/etc/os-release".as_ref())?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(line
        .context("/etc/os-release names no VERSION_CODENAME")?
        .trim_matches('"')
        .to_owned())
}

fn render(targets: &str, own: &str, release: &str) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for target in targets.lines() {
        let Some(line) = source_line(target, own, release) else {
            continue;
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n") + "\n")
}

/// One target of ours, said for the other release; backports and foreign
/// archives are left out.
fn source_line(target: &str, own: &str, release: &str) -> Option<String> {
    let mut fields = target.split('|');
    let (origin, codename) = (fields.next()?, fields.next()?);
    let (component, uri) = (fields.next()?, fields.next()?);
    let pocket = codename.strip_prefix(own)?;
    let wanted = matches!(pocket, "" | "-updates" | "-security");
    if origin != "Debian" || component != "main" || !wanted {
        return None;
    }
    Some(format!(
        "deb [signed-by={KEYRING}] {uri} {release}{pocket} main"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGETS: &str = "\
Debian|bookworm|main|http://archive.test/debian/
Debian|bookworm|contrib|http://archive.test/debian/
Debian|bookworm-updates|main|http://archive.test/debian/
Debian|bookworm-security|main|http://archive.test/security/
Debian|bookworm-backports|main|http://archive.test/debian/
Other|bookworm|main|http://other.test/
||main|http://nameless.test/
";

    #[test]
    fn the_machines_archive_is_asked_for_the_other_release() {
        let list = render(TARGETS, "bookworm", "trixie").unwrap();
        let expected = [
            "http://archive.test/debian/ trixie main",
            "http://archive.test/debian/ trixie-updates main",
            "http://archive.test/security/ trixie-security main",
        ];
        assert_eq!(list.lines().count(), expected.len());
        for (line, end) in list.lines().zip(expected) {
            assert!(line.ends_with(end), "{line}");
        }
    }

    #[test]
    fn a_machine_without_debian_sources_gives_no_list() {
        assert_eq!(
            render("Ubuntu|noble|main|http://u.test/\n", "noble", "trixie"),
            None
        );
    }
}
