//! Driving the product from outside, as its users do: the executable as a process, the API over
//! HTTP, a tenant over SSH. Used by the demo, the benches and the tests on lab servers.

mod api;
mod control_plane;
mod tenant;

pub use api::{Answer, Api};
pub use control_plane::{ControlPlane, Serve};
pub use tenant::{KeyPair, Tenant};
