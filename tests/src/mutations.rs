//! Deliberate faults of the product, each of which breaks a promise: the simulated worlds must find
//! every one of them.
//!
//! A mutation is an edit of the sources, made in a copy of them that is built for this alone, so
//! that nothing of it is in what is shipped. All mutations are in one copy and each is asleep until
//! the environment names it: one build serves all, and the same program without any must find
//! nothing. An edit whose text is not there any more is an error ([`whole`]).

mod copy;
mod table;

pub use self::{copy::Copy, table::MUTATIONS};

use anyhow::{Result, ensure};

/// Names the mutation that is awake.
pub const AWAKE: &str = "KLOIGOS_MUTATION";
/// In an edit's new text: whether its mutation is awake.
const MUTATED: &str = "MUTATED";

/// A fault, and the promise that it breaks.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    /// One word.
    pub name: &'static str,
    /// What holds without it.
    pub breaks: &'static str,
    /// What is another in the sources.
    pub edits: &'static [Edit],
}

/// A text of one file that is another one.
#[derive(Debug, Clone, Copy)]
pub struct Edit {
    /// The file, seen from the workspace's root.
    pub file: &'static str,
    /// What is there, once.
    pub from: &'static str,
    /// What is there instead.
    pub to: &'static str,
}

impl Edit {
    /// The body of its file with this edit.
    fn made(&self, body: &str, mutation: &Mutation) -> Result<String> {
        let found = body.matches(self.from).count();
        ensure!(
            found == 1,
            "mutation {}: what it changes in {} is there {found} times, not once: {}",
            mutation.name,
            self.file,
            self.from
        );
        let awake = format!(
            "(std::env::var(\"{AWAKE}\").as_deref() == Ok(\"{}\"))",
            mutation.name
        );
        Ok(body.replacen(self.from, &self.to.replace(MUTATED, &awake), 1))
    }
}

/// The body of a file of the workspace with the edits of all mutations.
pub fn whole(file: &str, body: String) -> Result<String> {
    let edits = MUTATIONS
        .iter()
        .flat_map(|mutation| mutation.edits.iter().map(move |edit| (mutation, edit)));
    let mut edits = edits.filter(|(_, edit)| edit.file == file);
    edits.try_fold(body, |body, (mutation, edit)| edit.made(&body, mutation))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_mutation_still_fits_the_sources() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let edits = || MUTATIONS.iter().flat_map(|mutation| mutation.edits);
        let files: BTreeSet<&str> = edits().map(|edit| edit.file).collect();
        for file in files {
            let body = fs::read_to_string(root.join(file)).expect("a file of ours");
            let mutated = whole(file, body.clone()).expect("every text is there once");
            assert_ne!(body, mutated);
            assert!(!mutated.contains(MUTATED), "{file}");
        }
        let sleeps = |mutation: &Mutation| {
            let mut edits = mutation.edits.iter();
            edits.any(|edit| edit.to.contains(MUTATED))
        };
        assert!(MUTATIONS.iter().all(sleeps));
    }

    #[test]
    fn a_mutation_that_does_not_fit_is_an_error() {
        let mutation = &MUTATIONS[0];
        let edit = mutation.edits[0];
        let error = edit.made("another text", mutation).expect_err("not there");
        assert!(error.to_string().contains(mutation.name), "{error}");
    }
}
