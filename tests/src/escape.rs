//! The escape suite: what a tenant tries in order to get more of a server than its unit, or at its
//! neighbour. Attempts are data ([`attempts`]); a [`Stage`] runs them on a lab server, with an
//! attacker and a victim; [`document`] tells of them. Each names what should come of it and the
//! [`Mechanism`] without which something else does, which `escape_prove` takes away.

mod attempt;
mod channel;
mod document;
mod mechanism;
mod program;
mod promise;
mod stage;
mod suite;
mod table;

pub use attempt::{Attempt, Expected, Judge};
pub use channel::Channel;
pub use document::document;
pub use mechanism::Mechanism;
pub use promise::Promise;
pub use stage::Stage;
pub use suite::{Outcome, run, run_as_root};
pub use table::attempts;
