//! Limits as requests write them.

use kloigos_model::limits::{self, LIMIT_NAMES, LimitError, LimitsWish, Wish};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::check::{At, Checked, Faulty, Fields, Read, integer, within};

/// What a unit may use. A limit that is left out stays as it is by default; null or `"none"` is no
/// limit. Amounts are whole numbers, or texts with K, M, G or T for powers of 1024 (`"4G"`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LimitsRequest {
    /// The most memory, in bytes; at least 16 MiB. By default a share of what is left after a
    /// reserve for the host.
    pub memory_max: Option<Amount>,
    /// From how much memory on, in bytes, the unit is slowed and reclaimed from.
    pub memory_high: Option<Amount>,
    /// The most swap, in bytes; 0 by default.
    pub swap_max: Option<Amount>,
    /// The most tasks; at least 16. By default 1,024 for each CPU and no fewer than 4,096.
    pub tasks_max: Option<Amount>,
    /// Its share of busy disks, 1 to 10000; without it 100.
    pub io_weight: Option<Amount>,
    /// The most bytes a second read from each disk.
    pub io_read_bytes: Option<Amount>,
    /// The most bytes a second written to each disk.
    pub io_write_bytes: Option<Amount>,
    /// The most bytes stored on each file system that the unit can write to. By default a share
    /// of what is free, where the file system enforces user quotas.
    pub disk_bytes: Option<Amount>,
    /// The most files and directories on each of them.
    pub disk_inodes: Option<Amount>,
}

/// An amount, or `"none"`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Amount {
    /// A whole number.
    Number(u64),
    /// With a unit, such as `512M`; or `none`.
    Text(String),
}

/// The field of that name.
pub(crate) fn read(mut at: At<'_>) -> Checked<LimitsWish> {
    let wishes: Wishes = at.object()?;
    let names = at
        .value
        .as_object()
        .into_iter()
        .flat_map(|named| named.keys());
    let stranger = names
        .into_iter()
        .find(|name| !LIMIT_NAMES.contains(&name.as_str()));
    match stranger {
        None => Ok(wishes.0),
        Some(name) => {
            let shown: String = name.chars().take(64).collect();
            let known = LIMIT_NAMES.join(", ");
            at.broken(&format_args!(
                "there is no limit {shown:?}; the limits are {known}"
            ))
        }
    }
}

/// The sound fields of a [`LimitsRequest`].
struct Wishes(LimitsWish);

impl Read for Wishes {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        type Set = fn(&mut LimitsWish, Wish<u64>);
        let amounts: [(&str, Set); 8] = [
            ("memory_max", |wish, at| wish.memory_max = at),
            ("memory_high", |wish, at| wish.memory_high = at),
            ("swap_max", |wish, at| wish.swap_max = at),
            ("tasks_max", |wish, at| wish.tasks_max = at),
            ("io_read_bytes", |wish, at| wish.io_read_bytes = at),
            ("io_write_bytes", |wish, at| wish.io_write_bytes = at),
            ("disk_bytes", |wish, at| wish.disk_bytes = at),
            ("disk_inodes", |wish, at| wish.disk_inodes = at),
        ];
        let mut wish = LimitsWish::default();
        let mut sound = Ok(());
        for (name, set) in amounts {
            match wished(fields, name, amount) {
                Ok(Wish::Usual) => {}
                Ok(asked) => {
                    let mut alone = LimitsWish::default();
                    set(&mut alone, asked);
                    let possible = possible(fields, name, &alone);
                    sound = sound.and(possible);
                    set(&mut wish, asked);
                }
                Err(Faulty) => sound = Err(Faulty),
            }
        }
        wish.io_weight = wished(fields, "io_weight", within("an IO weight", &(1..=10_000)))?;
        sound.map(|()| Self(wish))
    }
}

/// A limit that is left out, lifted, or set.
fn wished<T>(
    fields: &mut Fields<'_>,
    name: &str,
    rule: impl FnOnce(At<'_>) -> Checked<T>,
) -> Checked<Wish<T>> {
    if !fields.has(name) {
        return Ok(Wish::Usual);
    }
    let read = fields.optional(name, |at| match at.value.as_str() {
        Some("none") => Ok(Wish::Unlimited),
        _ => rule(at).map(Wish::At),
    })?;
    Ok(read.unwrap_or(Wish::Unlimited))
}

/// Whether a unit could live with this limit.
fn possible(fields: &mut Fields<'_>, name: &str, alone: &LimitsWish) -> Checked<()> {
    match alone.check() {
        Ok(()) => Ok(()),
        Err((_, reason)) => fields.required(name, |at| floor(at, reason)),
    }
}

fn floor(mut at: At<'_>, reason: LimitError) -> Checked<()> {
    at.broken(&reason)
}

fn amount(mut at: At<'_>) -> Checked<u64> {
    if let Value::String(text) = at.value {
        return at.sound(limits::amount(text));
    }
    let number = integer(at.again())?;
    at.sound(u64::try_from(number).map_err(|_| limits::NotAnAmount))
}
