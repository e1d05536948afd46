//! Whether an answer is the recorded one, but for the differences that hold everywhere.

use serde_json::{Map, Value};

/// Whether a header is the recorded one. Of a location only the path is: the host is another.
pub(crate) fn headers(name: &str, wanted: Option<&str>, given: Option<&str>) -> bool {
    let path =
        |url: Option<&str>| url.map(|url| url[url.find("/api").unwrap_or_default()..].to_owned());
    match (name, wanted) {
        ("location", _) => path(wanted) == path(given),
        // Where v0.2 sent no body we send `{}`.
        ("content-type", None) => true,
        _ => wanted == given,
    }
}

/// Whether a body is the recorded one.
pub(crate) fn bodies(wanted: &Value, given: &Value) -> Result<(), String> {
    match (wanted, given) {
        (Value::Null, given) => same("an empty body", given.is_null() || is_empty(given)),
        (Value::Array(wanted), Value::Array(given)) => units(wanted, given),
        (Value::Object(wanted), Value::Object(given)) if wanted.contains_key("compute_id") => {
            unit(wanted, given)?;
            same("an allocation is allocated", given["status"] == "allocated")?;
            same("an allocation has begun", given["started_at"].is_string())?;
            same(
                "the tags are those asked for",
                wanted["tags"] == given["tags"],
            )
        }
        (Value::Object(wanted), Value::Object(given)) => {
            details(&wanted["detail"], &given["detail"])
        }
        _ => Err("another kind of body".to_owned()),
    }
}

fn is_empty(body: &Value) -> bool {
    body.as_object().is_some_and(Map::is_empty)
}

fn same(what: &str, is: bool) -> Result<(), String> {
    if is {
        Ok(())
    } else {
        Err(format!("not so: {what}"))
    }
}

/// A list of units: each by its shape, all of them by their statuses.
fn units(wanted: &[Value], given: &[Value]) -> Result<(), String> {
    same("as many units", wanted.len() == given.len())?;
    for (wanted, given) in wanted.iter().zip(given) {
        let (Some(wanted), Some(given)) = (wanted.as_object(), given.as_object()) else {
            return Err("a unit is an object".to_owned());
        };
        unit(wanted, given)?;
        let names = [
            "compute_id",
            "hostname",
            "ip",
            "cpu_range",
            "region",
            "zone",
            "cpu_list",
        ];
        let names_fit = names.iter().all(|name| wanted[*name] == given[*name]);
        same("the same units in the same order", names_fit)?;
        let started = given["started_at"].is_string() == (given["status"] == "allocated");
        same("a time exactly when it is allocated", started)?;
    }
    same(
        "as many of each status",
        statuses(wanted) == statuses(given),
    )
}

fn statuses(units: &[Value]) -> Vec<String> {
    let words = units.iter().filter_map(|unit| unit["status"].as_str());
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort();
    words
}

/// One unit: the recorded fields first and in their order, each of the recorded kind.
fn unit(wanted: &Map<String, Value>, given: &Map<String, Value>) -> Result<(), String> {
    let leading: Vec<&String> = given.keys().take(wanted.len()).collect();
    same(
        "the recorded fields come first",
        wanted.keys().collect::<Vec<_>>() == leading,
    )?;
    for (name, wanted) in wanted {
        let given = &given[name];
        let fits = match name.as_str() {
            "cpu_count" => wanted == given,
            "started_at" => given.is_null() || given.as_str().is_some_and(|at| at.ends_with('Z')),
            "tags" => given.is_null() || given.is_object(),
            "ports_range" => given.as_str().is_some_and(is_range),
            "status" => given
                .as_str()
                .is_some_and(|status| status == status.to_lowercase()),
            _ => given.as_str().is_some_and(|text| !text.is_empty()),
        };
        same(&format!("{name} has the recorded kind"), fits)?;
    }
    Ok(())
}

fn is_range(text: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(start, end)| start.parse::<u16>().is_ok() && end.parse::<u32>().is_ok())
}

/// A sentence, which ours begins with, or a list of faults.
fn details(wanted: &Value, given: &Value) -> Result<(), String> {
    match (wanted, given) {
        (Value::String(wanted), Value::String(given)) => same(
            "the detail begins as recorded",
            given.starts_with(wanted.as_str()),
        ),
        (Value::Array(wanted), Value::Array(given)) => {
            same("as many faults", wanted.len() == given.len())?;
            wanted
                .iter()
                .zip(given)
                .try_for_each(|(wanted, given)| fault(wanted, given))
        }
        _ => Err("another kind of detail".to_owned()),
    }
}

/// A fault exactly as recorded, in its order, but for the words about a syntax error.
fn fault(wanted: &Value, given: &Value) -> Result<(), String> {
    if wanted["type"] != "json_invalid" {
        let (wanted, given) = (wanted.to_string(), given.to_string());
        return same(&format!("the fault {wanted}"), wanted == given);
    }
    let names = |fault: &Value| -> Vec<String> {
        fault
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect()
    };
    same(
        "the fields of a syntax error",
        names(wanted) == names(given),
    )?;
    same("its type", given["type"] == "json_invalid")?;
    same(
        &format!("its place {}", wanted["loc"]),
        wanted["loc"] == given["loc"],
    )?;
    same(
        "its context is a sentence",
        given["ctx"]["error"].is_string(),
    )
}
