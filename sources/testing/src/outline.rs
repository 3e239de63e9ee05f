//! Distances between outlines in tile units.

use super::decode::DecodedFeature;

pub type Segment = [[f64; 2]; 2];

/// All edges of a line or of a polygon's rings; points as edges without length.
pub fn segments(feature: &DecodedFeature) -> Vec<Segment> {
    let mut segments = Vec::new();
    for part in &feature.parts {
        let part: Vec<[f64; 2]> = part.iter().map(|&[x, y]| [x as f64, y as f64]).collect();
        if feature.kind == 1 {
            segments.extend(part.iter().map(|&at| [at, at]));
            continue;
        }
        segments.extend(part.windows(2).map(|pair| [pair[0], pair[1]]));
        if feature.kind == 3 {
            segments.push([part[part.len() - 1], part[0]]);
        }
    }
    segments
}

/// Hausdorff distance of the parts of two outlines in a square, each to the other's whole
/// outline: a part that is cut off just beyond a side may be just within it for the
/// other.
pub fn hausdorff(one: &[Segment], other: &[Segment], square: [f64; 2]) -> f64 {
    farthest(&within(one, square), other).max(farthest(&within(other, square), one))
}

/// The largest distance of any point of `from` to `to`, by points every unit and at the
/// ends.
pub fn farthest(from: &[Segment], to: &[Segment]) -> f64 {
    let mut most: f64 = 0.0;
    for &[a, b] in from {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let steps = length.ceil().max(1.0) as usize;
        for step in 0..=steps {
            let part = step as f64 / steps as f64;
            let at = [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
            most = most.max(distance(at, to));
        }
    }
    most
}

pub fn distance([x, y]: [f64; 2], segments: &[Segment]) -> f64 {
    let to_segment = |&[a, b]: &Segment| {
        let along = [b[0] - a[0], b[1] - a[1]];
        let square = along[0] * along[0] + along[1] * along[1];
        let part = if square == 0.0 {
            0.0
        } else {
            (((x - a[0]) * along[0] + (y - a[1]) * along[1]) / square).clamp(0.0, 1.0)
        };
        (a[0] + along[0] * part - x).hypot(a[1] + along[1] * part - y)
    };
    segments.iter().map(to_segment).fold(f64::INFINITY, f64::min)
}

/// The parts of the edges within a square between these values of both axes.
pub fn within(segments: &[Segment], [low, high]: [f64; 2]) -> Vec<Segment> {
    let clip = |&[a, b]: &Segment| {
        let (mut from, mut to) = (0f64, 1f64);
        for axis in 0..2 {
            let (start, step) = (a[axis], b[axis] - a[axis]);
            if step == 0.0 {
                if !(low..=high).contains(&start) {
                    return None;
                }
                continue;
            }
            let (one, other) = ((low - start) / step, (high - start) / step);
            from = from.max(one.min(other));
            to = to.min(one.max(other));
        }
        let at = |part: f64| [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
        (from <= to).then(|| [at(from), at(to)])
    };
    segments.iter().filter_map(clip).collect()
}
