//! Exit codes of `import`, `load` and `check`, and of faulty arguments.

/// At least one file was refused.
pub const REFUSED: u8 = 1;
/// The arguments don't go together.
pub const USAGE: u8 = 2;
