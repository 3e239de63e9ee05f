//! Parts of requests and answers: parsed request heads, headers, problems.

pub mod accept;
pub mod access_log;
pub mod base_url;
pub mod cors;
pub mod etag;
pub mod gzip;
pub mod host;
pub mod name_list;
pub(crate) mod percent;
pub mod prepared_body;
pub mod problem;
pub mod query;
pub mod reply;
pub mod request_id;
pub mod route;
pub mod route_error;
