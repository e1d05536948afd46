//! Changes of a server as a whole that an operator may decline.

crate::text::worded_enum! {
    /// Something that Kloigos does on a server beyond its units. All are done by default; what is
    /// declined is attested as "not promised". None changes anything for the host's own people.
    pub enum Measure {
        /// Units have `/tmp`, `/var/tmp` and `/dev/shm` of their own (`pam_namespace(8)`).
        PrivateTmp = "private_tmp",
        /// Units see their own processes only: a `/proc` of theirs with `hidepid=invisible`, and
        /// no talk with PID 1 and logind over the system bus.
        HideProcesses = "hide_processes",
        /// cron and at run nothing for units, for it would run outside their slices.
        GuardCron = "guard_cron",
        /// Protocols that no bind filter sees (SCTP, DCCP) are not loaded.
        BlockProtocols = "block_protocols",
    }
}
