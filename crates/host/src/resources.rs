//! Everything that Kloigos makes on a server, in the order in which it is made. Order is data: a
//! new resource is one more entry here, and the laws of `tests/tests/laws` cover it from then on.

mod about;
mod account;
mod boot_service;
mod bus;
mod directories;
mod eviction;
mod filter;
mod group;
mod housekeeping;
mod keys;
mod login;
mod manager;
pub(crate) mod namespace;
mod pam;
mod parts;
mod places;
mod program;
mod protocols;
mod quota;
mod reserved_ports;
mod residue;
pub(crate) mod rules;
mod slice;
mod sshd;
mod unit_ports;
mod volume;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use kloigos_model::host::{Measure, ServerSpec, Spec, UnitSpec};

use crate::resource::AnyResource;

/// Whether something should be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It should.
    Present,
    /// It should not.
    Absent,
}

/// How closely to look.
///
/// The price of a swift look: rules that somebody else flushed since this boot's last thorough
/// look go unseen by an allocation. `Inspect`, a repeated `Apply`, and every other change of the
/// slot look thoroughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Without running a program: what only a program can tell is trusted, because this same slot
    /// was settled in this boot.
    Swift,
    /// At the kernel's own truth.
    Thorough,
}

/// What of the moment matters to resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Whether the scope was recorded before this request, so that what is there is ours.
    pub recorded: bool,
    /// How closely to look.
    pub look: Look,
    /// Whether this is the boot service, before sshd and logind: nothing is started or reloaded,
    /// for it is about to read our files anyway.
    pub boot: bool,
}

/// The resources of a scope.
pub type Resources = Vec<Box<dyn AnyResource>>;

/// The resources of a scope in the order in which they are brought to this presence.
pub fn of(spec: &Spec, presence: Presence, setting: Setting) -> Resources {
    match spec {
        Spec::Server(server) => of_server(server, presence, setting),
        Spec::Unit(unit) => of_unit(unit, presence, setting),
    }
}

/// The server's own. PAM and sshd come before anything that lets a unit's user log in; the
/// program, which PAM and the boot service run, comes first and goes last.
fn of_server(spec: &ServerSpec, presence: Presence, setting: Setting) -> Resources {
    let version = Rc::default();
    // What is declined is absent, as all is when the server's part is.
    let chosen = |measure| match presence {
        Presence::Present if spec.measures.contains(&measure) => Presence::Present,
        Presence::Present | Presence::Absent => Presence::Absent,
    };
    let mut resources: Resources = vec![
        Box::new(program::Program { presence }),
        Box::new(places::places(presence, setting)),
        Box::new(group::Group { presence, setting }),
        Box::new(pam::Pam {
            presence,
            version: Rc::clone(&version),
            guards_jobs: spec.measures.contains(&Measure::GuardCron),
        }),
        Box::new(sshd::Sshd {
            presence,
            setting,
            version,
        }),
        Box::new(bus::Bus {
            presence: chosen(Measure::HideProcesses),
            setting,
        }),
        Box::new(protocols::Protocols {
            presence: chosen(Measure::BlockProtocols),
        }),
        Box::new(rules::modules(presence)),
        Box::new(rules::Rules { presence }),
        Box::new(filter::Filter { presence }),
        Box::new(reserved_ports::ReservedPorts {
            presence,
            ports: spec.ports.clone(),
        }),
        Box::new(housekeeping::Housekeeping {
            presence,
            setting,
            cpus: spec.housekeeping.clone(),
        }),
        Box::new(boot_service::BootService { presence, setting }),
    ];
    if presence == Presence::Absent {
        // Of a server that is not recorded only what has our own name is ours.
        resources.truncate(if setting.recorded { resources.len() } else { 2 });
        resources.reverse();
    }
    resources
}

/// A unit's. The last tenant is evicted before anything else, both ways; keys come when all that
/// confines their holder is in place.
fn of_unit(spec: &UnitSpec, presence: Presence, setting: Setting) -> Resources {
    let unit = || spec.clone();
    let mut resources: Resources = vec![
        Box::new(account::Account {
            presence,
            setting,
            unit: unit(),
        }),
        Box::new(slice::Slice {
            presence,
            setting,
            unit: unit(),
        }),
        Box::new(quota::UserQuota {
            presence,
            setting,
            unit: unit(),
        }),
        Box::new(directories::Directories {
            presence,
            setting,
            unit: unit(),
        }),
        Box::new(namespace::Namespace {
            presence,
            unit: unit(),
        }),
        Box::new(unit_ports::UnitPorts {
            presence,
            setting,
            unit: unit(),
        }),
        Box::new(login::Login {
            presence,
            setting,
            unit: unit(),
            asked: std::cell::OnceCell::default(),
        }),
        Box::new(about::about(spec, presence)),
        Box::new(keys::keys(spec, presence)),
        Box::new(manager::Manager {
            presence,
            setting,
            unit: unit(),
            started: Cell::default(),
        }),
    ];
    if let Some(volume) = &spec.volume {
        let volume = volume::Volume {
            presence,
            setting,
            unit: unit(),
            spec: volume.clone(),
        };
        // Before what looks at where the unit's directories are.
        resources.insert(1, Box::new(volume));
    }
    if presence == Presence::Absent {
        resources.reverse();
    }
    resources.insert(
        0,
        Box::new(eviction::Eviction {
            presence,
            setting,
            unit: unit(),
            stopping: RefCell::default(),
        }),
    );
    if presence == Presence::Absent && !setting.recorded {
        resources.clear();
    }
    resources
}
