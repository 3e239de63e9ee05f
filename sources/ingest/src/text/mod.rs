//! Text of a file: encodings of a DBF, and names of columns and datasets.

pub(crate) mod dbf_encoding;
pub(crate) mod names;
