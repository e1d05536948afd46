//! Which rows, in which order, with which columns.

use std::cmp::Ordering;

use serde_json::Value;

use super::table::text;
use crate::{
    arguments::Listing,
    columns::{Column, Columns, asked, field, first},
    failure::Failure,
};

/// The rows that all filters let through, in order.
pub(super) fn rows(
    rows: &Value,
    columns: Columns,
    listing: &Listing,
) -> Result<Vec<Value>, Failure> {
    let mut rows: Vec<Value> = rows.as_array().cloned().unwrap_or_default();
    check(&rows, columns, listing)?;
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
        let (name, down) = by(sort);
        let path = path(columns, name);
        rows.sort_by(|one, other| {
            let order = order(field(one, &path), field(other, &path));
            if down { order.reverse() } else { order }
        });
    }
    Ok(rows)
}

/// That each field which is named is one: a column, or what a row has that is newer than this.
fn check(rows: &[Value], columns: Columns, listing: &Listing) -> Result<(), Failure> {
    let filters = listing.filter.iter().filter_map(|one| one.split_once('='));
    let sort = listing.sort.iter().map(|sort| by(sort).0);
    let named = filters.map(|(name, _)| name).chain(sort);
    let mut named = named.chain(listing.columns.iter().map(String::as_str));
    let in_a_row = |name| rows.iter().any(|row| row.get(first(name)).is_some());
    match named.find(|name| !columns.has(name) && !in_a_row(name)) {
        None => Ok(()),
        Some(wrong) => {
            let names: Vec<&str> = columns.0.iter().map(|column| column.name).collect();
            let names = names.join(", ");
            let cause = format!("there is no column or field {wrong:?}; there are {names}");
            Err(Failure::usage(cause))
        }
    }
}

/// By which field to sort, and whether the greatest comes first.
fn by(sort: &str) -> (&str, bool) {
    match sort.strip_prefix('-') {
        Some(name) => (name, true),
        None => (sort, false),
    }
}

/// The columns that are shown.
pub(super) fn columns(all: Columns, listing: &Listing, wide: bool) -> Vec<Column> {
    if listing.columns.is_empty() {
        return all.shown(wide);
    }
    let chosen = listing.columns.iter().map(|name| {
        all.find(name).unwrap_or_else(|| {
            // A field without a column of its own. The program ends with its output.
            let name: &'static str = Box::leak(name.clone().into_boxed_str());
            asked(name)
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
