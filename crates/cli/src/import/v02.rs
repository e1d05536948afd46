//! `kloigos import v0.2`: the servers of a Kloigos 0.2.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::{
    How, ReadOld, carry_out, concluded,
    old::{self, OldServer},
    plan::{self, Planned},
    rebirth,
};
use crate::{
    api::{Api, Call},
    columns::Columns,
    contexts::{self, Place},
    failure::{Failure, Kind},
    session::Session,
};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").required(true).args(["database", "api"]))]
pub(crate) struct V02 {
    /// Its database, `kloigos.sqlite`; it is only read.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// Its address, such as <http://old.example:8000>; it is only listed.
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// Only this server; may be repeated.
    #[arg(long, value_name = "SERVER")]
    server: Vec<String>,
    /// Make the tenancies of its units anew, with their tags; their data is not carried over.
    #[arg(long, requires = "keys")]
    tenancies: bool,
    /// A folder that has the public keys of each old unit in a file UNIT.pub.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    how: How,
    /// Look at each server and print what would be done; nothing is changed.
    #[arg(long, help_heading = "Work")]
    dry_run: bool,
}

impl V02 {
    pub(super) fn run(self, session: &Session, read: ReadOld) -> Result<(), Failure> {
        session.output.must_name(Columns::FREE)?;
        let rows = self.rows(read)?;
        let mut servers = old::servers(&rows)?;
        self.choose(&mut servers)?;
        self.read_keys(&mut servers)?;
        let mut planned = Vec::new();
        for mut server in servers {
            session.say(&format!("looking at {}", server.hostname));
            self.spare_tenants(&mut server);
            planned.push(plan::plan(session, server, &self.how)?);
        }
        let mut reborn = Vec::new();
        if !self.dry_run {
            for one in &mut planned {
                carry_out(session, one, &self.how)?;
                if self.tenancies {
                    reborn.extend(rebirth::of_tenancies(session, one, &self.how)?);
                }
            }
        }
        let rows: Vec<Value> = planned.iter().map(Planned::row).collect();
        session.show(
            &json!({"servers": rows, "tenancies": reborn}),
            Columns::FREE,
        )?;
        if self.dry_run {
            return Ok(());
        }
        concluded(&planned)
    }

    /// All its units, from its file or from itself.
    fn rows(&self, read: ReadOld) -> Result<Value, Failure> {
        if let Some(file) = &self.database {
            let what = format!("read {}", file.display());
            return read(file).map_err(|why| Failure::fault(&what, &why));
        }
        let url = self
            .api
            .as_deref()
            .unwrap_or_default()
            .trim_end_matches('/');
        let place = Place {
            context: None,
            url: url.to_owned(),
            // It knows no tokens, and ours is none of its business.
            token: None,
            ca_file: None,
        };
        Ok(Api::new(place)?
            .send(&Call::get(["compute_units", ""]))?
            .body)
    }

    /// Leaves those that were asked for.
    fn choose(&self, servers: &mut Vec<OldServer>) -> Result<(), Failure> {
        let names: Vec<&str> = servers.iter().map(|one| one.hostname.as_str()).collect();
        let mut asked = self.server.iter();
        if let Some(missing) = asked.find(|name| !names.contains(&name.as_str())) {
            let names = names.join(", ");
            let cause = format!("there is no server {missing:?} in it; there are: {names}");
            return Err(Failure::new(Kind::NotFound, cause));
        }
        servers.retain(|one| self.server.is_empty() || self.server.contains(&one.hostname));
        Ok(())
    }

    /// The keys of each tenancy; all of them are there before anything is changed.
    fn read_keys(&self, servers: &mut [OldServer]) -> Result<(), Failure> {
        let Some(folder) = self.keys.as_ref().filter(|_| self.tenancies) else {
            return Ok(());
        };
        for tenancy in servers.iter_mut().flat_map(|server| &mut server.tenancies) {
            let name = &tenancy.was;
            if name.contains('/') {
                return Err(Failure::usage(format!("{name:?} is no name of a unit")));
            }
            let file = folder.join(format!("{name}.pub"));
            let what = format!("read the keys of {name} in {}", file.display());
            tenancy.keys = contexts::read(&file).map_err(|error| Failure::fault(&what, &error))?;
        }
        Ok(())
    }

    /// A server with tenants is left alone unless their tenancies are to be made anew.
    fn spare_tenants(&self, server: &mut OldServer) {
        let tenancies = server.tenancies.len();
        if tenancies > 0 && !self.tenancies {
            server.unclear.get_or_insert(format!(
                "{tenancies} of its units are somebody's: end these tenancies in 0.2, and import \
                 with --tenancies to make them anew"
            ));
        }
    }
}
