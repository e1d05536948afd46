//! `kloigos server probe` and `init`.

use std::net::IpAddr;

use clap::Args;
use serde_json::{Map, Value, json};

use super::layout::{LayoutArgs, refusing};
use crate::{
    api::{Call, Method},
    arguments::{Listing, Working},
    columns::Columns,
    failure::{Failure, Kind},
    session::Session,
    unit::limits::LimitArgs,
};

#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// The server's address.
    #[arg(value_name = "IP")]
    ip: IpAddr,
    #[command(flatten)]
    reach: Reach,
}

/// How a server is reached.
#[derive(Debug, Clone, Args)]
struct Reach {
    /// The port of its SSH daemon.
    #[arg(long, value_name = "PORT")]
    ssh_port: Option<u16>,
    /// The login, in place of the control plane's setting.
    #[arg(long, value_name = "USER")]
    ssh_user: Option<String>,
    /// Its host key, as `kloigos server probe` prints it; another one is refused.
    #[arg(long, value_name = "KEY")]
    host_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// What to call it.
    #[arg(value_name = "SERVER")]
    server: String,
    /// Its address.
    #[arg(long, value_name = "IP")]
    ip: IpAddr,
    /// Its region.
    #[arg(long, value_name = "REGION")]
    region: String,
    /// Its zone.
    #[arg(long, value_name = "ZONE")]
    zone: String,
    #[command(flatten)]
    layout: LayoutArgs,
    #[command(flatten)]
    reach: Reach,
    /// Do not keep the user managers of free units running: less memory, slower allocations.
    #[arg(long)]
    cold: bool,
    /// Confine everything that is no unit to the CPUs of no unit.
    #[arg(long)]
    confine_host: bool,
    /// A measure for the whole server that is not wanted, such as `private_tmp`.
    #[arg(long, value_name = "MEASURE")]
    decline: Vec<String>,
    /// A block device for the unit of these CPUs, such as `0-15=/dev/disk/by-id/X`; with `,wipe`
    /// behind it, whatever is on it is lost.
    #[arg(long, value_name = "RANGE=PATH[,wipe]")]
    volume: Vec<String>,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    working: Working,
}

impl Probe {
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let seen = session.get(&look(self.ip, self.reach, None))?;
        session.show(&seen, Columns::FREE)
    }
}

/// A look at a server, and at what an init would make of it.
fn look(ip: IpAddr, reach: Reach, layout: Option<Value>) -> Call {
    let mut body = Map::new();
    body.insert("ip".to_owned(), ip.to_string().into());
    body.extend(given([("layout", layout)]));
    body.extend(reach.fields());
    Call::post(["servers", "probe"], Value::Object(body))
}

impl Reach {
    fn fields(self) -> impl Iterator<Item = (String, Value)> {
        given([
            ("ssh_port", self.ssh_port.map(Value::from)),
            ("ssh_user", self.ssh_user.map(Value::from)),
            ("host_key", self.host_key.map(Value::from)),
        ])
    }
}

impl Init {
    pub(super) fn run(mut self, session: &Session) -> Result<(), Failure> {
        if self.working.dry_run {
            return self.rehearse(session);
        }
        let mut ranges = self.layout.ranges();
        if ranges.is_none() {
            let seen = self.look(session)?;
            ranges = Some(planned(&seen));
            // What is cut is what was looked at.
            let key = seen["host_key"].as_str().map(str::to_owned);
            self.reach.host_key = self.reach.host_key.or(key);
        }
        let (server, working) = (self.server.clone(), self.working.clone());
        let body = self.body(ranges.unwrap_or_default())?;
        let call = Call::new(Method::Post, ["admin", "init_server"]).body(body);
        session.work(call, &working, |_| {
            let cut = session.get(&Call::get(["servers", &server]))?;
            session.list(&cut["units"], Columns::UNITS, &Listing::default())
        })
    }

    fn look(&self, session: &Session) -> Result<Value, Failure> {
        let layout = Some(self.layout.wanted());
        session.get(&look(self.ip, self.reach.clone(), layout))
    }

    /// Prints what would be made, and what keeps it from being made.
    fn rehearse(self, session: &Session) -> Result<(), Failure> {
        let seen = self.look(session)?;
        let told = json!({
            "host_key_fingerprint": seen["host_key_fingerprint"],
            "findings": seen["findings"],
            "layout": seen["layout"],
        });
        session.show(&told, Columns::FREE)?;
        if refusing(&seen) {
            let cause = format!("{} cannot be cut so; the findings say why", self.server);
            return Err(Failure::new(Kind::Conflict, cause));
        }
        Ok(())
    }

    fn body(self, ranges: Vec<Value>) -> Result<Value, Failure> {
        let volumes: Result<Vec<Value>, Failure> =
            self.volume.iter().map(|text| volume(text)).collect();
        let volumes = volumes?;
        let mut body = Map::new();
        let all = [
            ("hostname", Some(self.server.into())),
            ("ip", Some(self.ip.to_string().into())),
            ("region", Some(self.region.into())),
            ("zone", Some(self.zone.into())),
            ("cpu_ranges", Some(Value::Array(ranges))),
            ("warm", self.cold.then_some(false.into())),
            ("confine_host", self.confine_host.then_some(true.into())),
            (
                "decline",
                (!self.decline.is_empty()).then(|| self.decline.into()),
            ),
            (
                "volumes",
                (!volumes.is_empty()).then_some(Value::Array(volumes)),
            ),
            ("limits", self.limits.given()),
        ];
        body.extend(given(all));
        body.extend(self.layout.numbers());
        body.extend(self.reach.fields());
        Ok(Value::Object(body))
    }
}

/// The CPUs of the units that an init would make.
fn planned(seen: &Value) -> Vec<Value> {
    let units = seen["layout"]["units"].as_array();
    let units = units.map(Vec::as_slice).unwrap_or_default();
    units.iter().map(|unit| unit["cpu_range"].clone()).collect()
}

pub(super) fn given<const N: usize>(
    all: [(&str, Option<Value>); N],
) -> impl Iterator<Item = (String, Value)> + use<N> {
    let all = all.map(|(name, value)| (name.to_owned(), value));
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
}

fn volume(text: &str) -> Result<Value, Failure> {
    let wrong = || {
        Failure::usage(format!(
            "{text:?} is no volume; one is like 0-15=/dev/disk/by-id/X or …,wipe"
        ))
    };
    let (range, path) = text.split_once("=/").ok_or_else(wrong)?;
    let (path, wipe) = match path.strip_suffix(",wipe") {
        Some(path) => (path, true),
        None => (path, false),
    };
    Ok(json!({"cpu_range": range, "path": format!("/{path}"), "wipe": wipe}))
}
