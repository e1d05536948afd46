//! The columns of every table. Their names and order are part of the interface: new ones come after
//! the old ones.

use serde_json::Value;

/// How a value is written in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// As it is; a list joined by commas, an object as `key=value`.
    Plain,
    /// A word that may be coloured.
    Word,
    /// A number of bytes.
    Bytes,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// The field, with dots into objects.
    pub(crate) field: &'static str,
    pub(crate) look: Look,
    /// Only in wide tables and CSV.
    pub(crate) wide: bool,
}

const fn plain(name: &'static str, field: &'static str) -> Column {
    Column {
        name,
        field,
        look: Look::Plain,
        wide: false,
    }
}

impl Column {
    const fn word(self) -> Self {
        Self {
            look: Look::Word,
            ..self
        }
    }

    const fn bytes(self) -> Self {
        Self {
            look: Look::Bytes,
            ..self
        }
    }

    const fn wide(self) -> Self {
        Self { wide: true, ..self }
    }
}

/// The columns of one kind of thing, the name first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns(pub(crate) &'static [Column]);

impl Columns {
    /// Of things that have none of their own.
    pub(crate) const FREE: Self = Self(&[]);
    pub(crate) const UNITS: Self = Self(&[
        plain("UNIT", "compute_id"),
        plain("STATUS", "status").word(),
        plain("CPUS", "cpu_count"),
        plain("IP", "ip"),
        plain("USER", "user"),
        plain("PORTS", "ports_range"),
        plain("ZONE", "zone"),
        plain("TAGS", "tags"),
        plain("REGION", "region").wide(),
        plain("SERVER", "hostname").wide(),
        plain("CPU-RANGE", "cpu_range").wide(),
        plain("NODES", "memory_nodes").wide(),
        plain("ACTIVITY", "activity").word().wide(),
        plain("KEPT", "attestation.holds").word().wide(),
        plain("STARTED", "started_at").wide(),
        plain("ALLOCATION", "allocation_id").wide(),
        plain("REASON", "reason").wide(),
    ]);
    pub(crate) const SERVERS: Self = Self(&[
        plain("SERVER", "hostname"),
        plain("STATUS", "status").word(),
        plain("HEALTH", "health").word(),
        plain("IP", "ip"),
        plain("REGION", "region"),
        plain("ZONE", "zone"),
        plain("UNITS", "unit_counts"),
        plain("SSH-PORT", "ssh_port").wide(),
        plain("SSH-USER", "ssh_user").wide(),
        plain("HOUSEKEEPING", "housekeeping_cpus").wide(),
        plain("CONFINED", "confine_host").wide(),
        plain("HOST-KEY", "host_key_fingerprint").wide(),
        plain("CREATED", "created_at").wide(),
        plain("REASON", "reason").wide(),
        plain("HEALTH-REASON", "health_reason").wide(),
        plain("DRIFT", "drift_count"),
        plain("MODE", "mode").wide(),
        plain("HEALTH-SINCE", "health_since").wide(),
    ]);
    pub(crate) const DRIFT: Self = Self(&[
        plain("UNIT", "compute_id"),
        plain("PART", "resource"),
        plain("CHANGE", "change"),
        plain("SINCE", "since"),
    ]);
    const LAYOUT: Self = Self(&[
        plain("CPU-RANGE", "cpu_range"),
        plain("CPUS", "cpu_count"),
        plain("NODES", "memory_nodes"),
        plain("USER", "user"),
        plain("PORTS", "ports_range"),
        plain("MEMORY", "memory_max").bytes(),
        plain("DISK", "disk_bytes").bytes(),
    ]);
    const IMPORTED: Self = Self(&[
        plain("SERVER", "hostname"),
        plain("PLAN", "plan").word(),
        plain("UNITS", "units"),
        plain("TENANCIES", "tenancies"),
        plain("IP", "ip"),
        plain("ZONE", "zone"),
        plain("WHY", "why"),
        plain("REGION", "region").wide(),
    ]);
    const HAND_CUTS: Self = Self(&[
        plain("ACCOUNT", "account"),
        plain("UID", "uid"),
        plain("CPU-RANGE", "cpu_range"),
        plain("PROCESSES", "processes"),
        plain("HOME", "home"),
    ]);
    const ADOPTED: Self = Self(&[
        plain("ACCOUNT", "account"),
        plain("UID", "uid"),
        plain("CPU-RANGE", "cpu_range"),
        plain("PROCESSES", "processes"),
        plain("KEYS", "keys"),
        plain("USER", "user"),
        plain("PLAN", "plan").word(),
        plain("WHY", "why"),
    ]);
    const REBORN: Self = Self(&[
        plain("WAS", "was"),
        plain("UNIT", "compute_id"),
        plain("IP", "ip"),
        plain("USER", "user"),
        plain("PORTS", "ports_range"),
    ]);
    pub(crate) const CAPACITY: Self = Self(&[
        plain("SERVER", "hostname"),
        plain("STATUS", "status").word(),
        plain("ZONE", "zone"),
        plain("UNITS", "units"),
        plain("CPUS", "cpus"),
        plain("FREE", "free"),
        plain("ALLOCATED", "allocated"),
        plain("OTHER", "other"),
        plain("REGION", "region").wide(),
    ]);
    pub(crate) const SIZES: Self = Self(&[
        plain("CPUS", "cpu_count"),
        plain("FREE", "free"),
        plain("ALLOCATED", "allocated"),
        plain("OTHER", "other"),
        plain("FREE-ON", "free_on"),
    ]);
    pub(crate) const JOBS: Self = Self(&[
        plain("JOB", "id"),
        plain("KIND", "kind"),
        plain("STATUS", "status").word(),
        plain("SERVER", "hostname"),
        plain("UNIT", "compute_id"),
        plain("STEP", "step"),
        plain("CREATED", "created_at"),
        plain("ENDED", "ended_at").wide(),
        plain("ATTEMPTS", "attempts").wide(),
        plain("NEXT", "next_at").wide(),
        plain("PERCENT", "progress.percent").wide(),
        plain("REASON", "reason").wide(),
    ]);
    pub(crate) const EVENTS: Self = Self(&[
        plain("EVENT", "id"),
        plain("AT", "at"),
        plain("KIND", "kind"),
        plain("SERVER", "hostname"),
        plain("UNIT", "compute_id"),
        plain("WAS", "was").word(),
        plain("BECAME", "became").word(),
        plain("DETAIL", "detail"),
        plain("JOB", "job").wide(),
    ]);
    pub(crate) const WEBHOOKS: Self = Self(&[
        plain("WEBHOOK", "name"),
        plain("ENABLED", "enabled"),
        plain("KINDS", "kinds"),
        plain("URL", "url"),
        plain("PROBLEM", "problem"),
        plain("PLACE", "place").wide(),
        plain("CREATED", "created_at").wide(),
        plain("ID", "id").wide(),
    ]);
    pub(crate) const DELIVERIES: Self = Self(&[
        plain("DELIVERY", "id"),
        plain("KIND", "kind"),
        plain("EVENT", "event"),
        plain("STATUS", "status").word(),
        plain("CODE", "status_code"),
        plain("ATTEMPTS", "attempts"),
        plain("CREATED", "created_at"),
        plain("NEXT", "next_attempt_at").wide(),
        plain("ENDED", "ended_at").wide(),
        plain("MILLISECONDS", "duration_ms").wide(),
        plain("ERROR", "error").wide(),
    ]);
    const ATTEMPTS: Self = Self(&[
        plain("ATTEMPT", "number"),
        plain("AT", "at"),
        plain("CODE", "status_code"),
        plain("MILLISECONDS", "duration_ms"),
        plain("ERROR", "error"),
        plain("ANSWER", "answer"),
    ]);
    pub(crate) const ALLOCATIONS: Self = Self(&[
        plain("ALLOCATION", "id"),
        plain("STATUS", "status").word(),
        plain("CREATED", "created_at"),
        plain("ENDED", "ended_at"),
        plain("TAGS", "tags"),
        plain("KEYS", "keys").wide(),
        plain("JOB", "job").wide(),
        plain("REASON", "reason").wide(),
    ]);
    pub(crate) const KEYS: Self = Self(&[
        plain("FINGERPRINT", "fingerprint"),
        plain("TYPE", "type"),
        plain("COMMENT", "comment"),
    ]);
    pub(crate) const CHECKS: Self = Self(&[
        plain("PROMISE", "promise"),
        plain("CHECK", "check"),
        plain("VERDICT", "verdict").word(),
        plain("FOUND", "found"),
        plain("WANTED", "wanted").wide(),
        plain("EVIDENCE", "evidence").wide(),
    ]);
    pub(crate) const ATTESTATIONS: Self = Self(&[
        plain("ATTESTATION", "id"),
        plain("AT", "at"),
        plain("HOLDS", "holds").word(),
        plain("SCOPE", "scope"),
        plain("GENERATION", "generation").wide(),
        plain("ALLOCATION", "allocation_id").wide(),
    ]);
    pub(crate) const FINDINGS: Self = Self(&[
        plain("SEVERITY", "severity").word(),
        plain("FINDING", "fault"),
        plain("FIX", "fix"),
    ]);
    pub(crate) const CONTEXTS: Self = Self(&[
        plain("CONTEXT", "name"),
        plain("URL", "url"),
        plain("CURRENT", "current"),
        plain("TOKEN", "token"),
        plain("CA-FILE", "ca_file").wide(),
    ]);
    const LOG: Self = Self(&[plain("AT", "at"), plain("LINE", "line")]);
    const CPUS: Self = Self(&[
        plain("CPU", "id"),
        plain("PACKAGE", "package"),
        plain("NODE", "node"),
        plain("CORE", "core"),
        plain("SIBLINGS", "siblings"),
        plain("L3", "l3"),
    ]);
    const NODES: Self = Self(&[
        plain("NODE", "id"),
        plain("CPUS", "cpu_range"),
        plain("MEMORY", "memory_bytes").bytes(),
    ]);
    const DISKS: Self = Self(&[
        plain("DISK", "name"),
        plain("SIZE", "size_bytes").bytes(),
        plain("HOLDS", "holds"),
        plain("BY-ID", "by_id"),
    ]);
    const FILESYSTEMS: Self = Self(&[
        plain("MOUNT", "mount"),
        plain("SOURCE", "source"),
        plain("KIND", "kind"),
        plain("AVAILABLE", "available_bytes").bytes(),
        plain("QUOTA", "user_quota"),
    ]);

    /// Of the things that a list inside of a thing holds, by the field's name.
    pub(crate) fn of_field(field: &str) -> Self {
        match field {
            "units" => Self::UNITS,
            "keys" => Self::KEYS,
            "checks" => Self::CHECKS,
            "findings" => Self::FINDINGS,
            "log" => Self::LOG,
            "drift" => Self::DRIFT,
            "servers" => Self::IMPORTED,
            "cut_by_hand" => Self::HAND_CUTS,
            "accounts" => Self::ADOPTED,
            "tenancies" => Self::REBORN,
            "layout.units" => Self::LAYOUT,
            "history" => Self::ATTEMPTS,
            "facts.cpus" => Self::CPUS,
            "facts.numa_nodes" => Self::NODES,
            "facts.disks" => Self::DISKS,
            "facts.filesystems" => Self::FILESYSTEMS,
            _ => Self::FREE,
        }
    }

    /// The column of this name or field, in any case.
    pub(crate) fn find(self, name: &str) -> Option<Column> {
        let mut columns = self.0.iter();
        let found =
            columns.find(|column| column.name.eq_ignore_ascii_case(name) || column.field == name);
        found.copied()
    }
}

/// The field of a value, with dots into objects; null where there is none.
pub(crate) fn field<'a>(value: &'a Value, path: &str) -> &'a Value {
    if let Some(whole) = value.get(path) {
        return whole;
    }
    match path.split_once('.') {
        Some((first, rest)) => field(value.get(first).unwrap_or(&Value::Null), rest),
        None => &Value::Null,
    }
}
