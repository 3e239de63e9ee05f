//! Integration tests of the projections.

mod prj;
