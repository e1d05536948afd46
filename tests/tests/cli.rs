//! The command line, as a program of its own over real control planes, real terminals, real OpenSSH.

#[path = "cli/answers.rs"]
mod answers;
#[path = "cli/by_hand.rs"]
mod by_hand;
#[path = "cli/canned.rs"]
mod canned;
#[path = "cli/contexts.rs"]
mod contexts;
#[path = "cli/coverage.rs"]
mod coverage;
#[path = "cli/drift.rs"]
mod drift;
#[path = "cli/export.rs"]
mod export;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/openssh.rs"]
mod openssh;
#[path = "cli/person.rs"]
mod person;
#[path = "cli/shells.rs"]
mod shells;
#[path = "cli/terminal.rs"]
mod terminal;
