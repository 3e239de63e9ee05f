//! Parts of an expression.

use std::collections::BTreeSet;

use super::Expression;

impl Expression {
    /// Calls `visit` for this expression and all within it, from the outside in.
    pub fn visit<'e>(&'e self, visit: &mut dyn FnMut(&'e Self)) {
        visit(self);
        match self {
            Self::Constant(_)
            | Self::Get(_)
            | Self::Has(_)
            | Self::Zoom
            | Self::GeometryType
            | Self::Id
            | Self::HeatmapDensity
            | Self::FeatureState => {}
            Self::All(items) | Self::Any(items) | Self::Coalesce(items) => {
                items.iter().for_each(|item| item.visit(visit));
            }
            Self::Operation(_, items) => items.iter().for_each(|item| item.visit(visit)),
            Self::Compare { sides, .. } => sides.iter().for_each(|side| side.visit(visit)),
            Self::Case { branches, otherwise } => {
                for (condition, value) in branches {
                    condition.visit(visit);
                    value.visit(visit);
                }
                otherwise.visit(visit);
            }
            Self::Match { input, branches, otherwise } => {
                input.visit(visit);
                branches.iter().for_each(|branch| branch.value.visit(visit));
                otherwise.visit(visit);
            }
            Self::Step { input, below, stops } => {
                input.visit(visit);
                below.visit(visit);
                stops.iter().for_each(|stop| stop.value.visit(visit));
            }
            Self::Interpolate { input, stops, .. } => {
                input.visit(visit);
                stops.iter().for_each(|stop| stop.value.visit(visit));
            }
        }
    }

    /// Names of the properties that the expression reads, in order of their names.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<&str> {
        let mut columns = BTreeSet::new();
        self.visit(&mut |part| {
            if let Self::Get(column) | Self::Has(column) = part {
                columns.insert(column.as_str());
            }
        });
        columns
    }

    /// Whether the expression depends on the zoom.
    #[must_use]
    pub fn is_zoom_dependent(&self) -> bool {
        let mut found = false;
        self.visit(&mut |part| found |= *part == Self::Zoom);
        found
    }
}
