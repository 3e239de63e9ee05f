//! Limits on the harm that one client can do to others, and the server's shutdown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    pub(crate) mod fake;
    mod http;
    pub(crate) use http::*;
}

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use support::Client;
use support::fake::{Fake, Options, until};

#[test]
fn hostile_paths_are_refused_in_constant_memory() {
    let fake = Fake::start(Options::default());
    let list = vec!["a"; 10_000].join(",");
    let many = vec!["a"; 300].join(",");
    let long = "x".repeat(9000);
    let huge = "y".repeat(200_000);
    let cases: [(Vec<u8>, u16); 6] = [
        (format!("/tiles/{list}/0/0/0").into(), 414),
        (format!("/tiles/{many}/0/0/0").into(), 400),
        (format!("/{long}").into(), 414),
        (format!("/{huge}").into(), 431),
        (b"/tiles/\xff\xfe/0/0/0".to_vec(), 400),
        (b"/tiles/a\x00b/0/0/0".to_vec(), 400),
    ];
    for (path, status) in cases {
        let mut client = Client::connect(fake.public);
        let request = [b"GET ", path.as_slice(), b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
        // The server may close before it has read everything.
        let _ = client.stream.write_all(&request);
        let answer = client.receive(false).unwrap();
        assert_eq!(
            answer.status,
            status,
            "{}",
            String::from_utf8_lossy(&path[..40.min(path.len())])
        );
    }
    assert_eq!(fake.request_count(), 0);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let fake = Fake::start(Options::default());
    let mut client = Client::connect(fake.public);
    let header = format!("X: {}\r\n", "x".repeat(40_000));
    let _ =
        client.stream.write_all(format!("GET / HTTP/1.1\r\nHost: a\r\n{header}\r\n").as_bytes());
    assert_eq!(client.receive(false).unwrap().status, 431);
}

#[test]
fn a_slow_loris_is_cut_off_and_others_are_served() {
    let mut options = Options::default();
    // As long as the one honest head takes on a busy machine.
    options.limits.header = Duration::from_secs(3);
    let fake = Fake::start(options);
    let mut silent = Client::connect(fake.public);
    let mut loris = Client::connect(fake.public);
    loris.send(b"GET /healthz HTTP/1.1\r\n");
    let mut writer = loris.stream.try_clone().unwrap();
    // One header line each 100 ms, for ever: every byte in time, the head never.
    let trickle = std::thread::spawn(move || {
        while writer.write_all(b"X-A: b\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(Client::connect(fake.public).get("/healthz").status, 200);
    assert!(loris.is_closed());
    assert!(silent.is_closed());
    trickle.join().unwrap();
}

#[test]
fn an_idle_connection_is_closed_after_its_answer() {
    let mut options = Options::default();
    options.limits.header = Duration::from_secs(2);
    options.limits.idle = Duration::from_secs(2);
    let fake = Fake::start(options);
    let mut client = Client::connect(fake.public);
    assert_eq!(client.get("/healthz").status, 200);
    assert_eq!(client.get("/healthz").status, 200);
    assert!(client.is_closed());
}

#[test]
fn the_time_for_a_head_is_not_a_time_for_the_connection() {
    let mut options = Options::default();
    options.limits.header = Duration::from_secs(1);
    let fake = Fake::start(options);
    let mut client = Client::connect(fake.public);
    for _ in 0..2 {
        // Answered at once, without waiting for a source.
        assert_eq!(client.get("/healthz").status, 200);
        std::thread::sleep(Duration::from_millis(1200));
    }
    assert_eq!(client.get("/tiles/roads/3/0/0").status, 200);
}

#[test]
fn a_large_answer_may_be_read_slowly() {
    const SIZE: usize = 16 << 20;
    let mut options = Options { notice: SIZE, ..Options::default() };
    options.limits.header = Duration::from_secs(1);
    let fake = Fake::start(options);
    let mut client = Client::connect(fake.public);
    client.send(b"GET /catalog.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let mut part = vec![0; 1 << 20];
    let mut total = 0;
    // Far longer than the limit, during most of which the server waits.
    loop {
        match client.stream.read(&mut part).unwrap() {
            0 => break,
            read => total += read,
        }
        if total < 8 << 20 {
            std::thread::sleep(Duration::from_millis(300));
        }
    }
    assert!(total > 2 * SIZE, "{total}");
}

#[test]
fn a_connection_past_the_limit_gets_503_and_is_closed() {
    let mut total = Options::default();
    total.limits.connections = 2;
    let mut of_peer = Options::default();
    of_peer.limits.per_peer = 2;
    for (options, limit) in [(total, "listener"), (of_peer, "peer")] {
        let fake = Fake::start(options);
        // Two that wait for their answers.
        let mut busy = [Client::connect(fake.public), Client::connect(fake.public)];
        for (number, client) in busy.iter_mut().enumerate() {
            client.send(b"GET /tiles/waits/3/0/0 HTTP/1.1\r\nHost: a\r\n\r\n");
            until("the request", || fake.request_count() > number);
        }
        let mut third = Client::connect(fake.public);
        let refused = third.get("/healthz");
        assert_eq!((refused.status, refused.json()["status"].as_u64()), (503, Some(503)));
        assert!(refused.header("retry-after").is_some());
        assert_eq!(refused.json()["request_id"].as_str(), refused.header("x-request-id"));
        assert!(third.is_closed());
        let line =
            format!("connections_refused_total{{listener=\"public\",limit=\"{limit}\"}} 1\n");
        assert!(fake.state.metrics.text().contains(&line), "{}", fake.state.metrics.text());
        // Staff and the operator have places of their own.
        assert_eq!(Client::local(fake.staff).get("/healthz").status, 200);
        assert_eq!(Client::local(fake.admin).get("/healthz").status, 200);
        fake.release.notify_waiters();
        for client in &mut busy {
            assert_eq!(client.receive(false).unwrap().status, 200);
        }
        until("a place", || Client::connect(fake.public).get("/healthz").status == 200);
    }
}

/// Connections to `address` from each of these loopback addresses.
fn connect_from(
    runtime: &tokio::runtime::Runtime,
    address: SocketAddr,
    sources: impl Iterator<Item = u8>,
) -> Vec<TcpStream> {
    runtime.block_on(async {
        let mut streams = Vec::new();
        for source in sources {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(format!("127.0.0.{source}:0").parse().unwrap()).unwrap();
            let stream = socket.connect(address).await.unwrap().into_std().unwrap();
            stream.set_nonblocking(false).unwrap();
            streams.push(stream);
        }
        streams
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn twenty_addresses_that_take_every_slot_block_nobody() {
    let mut options = Options::default();
    (options.limits.connections, options.limits.per_peer) = (200, 10);
    let fake = Fake::start(options);
    let runtime = runtime();
    let mut busy = Client::connect(fake.public);
    busy.send(b"GET /tiles/waits/3/0/0 HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request", || fake.request_count() == 1);
    // From each of twenty addresses ten connections: silent, a head byte by byte, idle
    // behind an answer, and a second head byte by byte.
    let mut held = Vec::new();
    for round in 0..10 {
        let mut streams = connect_from(&runtime, fake.public, 2..22);
        for stream in &mut streams {
            if round % 4 >= 2 {
                stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
                assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            }
            if round % 2 == 1 {
                // The place of the oldest may be gone by now.
                let _ = stream.write_all(b"GET /hea");
            }
        }
        held.extend(streams);
    }
    let mut dripping: Vec<_> = held.iter().map(|stream| stream.try_clone().unwrap()).collect();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let drip = std::thread::spawn(move || {
        while stopped.recv_timeout(Duration::from_millis(20)) == Err(RecvTimeoutError::Timeout) {
            for stream in dripping.iter_mut().skip(20).step_by(40) {
                let _ = stream.write_all(b"l");
            }
        }
    });
    let mut newcomers = Vec::new();
    for source in [1, 100, 101] {
        for _ in 0..30 {
            let mut streams = connect_from(&runtime, fake.public, std::iter::once(source));
            let mut client = Client::over(streams.remove(0));
            assert_eq!(client.get("/tiles/roads/3/0/0").status, 200, "127.0.0.{source}");
            newcomers.push(client);
        }
    }
    drop(stop);
    drip.join().unwrap();
    let metrics = fake.state.metrics.text();
    assert!(!metrics.contains("connections_refused_total{"), "{metrics}");
    assert!(metrics.contains("connections_evicted_total{listener=\"public\",phase=\"headless\"}"));
    // The one that had work in hand was left alone.
    fake.release.notify_waiters();
    assert_eq!(busy.receive(false).unwrap().status, 200);
}

#[test]
fn idle_connections_are_closed_oldest_first() {
    let mut options = Options::default();
    options.limits.connections = 3;
    let fake = Fake::start(options);
    let mut clients: Vec<_> = (0..3).map(|_| Client::connect(fake.public)).collect();
    for client in &mut clients {
        assert_eq!(client.get("/healthz").status, 200);
    }
    // The first to come is not the one that has been idle for longest.
    assert_eq!(clients[0].get("/healthz").status, 200);
    assert_eq!(Client::connect(fake.public).get("/healthz").status, 200);
    assert!(clients[1].is_closed());
    for kept in [0, 2] {
        assert_eq!(clients[kept].get("/healthz").status, 200);
    }
    let line = "connections_evicted_total{listener=\"public\",phase=\"idle\"} 1\n";
    assert!(fake.state.metrics.text().contains(line), "{}", fake.state.metrics.text());
}

#[test]
fn an_answer_that_is_being_read_is_not_cut_off_for_a_newcomer() {
    const SIZE: usize = 16 << 20;
    let mut options = Options { notice: SIZE, ..Options::default() };
    options.limits.connections = 4;
    let fake = Fake::start(options);
    let mut reader = Client::connect(fake.public);
    reader.send(b"GET /catalog.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let mut part = vec![0; 1 << 20];
    let mut total = reader.stream.read(&mut part).unwrap();
    let mut newcomers = Vec::new();
    for _ in 0..20 {
        let mut newcomer = Client::connect(fake.public);
        assert_eq!(newcomer.get("/healthz").status, 200);
        newcomers.push(newcomer);
        total += reader.stream.read(&mut part).unwrap();
    }
    assert!(newcomers[0].is_closed() && fake.state.metrics.text().contains("phase=\"idle\"} 17"));
    loop {
        match reader.stream.read(&mut part).unwrap() {
            0 => break,
            read => total += read,
        }
    }
    assert!(total > 2 * SIZE, "{total}");
}

#[test]
fn a_trusted_proxy_is_not_held_to_the_limit_of_one_peer() {
    let mut options = Options::default();
    options.limits.per_peer = 1;
    options.base_urls.trusted = vec!["127.0.0.0/8".parse().unwrap()];
    let fake = Fake::start(options);
    let mut clients: Vec<_> = (0..3).map(|_| Client::connect(fake.public)).collect();
    for client in &mut clients {
        assert_eq!(client.get("/healthz").status, 200);
    }
}

#[test]
fn a_drain_does_not_wait_for_a_disk_that_hangs() {
    let mut fake = Fake::start(Options { stuck: true, ..Options::default() });
    until("a refresh", || fake.refreshes.load(std::sync::atomic::Ordering::SeqCst) > 0);
    fake.stop();
    assert_eq!(fake.join(), 0);
}

#[test]
fn a_source_that_hangs_is_late_and_nothing_is_left_behind() {
    let request_timeout = Duration::from_millis(200);
    let fake = Fake::start(Options { request_timeout, ..Options::default() });
    let mut client = Client::connect(fake.public);
    assert_eq!(client.get("/tiles/roads,hangs/3/0/0").status, 504);
    assert_eq!(client.get("/tiles/hangs/3/0/0").status, 504);
    assert!(fake.state.metrics.text().contains("tile_server_tiles_in_flight 0"));
}

#[test]
fn a_client_that_goes_away_cancels_its_request() {
    let fake = Fake::start(Options::default());
    let mut client = Client::connect(fake.public);
    client.send(b"GET /tiles/waits/3/0/0 HTTP/1.1\r\nHost: a\r\n\r\n");
    let in_flight =
        |count: &str| fake.state.metrics.text().contains(&format!("tiles_in_flight {count}\n"));
    until("the request", || in_flight("1"));
    drop(client);
    until("the cancellation", || in_flight("0"));
}

#[test]
fn a_drain_finishes_what_is_in_flight_and_takes_nothing_new() {
    let mut fake = Fake::start(Options::default());
    let mut idle = Client::connect(fake.public);
    assert_eq!(idle.get("/healthz").status, 200);
    let mut waiting = Client::connect(fake.public);
    waiting.send(b"GET /tiles/waits/3/0/0 HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request", || fake.request_count() == 1);
    fake.stop();
    assert!(idle.is_closed());
    let public = fake.public;
    until("the listener's end", || TcpStream::connect(public).is_err());
    let ready = Client::local(fake.admin).get("/readyz");
    assert_eq!((ready.status, &ready.json()["status"]), (503, &"draining".into()));
    assert_eq!(Client::local(fake.admin).get("/healthz").status, 200);
    fake.release.notify_one();
    let answer = waiting.receive(false).unwrap();
    assert_eq!((answer.status, answer.inflated().as_slice()), (200, &b"[waits 3/0/0]"[..]));
    assert_eq!(fake.join(), 0);
}

#[test]
fn a_drain_does_not_wait_for_ever() {
    let mut options = Options::default();
    options.limits.drain = Duration::from_millis(300);
    let mut fake = Fake::start(options);
    let mut waiting = Client::connect(fake.public);
    waiting.send(b"GET /tiles/hangs/3/0/0 HTTP/1.1\r\nHost: a\r\n\r\n");
    until("the request", || fake.request_count() == 1);
    fake.stop();
    assert_eq!(fake.join(), 1);
    assert!(waiting.is_closed());
}
