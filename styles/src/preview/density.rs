//! Density of points for heat maps.

use crate::expression::EvaluationContext;
use crate::expression::{ExpressionValue, StyleColour};
use crate::parsed_layer::ParsedLayer;

/// Number of colour steps of the ramp.
const STEPS: usize = 16;

/// Density over cells of a picture.
pub(super) struct Density {
    columns: usize,
    rows: usize,
    /// Side of a cell in pixels.
    cell: f32,
    sums: Vec<f32>,
}

impl Density {
    pub(super) fn new((width, height): (u32, u32), cell: f32) -> Self {
        let cells = |length: u32| (length as f32 / cell).ceil() as usize;
        let (columns, rows) = (cells(width), cells(height));
        Self { columns, rows, cell, sums: vec![0.0; columns * rows] }
    }

    /// Adds a point whose weight spreads over a radius in pixels.
    pub(super) fn add(&mut self, [x, y]: [f32; 2], weight: f32, radius: f32) {
        let (reach, sigma) = (radius / self.cell, radius / self.cell / 3.0);
        let [x, y] = [x / self.cell, y / self.cell];
        let span = |middle: f32, most: usize| {
            let first = (middle - reach).floor().max(0.0) as usize;
            // `as` saturates at zero for what lies outside.
            first..((middle + reach).ceil().max(0.0) as usize).min(most)
        };
        for row in span(y, self.rows) {
            for column in span(x, self.columns) {
                let [dx, dy] = [column as f32 + 0.5 - x, row as f32 + 0.5 - y];
                let share = (-(dx * dx + dy * dy) / (2.0 * sigma * sigma)).exp();
                self.sums[row * self.columns + column] += weight * share;
            }
        }
    }

    /// Rows of equal colour: the colour, then corner and size in pixels.
    ///
    /// Densities are relative to the greatest, so that a district's picture shows its pattern
    /// however few points it has.
    pub(super) fn bands(&self, layer: &ParsedLayer, zoom: f64) -> Vec<(StyleColour, [f32; 4])> {
        let most = self.sums.iter().fold(0.0, |most: f32, &sum| most.max(sum));
        if most <= 0.0 {
            return Vec::new();
        }
        let step = |sum: f32| (sum / most * STEPS as f32).round() as usize;
        let none: [(&str, ExpressionValue<'static>); 0] = [];
        let colours: Vec<_> = (0..=STEPS)
            .map(|step| {
                let mut context = EvaluationContext::new(&none, zoom);
                context.density = Some(step as f64 / STEPS as f64);
                let colour = layer.colour("heatmap-color", &context)?;
                let opacity = layer.number("heatmap-opacity", 1.0, &context);
                Some(colour.faded(opacity)).filter(|colour| colour.alpha > 0.01)
            })
            .collect();
        let mut bands = Vec::new();
        for (row, sums) in self.sums.chunks(self.columns).enumerate() {
            let mut start = 0;
            for column in 1..=sums.len() {
                let ends = sums.get(column).is_none_or(|&next| step(next) != step(sums[start]));
                if !ends {
                    continue;
                }
                if let Some(Some(colour)) = colours.get(step(sums[start])) {
                    let [x, y] = [start as f32 * self.cell, row as f32 * self.cell];
                    bands.push((*colour, [x, y, (column - start) as f32 * self.cell, self.cell]));
                }
                start = column;
            }
        }
        bands
    }
}
