//! `cargo xtask docs`: the documentation as a site, in `target/book`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::package::repository;

/// What makes a site of it; the reference of its options is at its own site.
const MDBOOK: &str = "0.5.4";

/// Makes the site. Where it begins.
pub fn build() -> Result<PathBuf> {
    let root = repository().canonicalize()?;
    run(Command::new(program(&root)?)
        .arg("build")
        .arg(root.join("docs")))?;
    let page = root.join("target/book/index.html");
    ensure!(page.exists(), "mdBook made no {}", page.display());
    println!("{}", page.display());
    Ok(page)
}

/// mdBook, built first below the target folder where that was not done yet.
fn program(root: &Path) -> Result<PathBuf> {
    let tools = root.join("target/tools");
    let program = tools.join(format!("mdbook-{MDBOOK}/bin/mdbook"));
    if !program.exists() {
        println!("building mdBook {MDBOOK}, which takes some minutes, once");
        let wanted = format!("mdbook@{MDBOOK}");
        let mut install = Command::new(env!("CARGO"));
        install
            .args([
                "install",
                "--locked",
                "--quiet",
                "--no-default-features",
                "--features",
                "search",
            ])
            .arg(&wanted)
            .arg("--root")
            .arg(tools.join(format!("mdbook-{MDBOOK}")))
            .env("CARGO_TARGET_DIR", tools.join("build"));
        run(&mut install)?;
    }
    Ok(program)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status();
    let status = status.with_context(|| format!("failed to run {command:?}"))?;
    ensure!(status.success(), "failed: {command:?}");
    Ok(())
}
