//! The figures of all parts, kept round by round, so that a bench may be ended and goes on.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use xtask::bench::Part;

use super::Figures;

/// A file of figures that belong to these sources.
pub(super) struct Kept {
    path: PathBuf,
    content: Content,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    sources: String,
    parts: BTreeMap<String, Figures>,
}

impl Kept {
    /// What earlier runs with the same sources kept; figures of others are forgotten.
    pub(super) fn open(path: PathBuf, sources: String) -> Result<Self> {
        let mut content = Content::default();
        if path.exists() {
            let text = fs::read_to_string(&path)?;
            content = serde_json::from_str(&text).with_context(|| {
                format!("{} holds no figures; --fresh forgets it", path.display())
            })?;
        }
        if content.sources != sources {
            if !content.parts.is_empty() {
                println!("the kept figures are of other sources and forgotten");
            }
            content = Content {
                sources,
                ..Content::default()
            };
        }
        Ok(Self { path, content })
    }

    /// What there is of a part.
    pub(super) fn part(&self, part: Part) -> Option<&Figures> {
        self.content.parts.get(part.as_str())
    }

    /// How many rounds of a part there are.
    pub(super) fn rounds(&self, part: Part) -> usize {
        self.part(part).map_or(0, Figures::rounds)
    }

    /// Keeps one round more.
    pub(super) fn add(&mut self, part: Part, round: &Figures) -> Result<()> {
        let figures = self.content.parts.entry(part.as_str().to_owned());
        figures.or_default().add_round(round);
        let folder = self.path.parent().context("figures lie in a folder")?;
        fs::create_dir_all(folder)?;
        // Whole or as before, though this run be ended in the midst of it.
        let new = self.path.with_extension("new");
        fs::write(&new, serde_json::to_vec_pretty(&self.content)?)?;
        fs::rename(&new, &self.path)
            .with_context(|| format!("failed to write {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn rounds_outlive_the_run_and_other_sources_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bench").join("figures.json");
        let open = |sources: &str| Kept::open(path.clone(), sources.to_owned()).expect("figures");
        let mut round = Figures::default();
        round.add("allocate", "floor", Duration::from_secs(2));
        for rounds in 1..=2 {
            open("ours").add(Part::Cold, &round).expect("kept");
            let again = open("ours");
            assert_eq!(
                (again.rounds(Part::Cold), again.rounds(Part::Warm)),
                (rounds, 0)
            );
            let cold = again.part(Part::Cold).expect("the part");
            assert_eq!(cold.median("allocate", "floor"), Some(2.0));
        }
        assert_eq!(open("others").rounds(Part::Cold), 0);
    }
}
