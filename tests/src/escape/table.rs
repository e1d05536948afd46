//! The attempts, a file for each promise, and those that are made through every channel.

mod access;
mod cpu;
mod disk;
mod everywhere;
mod files;
mod io;
mod kernel;
mod memory;
mod nodes;
mod ports;
mod processes;
mod tmp;

use super::Attempt;

/// Every attempt.
pub fn attempts() -> Vec<Attempt> {
    let own = [
        cpu::ATTEMPTS,
        nodes::ATTEMPTS,
        memory::ATTEMPTS,
        io::ATTEMPTS,
        ports::ATTEMPTS,
        files::ATTEMPTS,
        disk::ATTEMPTS,
        tmp::ATTEMPTS,
        processes::ATTEMPTS,
        access::ATTEMPTS,
        kernel::ATTEMPTS,
    ];
    let own = own.into_iter().flatten().copied();
    let mut all: Vec<Attempt> = own.chain(everywhere::attempts()).collect();
    all.sort_by_key(|attempt| attempt.promise);
    all
}
