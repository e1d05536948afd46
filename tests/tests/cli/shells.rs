//! Completions, manual pages, the reference: what is made of the command line.

use std::{fs, process::Command};

use crate::{
    canned::Canned,
    person::{Person, cut, plane, program},
};

/// What bash does when somebody types this far and presses the key.
const TYPED: &str = r#"source ./completions
COMP_WORDS=(kloigos unit show host1_3) COMP_CWORD=3 COMP_TYPE=9
entered=$(complete -p kloigos); entered=${entered##*-F }
${entered%% *} kloigos host1_3 show
printf '%s\n' "${COMPREPLY[@]}""#;

#[test]
fn shells_complete_the_names_of_what_there_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let plane = plane(dir.path());
    let person = Person::of(&plane);
    cut(&person);
    let script = person.prints(&["completion", "bash"]);
    fs::write(person.home().join("completions"), script).expect("a file");
    let told = person.command(&[]);
    let path = std::env::var("PATH").expect("a path");
    let programs = program().parent().expect("a folder").display().to_string();
    let mut bash = Command::new("bash");
    bash.env_clear()
        .envs(
            told.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("PATH", format!("{programs}:{path}"))
        .current_dir(person.home())
        .args(["-c", TYPED]);
    let output = bash.output().expect("bash is there");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "host1_32-47\n",
        "{output:?}"
    );
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            person.prints(&["completion", shell]).contains("kloigos"),
            "{shell}"
        );
    }
}

/// The words that are offered for the last one, which is empty.
fn offered(person: &Person, line: &[&str]) -> Vec<String> {
    let mut shell = person.command(&[&["--", "kloigos"], line, &[""]].concat());
    shell
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", (line.len() + 1).to_string())
        .env("_CLAP_IFS", "\n");
    let output = shell.output().expect("kloigos runs");
    let words = String::from_utf8(output.stdout).expect("a text");
    let words = words.lines().filter(|word| !word.starts_with("--"));
    words.map(str::to_owned).collect()
}

#[test]
fn the_line_says_of_which_control_plane_the_names_are() {
    let named = |host: &str| {
        let host = host.to_owned();
        Canned::saying(move |_| format!("[{{\"hostname\": \"{host}\"}}]"))
    };
    let (here, there) = (named("here"), named("there"));
    let person = Person::at(&here.url(), Some("kloigos_secret"));
    fs::write(person.home().join("token"), "kloigos_other").expect("a file");
    let url = there.url();
    person.prints(&["login", &url, "--token-file", "token", "--name", "lab"]);
    let by_url = format!("--url={url}");
    let typed: [(&[&str], &str); 5] = [
        (&["server", "show"], "here"),
        (&["server", "show", "--context", "lab"], "there"),
        (&["server", "--context=lab", "show"], "there"),
        (&["server", "show", &by_url], "there"),
        (
            &["export", "ansible", "--context", "lab", "--server"],
            "there",
        ),
    ];
    for (line, name) in typed {
        assert_eq!(offered(&person, line), [name], "{line:?}");
    }
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let person = Person::at("http://127.0.0.1:1", None);
    person.prints(&["man", "--dir", "."]);
    for page in [
        "kloigos.1",
        "kloigos-unit-allocate.1",
        "kloigos-serve.1",
        "kloigos-server-init.1",
    ] {
        let text = fs::read_to_string(person.home().join(page)).expect(page);
        assert!(text.contains(".TH"), "{page}");
    }
    let text = fs::read_to_string(person.home().join("kloigos.1")).expect("the page");
    assert!(text.contains("Exit status"), "{text}");
}

#[test]
fn the_reference_is_that_of_the_code() {
    let page = "../docs/reference/command-line.md";
    let made = Person::at("http://127.0.0.1:1", None).prints(&["reference"]);
    if std::env::var_os("KLOIGOS_BLESS").is_some() {
        fs::write(page, &made).expect("the page is written");
    }
    let written = fs::read_to_string(page).expect("the page");
    assert!(
        written == made,
        "{page} is not that of the code: KLOIGOS_BLESS=1 writes it"
    );
}

#[test]
fn the_version_is_the_same_for_everybody() {
    let person = Person::at("http://127.0.0.1:1", None);
    let told = person.prints(&["version", "-o", "json"]);
    assert!(
        told.contains(env!("CARGO_PKG_VERSION")) && told.contains("x86_64"),
        "{told}"
    );
    assert_eq!(told, person.prints(&["version", "-o", "json"]));
}

#[test]
fn a_reader_that_has_had_enough_is_no_fault() {
    let person = Person::at("http://127.0.0.1:1", None);
    let line = format!(
        "set -o pipefail; {} reference | head -1",
        program().display()
    );
    let mut bash = Command::new("bash");
    bash.args(["-c", &line]).current_dir(person.home());
    let output = bash.output().expect("bash is there");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}
