//! The cells of a row as parsed values. Whatever cannot be parsed was not written by us, and is
//! named by table, column and row.

use std::str::FromStr;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::{Row, any::AnyRow};

use crate::error::Error;

/// A row of one table.
pub(crate) struct Cells<'r> {
    table: &'static str,
    row: &'r AnyRow,
}

impl<'r> Cells<'r> {
    pub(crate) fn new(table: &'static str, row: &'r AnyRow) -> Self {
        Self { table, row }
    }

    fn corrupt(&self, column: &'static str) -> Error {
        Error::Corrupt {
            table: self.table,
            column,
            row: self
                .row
                .try_get("id")
                .unwrap_or_else(|_| "unnamed".to_owned()),
        }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, Error> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn maybe_text(&self, column: &'static str) -> Result<Option<String>, Error> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn parse<T: FromStr>(&self, column: &'static str) -> Result<T, Error> {
        self.text(column)?.parse().map_err(|_| self.corrupt(column))
    }

    pub(crate) fn maybe<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, Error> {
        let text = self.maybe_text(column)?;
        text.map(|text| text.parse().map_err(|_| self.corrupt(column)))
            .transpose()
    }

    /// The words that [`any_of`] wrote.
    pub(crate) fn words<T: FromStr>(&self, column: &'static str) -> Result<Vec<T>, Error> {
        let text = self.maybe_text(column)?.unwrap_or_default();
        let words = text.split(',').filter(|word| !word.is_empty());
        words
            .map(|word| word.parse().map_err(|_| self.corrupt(column)))
            .collect()
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, Error> {
        let number: i64 = self.row.try_get(column).map_err(|_| self.corrupt(column))?;
        T::try_from(number).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn maybe_number<T: TryFrom<i64>>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Error> {
        let number: Option<i64> = self.row.try_get(column).map_err(|_| self.corrupt(column))?;
        number
            .map(|number| T::try_from(number).map_err(|_| self.corrupt(column)))
            .transpose()
    }

    pub(crate) fn at(&self, column: &'static str) -> Result<Timestamp, Error> {
        Timestamp::from_microsecond(self.number(column)?).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn maybe_at(&self, column: &'static str) -> Result<Option<Timestamp>, Error> {
        let micros: Option<i64> = self.maybe_number(column)?;
        micros
            .map(|micros| Timestamp::from_microsecond(micros).map_err(|_| self.corrupt(column)))
            .transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        let value = self.maybe_json(column)?;
        value.ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Error> {
        let text = self.maybe_text(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| self.corrupt(column)))
            .transpose()
    }
}

/// A text of whatever source as the database keeps it: `PostgreSQL` has no NUL in texts.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// Words that a column may have, as `$1 LIKE '%,' || column || ',%'` looks for them; none at all
/// when there is no word, which means any.
pub(crate) fn any_of<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    let words: Vec<&str> = words.collect();
    (!words.is_empty()).then(|| format!(",{},", words.join(",")))
}

/// A time as the database keeps it.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A structured value as the database keeps it.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own values are JSON")
}
