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
    pub(crate) shown: Shown,
}

/// Where a column is that was not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// In every table, and in CSV.
    Always,
    /// Only in wide tables and CSV.
    Wide,
    /// Nowhere.
    Asked,
}

const fn plain(name: &'static str, field: &'static str) -> Column {
    Column {
        name,
        field,
        look: Look::Plain,
        shown: Shown::Always,
    }
}

/// A field that is a column only for who asks for it.
pub(crate) const fn asked(field: &'static str) -> Column {
    Column {
        shown: Shown::Asked,
        ..plain(field, field)
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
        Self {
            shown: Shown::Wide,
            ..self
        }
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
        asked("cpu_list"),
        asked("next_action"),
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
        asked("next_action"),
        asked("visited_at"),
        asked("host_key"),
        asked("declined"),
        asked("ended_at"),
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
        asked("started_at"),
        asked("tries"),
        asked("cancel_at"),
        asked("can_cancel"),
        asked("can_retry"),
        asked("retry_of"),
        asked("next_action"),
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
        asked("waiting"),
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
        asked("attempts_left"),
        asked("body"),
        asked("history"),
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
        asked("started_at"),
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
        asked("checks"),
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

    /// Those that are shown where none was asked for.
    pub(crate) fn shown(self, wide: bool) -> Vec<Column> {
        let is_shown = |column: &&Column| match column.shown {
            Shown::Always => true,
            Shown::Wide => wide,
            Shown::Asked => false,
        };
        self.0.iter().filter(is_shown).copied().collect()
    }

    /// Whether rows may have this: a column, or what is below the field of one.
    pub(crate) fn has(self, name: &str) -> bool {
        let mut columns = self.0.iter();
        self.find(name).is_some() || columns.any(|column| first(column.field) == first(name))
    }
}

/// The first word of a path.
pub(crate) fn first(path: &str) -> &str {
    path.split_once('.').map_or(path, |(first, _)| first)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// So that a field is taken for one whether the list has rows or not.
    #[test]
    fn every_field_of_the_api_is_a_column() {
        let text = include_str!("../../../openapi.json");
        let document: Value = serde_json::from_str(text).expect("JSON");
        for (view, columns) in [
            ("ComputeUnitResponse", Columns::UNITS),
            ("ServerView", Columns::SERVERS),
            ("DriftView", Columns::DRIFT),
            ("JobView", Columns::JOBS),
            ("EventView", Columns::EVENTS),
            ("WebhookView", Columns::WEBHOOKS),
            ("DeliveryView", Columns::DELIVERIES),
            ("AllocationView", Columns::ALLOCATIONS),
            ("KeyView", Columns::KEYS),
            ("AttestationView", Columns::ATTESTATIONS),
        ] {
            let fields = &document["components"]["schemas"][view]["properties"];
            for name in fields.as_object().expect(view).keys() {
                // A secret is told once, when it is made.
                let known = columns.has(name) || name == "secret";
                assert!(
                    known,
                    "{view}.{name}: add it, as asked() where tables do without"
                );
            }
        }
    }
}
