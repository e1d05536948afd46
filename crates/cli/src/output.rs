//! How an answer is printed: for people, for programs, never both at once.
//!
//! Whatever a server says is data. Each format makes it harmless in its own way before it is
//! written.

mod choose;
mod pairs;
mod table;
mod tree;
mod yaml;

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::Value;

use crate::{
    arguments::Listing,
    columns::{Column, Columns},
    failure::Failure,
    safe,
};

/// A way to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people.
    Table,
    /// All columns for people.
    Wide,
    /// What the API says, as JSON.
    Json,
    /// The same as YAML.
    Yaml,
    /// All columns as comma separated values; a field and its value a line where there are none.
    Csv,
    /// The names alone, a line each.
    Name,
}

/// A way to print, on something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) format: Format,
    color: bool,
}

impl Output {
    pub(crate) fn new(format: Format, color: bool) -> Self {
        Self { format, color }
    }

    /// A list, of which the rows, their order and the columns may be chosen.
    pub(crate) fn list(
        self,
        rows: &Value,
        columns: Columns,
        listing: &Listing,
    ) -> Result<String, Failure> {
        let rows = choose::rows(rows, columns, listing)?;
        Ok(match self.format {
            Format::Json => json(&Value::Array(rows)),
            Format::Yaml => yaml::render(&Value::Array(rows)),
            Format::Name => names(&rows, columns),
            Format::Csv => csv(&rows, &choose::columns(columns, listing, true), listing)?,
            Format::Table | Format::Wide => {
                let shown = choose::columns(columns, listing, self.format == Format::Wide);
                table::render(&rows, &shown, !listing.no_headers, self.color)
            }
        })
    }

    /// One thing with all that is known of it.
    pub(crate) fn one(self, value: &Value, columns: Columns) -> Result<String, Failure> {
        Ok(match self.format {
            Format::Json => json(value),
            Format::Yaml => yaml::render(value),
            Format::Name => {
                self.must_name(columns)?;
                names(std::slice::from_ref(value), columns)
            }
            Format::Csv if columns.0.is_empty() => pairs::render(value)?,
            Format::Csv => {
                let rows = std::slice::from_ref(value);
                csv(rows, &columns.shown(true), &Listing::default())?
            }
            Format::Table | Format::Wide => {
                tree::render(value, self.format == Format::Wide, self.color)
            }
        })
    }

    /// Refuses names where things have none, before anything is done to them.
    pub(crate) fn must_name(self, columns: Columns) -> Result<(), Failure> {
        if self.format == Format::Name && columns.0.is_empty() {
            return Err(Failure::usage("what this prints has no name").or_try("-o json"));
        }
        Ok(())
    }
}

fn json(value: &Value) -> String {
    safe::json(&format!("{value:#}\n"))
}

fn names(rows: &[Value], columns: Columns) -> String {
    let Some(first) = columns.0.first() else {
        return String::new();
    };
    let name = |row| format!("{}\n", table::text(crate::columns::field(row, first.field)));
    rows.iter().map(name).collect()
}

fn csv(rows: &[Value], columns: &[Column], listing: &Listing) -> Result<String, Failure> {
    let mut records: Vec<Vec<String>> = Vec::new();
    if !listing.no_headers {
        records.push(columns.iter().map(|one| one.field.to_owned()).collect());
    }
    let cell = |row, column: &Column| table::text(crate::columns::field(row, column.field));
    let cells = |row| columns.iter().map(|column| cell(row, column)).collect();
    records.extend(rows.iter().map(cells));
    written(&records)
}

/// Comma separated values.
fn written(records: &[Vec<String>]) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::fault("write the values", error);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.write_record(record).map_err(|e| failed(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| failed(&e))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

/// Writes to stdout. A reader that has had enough is no fault.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::fault("write the answer", &error))
        }
        _ => Ok(()),
    }
}
