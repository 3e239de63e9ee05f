//! The HTTP server of the policy map.
//!
//! The binary only wires; everything is here so that tests can run it in
//! process. A request goes straight down:
//!
//! | module | what it does |
//! |---|---|
//! | [`server`], [`places`], [`guarded_io`] | listeners, connections, time-outs, drain |
//! | [`service`] | the steps around every handler, in order |
//! | [`route`], [`query`], [`accept`], [`host`], [`base_url`], [`audience`] | a request's head, parsed once |
//! | [`local_request`] | whether the server's own user asks, with no proxy in between |
//! | [`layer_set`] | names to layers that the caller may see |
//! | [`handlers`] | one for each route |
//! | [`problem`] | the one table from failure to answer |
//! | [`app`], [`library`] | what is published now |
//! | [`config`], [`cli`], [`serve`] | settings, checked whole before a port opens |
//! | [`import`], [`load`], [`database`] | the other commands: files in, and tables |

pub mod accept;
pub mod app;
pub mod assets;
pub mod audience;
pub mod base_url;
mod bounded_cache;
pub mod check;
pub mod cli;
pub mod coding_pool;
pub mod composite_cache;
pub mod config;
pub mod cors;
pub mod database;
pub mod etag;
pub mod fragment_cache;
pub mod guarded_io;
pub mod gzip;
pub mod handlers;
pub mod host;
pub mod import;
mod import_summary;
pub mod join;
pub mod layer_set;
pub mod library;
pub mod load;
pub mod local_request;
pub mod logging;
pub mod metrics;
pub mod name_list;
pub mod network;
pub mod peer_program;
mod percent;
pub mod places;
pub mod problem;
pub mod query;
pub mod reply;
pub mod route;
pub mod serve;
pub mod server;
pub mod service;
mod terminal;
