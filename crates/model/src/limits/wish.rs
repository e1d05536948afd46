//! What is asked for of a unit's limits, and how amounts are written.

use serde::{Deserialize, Serialize};

use super::{LimitError, Limits};

/// What is asked for in place of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish<T> {
    /// Nothing: it stays what it is.
    #[default]
    Usual,
    /// No limit.
    Unlimited,
    /// This much.
    At(T),
}

/// What is asked for, limit by limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsWish {
    /// [`Limits::memory_max`].
    pub memory_max: Wish<u64>,
    /// [`Limits::memory_high`].
    pub memory_high: Wish<u64>,
    /// [`Limits::swap_max`].
    pub swap_max: Wish<u64>,
    /// [`Limits::tasks_max`].
    pub tasks_max: Wish<u64>,
    /// [`Limits::io_weight`].
    pub io_weight: Wish<u16>,
    /// [`Limits::io_read_bytes`].
    pub io_read_bytes: Wish<u64>,
    /// [`Limits::io_write_bytes`].
    pub io_write_bytes: Wish<u64>,
    /// [`Limits::disk_bytes`].
    pub disk_bytes: Wish<u64>,
    /// [`Limits::disk_inodes`].
    pub disk_inodes: Wish<u64>,
}

/// The names of the limits, as requests and answers have them.
pub const LIMIT_NAMES: [&str; 9] = [
    "memory_max",
    "memory_high",
    "swap_max",
    "tasks_max",
    "io_weight",
    "io_read_bytes",
    "io_write_bytes",
    "disk_bytes",
    "disk_inodes",
];

impl<T: Copy> Wish<T> {
    fn over(self, usual: Option<T>) -> Option<T> {
        match self {
            Self::Usual => usual,
            Self::Unlimited => None,
            Self::At(limit) => Some(limit),
        }
    }
}

impl LimitsWish {
    /// The limits that follow where these are the usual ones.
    #[must_use]
    pub fn over(&self, usual: &Limits) -> Limits {
        Limits {
            memory_max: self.memory_max.over(usual.memory_max),
            memory_high: self.memory_high.over(usual.memory_high),
            swap_max: self.swap_max.over(usual.swap_max),
            tasks_max: self.tasks_max.over(usual.tasks_max),
            io_weight: self.io_weight.over(usual.io_weight),
            io_read_bytes: self.io_read_bytes.over(usual.io_read_bytes),
            io_write_bytes: self.io_write_bytes.over(usual.io_write_bytes),
            disk_bytes: self.disk_bytes.over(usual.disk_bytes),
            disk_inodes: self.disk_inodes.over(usual.disk_inodes),
        }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The name of the first limit asked for that no unit could live with, and why.
    pub fn check(&self) -> Result<(), (&'static str, LimitError)> {
        self.over(&Limits::default()).check()
    }
}

/// A text that is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an amount is a whole number, alone or with K, M, G or T for powers of 1024, such as 512M, \
     and below 8 EiB; null or \"none\" is no limit"
)]
pub struct NotAnAmount;

/// Reads an amount as systemd.syntax(7) has it: `4096`, `512M`, `4G`.
pub fn amount(text: &str) -> Result<u64, NotAnAmount> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 10),
        Some(b'M') => (&text[..text.len() - 1], 20),
        Some(b'G') => (&text[..text.len() - 1], 30),
        Some(b'T') => (&text[..text.len() - 1], 40),
        _ => (text, 0),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = digits.parse().ok().filter(|_| plain).ok_or(NotAnAmount)?;
    let amount = number.checked_mul(1 << shift).ok_or(NotAnAmount)?;
    i64::try_from(amount).map_err(|_| NotAnAmount)?;
    Ok(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_systemd_reads_them() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("1K", 1024),
            ("512M", 512 << 20),
            ("4G", 4 << 30),
            ("2T", 2 << 40),
            ("9223372036854775807", i64::MAX as u64),
        ] {
            assert_eq!(amount(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "M",
            "-1",
            "+1",
            "1.5G",
            "1 G",
            "1g",
            "1GB",
            "1P",
            "0x10",
            "1e3",
            "٣",
            "9223372036854775808",
            "8388608T",
            "99999999999999999999",
        ] {
            assert_eq!(amount(text), Err(NotAnAmount), "{text}");
        }
    }

    #[test]
    fn what_is_not_asked_for_stays() {
        let usual = Limits {
            memory_max: Some(1 << 30),
            tasks_max: Some(4096),
            ..Limits::default()
        };
        assert_eq!(LimitsWish::default().over(&usual), usual);
        let wish = LimitsWish {
            memory_max: Wish::Unlimited,
            disk_bytes: Wish::At(5 << 30),
            ..LimitsWish::default()
        };
        let limits = wish.over(&usual);
        assert_eq!(
            (limits.memory_max, limits.disk_bytes, limits.tasks_max),
            (None, Some(5 << 30), Some(4096))
        );
        assert_eq!(limits.swap_max, Some(0), "swap stays off");
    }

    #[test]
    fn a_wish_reads_back_and_names_every_limit() {
        let wish = LimitsWish {
            memory_max: Wish::At(7),
            swap_max: Wish::Unlimited,
            ..LimitsWish::default()
        };
        let json = serde_json::to_value(wish).expect("JSON");
        let fields = json.as_object().expect("an object");
        let known = LIMIT_NAMES
            .iter()
            .filter(|name| fields.contains_key(**name));
        assert_eq!((known.count(), fields.len()), (9, 9));
        assert_eq!(serde_json::from_value::<LimitsWish>(json).ok(), Some(wish));
        assert_eq!(wish.check().expect_err("too low").0, "memory_max");
    }
}
