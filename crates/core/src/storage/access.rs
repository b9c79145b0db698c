//! What may be done with memory.

/// Permissions of a storage or of a handle on it; a handle never has more than its storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    /// The bytes may be written.
    pub write: bool,
    /// The host may dereference the address.
    pub host: bool,
}

impl Access {
    /// Host memory, writable.
    pub const READ_WRITE: Self = Self { write: true, host: true };
    /// Host memory, not writable.
    pub const READ_ONLY: Self = Self { write: false, host: true };

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { write: self.write && other.write, host: self.host && other.host }
    }
}
