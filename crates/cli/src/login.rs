//! `kloigos login` and `kloigos context`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use serde_json::json;

use crate::{
    api::{Api, Call},
    arguments::{Listing, Printing},
    columns::Columns,
    complete,
    contexts::{self, Context, Contexts as Known, Place, Token},
    failure::Failure,
    output::{Output, print},
    terminal::Terminal,
};

/// Remembers a control plane and a token, which is asked for on the terminal unless it is given by
/// --token-file or `KLOIGOS_TOKEN`. It is tried first, and kept in a file that only you can read.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The control plane's address, such as <https://kloigos.example>.
    #[arg(value_name = "URL")]
    url: String,
    /// What to call it.
    #[arg(long, value_name = "NAME", default_value = "default")]
    name: String,
    /// A file that holds the token, or - for stdin.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A file of certificates (PEM) to trust in place of the public ones.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

impl Login {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let url = contexts::address(&self.url)?;
        let token = match contexts::given_token(self.token_file.as_deref())? {
            Some(token) => token,
            None => ask()?,
        };
        let place = Place {
            context: None,
            url: url.clone(),
            token: Some(token.clone()),
            ca_file: self.ca_file.clone(),
        };
        // What needs a token, and is the same for everybody.
        let api = Api::new(place)?;
        let jobs = api.send(&Call::get(["jobs"]).query("limit", Some("1")))?;
        if !jobs.body.is_array() {
            return Err(api.stranger());
        }
        let mut known = Known::load()?;
        let context = Context {
            url,
            token: Some(token),
            ca_file: self.ca_file,
        };
        known.contexts.insert(self.name.clone(), context);
        known.current = Some(self.name.clone());
        known.save()?;
        print(&format!(
            "{} is remembered and used from now on\n",
            crate::safe::line(&self.name)
        ))
    }
}

fn ask() -> Result<Token, Failure> {
    if !Terminal::can_ask() {
        return Err(Failure::usage("no token is given and nobody can be asked")
            .or_try("--token-file FILE, --token-file - for stdin, or KLOIGOS_TOKEN"));
    }
    let typed = crate::unseen::ask("token: ");
    Token::parse(&typed.map_err(|error| Failure::fault("ask for the token", &error))?)
}

/// The control planes that are remembered.
#[derive(Debug, Args)]
pub(crate) struct Contexts {
    #[command(flatten)]
    output: Printing,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Shows them; never their tokens.
    List(Listing),
    /// Uses this one from now on.
    Use(Name),
    /// Forgets this one and its token.
    Remove(Name),
}

#[derive(Debug, Args)]
struct Name {
    /// What it was called at its login.
    #[arg(value_name = "NAME", add = ArgValueCandidates::new(complete::contexts))]
    name: String,
}

impl Contexts {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut known = Known::load()?;
        match self.verb {
            Verb::List(listing) => {
                let output =
                    Output::new(self.output.output, Terminal::new(self.output.color).color);
                return print(&output.list(&rows(&known), Columns::CONTEXTS, &listing)?);
            }
            Verb::Use(Name { name }) => {
                known.find(&name)?;
                known.current = Some(name);
            }
            Verb::Remove(Name { name }) => {
                known.find(&name)?;
                known.contexts.remove(&name);
                known.current = known.current.filter(|current| *current != name);
            }
        }
        known.save()
    }
}

fn rows(known: &Known) -> serde_json::Value {
    let row = |(name, context): (&String, &Context)| {
        json!({
            "name": name,
            "url": context.url,
            "current": known.current.as_ref() == Some(name),
            "token": context.token.is_some(),
            "ca_file": context.ca_file,
        })
    };
    known.contexts.iter().map(row).collect()
}
