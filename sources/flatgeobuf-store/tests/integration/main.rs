//! Integration tests of the FlatGeobuf store.

mod flatgeobuf;
