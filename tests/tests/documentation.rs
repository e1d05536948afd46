//! The documentation as a whole: each link leads somewhere, each page is in the book, and each
//! picture is shown, described and small.

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
    /// Pictures of which nothing is said to those who do not see them.
    undescribed: Vec<String>,
}

impl Page {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a page");
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        let mut html = String::new();
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.to_string());
                }
                Event::Html(part) | Event::InlineHtml(part) => html.push_str(&part),
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
        page.read_html(&html);
        page
    }

    /// What HTML between the Markdown shows and leads to.
    fn read_html(&mut self, html: &str) {
        for tag in html.split('<').filter_map(|rest| rest.split('>').next()) {
            let links = ["src", "srcset", "href"].map(|name| attribute(tag, name));
            self.links
                .extend(links.into_iter().flatten().map(str::to_owned));
            if tag.starts_with("img") && attribute(tag, "alt").is_none_or(str::is_empty) {
                self.undescribed.push(tag.to_owned());
            }
        }
    }
}

/// What an HTML tag says under this name.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
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

/// The most that a picture may weigh, in bytes.
const PICTURE: u64 = 120_000;

#[test]
fn every_picture_is_shown_described_and_small() {
    let root = root();
    let mut all = pages(&root.join("docs"));
    all.push(root.join("README.md"));
    let mut shown = BTreeSet::new();
    for path in &all {
        let page = Page::read(path);
        let undescribed = &page.undescribed;
        assert!(
            undescribed.is_empty(),
            "{}: {undescribed:?}",
            path.display()
        );
        let folder = path.parent().expect("a folder");
        let there = page
            .links
            .iter()
            .map(|link| folder.join(link).canonicalize());
        shown.extend(there.flatten());
    }
    let pictures = fs::read_dir(root.join("docs/pictures")).expect("a folder");
    for picture in pictures.map(|entry| entry.expect("an entry").path()) {
        let size = fs::metadata(&picture).expect("a picture").len();
        assert!(size <= PICTURE, "{}: {size} bytes", picture.display());
        assert!(shown.contains(&picture), "{}: unused", picture.display());
    }
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
