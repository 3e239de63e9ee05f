//! Results: encoded measures, the files that keep them, and the keys of their inputs.

pub(crate) mod encoding;
pub(crate) mod layer_measures;
pub(crate) mod publish;
pub(crate) mod result_file;
pub(crate) mod result_key;
pub(crate) mod round;
