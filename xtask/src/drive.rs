//! Driving the product from outside, as its users do: the executable as a process, the API over
//! HTTP, a tenant over SSH. Used by the demo, the benches and the tests.

mod api;
mod chunks;
pub mod client;
mod control_plane;
mod executable;
mod tenant;

pub use api::{Answer, Api};
pub use control_plane::{ControlPlane, Left, Serve};
pub use executable::{executable, optimised, run};
pub use tenant::{KeyPair, Tenant};
