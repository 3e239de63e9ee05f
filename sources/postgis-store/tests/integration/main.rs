//! Integration tests of the PostGIS store.

mod ewkb_reference;
mod postgis;
mod postgis_cancel;
mod postgis_change_tokens;
mod postgis_crash;
mod postgis_encodings;
mod postgis_faults;
mod postgis_live;
mod postgis_live_failure;
mod postgis_live_points;
mod postgis_live_reduced;
mod postgis_live_repair;
mod postgis_pooler;
mod postgis_replace;

mod postgis_tls;
mod postgis_values;
mod postgis_write_values;
mod postgis_writer;
