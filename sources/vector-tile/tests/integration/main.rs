//! Integration tests of the vector tile encoder.

mod cut;
mod cut_crossing;
mod encoder;
mod encoder_reference;
mod one_tile_table;
