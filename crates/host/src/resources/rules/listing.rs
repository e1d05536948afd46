//! What `nft -j list` prints (libnftables-json(5)). It never equals what was loaded: handles,
//! counters and elements come with it.

use serde_json::Value;

/// What changes by itself, or belongs to the units.
const VARIABLE: [&str; 5] = ["handle", "packets", "bytes", "elem", "metainfo"];

/// The elements of the table's sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Elements {
    /// The uids of units.
    pub(crate) uids: Vec<u32>,
    /// The ports, first and last, each may answer on.
    pub(crate) bind: Vec<(u32, (u16, u16))>,
}

/// The listing without what changes by itself.
pub(super) fn without_counts(listing: &Value) -> Value {
    match listing {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .filter(|(name, _)| !VARIABLE.contains(&name.as_str()));
            fields
                .map(|(name, value)| (name.clone(), without_counts(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(without_counts).collect(),
        other => other.clone(),
    }
}

/// Whether `nft -j list tables` names ours.
pub(super) fn names_table(tables: &str) -> bool {
    let listing: Value = serde_json::from_str(tables).unwrap_or_default();
    let tables = objects(&listing, "table");
    tables
        .into_iter()
        .any(|table| table["family"] == "inet" && table["name"] == "kloigos")
}

/// The elements in a listing of the table.
pub(crate) fn elements(listing: &Value) -> Elements {
    let of_set = |name: &str| {
        let sets = objects(listing, "set").into_iter();
        sets.filter(|set| set["name"] == name)
            .filter_map(|set| set["elem"].as_array())
            .flatten()
            .map(plain)
            .collect::<Vec<_>>()
    };
    Elements {
        uids: of_set("unit_uids").into_iter().filter_map(uid).collect(),
        bind: of_set("unit_bind")
            .into_iter()
            .filter_map(binding)
            .collect(),
    }
}

fn objects<'a>(listing: &'a Value, kind: &str) -> Vec<&'a Value> {
    let items = listing["nftables"].as_array();
    let objects = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get(kind));
    objects.collect()
}

/// An element with a counter or comment is wrapped.
fn plain(element: &Value) -> &Value {
    element
        .get("elem")
        .and_then(|element| element.get("val"))
        .unwrap_or(element)
}

fn uid(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|uid| uid.try_into().ok())
}

/// `{"concat": [20001, {"range": [2000, 2199]}]}`, or one port alone.
fn binding(element: &Value) -> Option<(u32, (u16, u16))> {
    let [user, ports] = element["concat"].as_array()?.as_slice() else {
        return None;
    };
    let port = |value: &Value| value.as_u64().and_then(|port| port.try_into().ok());
    let ports = match ports["range"].as_array().map(Vec::as_slice) {
        Some([first, last]) => (port(first)?, port(last)?),
        Some(_) => return None,
        None => (port(ports)?, port(ports)?),
    };
    Some((uid(user)?, ports))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = r#"{"nftables": [{"metainfo": {"version": "1.1.3"}},
        {"table": {"family": "inet", "name": "kloigos", "handle": 5}},
        {"set": {"family": "inet", "name": "unit_uids", "type": "uid", "handle": 1,
                 "elem": [20001, {"elem": {"val": 20002, "comment": "x"}}]}},
        {"set": {"family": "inet", "name": "unit_bind", "handle": 2,
                 "elem": [{"concat": [20001, {"range": [2000, 2199]}]}, {"concat": [20002, 7]}]}},
        {"rule": {"expr": [{"counter": {"packets": 3, "bytes": 180}}, {"drop": null}]}}]}"#;

    #[test]
    fn elements_are_found() {
        let elements = elements(&serde_json::from_str(LISTING).unwrap());
        assert_eq!(elements.uids, [20001, 20002]);
        assert_eq!(elements.bind, [(20001, (2000, 2199)), (20002, (7, 7))]);
    }

    #[test]
    fn counters_and_elements_do_not_count() {
        let one: Value = serde_json::from_str(LISTING).unwrap();
        let other = LISTING
            .replace("180", "999")
            .replace("2199", "2299")
            .replace("5}", "6}");
        let other: Value = serde_json::from_str(&other).unwrap();
        assert_eq!(without_counts(&one), without_counts(&other));
        let changed = LISTING.replace("drop", "accept");
        assert_ne!(
            without_counts(&one),
            without_counts(&serde_json::from_str(&changed).unwrap())
        );
    }

    #[test]
    fn hostile_listings_hold_nothing() {
        for text in [
            "null",
            "[]",
            "{}",
            r#"{"nftables": {}}"#,
            r#"{"nftables": [{"set": 1}]}"#,
        ] {
            assert_eq!(
                elements(&serde_json::from_str(text).unwrap()),
                Elements::default()
            );
            assert!(!names_table(text));
        }
        assert!(!names_table("no json"));
        assert!(names_table(
            r#"{"nftables":[{"table":{"family":"inet","name":"kloigos"}}]}"#
        ));
    }
}
