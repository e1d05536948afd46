//! Whether somebody looks, and in colour.

use std::io::{IsTerminal, stderr, stdin, stdout};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use rustix::termios::tcgetwinsize;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What this process writes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Whether answers are coloured.
    pub(crate) color: bool,
    /// Whether work is shown as it goes, on stderr.
    pub(crate) live: bool,
}

impl Terminal {
    pub(crate) fn new(color: Color) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stdout().is_terminal() && !dumb && !unwanted,
        };
        let live = stderr().is_terminal() && !dumb;
        Self { color, live }
    }

    /// How wide the one is on which work is shown, where it tells.
    pub(crate) fn columns() -> Option<usize> {
        let size = tcgetwinsize(stderr()).ok()?;
        (size.ws_col > 0).then(|| size.ws_col.into())
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask() -> bool {
        stdin().is_terminal() && stderr().is_terminal()
    }
}

/// What a word means at a glance; the word itself says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Good,
    Busy,
    Bad,
    Quiet,
}

impl Mood {
    /// Of a status, a verdict, a severity or a health. A word that is not known has none.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "allocated" | "ready" | "healthy" | "succeeded" | "kept" | "ok" | "true" => Self::Good,
            "initializing" | "allocating" | "deallocating" | "decommissioning" | "running"
            | "queued" | "degraded" | "degrades" | "cordoned" | "stopped" | "frozen" => Self::Busy,
            "init_fail" | "allocation_fail" | "deallocation_fail" | "decommission_fail"
            | "failed" | "broken" | "unreachable" | "unavailable" | "refuses" | "false" => {
                Self::Bad
            }
            "free" | "cancelled" | "decommissioned" | "unknown" | "notes" | "not_promised" => {
                Self::Quiet
            }
            _ => return None,
        })
    }

    pub(crate) fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Busy => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Quiet => Style::new().dimmed(),
        }
    }
}
