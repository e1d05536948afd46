//! `kloigos import`: what another control plane had, taken over.

mod old;
mod plan;

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Map, Value, json};

use self::{
    old::{OldServer, Tenancy},
    plan::{Outcome, Planned},
};
use crate::{
    api::{Api, Call},
    columns::Columns,
    contexts::{self, Place},
    failure::{Failure, Kind},
    follow, safe,
    session::Session,
};

/// Reads the rows of an old database, or says what is wrong with it.
pub type ReadOld = fn(&Path) -> Result<Value, String>;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Takes over the servers of a Kloigos 0.2: each is looked at and then cut as it was.
    ///
    /// Version 0.2 kept no keys, so tenancies are made anew only when --tenancies asks for it, with
    /// keys from --keys. Nothing is changed on a server on which 0.2 left anything in the way; what
    /// that is, is told. What is taken over already is passed over, so that it can be repeated.
    #[command(name = "v0.2")]
    V02(V02),
}

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
    /// The port of the servers' SSH daemons.
    #[arg(long, value_name = "PORT")]
    ssh_port: Option<u16>,
    /// The login on the servers, in place of the control plane's setting.
    #[arg(long, value_name = "USER")]
    ssh_user: Option<String>,
    /// The first port of the first unit of each server.
    #[arg(long, value_name = "PORT")]
    first_port: Option<u16>,
    /// How many ports each unit gets.
    #[arg(long, value_name = "COUNT")]
    port_step: Option<u16>,
    /// The first user id to give to a unit of each server.
    #[arg(long, value_name = "UID")]
    first_uid: Option<u32>,
    /// How long to wait for each piece of work at most; it goes on.
    #[arg(long, value_name = "SECONDS", help_heading = "Work",
          value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
    /// Look at each server and print what would be done; nothing is changed.
    #[arg(long, help_heading = "Work")]
    dry_run: bool,
}

impl Verb {
    pub(crate) fn import(self, session: &Session, read: ReadOld) -> Result<(), Failure> {
        let Self::V02(v02) = self;
        v02.run(session, read)
    }
}

impl V02 {
    fn run(self, session: &Session, read: ReadOld) -> Result<(), Failure> {
        let rows = self.rows(read)?;
        let mut servers = old::servers(&rows)?;
        servers.retain(|server| self.server.is_empty() || self.server.contains(&server.hostname));
        let keys = self.keys_of(&servers)?;
        let mut planned = Vec::new();
        for server in servers {
            session.say(&format!("looking at {}", server.hostname));
            planned.push(plan::plan(session, server, &self)?);
        }
        let mut reborn = Vec::new();
        if !self.dry_run {
            for one in &mut planned {
                self.carry_out(session, one)?;
                self.bear_anew(session, one, &keys, &mut reborn)?;
            }
        }
        let rows: Vec<Value> = planned.iter().map(Planned::row).collect();
        let told = json!({"servers": rows, "tenancies": reborn});
        session.show(&told, Columns::FREE)?;
        let left = planned.iter().filter(|one| !one.is_settled()).count();
        match left {
            0 => Ok(()),
            _ if self.dry_run => Ok(()),
            left => {
                let cause = format!("{left} of {} servers are not taken over", planned.len());
                let next = "put right what stands behind each, then import again";
                Err(Failure::new(Kind::Conflict, cause).or_try(next))
            }
        }
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
            url: url.to_owned(),
            // It knows no tokens, and ours is none of its business.
            token: None,
            ca_file: None,
        };
        Ok(Api::new(place)?
            .send(&Call::get(["compute_units", ""]))?
            .body)
    }

    /// The keys of each tenancy; all of them are there before anything is changed.
    fn keys_of(&self, servers: &[OldServer]) -> Result<Map<String, Value>, Failure> {
        let mut keys = Map::new();
        let Some(folder) = self.keys.as_ref().filter(|_| self.tenancies) else {
            return Ok(keys);
        };
        for tenancy in servers.iter().flat_map(|server| &server.tenancies) {
            let name = &tenancy.compute_id;
            if name.contains('/') {
                return Err(Failure::usage(format!("{name:?} is no name of a unit")));
            }
            let file = folder.join(format!("{name}.pub"));
            let what = format!("read the keys of {name} in {}", file.display());
            let text = contexts::read(&file).map_err(|error| Failure::fault(&what, &error))?;
            keys.insert(name.clone(), text.into());
        }
        Ok(keys)
    }

    /// Cuts a server as it was.
    fn carry_out(&self, session: &Session, one: &mut Planned) -> Result<(), Failure> {
        let Some(body) = one.body.take() else {
            return Ok(());
        };
        let call = Call::post(["admin", "init_server"], body);
        let call = call.query("wait", Some("false")).repeatable(None);
        let begun = session.api.send(&call);
        let ended = begun.and_then(|answer| match answer.job {
            Some(job) => follow::to_success(session, &job, self.timeout).map(drop),
            None => Ok(()),
        });
        one.outcome = match ended {
            Ok(()) => Outcome::Done,
            Err(failure) if failure.kind() == Kind::Unreachable => return Err(failure),
            Err(failure) => Outcome::Failed(failure.to_string()),
        };
        Ok(())
    }

    /// Makes the tenancies of a server that is taken over anew.
    fn bear_anew(
        &self,
        session: &Session,
        one: &Planned,
        keys: &Map<String, Value>,
        reborn: &mut Vec<Value>,
    ) -> Result<(), Failure> {
        if !self.tenancies || !one.is_settled() {
            return Ok(());
        }
        for tenancy in &one.server.tenancies {
            let made = match twin(session, &tenancy.compute_id)? {
                Some(unit) => unit,
                None => self.allocate(session, &one.server, tenancy, &keys[&tenancy.compute_id])?,
            };
            reborn.push(json!({
                "was": tenancy.compute_id,
                "compute_id": made["compute_id"],
                "ip": made["ip"],
                "user": made["user"],
                "ports_range": made["ports_range"],
            }));
        }
        Ok(())
    }

    fn allocate(
        &self,
        session: &Session,
        server: &OldServer,
        tenancy: &Tenancy,
        keys: &Value,
    ) -> Result<Value, Failure> {
        let mut tags = tenancy.tags.clone();
        tags.insert(TWIN.to_owned(), tenancy.compute_id.clone().into());
        let body = json!({
            "cpu_count": tenancy.cpu_count,
            "region": server.region,
            "zone": server.zone,
            "tags": tags,
            "ssh_public_key": keys,
        });
        let call = Call::post(["compute_units", "allocate"], body);
        let call = call.query("wait", Some("false")).repeatable(None);
        if let Some(job) = session.api.send(&call)?.job {
            follow::to_success(session, &job, self.timeout)?;
        }
        let gone = || {
            let name = safe::line(&tenancy.compute_id);
            Failure::new(Kind::Conflict, format!("the twin of {name} is gone again"))
        };
        twin(session, &tenancy.compute_id)?.ok_or_else(gone)
    }
}

/// The tag by which a tenancy that was taken over is known again.
const TWIN: &str = "imported_from";

/// The unit that took an old one's place.
fn twin(session: &Session, old: &str) -> Result<Option<Value>, Failure> {
    let call = Call::get(["compute_units", ""]).query("status", Some("allocated"));
    let units = session.get(&call)?;
    let units = units.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut twins = units.iter().filter(|unit| unit["tags"][TWIN] == old);
    Ok(twins.next().cloned())
}
