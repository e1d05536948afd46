//! Whether the clock is in step with another.
#![expect(unsafe_code, reason = "adjtimex(2) has no safe crate")]
// JUSTIFICATION: which program keeps the time differs from server to server; the kernel knows
// whether any does.

use std::io;

use super::{Sys, SysError};

/// Asks and changes nothing.
pub(super) fn is_synchronised() -> Sys<bool> {
    // SAFETY: a `timex` of zeros is valid and, with no mode, only written to.
    let (state, timex) = unsafe {
        let mut timex: libc::timex = std::mem::zeroed();
        (libc::adjtimex(&raw mut timex), timex)
    };
    if state < 0 {
        return Err(SysError::kernel(
            "ask for the clock's state",
            io::Error::last_os_error(),
        ));
    }
    Ok(timex.status & libc::STA_UNSYNC == 0)
}
