//! The table of contents: every noun and short form.

use clap::{Args, Subcommand};

use crate::{
    api_raw, arguments::Common, documents, event, export, failure::Failure, import, job, login,
    report, server, session::Session, ssh, system, unit, version, webhook,
};

/// What is asked of a control plane, and what goes with that.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Servers: look at them, cut them into units, attest them, give them back.
    Server(Noun<server::Verb>),
    /// Compute units: allocate, use, change, attest, deallocate them.
    Unit(Noun<unit::Verb>),
    /// The work that the control plane does.
    Job(Noun<job::Verb>),
    /// What happened and what happens.
    Event(Noun<event::Verb>),
    /// Receivers that are told of events.
    Webhook(Noun<webhook::Verb>),
    /// Allocates a unit; the same as `unit allocate`.
    Allocate(Leaf<unit::Allocate>),
    /// Deallocates a unit; the same as `unit deallocate`.
    Deallocate(Leaf<unit::Deallocate>),
    /// Opens a shell in a unit, or runs a command line in it, over SSH.
    Ssh(Leaf<ssh::Ssh>),
    /// Runs a program in a unit with exactly these arguments.
    Exec(Leaf<ssh::Exec>),
    /// Copies files to and from units.
    Cp(Leaf<ssh::Copy>),
    /// What the servers have to give.
    Report(Noun<report::Verb>),
    /// What another control plane had, taken over.
    Import(Noun<import::Verb>),
    /// Units for other programs: OpenSSH, Ansible, Prometheus.
    Export(Noun<export::Verb>),
    /// Remembers a control plane and a token for it.
    Login(login::Login),
    /// The control planes that are remembered.
    Context(login::Contexts),
    /// How the control plane stands.
    Health(Leaf<system::Health>),
    /// Makes any call of the API.
    Api(Leaf<api_raw::Raw>),
    /// What this program is, the same for everybody who builds these sources.
    Version(version::Version),
    /// Prints the completions for a shell, which know the names of what there is.
    Completion(documents::Completion),
    /// Writes the manual pages.
    Man(documents::Man),
    /// Prints the reference of all commands, in Markdown.
    #[command(hide = true)]
    Reference(documents::Reference),
}

/// A thing and what is done to it.
#[derive(Debug, Args)]
pub(crate) struct Noun<V: Subcommand> {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    verb: V,
}

/// A verb that stands alone.
#[derive(Debug, Args)]
pub(crate) struct Leaf<V: Args> {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    verb: V,
}

/// Something that is asked of a control plane.
pub(crate) trait Verb {
    fn run(self, session: &Session) -> Result<(), Failure>;
}

impl Command {
    /// Does what was asked for. `tree` is the whole command line, which documents are made of;
    /// `read_old` reads a database of version 0.2.
    pub(crate) fn run(
        self,
        tree: fn() -> clap::Command,
        read_old: import::ReadOld,
    ) -> Result<(), Failure> {
        match self {
            Self::Server(noun) => noun.run(),
            Self::Unit(noun) => noun.run(),
            Self::Job(noun) => noun.run(),
            Self::Event(noun) => noun.run(),
            Self::Webhook(noun) => noun.run(),
            Self::Allocate(leaf) => leaf.run(),
            Self::Deallocate(leaf) => leaf.run(),
            Self::Ssh(leaf) => leaf.run(),
            Self::Exec(leaf) => leaf.run(),
            Self::Cp(leaf) => leaf.run(),
            Self::Report(noun) => noun.run(),
            Self::Import(Noun { common, verb }) => verb.import(&Session::open(&common)?, read_old),
            Self::Export(noun) => noun.run(),
            Self::Login(login) => login.run(),
            Self::Context(contexts) => contexts.run(),
            Self::Health(leaf) => leaf.run(),
            Self::Api(leaf) => leaf.run(),
            Self::Version(version) => version.run(),
            Self::Completion(completion) => completion.run(tree),
            Self::Man(man) => man.run(tree),
            Self::Reference(reference) => reference.run(tree),
        }
    }
}

impl<V: Subcommand + Verb> Noun<V> {
    fn run(self) -> Result<(), Failure> {
        self.verb.run(&Session::open(&self.common)?)
    }
}

impl<V: Args + Verb> Leaf<V> {
    fn run(self) -> Result<(), Failure> {
        self.verb.run(&Session::open(&self.common)?)
    }
}
