//! The error by which a visitor ends a scan.

use std::error::Error;

/// An error of any type, kept as the source of another.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Error by which a [`FeatureVisitor`](crate::feature::FeatureVisitor) ends a scan.
///
/// It keeps the visitor's own error, which a caller finds again by its type:
///
/// ```
/// use data_model::VisitError;
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("more than {0} features")]
/// struct TooMany(u64);
///
/// let error = VisitError::new(TooMany(9));
/// assert_eq!(error.to_string(), "more than 9 features");
/// assert!(error.cause::<TooMany>().is_some_and(|cause| cause.0 == 9));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct VisitError(#[source] BoxError);

impl VisitError {
    /// Wraps the visitor's own error.
    #[must_use]
    pub fn new(cause: impl Into<BoxError>) -> Self {
        Self(cause.into())
    }

    /// Returns the visitor's own error; `None` if it is not of type `E`.
    #[must_use]
    pub fn cause<E: Error + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}
