//! The loopback addresses of servers, 127.65.0.N, shared by all labs of this
//! machine.
//!
//! A claim is a file that names the claiming lab's folder. It counts while
//! that folder is there, so what a crash or `rm` leaves behind blocks nobody
//! for ever.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::folders::{lock, write};

const CLAIMS: &str = "/tmp/kloigos-lab";

/// The address of number `number`.
pub(crate) const fn of(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 65, 0, number)
}

/// Where short-lived sockets have short paths.
pub(crate) fn runtime_folder() -> PathBuf {
    PathBuf::from(CLAIMS)
}

/// Claims `count` free numbers for the lab in `folder`.
pub(crate) fn claim(folder: &Path, count: u8) -> Result<Vec<u8>> {
    let _lock = lock(Path::new(CLAIMS), "addresses")?;
    let claims = numbers().map(|number| (number, holder(number)));
    let busy = |number, holder: Option<PathBuf>| holder.is_some() || !answers_nobody(number);
    let free = choose(claims, usize::from(count), busy);
    let Some(free) = free else {
        bail!("fewer than {count} addresses of 127.65.0.0/24 are free")
    };
    for number in &free {
        write(&claim_file(*number), folder.display().to_string())?;
    }
    Ok(free)
}

/// Frees all numbers of the lab in `folder`.
pub(crate) fn free_all_of(folder: &Path) {
    for number in numbers().filter(|number| holder(*number).as_deref() == Some(folder)) {
        let _ = fs::remove_file(claim_file(number));
    }
}

fn numbers() -> impl Iterator<Item = u8> {
    1..=250
}

fn claim_file(number: u8) -> PathBuf {
    Path::new(CLAIMS).join(number.to_string())
}

/// The lab that holds a number, if it still stands.
fn holder(number: u8) -> Option<PathBuf> {
    let folder = PathBuf::from(fs::read_to_string(claim_file(number)).ok()?);
    folder.exists().then_some(folder)
}

/// The kernel has the last word: a port that can be bound is not in use.
fn answers_nobody(number: u8) -> bool {
    TcpListener::bind((of(number), 22)).is_ok()
}

/// The first `count` numbers that are not busy.
fn choose<H>(
    claims: impl Iterator<Item = (u8, H)>,
    count: usize,
    busy: impl Fn(u8, H) -> bool,
) -> Option<Vec<u8>> {
    let free = claims.filter_map(|(number, holder)| (!busy(number, holder)).then_some(number));
    let chosen: Vec<u8> = free.take(count).collect();
    (chosen.len() == count).then_some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_free_numbers_are_chosen() {
        let claims = [(1, true), (2, false), (3, true), (4, false)];
        let chosen = choose(claims.into_iter(), 2, |_, held| held);
        assert_eq!(chosen, Some(vec![2, 4]));
    }

    #[test]
    fn too_few_are_none() {
        assert_eq!(choose([(1, true)].into_iter(), 1, |_, held| held), None);
    }
}
