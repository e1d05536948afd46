//! One attempt to escape.

use xtask::lab::Release;

use super::{Channel, Mechanism, Promise};

/// Something that a tenant tries. Built by [`Attempt::new`] and the methods that follow it.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// Its name, the same for ever.
    pub id: &'static str,
    /// What it attacks.
    pub promise: Promise,
    /// How it is made.
    pub channel: Channel,
    /// What stands against it.
    pub mechanism: Mechanism,
    /// What it tries, for people.
    pub tries: &'static str,
    /// What is run: Python of `attacker.py`, or bash on the client's side.
    pub script: &'static str,
    /// What should come of it on Debian 13.
    pub trixie: Expected,
    /// What should come of it on Debian 12.
    pub bookworm: Expected,
    /// Who says what came of it, where that is not the attacker.
    pub judge: Option<Judge>,
    /// Why it may succeed, where it does.
    pub accepted: Option<&'static str>,
    /// What else would stop it, so that taking the mechanism away alone does not show.
    pub backed_by: Option<&'static str>,
}

/// What should come of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// One of these words, which `|` parts.
    Words(&'static str),
    /// It cannot be tried there, for this reason.
    NotThere(&'static str),
}

/// Someone who looks at what an attempt has done.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// Root on the server, in Python.
    Host(&'static str),
    /// Whoever is outside, in bash.
    Client(&'static str),
}

impl Attempt {
    /// An attempt from a shell that came by ssh, with the same outcome on both releases.
    pub const fn new(
        (promise, mechanism): (Promise, Mechanism),
        id: &'static str,
        tries: &'static str,
        expected: &'static str,
        script: &'static str,
    ) -> Self {
        Self {
            id,
            promise,
            channel: Channel::Ssh,
            mechanism,
            tries,
            script,
            trixie: Expected::Words(expected),
            bookworm: Expected::Words(expected),
            judge: None,
            accepted: None,
            backed_by: None,
        }
    }

    /// The same in another way.
    #[must_use]
    pub const fn by(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// With another outcome on Debian 12.
    #[must_use]
    pub const fn on_bookworm(mut self, expected: &'static str) -> Self {
        self.bookworm = Expected::Words(expected);
        self
    }

    /// On Debian 13 only, for a reason.
    #[must_use]
    pub const fn not_on_bookworm(mut self, reason: &'static str) -> Self {
        self.bookworm = Expected::NotThere(reason);
        self
    }

    /// With an outcome that somebody else tells.
    #[must_use]
    pub const fn judged(mut self, judge: Judge) -> Self {
        self.judge = Some(judge);
        self
    }

    /// Which is known to succeed, for a reason.
    #[must_use]
    pub const fn accepted(mut self, reason: &'static str) -> Self {
        self.accepted = Some(reason);
        self
    }

    /// Which something else would stop as well.
    #[must_use]
    pub const fn backed_by(mut self, second: &'static str) -> Self {
        self.backed_by = Some(second);
        self
    }

    /// What should come of it on a release.
    pub const fn expected(&self, release: Release) -> Expected {
        match release {
            Release::Trixie => self.trixie,
            Release::Bookworm => self.bookworm,
        }
    }
}

impl Expected {
    /// Whether this outcome is one of those.
    pub fn allows(self, outcome: &str) -> bool {
        match self {
            Self::Words(words) => words.split('|').any(|word| word == outcome),
            Self::NotThere(_) => true,
        }
    }
}
