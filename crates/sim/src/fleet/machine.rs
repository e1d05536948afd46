//! One simulated server: the machine, and the host binary's code run over it.

use std::collections::BTreeMap;

use kloigos_model::{
    cpu::CpuSet,
    host::{
        Account, Desired, Facts, FaultReport, Generation, HostCapabilities, Outcome, Progress,
        Report, Request, ScopeName, ScopeReport, Sockets, Spec, SshDaemon,
    },
    topology::{Cpu, Node, Topology},
};

pub(super) struct Machine {
    number: u32,
    records: BTreeMap<ScopeName, Record>,
    fuel: Option<u32>,
    deadly: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Record {
    generation: Generation,
    spec: Spec,
    done: bool,
}

struct Spent;

impl Machine {
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            records: BTreeMap::new(),
            fuel: None,
            deadly: false,
        }
    }

    pub(super) fn die_after(&mut self, calls: u32) {
        (self.fuel, self.deadly) = (Some(calls), true);
    }

    pub(super) fn fail_after(&mut self, calls: u32) {
        (self.fuel, self.deadly) = (Some(calls), false);
    }

    pub(super) fn power_on(&mut self) {
        self.fuel = None;
    }

    pub(super) fn snapshot(&self) -> BTreeMap<String, String> {
        let text = |(name, record): (&ScopeName, &Record)| {
            (
                name.to_string(),
                format!("{:?} {}", record.spec, record.done),
            )
        };
        self.records.iter().map(text).collect()
    }

    pub(super) fn serve(
        &mut self,
        request: &Request,
        _progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Option<Report> {
        let mut report = Report {
            version: "0".into(),
            outcome: Outcome::Settled,
            facts: None,
            scopes: vec![],
            fault: None,
        };
        let scopes = match request {
            Request::Facts => {
                report.facts = Some(Box::new(self.facts()));
                return Some(report);
            }
            Request::Apply { scopes }
            | Request::Remove { scopes }
            | Request::Inspect { scopes } => scopes,
        };
        let mut changed = false;
        for desired in scopes {
            let remove = matches!(request, Request::Remove { .. });
            match self.one(desired, remove, &mut changed) {
                Ok(None) => report.scopes.push(ScopeReport {
                    scope: desired.scope(),
                    generation: desired.generation,
                    changes: vec![],
                    drift: vec![],
                    degraded: vec![],
                }),
                Ok(Some((outcome, message))) => {
                    report.outcome = outcome;
                    report.fault = Some(fault(desired, message, changed));
                    break;
                }
                Err(Spent) if self.deadly => return None,
                Err(Spent) => {
                    report.outcome = Outcome::Fault;
                    report.fault = Some(fault(desired, "a call failed".into(), changed));
                    break;
                }
            }
        }
        Some(report)
    }

    fn burn(&mut self) -> Result<(), Spent> {
        match &mut self.fuel {
            Some(0) => Err(Spent),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn one(
        &mut self,
        desired: &Desired,
        remove: bool,
        changed: &mut bool,
    ) -> Result<Option<(Outcome, String)>, Spent> {
        let scope = desired.scope();
        self.burn()?;
        if let Some(record) = self.records.get(&scope) {
            if record.generation > desired.generation {
                return Ok(Some((Outcome::Stale, "a newer one is here".into())));
            }
            if record.generation == desired.generation && record.spec != desired.spec {
                return Ok(Some((Outcome::Refused, "another state".into())));
            }
        } else if remove {
            return Ok(None);
        } else if scope != ScopeName::Server && !self.records.contains_key(&ScopeName::Server) {
            return Ok(Some((Outcome::Refused, "no server part".into())));
        }
        let record = Record {
            generation: desired.generation,
            spec: desired.spec.clone(),
            done: false,
        };
        self.burn()?;
        *changed = true;
        self.records.insert(scope.clone(), record);
        self.burn()?;
        if remove {
            self.records.remove(&scope);
        } else if let Some(record) = self.records.get_mut(&scope) {
            record.done = true;
        }
        self.burn()?;
        Ok(None)
    }

    fn facts(&self) -> Facts {
        let set = |text: &str| -> CpuSet { text.parse().expect("a set") };
        let cpus = (0..64).map(|id| Cpu {
            id,
            package: id / 32,
            node: id / 32,
            core: id % 32,
            siblings: CpuSet::of([id]).expect("a set"),
            l3: None,
        });
        let nodes = [(0, "0-31"), (1, "32-63")].map(|(id, cpus)| Node {
            id,
            cpus: Some(set(cpus)),
            memory_bytes: 128 << 30,
            distances: if id == 0 { vec![10, 20] } else { vec![20, 10] },
        });
        Facts {
            hostname: format!("sim{}", self.number),
            machine_id: format!("{:032x}", self.number),
            arch: "x86_64".into(),
            kernel: "6.12".into(),
            os: "Simulated".into(),
            systemd: 257,
            topology: Topology {
                cpus: cpus.collect(),
                nodes: nodes.into(),
            },
            memory_bytes: 256 << 30,
            disks: vec![],
            filesystems: vec![],
            accounts: self
                .records
                .values()
                .filter_map(|record| match &record.spec {
                    Spec::Unit(unit) => Some(Account {
                        name: unit.user.to_string(),
                        id: unit.uid,
                    }),
                    Spec::Server(_) => None,
                })
                .collect(),
            groups: vec![],
            subordinate_uids: vec![],
            capabilities: HostCapabilities {
                cgroup2: true,
                controllers: ["cpuset", "cpu", "memory", "pids"].map(String::from).into(),
                nft: true,
                bpf: true,
                pam_systemd: true,
                logind: true,
                root: true,
            },
            sockets: Sockets {
                listening: vec![22],
                ephemeral: (32768, 60999),
                reserved: String::new(),
            },
            sshd: SshDaemon {
                version: Some((10, 0)),
                use_pam: true,
                includes_drop_ins: true,
            },
            initialised: !self.records.is_empty(),
            simulated: true,
        }
    }
}

fn fault(desired: &Desired, message: String, changed: bool) -> FaultReport {
    FaultReport {
        scope: Some(desired.scope()),
        resource: None,
        message,
        changed,
    }
}
