//! Callers who allocate and deallocate without pause while control planes are killed under them, and
//! a record of what each was told, in which no unit may have been in two hands.

mod caller;
mod doors;
mod history;

pub use caller::{Caller, Cycle};
pub use doors::Doors;
pub use history::{History, Said, Tenancy};
