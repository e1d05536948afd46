//! A server as others had it; what a Kloigos 0.2 knew of its own is one row for each unit.

use serde_json::{Map, Value};

use crate::failure::Failure;

/// A server that others cut.
#[derive(Debug, PartialEq)]
pub(super) struct OldServer {
    pub(super) hostname: String,
    pub(super) ip: String,
    pub(super) region: String,
    pub(super) zone: String,
    /// The host key that it proved to have, where it was looked at.
    pub(super) host_key: Option<String>,
    /// The CPUs of each unit.
    pub(super) ranges: Vec<String>,
    /// Units that were somebody's.
    pub(super) tenancies: Vec<Tenancy>,
    /// Why nothing can be done about it.
    pub(super) unclear: Option<String>,
}

/// A unit that was somebody's.
#[derive(Debug, PartialEq)]
pub(super) struct Tenancy {
    /// What its unit was called.
    pub(super) was: String,
    pub(super) cpu_count: u64,
    pub(super) tags: Map<String, Value>,
    /// The tags by which it is known again when it was made anew.
    pub(super) mark: Map<String, Value>,
    /// Who may log in, a public key a line.
    pub(super) keys: String,
}

/// The servers of these rows, as they first appear.
pub(super) fn servers(rows: &Value) -> Result<Vec<OldServer>, Failure> {
    let none = || Failure::usage("this is no list of compute units");
    let mut servers: Vec<OldServer> = Vec::new();
    for row in rows.as_array().ok_or_else(none)? {
        let row = Row::read(row)?;
        if row.status == "decommissioned" {
            continue;
        }
        let known = servers.iter_mut().find(|one| one.hostname == row.hostname);
        let server = if let Some(server) = known {
            server
        } else {
            servers.push(row.server());
            servers.last_mut().ok_or_else(none)?
        };
        row.add_to(server);
    }
    Ok(servers)
}

struct Row {
    compute_id: String,
    cpu_range: String,
    hostname: String,
    ip: String,
    region: String,
    zone: String,
    /// In lower case: 0.2 wrote it in either.
    status: String,
    cpu_count: u64,
    tags: Map<String, Value>,
}

impl Row {
    fn read(row: &Value) -> Result<Self, Failure> {
        let text = |name: &str| {
            let found = row[name].as_str().map(str::to_owned);
            found.ok_or_else(|| Failure::usage(format!("a unit without {name}: {row}")))
        };
        Ok(Self {
            compute_id: text("compute_id")?,
            cpu_range: text("cpu_range")?,
            hostname: text("hostname")?,
            ip: text("ip")?,
            region: text("region")?,
            zone: text("zone")?,
            status: text("status")?.to_lowercase(),
            cpu_count: row["cpu_count"].as_u64().unwrap_or_default(),
            tags: tags(&row["tags"]),
        })
    }

    fn server(&self) -> OldServer {
        OldServer {
            hostname: self.hostname.clone(),
            ip: self.ip.clone(),
            region: self.region.clone(),
            zone: self.zone.clone(),
            host_key: None,
            ranges: Vec::new(),
            tenancies: Vec::new(),
            unclear: None,
        }
    }

    fn add_to(self, server: &mut OldServer) {
        let places = [&self.ip, &self.region, &self.zone];
        if places != [&server.ip, &server.region, &server.zone] {
            server.unclear = Some("its units differ in ip, region or zone".to_owned());
        }
        // 0.2 kept such a row in the place of units until an init was over.
        if self.cpu_count == 0 || self.compute_id == self.hostname {
            let why = format!("its init is {}, so its units are not known", self.status);
            server.unclear = Some(why);
            return;
        }
        server.ranges.push(self.cpu_range);
        match self.status.as_str() {
            "free" => {}
            "allocated" => server.tenancies.push(Tenancy {
                mark: Map::from_iter([(
                    "imported_from".to_owned(),
                    self.compute_id.clone().into(),
                )]),
                was: self.compute_id,
                cpu_count: self.cpu_count,
                tags: self.tags,
                keys: String::new(),
            }),
            status => {
                let why = format!("{} is {status}; free or allocate it first", self.compute_id);
                server.unclear = Some(why);
            }
        }
    }
}

/// Tags are a text of JSON in its database, and an object in its API.
fn tags(value: &Value) -> Map<String, Value> {
    let read = match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    };
    match read {
        Value::Object(tags) => tags,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(compute_id: &str, range: &str, status: &str) -> Value {
        json!({
            "compute_id": compute_id, "cpu_count": 4, "cpu_range": range, "hostname": "h1",
            "ip": "192.0.2.1", "region": "eu", "zone": "a", "status": status,
            "started_at": null, "tags": "{\"team\": \"fx\"}",
        })
    }

    #[test]
    fn rows_become_servers() {
        let rows = json!([
            row("h1_c0-3", "0-3", "FREE"),
            row("h1_c4-7", "4-7", "allocated"),
            row("h1_c8-9", "8-9", "decommissioned"),
        ]);
        let servers = servers(&rows).expect("servers");
        assert_eq!(servers.len(), 1);
        assert_eq!(servers[0].ranges, ["0-3", "4-7"]);
        assert_eq!(servers[0].tenancies[0].tags["team"], "fx");
        assert_eq!(servers[0].unclear, None);
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let why = |rows: Value| {
            let servers = servers(&rows).expect("servers");
            servers[0].unclear.clone().expect("it is unclear")
        };
        assert!(why(json!([row("h1", "0-0", "INIT_FAIL")])).contains("init_fail"));
        assert!(why(json!([row("h1_c0-3", "0-3", "DEALLOCATING")])).contains("deallocating"));
        let mut moved = row("h1_c4-7", "4-7", "free");
        moved["zone"] = json!("b");
        assert!(why(json!([row("h1_c0-3", "0-3", "free"), moved])).contains("differ"));
        assert!(servers(&json!([{"compute_id": "x"}])).is_err());
        assert!(servers(&json!({"detail": "no"})).is_err());
    }
}
