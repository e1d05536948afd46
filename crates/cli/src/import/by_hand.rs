//! `kloigos import server`: a server that was cut by hand.

use std::net::IpAddr;

use clap::Args;
use serde_json::{Map, Value, json};

use super::{
    How, carry_out, concluded,
    old::{OldServer, Tenancy},
    plan::{self, Outcome, Planned},
    rebirth,
};
use crate::{
    api::Call,
    arguments::Sure,
    columns::Columns,
    failure::{Failure, Kind},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ByHand {
    /// What to call it.
    #[arg(value_name = "SERVER")]
    server: String,
    /// Its address.
    #[arg(long, value_name = "IP")]
    ip: IpAddr,
    /// Its region.
    #[arg(long, value_name = "REGION", required_if_eq("confirm", "true"))]
    region: Option<String>,
    /// Its zone.
    #[arg(long, value_name = "ZONE", required_if_eq("confirm", "true"))]
    zone: Option<String>,
    /// Only this account becomes a unit; may be repeated.
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Make a tenancy for each account that has keys, with these; its data is not carried over.
    #[arg(long, requires = "confirm")]
    tenancies: bool,
    #[command(flatten)]
    how: How,
    /// Cut it so. Without this nothing is changed.
    #[arg(long, help_heading = "Work")]
    confirm: bool,
    #[command(flatten)]
    sure: Sure,
}

impl ByHand {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        session.output.must_name(Columns::FREE)?;
        let seen = session.get(&Call::post(["servers", "probe"], self.reach()))?;
        let accounts = self.accounts(&seen)?;
        let server = self.server(&seen, &accounts);
        let mut planned = plan::plan(session, server, &self.how)?;
        leave_some(&mut planned);
        let mut reborn = Vec::new();
        if self.confirm {
            if planned.body.is_some() {
                let (name, count) = (&self.server, accounts.len());
                self.sure
                    .confirm(&format!("cutting {name} into {count} units"))?;
            }
            carry_out(session, &mut planned, &self.how)?;
            if self.tenancies {
                reborn = rebirth::of_tenancies(session, &planned, &self.how)?;
            }
        }
        let rows: Vec<Value> = (0..)
            .zip(&accounts)
            .map(|(place, account)| row(account, place, &planned))
            .collect();
        let told = json!({"servers": [planned.row()], "accounts": rows, "tenancies": reborn});
        session.show(&told, Columns::FREE)?;
        if self.confirm {
            concluded(&[planned])
        } else {
            Ok(())
        }
    }

    fn reach(&self) -> Value {
        Value::Object(self.how.reach(&self.ip.to_string()))
    }

    /// Those that become units.
    fn accounts(&self, seen: &Value) -> Result<Vec<Value>, Failure> {
        let all = seen["cut_by_hand"].as_array();
        let mut accounts = all.cloned().unwrap_or_default();
        let is = |account: &Value, name: &str| account["account"] == name;
        let missing = |name: &&String| !accounts.iter().any(|account| is(account, name));
        if let Some(name) = self.account.iter().find(missing) {
            let cause = format!("no account {name} is held to CPUs by hand on {}", self.ip);
            return Err(Failure::new(Kind::NotFound, cause));
        }
        let chosen = |name: &String, account: &Value| is(account, name);
        accounts.retain(|account| {
            self.account.is_empty() || self.account.iter().any(|name| chosen(name, account))
        });
        if accounts.is_empty() {
            let cause = format!("no account is held to CPUs by hand on {}", self.ip);
            return Err(Failure::new(Kind::NotFound, cause)
                .or_try(format!("kloigos server init {} …", self.server)));
        }
        Ok(accounts)
    }

    fn server(&self, seen: &Value, accounts: &[Value]) -> OldServer {
        let ranges = accounts.iter().map(|one| text(one, "cpu_range"));
        let with_keys = accounts.iter().filter(|one| count(&one["keys"]) > 0);
        OldServer {
            hostname: self.server.clone(),
            ip: self.ip.to_string(),
            region: self.region.clone().unwrap_or_default(),
            zone: self.zone.clone().unwrap_or_default(),
            host_key: seen["host_key"].as_str().map(str::to_owned),
            ranges: ranges.collect(),
            tenancies: with_keys
                .filter(|_| self.tenancies)
                .map(|one| self.tenancy(one))
                .collect(),
            unclear: None,
        }
    }

    fn tenancy(&self, account: &Value) -> Tenancy {
        let keys = account["keys"].as_array().map(Vec::as_slice);
        let keys = keys.unwrap_or_default().iter().filter_map(Value::as_str);
        let mark = [
            ("adopted_from", text(account, "account")),
            ("adopted_on", self.server.clone()),
        ];
        Tenancy {
            was: text(account, "account"),
            cpu_count: account["cpu_count"].as_u64().unwrap_or_default(),
            tags: Map::new(),
            mark: mark
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.into()))
                .collect(),
            keys: keys.collect::<Vec<_>>().join("\n"),
        }
    }
}

/// The host's own work needs a CPU of no unit.
fn leave_some(planned: &mut Planned) {
    if planned.body.is_some() && planned.layout["housekeeping_cpus"].is_null() {
        let why = "its accounts have all its CPUs, so none is left for the host; leave one out by \
                   naming the others with --account";
        planned.outcome = Outcome::Left(why.to_owned());
        planned.body = None;
    }
}

/// What there is of an account, and what becomes of it.
fn row(account: &Value, place: usize, planned: &Planned) -> Value {
    let left = matches!(planned.outcome, Outcome::Left(_));
    let busy = account["processes"].as_u64().unwrap_or_default();
    let uid = &account["uid"];
    let why = match account["other_keys"].as_u64().unwrap_or_default() {
        _ if left && busy > 0 => Some(format!(
            "end its processes: loginctl disable-linger {uid}; pkill -KILL -U {uid}"
        )),
        0 => None,
        others => Some(format!(
            "lines of its authorized_keys that are no keys a tenant may have: {others}"
        )),
    };
    json!({
        "account": account["account"],
        "uid": uid,
        "cpu_range": account["cpu_range"],
        "processes": busy,
        "keys": count(&account["keys"]),
        "user": planned.layout["units"][place]["user"],
        "plan": planned.outcome.word(),
        "why": why,
    })
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}
