//! Waits for several futures at once, in one task.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tile_source::source::BoxFuture;

enum Slot<'a, T> {
    Waiting(BoxFuture<'a, T>),
    Done(Option<T>),
}

/// Completes with every value in order, or with the first error, dropping the
/// futures that are still waiting.
///
/// Each wake polls every waiting future: for the few dozen layers of a composite this costs
/// less than a task for each.
pub struct JoinAll<'a, T, E> {
    slots: Vec<Slot<'a, Result<T, E>>>,
}

/// Starts waiting. The futures run in parallel only as far as they hand their work to other
/// threads, as tile sources do.
#[must_use]
pub fn join_all<'a, T, E>(
    futures: impl Iterator<Item = BoxFuture<'a, Result<T, E>>>,
) -> JoinAll<'a, T, E> {
    JoinAll { slots: futures.map(Slot::Waiting).collect() }
}

// The futures are boxed, and nothing else is ever pinned.
impl<T, E> Unpin for JoinAll<'_, T, E> {}

impl<T, E> Future for JoinAll<'_, T, E> {
    type Output = Result<Vec<T>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut waiting = false;
        for slot in &mut self.slots {
            if let Slot::Waiting(future) = slot {
                match future.as_mut().poll(cx) {
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Ready(value) => *slot = Slot::Done(Some(value)),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            return Poll::Pending;
        }
        let values = self.slots.iter_mut().filter_map(|slot| match slot {
            Slot::Done(value) => value.take(),
            Slot::Waiting(_) => None,
        });
        Poll::Ready(values.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(yields: usize, value: Result<u8, u8>) -> BoxFuture<'static, Result<u8, u8>> {
        Box::pin(async move {
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
            value
        })
    }

    #[tokio::test]
    async fn values_keep_their_order_whoever_ends_first() {
        let futures = [after(3, Ok(1)), after(0, Ok(2)), after(1, Ok(3))];
        assert_eq!(join_all(futures.into_iter()).await, Ok(vec![1, 2, 3]));
        assert_eq!(join_all(std::iter::empty::<BoxFuture<'_, Result<u8, u8>>>()).await, Ok(vec![]));
    }

    #[tokio::test]
    async fn the_first_error_ends_the_wait() {
        let never: BoxFuture<'_, Result<u8, u8>> = Box::pin(std::future::pending());
        assert_eq!(join_all([never, after(2, Err(9))].into_iter()).await, Err(9));
    }
}
