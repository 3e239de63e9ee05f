//! One request, from head to answer: the steps around the handlers, in order.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use data_model::Audience;
use http::header::{CONNECTION, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::Full;
use hyper::body::Body;

use crate::audience::ListenerKind;
use crate::handlers::{
    RequestContext, archive, catalog, glyphs, health, legend, page, preview, search, sprite, stats,
    style, tile, tilejson,
};
use crate::http::access_log::AccessEntry;
use crate::http::cors;
use crate::http::host;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::query::QueryParameters;
use crate::http::reply::HttpReply;
use crate::http::request_id::{REQUEST_ID, RequestId};
use crate::http::route::{Route, RouteError, RouteName};
use crate::net::local_request::LocalConnection;
use crate::net::request_origin::RequestOrigin;
use crate::published_state::PublishedState;
use crate::server_state::ServerState;

/// Answers one request. Never fails: every error is an answer too.
pub async fn answer<B: Body>(
    state: &ServerState,
    origin: RequestOrigin,
    connection: &LocalConnection,
    request: Request<B>,
) -> Response<Full<Bytes>> {
    let start = Instant::now();
    let has_body = !request.body().is_end_stream();
    let (parts, body) = request.into_parts();
    let id = RequestId::of_request(&parts.headers).unwrap_or_else(|| state.next_request());
    // No route reads a body. hyper closes the connection of one left unread.
    drop(body);

    let mut name = RouteName::None;
    // 1. A panic in a handler is one failed request, not a lost connection: so
    //    this wraps everything that can panic.
    let outcome = CatchUnwind(Box::pin(route_request(
        state, origin, connection, &parts, has_body, start, &mut name,
    )));
    let result = outcome.await.unwrap_or_else(|panic| {
        Err(Problem::new(ProblemKind::Internal, "The server failed; the log says where.")
            .with_cause(panic.message))
    });
    let (mut reply, cause) = match result {
        Ok(reply) => (reply, None),
        Err(problem) => (problem.reply(&id.to_string(), origin.listener), Some(problem)),
    };
    // 2. Common headers go on errors and 304s as well: a page may only read an
    //    error's body where CORS allows it.
    cors::add_common(&mut reply, origin.listener.audience());
    reply.set(REQUEST_ID, id.header());
    if has_body {
        reply.set(CONNECTION, HeaderValue::from_static("close"));
    }
    let bytes = if parts.method == Method::HEAD { 0 } else { reply.body.len() };
    // 3. Last, because the length that HEAD reports is that of the final body.
    if parts.method == Method::HEAD {
        reply = reply.without_body();
    }
    // 4. Counted and logged once everything about the answer is known.
    let seconds = start.elapsed().as_secs_f64();
    let status = reply.status.as_u16();
    state.metrics.answered(origin.listener, name, status, bytes, seconds);
    // Of most answers nothing is logged where the log is set so: then a line is
    // not even made.
    if cause.is_some() || status == 503 || tracing::enabled!(target: "access", tracing::Level::INFO)
    {
        let id = &id;
        let entry = AccessEntry { id, origin, parts: &parts, route: name, status, bytes, seconds };
        entry.log(&state.options.base_urls.trusted, cause.as_ref());
    }

    let mut response = Response::new(Full::new(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// Runs the steps between the head of a request and its handler.
async fn route_request(
    state: &ServerState,
    origin: RequestOrigin,
    connection: &LocalConnection,
    parts: &Parts,
    has_body: bool,
    start: Instant,
    name: &mut RouteName,
) -> Result<HttpReply, Problem> {
    // The path first, so that whatever is refused next is counted under its route.
    let base_urls = &state.options.base_urls;
    let prefix = base_urls.of_listener(origin.listener).map_or("", |url| url.prefix());
    let route = route_behind(prefix, parts.uri.path()).map_err(Problem::from);
    if let Ok(route) = &route {
        *name = route.name();
    }
    // OPTIONS before anything that can fail: a preflight that fails hides the
    // real error from the page.
    let audience = origin.listener.audience();
    if parts.method == Method::OPTIONS {
        return Ok(cors::options(audience, &parts.headers));
    }
    check_method_and_body(parts, has_body)?;
    let host = host::of_request(parts.version, &parts.uri, &parts.headers)?;
    base_urls.admit(origin.listener, host)?;
    let route = route?;
    check_listener(origin.listener, &route)?;
    let (uri, headers) = (&parts.uri, &parts.headers);
    if matches!(route, Route::TileJson(_) | Route::Style(_) | Route::Catalog) {
        state.proxy_hints.log_missing_headers(base_urls, uri, headers, origin);
    }
    let published = state.published();
    let audience = match &route {
        // These are the same to everybody, and need no look at who asks.
        Route::Health | Route::Ready | Route::Metrics | Route::Sprite(_) | Route::File(_) => {
            audience
        }
        _ if shows_local_files(state, origin.listener, &published, connection, parts).await => {
            Audience::Staff
        }
        _ => audience,
    };
    // Made by the handlers that need it: probes must not fail over a query or a link.
    let context = || -> Result<RequestContext<'_>, Problem> {
        Ok(RequestContext {
            published: &published,
            audience,
            headers,
            query: QueryParameters::parse(uri.query())?,
            base_url: base_urls.of(uri, headers, origin.peer, origin.local, origin.listener)?,
            deadline: start + state.options.request_timeout,
        })
    };
    let mut reply = dispatch(state, origin.listener, &published, &route, parts, context).await?;
    if audience != origin.listener.audience() {
        cors::open_to_local_page(&mut reply, headers);
    }
    Ok(reply)
}

/// Calls the handler of a route; `context` is made where a handler needs it.
async fn dispatch<'c>(
    state: &ServerState,
    listener: ListenerKind,
    published: &PublishedState,
    route: &Route<'_>,
    parts: &Parts,
    context: impl Fn() -> Result<RequestContext<'c>, Problem>,
) -> Result<HttpReply, Problem> {
    match route {
        Route::Tile(names, coord) => tile::tile(state, &context()?, names, *coord).await,
        Route::TileJson(names) => tilejson::tilejson(state, &context()?, names).await,
        Route::Style(names) => style::style(state, &context()?, names).await,
        Route::Legend(request) => legend::legend(state, &context()?, request).await,
        Route::Preview(request) => preview::preview(state, &context()?, request).await,
        Route::Sprite(request) => sprite::sprite(state, &context()?, request).await,
        Route::Glyphs(request) => glyphs::glyphs(state, &context()?, request).await,
        Route::Archive(name) => archive::archive(&context()?, name, &parts.method),
        Route::Stats(layer) => stats::stats(state, &context()?, layer).await,
        Route::Search => search::search(state, &context()?).await,
        Route::Catalog => Ok(catalog::catalog(published, &context()?)),
        Route::Health => Ok(health::health()),
        Route::Ready => Ok(health::ready(state, listener)),
        Route::Metrics => Ok(health::metrics(state)),
        Route::Page => Ok(page::page(state, &context()?)),
        Route::File(path) => page::file(state, &context()?, path),
    }
}

fn check_method_and_body(parts: &Parts, has_body: bool) -> Result<(), Problem> {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        let detail = "Everything here is read with GET or HEAD.";
        return Err(Problem::new(ProblemKind::MethodNotAllowed, detail));
    }
    if has_body || parts.headers.contains_key(TRANSFER_ENCODING) {
        return Err(Problem::new(ProblemKind::BodyRefused, "Send the request without a body."));
    }
    Ok(())
}

/// Whether a request of the public listener sees undeclared files: while there is no catalog,
/// those of the server's own user do.
async fn shows_local_files(
    state: &ServerState,
    listener: ListenerKind,
    published: &PublishedState,
    connection: &LocalConnection,
    parts: &Parts,
) -> bool {
    let snapshot = &published.snapshot;
    // Without anything to show, no connection is worth a look at `/proc`.
    let shown =
        state.options.local_files && !snapshot.catalog_in_force() && snapshot.has_staff_content();
    if listener != ListenerKind::Public || !shown {
        return false;
    }
    match connection.check(parts, &state.peers).await {
        Ok(()) => true,
        Err(reason) => {
            state.logged_reasons.log_once(reason);
            false
        }
    }
}

/// The route behind the prefix of the configured URL. A proxy may strip the prefix or keep it,
/// and the prefix may look like the start of a route: the reading that is a route counts.
fn route_behind<'p>(prefix: &str, path: &'p str) -> Result<Route<'p>, RouteError> {
    let is_route = |route: &Result<Route<'p>, RouteError>| {
        route.as_ref().is_ok_and(|route| !matches!(route, Route::File(_)))
    };
    let whole = Route::parse(path);
    match path.strip_prefix(prefix) {
        Some(rest) if !prefix.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
            let behind = Route::parse(rest);
            if is_route(&whole) && !is_route(&behind) { whole } else { behind }
        }
        _ => whole,
    }
}

/// Refuses routes that a listener does not answer: the admin listener answers health and
/// metrics only, and no other answers metrics. Nothing in a request tells its operator from a
/// client of a proxy on the same machine.
fn check_listener(listener: ListenerKind, route: &Route<'_>) -> Result<(), Problem> {
    let health = matches!(route, Route::Health | Route::Ready | Route::Metrics);
    if listener == ListenerKind::Admin && !health {
        let detail = "This listener answers /healthz, /readyz and /metrics.";
        return Err(Problem::new(ProblemKind::NotFound, detail));
    }
    if matches!(route, Route::Metrics) && listener != ListenerKind::Admin {
        let detail =
            "Metrics are answered on the admin listener; start the server with --listen-admin.";
        return Err(Problem::new(ProblemKind::NotFound, detail));
    }
    Ok(())
}

/// Panic of a handler, by its message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
struct HandlerPanic {
    message: String,
}

impl HandlerPanic {
    fn new(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self { message: text.unwrap_or("panic without a message").to_owned() }
    }
}

/// A future that ends with a [`HandlerPanic`] if it panics.
struct CatchUnwind<F>(Pin<Box<F>>);

impl<F: Future> Future for CatchUnwind<F> {
    type Output = Result<F::Output, HandlerPanic>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.0.as_mut();
        // Shared state is atomics and immutable snapshots; what the future owned
        // is dropped with it. So nothing broken is seen after a panic.
        match std::panic::catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => Poll::Ready(Err(HandlerPanic::new(&*payload))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_a_route_with_or_without_the_prefix() {
        let name = |prefix, path| route_behind(prefix, path).map(|route| route.name());
        for (prefix, path, expected) in [
            ("", "/tiles/a/1/0/0", RouteName::Tile),
            ("/gis", "/gis/tiles/a/1/0/0", RouteName::Tile),
            ("/gis", "/tiles/a/1/0/0", RouteName::Tile),
            ("/gis", "/gis", RouteName::Page),
            ("/gis", "/gist/healthz", RouteName::File),
            ("/tiles", "/tiles/a/1/0/0", RouteName::Tile),
            ("/tiles", "/tiles/tiles/a/1/0/0", RouteName::Tile),
            ("/tiles", "/tiles/a.json", RouteName::TileJson),
            ("/tiles", "/tiles/healthz", RouteName::Health),
            ("/tiles", "/tiles/favicon.ico", RouteName::File),
            ("/styles", "/styles/common.json", RouteName::Style),
        ] {
            assert_eq!(name(prefix, path), Ok(expected), "{prefix} {path}");
        }
        assert_eq!(name("/gis", "/gis/tiles/a/-1/0/0"), Err(RouteError::Number));
    }

    #[tokio::test]
    async fn a_panic_becomes_a_value() {
        let index = std::hint::black_box(3);
        let broken = CatchUnwind(Box::pin(async move { [1, 2, 3][index] }));
        assert!(broken.await.unwrap_err().message.contains("out of bounds"));
        assert_eq!(CatchUnwind(Box::pin(async { 7 })).await, Ok(7));
    }
}
