//! A socket that gives up on a client that is too slow.
//!
//! hyper bounds the wait for a request's head with a timer that also runs while
//! a kept-alive connection idles, and has no bound on writing. This wrapper adds
//! both missing ones: a short time for a head once its first byte has come (a
//! "slow loris" sends one byte at a time), and a time in which a write must make
//! some progress (a client that never reads).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Whether a request is being answered; shared by a socket and its service.
#[derive(Debug, Clone, Default)]
pub struct Busy(Arc<AtomicBool>);

impl Busy {
    /// The head is complete: the client is no longer waited for.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// The answer is ready: bytes that come now are a new head.
    pub fn end(&self) {
        self.0.store(false, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A time-out that is off most of the time. Its timer is made on first use and
/// then reused.
#[derive(Debug)]
struct Alarm {
    after: Duration,
    armed: bool,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Alarm {
    fn new(after: Duration) -> Self {
        Self { after, armed: false, sleep: None }
    }

    fn arm(&mut self) {
        if self.armed {
            return;
        }
        self.armed = true;
        let deadline = Instant::now() + self.after;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(deadline),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(deadline))),
        }
    }

    fn disarm(&mut self) {
        self.armed = false;
    }

    /// Whether it has gone off; wakes the task when it does.
    fn rings(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.sleep {
            Some(sleep) if self.armed => sleep.as_mut().poll(cx).is_ready(),
            _ => false,
        }
    }
}

/// A socket with time-outs.
#[derive(Debug)]
pub struct GuardedIo<S> {
    socket: S,
    busy: Busy,
    head: Alarm,
    write: Alarm,
}

impl<S> GuardedIo<S> {
    /// Guards a fresh connection: its first head must be complete within `head`.
    pub fn new(socket: S, busy: Busy, head: Duration, write: Duration) -> Self {
        let mut head = Alarm::new(head);
        head.arm();
        Self { socket, busy, head, write: Alarm::new(write) }
    }

    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.write.disarm();
            return poll;
        }
        self.write.arm();
        if self.write.rings(cx) {
            return Poll::Ready(Err(late("the client does not read its answer")));
        }
        Poll::Pending
    }
}

fn late(what: &'static str) -> io::Error {
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
        if self.busy.get() {
            self.head.disarm();
            return poll;
        }
        if poll.is_ready() {
            // The alarm keeps running over the bytes that follow: what counts
            // is the whole head, not the time between two bytes.
            if buffer.filled().len() > before {
                self.head.arm();
            }
            return poll;
        }
        if self.head.rings(cx) {
            return Poll::Ready(Err(late("the client does not finish its request")));
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
        self.written(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.written(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.socket).poll_flush(cx);
        self.written(cx, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.socket).poll_shutdown(cx);
        self.written(cx, poll)
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
        let mut socket = GuardedIo::new(socket, Busy::default(), HEAD, WRITE);
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
        let busy = Busy::default();
        let mut socket = GuardedIo::new(socket, busy.clone(), HEAD, WRITE);
        let mut buffer = [0; 8];
        for _ in 0..2 {
            client.write_all(b"x").await.unwrap();
            assert_eq!(socket.read(&mut buffer).await.unwrap(), 1);
            busy.begin();
            let waiting = tokio::time::timeout(10 * HEAD, socket.read(&mut buffer)).await;
            assert!(waiting.is_err(), "nothing to read, and no error either");
            busy.end();
            let idling = tokio::time::timeout(10 * HEAD, socket.read(&mut buffer)).await;
            assert!(idling.is_err(), "nothing to read, and no error either");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_reads_is_cut_off() {
        let (client, socket) = tokio::io::duplex(64);
        let mut socket = GuardedIo::new(socket, Busy::default(), HEAD, WRITE);
        let start = Instant::now();
        let error = socket.write_all(&[0; 1000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed().as_secs(), 7);
        drop(client);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_slowly_is_served() {
        let (mut client, socket) = tokio::io::duplex(64);
        let mut socket = GuardedIo::new(socket, Busy::default(), HEAD, WRITE);
        let reader = tokio::spawn(async move {
            let mut buffer = [0; 50];
            let mut total = 0;
            while total < 1000 {
                tokio::time::sleep(Duration::from_secs(6)).await;
                total += client.read(&mut buffer).await.unwrap();
            }
        });
        socket.write_all(&[0; 1000]).await.unwrap();
        reader.await.unwrap();
    }
}
