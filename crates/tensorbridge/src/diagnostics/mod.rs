//! What the bridge did, said by the bridge itself.

pub mod changes;
pub mod exactness;
pub mod forbid;
pub mod trace;
pub mod writes;
