//! `kloigos server probe` and `init`.

use std::net::IpAddr;

use clap::Args;
use serde_json::{Map, Value, json};

use crate::{
    api::{Call, Method},
    arguments::Working,
    columns::Columns,
    failure::Failure,
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
#[derive(Debug, Args)]
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
    /// The CPUs of a unit, such as 0-15 or 0-15,64-79 or 0-7:2; once for each unit.
    #[arg(short, long, value_name = "RANGE", required = true)]
    cpus: Vec<String>,
    #[command(flatten)]
    reach: Reach,
    /// The first port of the first unit.
    #[arg(long, value_name = "PORT")]
    first_port: Option<u16>,
    /// How many ports each unit gets.
    #[arg(long, value_name = "COUNT")]
    port_step: Option<u16>,
    /// The first user id to give to a unit.
    #[arg(long, value_name = "UID")]
    first_uid: Option<u32>,
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
        let mut body = Map::new();
        body.insert("ip".to_owned(), self.ip.to_string().into());
        body.extend(self.reach.fields());
        let call = Call::post(["servers", "probe"], Value::Object(body));
        session.show(&session.get(&call)?, Columns::FREE)
    }
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
    pub(super) fn run(self, session: &Session) -> Result<(), Failure> {
        let server = self.server.clone();
        let working = self.working.clone();
        let call = Call::new(Method::Post, ["admin", "init_server"]).body(self.body()?);
        session.work(call, &working, |_| {
            let cut = session.get(&Call::get(["servers", &server]))?;
            session.list(
                &cut["units"],
                Columns::UNITS,
                &crate::arguments::Listing::default(),
            )
        })
    }

    fn body(self) -> Result<Value, Failure> {
        let volumes: Result<Vec<Value>, Failure> =
            self.volume.iter().map(|text| volume(text)).collect();
        let volumes = volumes?;
        let mut body = Map::new();
        let all = [
            ("hostname", Some(self.server.into())),
            ("ip", Some(self.ip.to_string().into())),
            ("region", Some(self.region.into())),
            ("zone", Some(self.zone.into())),
            ("cpu_ranges", Some(self.cpus.into())),
            ("first_port", self.first_port.map(Value::from)),
            ("port_step", self.port_step.map(Value::from)),
            ("first_uid", self.first_uid.map(Value::from)),
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
        body.extend(self.reach.fields());
        Ok(Value::Object(body))
    }
}

fn given<const N: usize>(
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
