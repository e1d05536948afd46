//! The SSH transport against a real OpenSSH server on this machine.
//!
//! What it uploads goes to a directory of the test; the host binary is a shell script, so that each
//! test has the server it needs.

mod control_ssh {
    mod calls;
    mod keys;
    mod losses;
    mod server;
}
