//! Path data in quarters of a pixel, relative and short.

use std::collections::HashSet;
use std::fmt::Write as _;

/// Units in a pixel.
pub(super) const UNITS: f32 = 4.0;

/// Path data of one paint.
#[derive(Debug, Default)]
pub(super) struct PathText {
    text: String,
    /// Where the pen is.
    pen: [i32; 2],
    /// Points drawn, so that those on the same place are drawn once.
    points: HashSet<[i32; 2]>,
}

impl PathText {
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds a ring or a line; nothing where it is too small to be seen.
    pub(super) fn add(&mut self, points: &[[f32; 2]], closed: bool) {
        let mut rounded: Vec<[i32; 2]> = Vec::with_capacity(points.len());
        for point in points {
            let point = units(*point);
            if rounded.last() != Some(&point) {
                rounded.push(point);
            }
        }
        straighten(&mut rounded);
        if rounded.len() < if closed { 3 } else { 2 } {
            // What is smaller than a pixel still leaves a trace.
            if let (true, Some(&point)) = (closed, rounded.first()) {
                self.speck(point);
            }
            return;
        }
        let Some((first, rest)) = rounded.split_first() else { return };
        self.move_to(*first);
        self.text.push('l');
        for (at, point) in rest.iter().enumerate() {
            self.relative(*point, at > 0);
        }
        if closed {
            self.text.push('z');
            self.pen = *first;
        }
    }

    /// Adds a point, drawn by a round cap.
    pub(super) fn add_point(&mut self, point: [f32; 2]) {
        let point = units(point);
        if self.points.insert(point) {
            self.move_to(point);
            self.text.push_str("h0");
        }
    }

    /// A square of a quarter of a pixel's area.
    fn speck(&mut self, point: [i32; 2]) {
        // One for each half pixel is enough.
        if self.points.insert(point.map(|part| part >> 1)) {
            self.move_to(point);
            self.text.push_str("h2v2h-2z");
            self.pen = point;
        }
    }

    fn move_to(&mut self, point: [i32; 2]) {
        self.text.push('m');
        self.relative(point, false);
    }

    fn relative(&mut self, point: [i32; 2], separate: bool) {
        let [x, y] = [point[0] - self.pen[0], point[1] - self.pen[1]];
        self.pen = point;
        let space = if separate && x >= 0 { " " } else { "" };
        let comma = if y >= 0 { " " } else { "" };
        // Writing to a text never fails.
        let _ = write!(self.text, "{space}{x}{comma}{y}");
    }
}

fn units(point: [f32; 2]) -> [i32; 2] {
    // `as` saturates, far outside any picture.
    point.map(|part| (part * UNITS).round().clamp(-1e6, 1e6) as i32)
}

/// Leaves out points on the straight line between their neighbours.
fn straighten(points: &mut Vec<[i32; 2]>) {
    let mut kept: Vec<[i32; 2]> = Vec::with_capacity(points.len());
    for &point in points.iter() {
        while let [.., before, last] = kept.as_slice() {
            let [first, second] = [[last, before], [&point, last]]
                .map(|[to, from]| [f64::from(to[0] - from[0]), f64::from(to[1] - from[1])]);
            let cross = first[0] * second[1] - first[1] * second[0];
            let ahead = first[0] * second[0] + first[1] * second[1] > 0.0;
            // Half a unit aside, an eighth of a pixel, can't be seen.
            let reach = first[0].hypot(first[1]).max(second[0].hypot(second[1]));
            if ahead && cross.abs() <= reach / 2.0 {
                kept.pop();
            } else {
                break;
            }
        }
        kept.push(point);
    }
    *points = kept;
}
