//! The bodies of an init and of a probe.

use std::{collections::BTreeSet, net::IpAddr};

use kloigos_control::{Idempotency, InitServer, Probe, WantedLayout};
use kloigos_model::{
    cpu::CpuSet,
    host::{Measure, Volume},
    layout::Numbering,
    limits::LimitsWish,
    names::{Hostname, Label, LoginName},
    ssh::PublicKey,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    layout::{self, LayoutRequest, numbering, ranges, splits},
    limits::{self, LimitsRequest},
};
use crate::api::check::{At, Checked, Faulty, Fields, Read, boolean, list_of, parsed, within};

/// The port of an SSH daemon when the request does not say.
const SSH_PORT: u16 = 22;
/// A server to be cut into compute units.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InitServerRequest {
    /// Its address, IPv4 or IPv6.
    pub ip: String,
    /// Its region.
    pub region: String,
    /// Its zone.
    pub zone: String,
    /// Its name: letters, digits and hyphens, in labels joined by dots.
    pub hostname: String,
    /// The CPUs of each unit, such as `0-15`, `0-7:2` or `0-3,64-67`.
    pub cpu_ranges: Vec<String>,
    /// The port of its SSH daemon.
    #[schema(default = 22, minimum = 1, maximum = 65535)]
    pub ssh_port: Option<u16>,
    /// The login, root or one with passwordless sudo; null for the control plane's setting.
    pub ssh_user: Option<String>,
    /// The host key that it must show, as an OpenSSH public key.
    pub host_key: Option<String>,
    /// The first port of its first unit.
    #[schema(default = 2000, minimum = 1, maximum = 65535)]
    pub first_port: Option<u16>,
    /// How many ports each unit has.
    #[schema(default = 200, minimum = 1, maximum = 65535)]
    pub port_step: Option<u16>,
    /// The uid of its first unit's user.
    #[schema(default = 70001, minimum = 1000, maximum = 2_000_000_000)]
    pub first_uid: Option<u32>,
    /// Whether the user managers of free units run, so that a login is quicker.
    #[schema(default = true)]
    pub warm: Option<bool>,
    /// What each unit may use unless its tenancy asks for something else.
    pub limits: Option<LimitsRequest>,
    /// What Kloigos should not do on the server as a whole: `private_tmp`, `hide_processes`,
    /// `guard_cron`, `block_protocols`. What is declined is attested as not promised.
    pub decline: Option<Vec<String>>,
    /// Whether everything of the host that is no unit is confined to the CPUs of no unit.
    #[schema(default = false)]
    pub confine_host: Option<bool>,
    /// Block devices that units have to themselves, for their `/mnt` directories.
    pub volumes: Option<Vec<VolumeRequest>>,
}

/// A block device for one unit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolumeRequest {
    /// The unit's CPUs, as one of `cpu_ranges`.
    pub cpu_range: String,
    /// The stable path of a disk, partition or logical volume, such as `/dev/disk/by-id/…`.
    pub path: String,
    /// Whether what is on it may be destroyed; otherwise it must be provably empty.
    #[schema(default = false)]
    pub wipe: Option<bool>,
}

/// A server to be looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProbeRequest {
    /// Its address, IPv4 or IPv6.
    pub ip: String,
    /// The port of its SSH daemon.
    #[schema(default = 22, minimum = 1, maximum = 65535)]
    pub ssh_port: Option<u16>,
    /// The login, root or one with passwordless sudo; null for the control plane's setting.
    pub ssh_user: Option<String>,
    /// The host key that it must show, as an OpenSSH public key.
    pub host_key: Option<String>,
    /// A layout to be held against what the server is.
    pub layout: Option<LayoutRequest>,
}

/// A sound [`InitServerRequest`].
pub(crate) struct Cut {
    ip: IpAddr,
    region: Label,
    zone: Label,
    hostname: Hostname,
    ranges: Vec<CpuSet>,
    login: Login,
    numbering: Numbering,
    warm: bool,
    limits: LimitsWish,
    declined: BTreeSet<Measure>,
    confined: bool,
    volumes: Vec<(usize, Volume)>,
}

/// A sound [`ProbeRequest`].
pub(crate) struct Look {
    ip: IpAddr,
    login: Login,
    layout: Option<WantedLayout>,
}

/// How a server is logged in to.
struct Login {
    port: u16,
    user: Option<LoginName>,
    host_key: Option<PublicKey>,
}

impl Read for Cut {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let ip = fields.required("ip", address);
        let region = fields.required("region", parsed);
        let zone = fields.required("zone", parsed);
        let hostname = fields.required("hostname", parsed);
        let ranges = fields.required("cpu_ranges", ranges);
        let login = Login::read(fields);
        let numbering = numbering(fields);
        let warm = fields.optional("warm", boolean);
        let limits = fields.optional("limits", limits::read);
        let declined = fields.optional("decline", |mut at| list_of(&mut at, parsed));
        let confined = fields.optional("confine_host", boolean);
        let given = fields.optional("volumes", |mut at| list_of(&mut at, volume));
        let (ranges, numbering) = (ranges?, numbering?);
        fields.required("cpu_ranges", |at| splits(at, &ranges, numbering))?;
        let given = given?.unwrap_or_default();
        let volumes = fields.optional("volumes", |at| placed(at, given, &ranges));
        Ok(Self {
            ip: ip?,
            region: region?,
            zone: zone?,
            hostname: hostname?,
            ranges,
            login: login?,
            numbering,
            warm: warm?.unwrap_or(true),
            limits: limits?.unwrap_or_default(),
            declined: declined?.unwrap_or_default().into_iter().collect(),
            confined: confined?.unwrap_or(false),
            volumes: volumes?.unwrap_or_default(),
        })
    }
}

impl Read for Look {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let ip = fields.required("ip", address);
        let login = Login::read(fields);
        let layout = fields.optional("layout", layout::read);
        Ok(Self {
            ip: ip?,
            login: login?,
            layout: layout?,
        })
    }
}

impl Read for Login {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let port = fields.optional("ssh_port", within("the SSH port", &(1..=u16::MAX)));
        let user = fields.optional("ssh_user", parsed);
        let host_key = fields.optional("host_key", parsed);
        Ok(Self {
            port: port?.unwrap_or(SSH_PORT),
            user: user?,
            host_key: host_key?,
        })
    }
}

/// An address that one server can have.
fn address(mut at: At<'_>) -> Checked<IpAddr> {
    const NO_ADDRESS: &str = "write an IPv4 or IPv6 address, such as 192.0.2.7 or 2001:db8::7";
    const NOT_ONE: &str = "this address is not one server's: it is unspecified, multicast or \
                           broadcast";
    let text = crate::api::check::text(at.again())?;
    let Ok(ip) = text.parse::<IpAddr>() else {
        return at.broken(&NO_ADDRESS);
    };
    let broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    if ip.is_unspecified() || ip.is_multicast() || broadcast {
        return at.broken(&NOT_ONE);
    }
    Ok(ip)
}

/// A volume, and the CPUs of the unit that it is for.
struct Given {
    cpus: CpuSet,
    volume: Volume,
}

impl Read for Given {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let cpus = fields.required("cpu_range", parsed);
        let path = fields.required("path", parsed);
        let wipe = fields.optional("wipe", boolean);
        Ok(Self {
            cpus: cpus?,
            volume: Volume {
                path: path?,
                wipe: wipe?.unwrap_or(false),
            },
        })
    }
}

fn volume(mut at: At<'_>) -> Checked<Given> {
    at.object()
}

/// The volumes by the place of their unit: each is one unit's, and each unit has one.
fn placed(mut at: At<'_>, given: Vec<Given>, ranges: &[CpuSet]) -> Checked<Vec<(usize, Volume)>> {
    let mut placed: Vec<(usize, Volume)> = Vec::with_capacity(given.len());
    let mut sound = Ok(());
    for (index, Given { cpus, volume }) in given.into_iter().enumerate() {
        let unit = ranges.iter().position(|range| *range == cpus);
        let fault = match unit {
            None => format!("no unit has the CPUs {cpus}; name one of cpu_ranges"),
            Some(unit) if placed.iter().any(|(other, _)| *other == unit) => {
                format!("the unit with the CPUs {cpus} has a volume already")
            }
            Some(_) if placed.iter().any(|(_, other)| other.path == volume.path) => {
                format!("{} is another unit's already", volume.path)
            }
            Some(unit) => {
                placed.push((unit, volume));
                continue;
            }
        };
        at.broken_at(index, &fault);
        sound = Err(Faulty);
    }
    sound.map(|()| placed)
}

impl Cut {
    /// The operation that this asks for.
    pub(crate) fn operation(self, idempotency: Option<Idempotency>) -> InitServer {
        InitServer {
            hostname: self.hostname,
            ip: self.ip,
            region: self.region,
            zone: self.zone,
            ranges: self.ranges,
            numbering: self.numbering,
            ssh_port: self.login.port,
            ssh_user: self.login.user,
            host_key: self.login.host_key,
            warm: self.warm,
            limits: self.limits,
            declined: self.declined,
            confined: self.confined,
            volumes: self.volumes,
            idempotency,
        }
    }
}

impl From<Look> for Probe {
    fn from(look: Look) -> Self {
        Self {
            ip: look.ip,
            ssh_port: look.login.port,
            ssh_user: look.login.user,
            host_key: look.login.host_key,
            layout: look.layout,
        }
    }
}
