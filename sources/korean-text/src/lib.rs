//! Korean text: romanization, bytes of unknown encoding, messages in two languages.
//!
//! | module | content |
//! |---|---|
//! | [`bilingual`] | messages in Korean and in English |
//! | `system_error` | errors of the operating system in Korean |
//! | [`romanization`] | Hangul to Latin letters, for ids |
//! | [`hangul_bytes`] | how bytes read as UTF-8 and as CP949 |

#![forbid(unsafe_code)]

pub mod bilingual;
pub mod hangul_bytes;
pub mod romanization;
mod system_error;

pub use bilingual::{Bilingual, Sentence};
