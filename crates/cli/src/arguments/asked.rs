//! Which control plane is asked, and where that was said: what stands on the command line is meant
//! for this call, what the environment has may be meant for others.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, parser::ValueSource};
use clap_complete::ArgValueCandidates;

use crate::complete;

const PLACE: &str = "Control plane";

/// Which control plane and as whom.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// Which of the known control planes; `kloigos context list` shows them. Named here, it comes
    /// before all that the environment says.
    #[arg(long, global = true, env = "KLOIGOS_CONTEXT", value_name = "NAME",
          help_heading = PLACE, hide_env_values = true,
          add = ArgValueCandidates::new(complete::contexts))]
    pub(crate) context: Option<String>,
    /// The control plane's address. The token of a context goes to no other address than its own.
    #[arg(long, global = true, env = "KLOIGOS_URL", value_name = "URL",
          help_heading = PLACE, hide_env_values = true)]
    pub(crate) url: Option<String>,
    /// A file that holds the token, or - for stdin. `KLOIGOS_TOKEN` may hold it as well.
    #[arg(long, global = true, env = "KLOIGOS_TOKEN_FILE", value_name = "FILE",
          help_heading = PLACE, hide_env_values = true)]
    pub(crate) token_file: Option<PathBuf>,
    /// A file of certificates (PEM) to trust in place of the public ones.
    #[arg(long, global = true, env = "KLOIGOS_CA_FILE", value_name = "FILE",
          help_heading = PLACE, hide_env_values = true)]
    pub(crate) ca_file: Option<PathBuf>,
}

/// The same, by where it was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// On the command line.
    pub(crate) typed: Place,
    /// By the environment.
    pub(crate) ambient: Place,
}

impl Args for Asked {
    fn augment_args(command: Command) -> Command {
        Place::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Place::augment_args_for_update(command)
    }
}

impl FromArgMatches for Asked {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let all = Place::from_arg_matches(matches)?;
        let said = |source| {
            let is_so = |id: &str| matches.value_source(id) == Some(source);
            all.clone().only(is_so)
        };
        Ok(Self {
            typed: said(ValueSource::CommandLine),
            ambient: said(ValueSource::EnvVariable),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Place {
    /// What of it is so, by the names of its arguments.
    fn only(self, is_so: impl Fn(&str) -> bool) -> Self {
        Self {
            context: self.context.filter(|_| is_so("context")),
            url: self.url.filter(|_| is_so("url")),
            token_file: self.token_file.filter(|_| is_so("token_file")),
            ca_file: self.ca_file.filter(|_| is_so("ca_file")),
        }
    }

    /// Where it says nothing, what the other one says.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            context: self.context.or(other.context),
            url: self.url.or(other.url),
            token_file: self.token_file.or(other.token_file),
            ca_file: self.ca_file.or(other.ca_file),
        }
    }
}
