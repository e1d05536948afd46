//! No page has commands that nothing runs: each block of them is followed by a test, or stands here
//! with the reason why it is not.

use std::{fs, ops::Range, path::Path};

use kloigos_tests::controller::repository;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// Pages, from one of their texts up to another one, that a test follows.
struct Followed {
    /// A page, or a folder of them.
    pages: &'static str,
    /// The language of its blocks.
    fence: &'static str,
    /// From where; nothing is the beginning.
    from: &'static str,
    /// Up to where; nothing is the end.
    until: &'static str,
    /// The test, which names the page.
    by: &'static str,
}

impl Followed {
    const fn whole(pages: &'static str, fence: &'static str, by: &'static str) -> Self {
        Self {
            pages,
            fence,
            from: "",
            until: "",
            by,
        }
    }

    const fn part(mut self, from: &'static str, until: &'static str) -> Self {
        self.from = from;
        self.until = until;
        self
    }

    /// Which part of the text of a page it is.
    fn range(&self, text: &str) -> Range<usize> {
        let at = |mark: &str, otherwise| match mark {
            "" => otherwise,
            mark => text.find(mark).expect("the page has this text"),
        };
        at(self.from, 0)..at(self.until, text.len())
    }
}

const FOLLOWED: [Followed; 7] = [
    Followed::whole("README.md", "console", "pages/readme.rs")
        .part("## A walk through the API", "## What works"),
    Followed::whole("docs/DATABASE.md", "console", "pages/database.rs"),
    Followed::whole("docs/how-to/", "console", "cli/coverage.rs"),
    Followed::whole("docs/how-to/first-server.md", "sh", "newcomer_prove.rs"),
    Followed::whole("docs/how-to/upgrades.md", "sh", "newcomer_prove.rs")
        .part("", "After a restore"),
    Followed::whole("docs/how-to/install.md", "sh", "newcomer_prove.rs")
        .part("", "## Make the packages"),
    Followed::whole("docs/how-to/ansible.md", "sh", "pages/ansible.rs"),
];

/// Blocks that nobody follows: the page, how its first command begins, and why.
const UNRUN: [(&str, &str, &str); 7] = [
    (
        "README.md",
        "cargo xtask demo",
        "the tests themselves; their tier 4 runs the demo",
    ),
    (
        "README.md",
        "cargo xtask dist",
        "minutes of an optimised build; the program that is delivered is run by newcomer_prove",
    ),
    (
        "docs/BENCH.md",
        "cargo xtask bench control",
        "long, on a machine that does nothing else; bench runs all topics with small numbers",
    ),
    (
        "docs/LAB.md",
        "cargo xtask lab up",
        "all forms of the lab's commands at once; lab_prove does the same by the lab's own code",
    ),
    (
        "docs/how-to/first-steps.md",
        "kloigos serve --simulated 3",
        "goes on in another terminal; cli/coverage.rs starts the same for each page",
    ),
    (
        "docs/how-to/install.md",
        "cargo xtask package",
        "an optimised build first; packages makes both packages of the development build",
    ),
    (
        "examples/ansible/README.md",
        "export KLOIGOS_URL",
        "the plays need etcd's releases; examples_on_lab runs all of them, with stand-ins for those",
    ),
];

/// A block of commands.
struct Block {
    page: String,
    fence: String,
    at: usize,
    text: String,
}

impl Block {
    /// What is typed first.
    fn first(&self) -> &str {
        let text = self.text.strip_prefix("$ ").unwrap_or(&self.text);
        text.lines().next().unwrap_or_default()
    }

    fn is_followed(&self, page: &str) -> bool {
        FOLLOWED.iter().any(|one| {
            self.page.starts_with(one.pages)
                && self.fence == one.fence
                && one.range(page).contains(&self.at)
        })
    }

    fn is_excused(&self) -> bool {
        UNRUN
            .iter()
            .any(|(page, first, _)| self.page == *page && self.first().starts_with(first))
    }
}

/// Languages of blocks that are commands.
const SHELLS: [&str; 6] = ["console", "sh", "bash", "zsh", "shell", "shell-session"];
/// How commands begin that stand in a block of no language.
const COMMANDS: [&str; 6] = ["$ ", "cargo ", "kloigos ", "curl ", "sudo ", "apt"];

/// The blocks of commands of a page.
fn blocks(page: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    while let Some((event, range)) = events.next() {
        let Event::Start(Tag::CodeBlock(kind)) = event else {
            continue;
        };
        let fence = match kind {
            CodeBlockKind::Fenced(language) => language.to_string(),
            CodeBlockKind::Indented => String::new(),
        };
        let inside = events.by_ref().map_while(|(event, _)| match event {
            Event::Text(text) => Some(text.to_string()),
            _ => None,
        });
        let text: String = inside.collect();
        let types = |line: &str| COMMANDS.iter().any(|begin| line.starts_with(begin));
        if SHELLS.contains(&fence.as_str()) || fence.is_empty() && text.lines().any(types) {
            blocks.push(Block {
                page: page.to_owned(),
                fence,
                at: range.start,
                text,
            });
        }
    }
    blocks
}

/// All pages below a folder, as the repository names them.
fn pages(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(repository(folder)).expect("a folder");
    let entries = entries.map(|entry| entry.expect("an entry"));
    entries
        .flat_map(|entry| {
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            match entry.path() {
                path if path.is_dir() => pages(&name),
                path if path.extension().is_some_and(|kind| kind == "md") => vec![name],
                _ => Vec::new(),
            }
        })
        .collect()
}

#[test]
fn every_command_of_every_page_is_run_or_is_excused() {
    let mut all = vec!["README.md".to_owned()];
    all.extend(["docs", "ansible", "examples"].into_iter().flat_map(pages));
    let mut unrun = Vec::new();
    let mut excused = 0;
    for page in &all {
        let text = fs::read_to_string(repository(page)).expect("a page");
        for block in blocks(page, &text) {
            let (followed, is_excused) = (block.is_followed(&text), block.is_excused());
            assert!(
                !(followed && is_excused),
                "{page}: no excuse is needed for {}",
                block.first()
            );
            excused += usize::from(is_excused);
            if !followed && !is_excused {
                let line = text[..block.at].lines().count() + 1;
                unrun.push(format!("{page}:{line}: {}", block.first()));
            }
        }
    }
    assert!(
        unrun.is_empty(),
        "nothing runs these; let a test follow them and add it to FOLLOWED, or a reason to UNRUN:\n{}",
        unrun.join("\n")
    );
    assert_eq!(excused, UNRUN.len(), "each excuse is for one block");
}

#[test]
fn what_follows_a_page_names_it() {
    for one in &FOLLOWED {
        let test = repository("tests/tests").join(one.by);
        let test = fs::read_to_string(test).expect("the test");
        let page = Path::new(one.pages).display().to_string();
        let page = page.trim_end_matches('/');
        assert!(test.contains(&format!("{page}\"")), "{}: {page}", one.by);
    }
}
