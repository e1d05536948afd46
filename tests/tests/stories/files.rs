//! What is on a server, and since when: the page of the reference is made of what an init and an
//! allocation make on a simulated one, by the code that does it on real ones.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use super::town::Town;

const PAGE: &str = "../docs/reference/files.md";

fn paths(town: &Town) -> BTreeSet<String> {
    town.fleet.snapshot(1).into_keys().collect()
}

fn table(title: &str, paths: &[&String], text: &mut String) {
    let _ = write!(text, "\n## {title}\n\n| path |\n|---|\n");
    for path in paths {
        let _ = writeln!(text, "| `{path}` |");
    }
}

#[tokio::test]
async fn the_page_on_files_is_what_an_init_makes() {
    let town = Town::new(1).await;
    let before = paths(&town);
    town.ready(1, &["0-31", "32-63"]).await;
    let cut = paths(&town);
    town.allocate(Some(32)).await.expect("a unit");
    town.rest().await;
    let allocated = paths(&town);
    let ours = |path: &&String| !path.starts_with("/proc/") && !path.starts_with("/sys/fs/cgroup");
    let made: Vec<&String> = cut.difference(&before).filter(ours).collect();
    let of_a_tenancy: Vec<&String> = allocated.difference(&cut).filter(ours).collect();
    let mut text = "# Files on a server\n\n\
        What an init with the units `0-31` and `32-63` makes, and what an allocation of the first adds; \
        a deallocation takes off the latter, a decommission all. Beside these there are accounts (a user \
        and a group for each unit, and the group `kunits`) in the system's own files, the nft table \
        `inet kloigos`, and the bind filter below `/sys/fs/bpf/kloigos`. What each is for is in \
        [the architecture](../ARCHITECTURE.md#what-a-server-holds). This page is made by a test.\n"
        .to_owned();
    table("By an init", &made, &mut text);
    table("By an allocation", &of_a_tenancy, &mut text);
    if std::env::var_os("KLOIGOS_BLESS").is_some() {
        fs::write(PAGE, &text).expect("the page is written");
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        written == text,
        "{PAGE} is not what is made: KLOIGOS_BLESS=1 writes it"
    );
}
