//! Pages of the documentation as scripts.

use std::{fs, path::Path};

use anyhow::Result;
use xtask::lab::Server;

/// What is remembered from one script to the next.
const KEPT: &str = "/root/kept";

/// The code of a page, or of a part of it.
pub(crate) struct Page(String);

impl Page {
    /// A page, with what its examples name in the place of which there is something else here.
    pub(crate) fn of(text: &str, named: &[(&str, &str)]) -> Self {
        let there = |text: String, (example, here): &(&str, &str)| {
            assert!(text.contains(example), "the page names {example}");
            text.replace(example, here)
        };
        Self(named.iter().fold(text.to_owned(), there))
    }

    /// From one heading up to another one.
    pub(crate) fn part(&self, from: &str, until: &str) -> Self {
        let (_, part) = self.0.split_once(from).expect("the first heading");
        let (part, _) = part.split_once(until).expect("the second heading");
        Self(part.to_owned())
    }

    /// Does what it says, from a file: at a terminal, no command eats the next ones either. Variables
    /// of one page are known to the next.
    pub(crate) fn follow(&self, desk: &Server, folder: &Path) -> Result<String> {
        let code = code(&self.0);
        let file = folder.join("page.sh");
        let script = format!(
            "set -eu\ncd /root\ntest ! -e {KEPT} || . {KEPT}\n{code}\n\
             printf 'UNIT=%s\\nSERVER=%s\\n' \"${{UNIT-}}\" \"${{SERVER-}}\" > {KEPT}\n"
        );
        fs::write(&file, script)?;
        desk.push_file(&file, "/root/page.sh")?;
        desk.script("bash /root/page.sh < /dev/null")
    }
}

/// The blocks of code, one after the other.
fn code(page: &str) -> String {
    let mut code = String::new();
    let mut inside = false;
    for line in page.lines() {
        match (line, inside) {
            ("```sh", false) => inside = true,
            ("```", true) => inside = false,
            (line, true) => code.extend([line, "\n"]),
            (_, false) => {}
        }
    }
    code
}
