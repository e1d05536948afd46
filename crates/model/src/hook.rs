//! Where an operator's own programs come in.

crate::text::worded_enum! {
    /// A point at which an operator's hook is run.
    pub enum HookPoint {
        /// A server was cut, and is not ready before the hook is through.
        AfterInit = "after_init",
        /// A unit was made ready for its tenant, who is not told before the hook is through.
        AfterAllocate = "after_allocate",
        /// A tenancy ended; its unit is wiped when the hook is through.
        CleanUp = "clean_up",
        /// A server is given back; everything is taken off it when the hook is through.
        BeforeDecommission = "before_decommission",
    }
}
