//! What is attacked.

/// A promise of a unit, as the attempts are grouped by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// It runs on its own CPUs only.
    Cpu,
    /// Its memory is on its own nodes.
    MemoryNodes,
    /// No more memory than it may.
    Memory,
    /// No more tasks than it may.
    Tasks,
    /// No faster to disks than it may.
    Io,
    /// Its own ports only.
    Ports,
    /// Nobody else's files.
    Files,
    /// No more stored than it may.
    Disk,
    /// Temporary directories of its own.
    PrivateTmp,
    /// Nobody else's processes.
    Processes,
    /// In by its keys only, and only into itself.
    Access,
    /// Nothing of it outside its slice.
    Confinement,
    /// Nothing of the kernel is changed.
    Kernel,
}

impl Promise {
    /// Every promise, in the order of the document.
    pub const ALL: [Self; 13] = [
        Self::Cpu,
        Self::MemoryNodes,
        Self::Memory,
        Self::Tasks,
        Self::Io,
        Self::Ports,
        Self::Files,
        Self::Disk,
        Self::PrivateTmp,
        Self::Processes,
        Self::Access,
        Self::Confinement,
        Self::Kernel,
    ];

    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cpu => "CPUs",
            Self::MemoryNodes => "Memory nodes",
            Self::Memory => "Memory",
            Self::Tasks => "Tasks",
            Self::Io => "Disk bandwidth",
            Self::Ports => "Ports",
            Self::Files => "Files",
            Self::Disk => "Disk space",
            Self::PrivateTmp => "Temporary directories",
            Self::Processes => "Processes",
            Self::Access => "Access",
            Self::Confinement => "Confinement to the slice",
            Self::Kernel => "Kernel interfaces",
        }
    }
}
