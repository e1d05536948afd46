//! The executable `kloigos`: HTTP, access, configuration and the command line over
//! [`kloigos_control`].
//!
//! [`api`] turns calls into operations and records into answers; [`Server`] listens; [`App`] puts
//! the parts together. No rule of the business is here.

pub mod api;
mod app;
mod auth;
mod cli;
mod config;
mod host_binary;
mod logs;
mod metrics;
mod server;
mod simulated;
mod web;
mod webhooks;

pub use app::App;
pub use auth::Access;
pub use cli::Cli;
pub use config::{Config, Fleet, HookConfig};
pub use server::Server;
pub use webhooks::HttpCourier;
