//! Byte budget that all live tiles of a database share.
//!
//! A request for bytes never waits: two tiles that each hold a part and wait for more would
//! wait for each other.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of one permit; the number of permits is kept in 32 bits.
const UNIT: usize = 1 << 16;

/// Budget of bytes that can be in use at once.
#[derive(Debug)]
pub(crate) struct ByteBudget {
    units: Arc<Semaphore>,
    bytes: usize,
}

/// Bytes of the budget, in use until dropped.
#[derive(Debug)]
pub(crate) struct BudgetShare {
    budget: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl ByteBudget {
    /// Creates a budget of this many bytes, in units of 64 KiB and at least one unit.
    pub(crate) fn new(bytes: usize) -> Self {
        let units = (bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Self { units: Arc::new(Semaphore::new(units)), bytes: units.saturating_mul(UNIT) }
    }

    /// Bytes of the whole budget, in use or not.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Creates a share of no bytes.
    pub(crate) fn share(&self) -> BudgetShare {
        BudgetShare { budget: Arc::clone(&self.units), permit: None }
    }
}

impl BudgetShare {
    /// Raises the share to at least this many bytes in all; `false` if they are not available.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> bool {
        let units = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = bytes.div_ceil(UNIT).checked_sub(units).filter(|&more| more > 0) else {
            return true;
        };
        let Ok(more) = u32::try_from(more) else { return false };
        let Ok(permit) = Arc::clone(&self.budget).try_acquire_many_owned(more) else {
            return false;
        };
        match &mut self.permit {
            Some(share) => share.merge(permit),
            empty => *empty = Some(permit),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_exceed_the_budget() {
        let budget = ByteBudget::new(4 * UNIT + 17);
        assert_eq!(budget.bytes(), 4 * UNIT);
        let (mut a, mut b) = (budget.share(), budget.share());
        assert!(a.grow_to(0) && a.grow_to(1) && a.grow_to(UNIT) && a.grow_to(3 * UNIT));
        assert!(b.grow_to(UNIT));
        assert!(!b.grow_to(UNIT + 1) && !a.grow_to(usize::MAX));
        // A refusal changes nothing.
        assert!(b.grow_to(UNIT) && a.grow_to(2 * UNIT));
        drop(a);
        assert!(b.grow_to(4 * UNIT));
        assert!(!budget.share().grow_to(1));
        drop(b);
        assert!(budget.share().grow_to(4 * UNIT));
    }
}
