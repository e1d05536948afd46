//! The documentation as a whole: each link leads somewhere, and each page is in the book.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a page says: where it leads, and to which of its parts one can be led.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a page");
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.to_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::End(TagEnd::Heading(_)) => {
                    page.anchors
                        .extend(heading.take().map(|text| anchor(&text)));
                }
                _ => {}
            }
        }
        page
    }
}

/// As mdBook and GitHub name a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.map(|char| if char == ' ' { '-' } else { char })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the repository")
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                pages(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect()
}

#[test]
fn every_link_inside_leads_somewhere() {
    let root = root();
    let mut all = pages(&root.join("docs"));
    all.extend(pages(&root.join("ansible")));
    all.extend(pages(&root.join("examples")));
    all.push(root.join("README.md"));
    let mut broken = Vec::new();
    for path in &all {
        for link in Page::read(path).links {
            if ["http://", "https://", "mailto:"]
                .iter()
                .any(|start| link.starts_with(start))
            {
                continue;
            }
            let (file, part) = link.split_once('#').unwrap_or((&link, ""));
            let away = path.starts_with(root.join("docs")) && !stays(file, path, &root);
            let to = if file.is_empty() {
                path.clone()
            } else {
                path.parent().expect("a folder").join(file)
            };
            let there = to.exists() && (part.is_empty() || Page::read(&to).anchors.contains(part));
            if away || !there {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "these lead nowhere:\n{}",
        broken.join("\n")
    );
}

/// Whether a link of the book stays in the book, where alone it can be followed.
fn stays(file: &str, from: &Path, root: &Path) -> bool {
    let to = from.parent().expect("a folder").join(file).canonicalize();
    to.is_ok_and(|to| to.starts_with(root.join("docs")))
}

#[test]
fn every_page_is_in_the_book_once() {
    let docs = root().join("docs");
    let mut named = Page::read(&docs.join("SUMMARY.md")).links;
    named.sort();
    let mut there: Vec<String> = pages(&docs)
        .iter()
        .filter_map(|page| Some(page.strip_prefix(&docs).ok()?.display().to_string()))
        .filter(|page| page != "SUMMARY.md")
        .collect();
    there.sort();
    assert_eq!(named, there, "docs/SUMMARY.md is the table of contents");
}
