//! How messages to webhooks look and travel: HTTP, signed as the Standard Webhooks specification
//! says (<https://www.standardwebhooks.com>), with secrets that are kept sealed.

mod courier;
mod key;
mod signature;

pub use courier::HttpCourier;
pub(crate) use key::SecretKey;
pub(crate) use signature::Secret;
