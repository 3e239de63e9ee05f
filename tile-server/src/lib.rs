//! The HTTP server of the policy map.
//!
//! The binary only wires; everything is here so that tests can run it in
//! process. A request goes straight down:
//!
//! | module | what it does |
//! |---|---|
//! | [`server`], [`places`], [`refusals`] | listeners, their connections, drain |
//! | [`guarded_io`], [`activity`] | time-outs of a connection, and the phase it is in |
//! | [`service`], [`request_id`] | the steps around every handler, in order |
//! | [`access_log`], [`client_address`], [`proxy_hints`], `proxy_headers` | a line for each request, words about its proxy |
//! | [`route`], [`query`], [`accept`], [`host`], [`base_url`], [`audience`] | a request's head, parsed once |
//! | [`local_request`] | whether the server's own user asks, with no proxy in between |
//! | [`layer_set`] | names to layers that the caller may see |
//! | [`handlers`] | one for each route |
//! | [`problem`] | the one table from failure to answer |
//! | [`app`], [`library`] | what is published now |
//! | [`config`], [`cli`], [`serve`] | settings, checked whole before a port opens |
//! | [`import`], [`load`], [`database`] | the other commands: files in, and tables |

#![forbid(unsafe_code)]

pub mod accept;
pub mod access_log;
pub mod activity;
pub mod app;
pub mod assets;
pub mod audience;
pub mod base_url;
mod bounded_cache;
pub mod check;
pub mod cli;
pub mod client_address;
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
pub mod open_files;
pub mod peer_program;
mod percent;
pub mod places;
pub mod problem;
pub mod process_metrics;
mod proxy_headers;
pub mod proxy_hints;
pub mod query;
pub mod refusals;
pub mod reply;
pub mod request_id;
pub mod route;
pub mod serve;
pub mod server;
pub mod service;
mod terminal;
pub mod usage;
