//! A socket with time-outs against slow clients.
//!
//! hyper bounds the wait for a request's head with a timer that also runs while a kept-alive
//! connection idles, and has no bound on writing. This wrapper adds both: a short time for a
//! head once its first byte has come (a "slow loris" sends one byte at a time), and a time in
//! which a write must make some progress, at a least rate over the whole answer (a client that
//! never reads, or a byte at a time).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::net::activity::ConnectionActivity;

/// Least rate at which a client must read an answer, in bytes a second. Holds over the whole
/// answer and after a first grace: a line at the edge of usefulness has ten times that.
const LEAST_RATE: u64 = 1024;

/// A time-out that is off most of the time. Its timer is made on first use and
/// then reused.
#[derive(Debug, Default)]
struct Alarm {
    armed: bool,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    fn arm(&mut self, deadline: Instant) {
        if self.armed {
            return;
        }
        self.armed = true;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(deadline),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(deadline))),
        }
    }

    fn disarm(&mut self) {
        self.armed = false;
    }

    /// Whether the time-out has passed; wakes the task when it does.
    fn rings(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.sleep {
            Some(sleep) if self.armed => sleep.as_mut().poll(cx).is_ready(),
            _ => false,
        }
    }
}

/// An answer that waits for its client.
#[derive(Debug)]
struct Blocked {
    since: Instant,
    written: u64,
}

/// A socket with time-outs.
#[derive(Debug)]
pub struct GuardedIo<S> {
    socket: S,
    activity: ConnectionActivity,
    heads: u64,
    head_time: Duration,
    head: Alarm,
    write_time: Duration,
    write: Alarm,
    blocked: Option<Blocked>,
}

impl<S> GuardedIo<S> {
    /// Guards a fresh connection: its first head must be complete within `head`.
    pub fn new(socket: S, activity: ConnectionActivity, head: Duration, write: Duration) -> Self {
        let heads = activity.heads();
        let mut guarded = Self {
            socket,
            activity,
            heads,
            head_time: head,
            head: Alarm::default(),
            write_time: write,
            write: Alarm::default(),
            blocked: None,
        };
        guarded.head.arm(Instant::now() + head);
        guarded
    }

    /// Bounds the time that a write or flush waits for the client; a finished one disarms the
    /// alarm.
    fn limit_wait(&mut self, cx: &mut Context<'_>, ready: bool) -> io::Result<()> {
        if ready {
            self.write.disarm();
            return Ok(());
        }
        self.activity.stall();
        let now = Instant::now();
        let blocked = self.blocked.get_or_insert(Blocked { since: now, written: 0 });
        let earned = Duration::from_secs(blocked.written / LEAST_RATE);
        let over_all = blocked.since + self.write_time + earned;
        self.write.arm(over_all.min(now + self.write_time));
        if self.write.rings(cx) {
            return Err(timed_out("the client does not read its answer, or too slowly"));
        }
        Ok(())
    }

    fn after_write(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let (Some(blocked), Poll::Ready(Ok(count))) = (&mut self.blocked, &poll) {
            blocked.written += *count as u64;
            self.activity.progress();
        }
        self.limit_wait(cx, poll.is_ready())?;
        poll
    }

    /// Notes that every byte has left this process, after a finished flush.
    fn flushed(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<()>>,
    ) -> Poll<io::Result<()>> {
        if poll.is_ready() {
            self.blocked = None;
            self.activity.flushed();
        }
        self.limit_wait(cx, poll.is_ready())?;
        poll
    }
}

fn timed_out(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for GuardedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.socket).poll_read(cx, buffer);
        let heads = self.activity.heads();
        if heads != self.heads {
            // The head that the alarm was for is complete, and its answer may be too.
            self.heads = heads;
            self.head.disarm();
        }
        // While its answer is made or on its way, nothing is asked of the client.
        if self.activity.is_answering() || self.blocked.is_some() {
            return poll;
        }
        if poll.is_ready() {
            // The alarm keeps running over the bytes that follow: what counts
            // is the whole head, not the time between two bytes.
            if buffer.filled().len() > before {
                let deadline = Instant::now() + self.head_time;
                self.head.arm(deadline);
            }
            return poll;
        }
        if self.head.rings(cx) {
            return Poll::Ready(Err(timed_out("the client does not finish its request")));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for GuardedIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.after_write(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.after_write(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.socket).poll_flush(cx);
        self.flushed(cx, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.socket).poll_shutdown(cx);
        self.flushed(cx, poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const HEAD: Duration = Duration::from_secs(5);
    const WRITE: Duration = Duration::from_secs(7);

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_in_is_cut_off() {
        let (mut client, socket) = tokio::io::duplex(64);
        let mut socket = GuardedIo::new(socket, ConnectionActivity::default(), HEAD, WRITE);
        let slow = tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let start = Instant::now();
        let mut buffer = [0; 8];
        let error = loop {
            match socket.read(&mut buffer).await {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed().as_secs(), 5);
        drop(socket);
        slow.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_of_an_answer_and_of_idling_is_not_held_against_the_client() {
        let (mut client, socket) = tokio::io::duplex(64);
        let activity = ConnectionActivity::default();
        let mut socket = GuardedIo::new(socket, activity.clone(), HEAD, WRITE);
        let mut buffer = [0; 8];
        for _ in 0..2 {
            client.write_all(b"x").await.unwrap();
            assert_eq!(socket.read(&mut buffer).await.unwrap(), 1);
            activity.begin();
            let waiting = tokio::time::timeout(10 * HEAD, socket.read(&mut buffer)).await;
            assert!(waiting.is_err(), "nothing to read, and no error either");
            activity.end();
            let idling = tokio::time::timeout(10 * HEAD, socket.read(&mut buffer)).await;
            assert!(idling.is_err(), "nothing to read, and no error either");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_reads_is_cut_off() {
        let (client, socket) = tokio::io::duplex(64);
        let mut socket = GuardedIo::new(socket, ConnectionActivity::default(), HEAD, WRITE);
        let start = Instant::now();
        let error = socket.write_all(&[0; 1000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed().as_secs(), 7);
        drop(client);
    }

    /// Reads `step` bytes every 6 seconds, until there are no more.
    async fn read_slowly(mut client: tokio::io::DuplexStream, step: usize) {
        let mut buffer = vec![0; step];
        loop {
            tokio::time::sleep(Duration::from_secs(6)).await;
            if !matches!(client.read(&mut buffer).await, Ok(1..)) {
                return;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_slowly_is_served() {
        let (client, socket) = tokio::io::duplex(10_000);
        let mut socket = GuardedIo::new(socket, ConnectionActivity::default(), HEAD, WRITE);
        let reader = tokio::spawn(read_slowly(client, 10_000));
        for _ in 0..3 {
            socket.write_all(&[0; 200_000]).await.unwrap();
            socket.flush().await.unwrap();
        }
        drop(socket);
        reader.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_a_byte_at_a_time_is_cut_off() {
        let (client, socket) = tokio::io::duplex(10_000);
        let mut socket = GuardedIo::new(socket, ConnectionActivity::default(), HEAD, WRITE);
        let reader = tokio::spawn(read_slowly(client, 1));
        let error = socket.write_all(&[0; 200_000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(socket);
        reader.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_answered_at_once_is_as_complete_as_any() {
        let (mut client, socket) = tokio::io::duplex(64);
        let activity = ConnectionActivity::default();
        let mut socket = GuardedIo::new(socket, activity.clone(), HEAD, WRITE);
        let mut buffer = [0; 8];
        for _ in 0..2 {
            client.write_all(b"x").await.unwrap();
            assert_eq!(socket.read(&mut buffer).await.unwrap(), 1);
            activity.begin();
            activity.end();
            let idling = tokio::time::timeout(10 * HEAD, socket.read(&mut buffer)).await;
            assert!(idling.is_err(), "nothing to read, and no error either");
        }
        // And the next one has its time again.
        client.write_all(b"x").await.unwrap();
        assert_eq!(socket.read(&mut buffer).await.unwrap(), 1);
        let error = socket.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
