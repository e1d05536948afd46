//! Kloigos: server.
