//! Stories and laws of the whole product, and what they need: a plain HTTP [`client`], a control
//! plane in this process ([`plane`]), and the executable as a process of its own ([`process`]).

pub mod bench;
pub mod client;
pub mod keys;
pub mod plane;
pub mod process;
