//! `kloigos health`.

use clap::Args;

use crate::{api::Call, columns::Columns, command::Verb, failure::Failure, session::Session};

#[derive(Debug, Args)]
pub(crate) struct Health {}

impl Verb for Health {
    fn run(self, session: &Session) -> Result<(), Failure> {
        session.show(&session.get(&Call::get(["health"]))?, Columns::FREE)
    }
}
