//! The HTTP server of the policy map.
//!
//! The binary only wires; the rest is here so that tests can run it in process. A request
//! passes downwards:
//!
//! | module | content |
//! |---|---|
//! | [`net`] | connections: listeners, limits, time-outs, proxies, the program at the other end |
//! | [`service`] | the steps around every handler, in order |
//! | [`http`] | a request's head parsed once, headers of answers, problems, the access log |
//! | [`audience`], [`layer_set`] | listeners and what their callers may see; names to layers |
//! | [`handlers`] | one for each route |
//! | [`map_descriptions`] | declaration and data of each map, for styles and legends |
//! | [`cache`] | fragments and spliced tiles in memory |
//! | [`server_state`], [`published_state`], [`snapshot_document`], [`layer_library`] | shared state, the published snapshot and its source |
//! | [`vworld`] | tiles of VWorld as the ground, where a key is configured |
//! | [`config`] | settings, checked whole before a port opens |
//! | [`commands`] | serve, import, load, check |
//! | [`metrics`], [`process_metrics`], [`logging`] | numbers and lines for the operator |
//! | [`assets`] | the page, embedded |

#![forbid(unsafe_code)]

pub mod assets;
pub mod audience;
pub mod cache;
pub mod commands;
pub mod config;
pub mod handlers;
pub mod http;
pub mod layer_library;
pub mod layer_set;
pub mod logging;
pub mod map_descriptions;
pub mod metrics;
pub mod net;
pub mod process_metrics;
pub mod published_state;
pub mod server_state;
pub mod service;
pub mod snapshot_document;
pub mod typefaces;
pub mod vworld;
