//! Which rows, in which order, with which columns.

use std::cmp::Ordering;

use serde_json::Value;

use super::table::text;
use crate::{
    arguments::Listing,
    columns::{Column, Columns, Look, field},
    failure::Failure,
};

/// The rows that all filters let through, in order.
pub(super) fn rows(
    rows: &Value,
    columns: Columns,
    listing: &Listing,
) -> Result<Vec<Value>, Failure> {
    let mut rows: Vec<Value> = rows.as_array().cloned().unwrap_or_default();
    for filter in &listing.filter {
        let (name, values) = filter.split_once('=').ok_or_else(|| {
            Failure::usage(format!("{filter:?} is no filter; one is like zone=a,b"))
        })?;
        let path = path(columns, name);
        rows.retain(|row| {
            values
                .split(',')
                .any(|value| text(field(row, &path)) == value)
        });
    }
    if let Some(sort) = &listing.sort {
        let (name, down) = match sort.strip_prefix('-') {
            Some(name) => (name, true),
            None => (sort.as_str(), false),
        };
        let path = path(columns, name);
        rows.sort_by(|one, other| {
            let order = order(field(one, &path), field(other, &path));
            if down { order.reverse() } else { order }
        });
    }
    Ok(rows)
}

/// The columns that are shown.
pub(super) fn columns(all: Columns, listing: &Listing, wide: bool) -> Vec<Column> {
    if listing.columns.is_empty() {
        let shown = all.0.iter().filter(|column| wide || !column.wide);
        return shown.copied().collect();
    }
    let chosen = listing.columns.iter().map(|name| {
        all.find(name).unwrap_or_else(|| {
            // A field without a column of its own. The program ends with its output.
            let name: &'static str = Box::leak(name.clone().into_boxed_str());
            Column {
                name,
                field: name,
                look: Look::Plain,
                wide: false,
            }
        })
    });
    chosen.collect()
}

fn path(columns: Columns, name: &str) -> String {
    let column = columns.find(name);
    column.map_or_else(|| name.to_owned(), |column| column.field.to_owned())
}

/// Numbers by size, all else by its text with numbers in it by size (`host2` before `host10`).
fn order(one: &Value, other: &Value) -> Ordering {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        _ => natural(&text(one), &text(other)),
    }
}

fn natural(one: &str, other: &str) -> Ordering {
    let (one, other) = (pieces(one), pieces(other));
    one.cmp(&other)
}

/// Texts and numbers in turn.
fn pieces(text: &str) -> Vec<(bool, u128, &str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|char: char| char.is_ascii_digit() != digits);
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        pieces.push((!digits, piece.parse().unwrap_or(0), piece));
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_chosen_and_sorted_as_people_count() {
        let all = json!([
            {"compute_id": "h10_0-3", "cpu_count": 4, "tags": {"team": "fx"}},
            {"compute_id": "h2_0-15", "cpu_count": 16, "tags": {"team": "hr"}},
            {"compute_id": "h2_4-7", "cpu_count": 4, "tags": {}},
        ]);
        let names = |filter: &[&str], sort: &str| {
            let listing = Listing {
                filter: filter.iter().map(|&text| text.to_owned()).collect(),
                sort: Some(sort.to_owned()),
                ..Listing::default()
            };
            let rows = rows(&all, Columns::UNITS, &listing).expect("rows");
            let name = |row: &Value| row["compute_id"].as_str().map(str::to_owned);
            rows.iter().filter_map(name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[], "unit"), ["h2_0-15", "h2_4-7", "h10_0-3"]);
        assert_eq!(names(&["CPUS=4"], "-UNIT"), ["h10_0-3", "h2_4-7"]);
        assert_eq!(
            names(&["tags.team=fx,hr", "cpu_count=16"], "unit"),
            ["h2_0-15"]
        );
    }
}
