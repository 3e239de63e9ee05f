//! Byte budget that all live tiles of a database share.
//!
//! A request for bytes never waits: two tiles that each hold a part and wait for more would
//! wait for each other.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of one permit; the number of permits is kept in 32 bits.
const UNIT: usize = 1 << 16;

/// Budget of bytes that can be held at once.
#[derive(Debug)]
pub(super) struct ByteBudget {
    units: Arc<Semaphore>,
    bytes: usize,
}

/// Bytes of the budget, held until dropped.
#[derive(Debug)]
pub(super) struct BudgetShare {
    budget: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl ByteBudget {
    /// Creates a budget of this many bytes, in units of 64 KiB and at least one unit.
    pub(super) fn new(bytes: usize) -> Self {
        let units = (bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Self { units: Arc::new(Semaphore::new(units)), bytes: units.saturating_mul(UNIT) }
    }

    /// Bytes of the whole budget, held or not.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Creates a share of no bytes.
    pub(super) fn share(&self) -> BudgetShare {
        BudgetShare { budget: Arc::clone(&self.units), held: None }
    }
}

impl BudgetShare {
    /// Raises the share to at least this many bytes in all; `false` if they are not available.
    pub(super) fn hold(&mut self, bytes: usize) -> bool {
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = bytes.div_ceil(UNIT).checked_sub(held).filter(|&more| more > 0) else {
            return true;
        };
        let Ok(more) = u32::try_from(more) else { return false };
        let Ok(permit) = Arc::clone(&self.budget).try_acquire_many_owned(more) else {
            return false;
        };
        match &mut self.held {
            Some(held) => held.merge(permit),
            held => *held = Some(permit),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_hold_no_more_than_there_is() {
        let budget = ByteBudget::new(4 * UNIT + 17);
        assert_eq!(budget.bytes(), 4 * UNIT);
        let (mut a, mut b) = (budget.share(), budget.share());
        assert!(a.hold(0) && a.hold(1) && a.hold(UNIT) && a.hold(3 * UNIT));
        assert!(b.hold(UNIT));
        assert!(!b.hold(UNIT + 1) && !a.hold(usize::MAX));
        // What was refused changes nothing.
        assert!(b.hold(UNIT) && a.hold(2 * UNIT));
        drop(a);
        assert!(b.hold(4 * UNIT));
        assert!(!budget.share().hold(1));
        drop(b);
        assert!(budget.share().hold(4 * UNIT));
    }
}
