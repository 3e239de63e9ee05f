//! Sizes that grow continuously with a column.

use crate::expression::{EvaluationContext, Expression};

/// Radius or width that grows continuously with a column.
#[derive(Debug, Clone, PartialEq)]
pub struct SizeScale {
    /// The column.
    pub column: String,
    /// Radius, width or scale.
    pub(super) expression: Expression,
    /// Zoom at which the sizes hold.
    pub zoom: f64,
}

impl SizeScale {
    /// Size for a number, in pixels at the scale's zoom; `None` where the expression fails.
    #[must_use]
    pub fn size(&self, number: f64) -> Option<f64> {
        let feature = [(self.column.as_str(), number.into())];
        let context = EvaluationContext::new(&feature, self.zoom);
        self.expression.evaluate(&context).ok()?.number().filter(|size| size.is_finite())
    }
}
