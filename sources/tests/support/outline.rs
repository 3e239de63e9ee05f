//! Distances between outlines in tile units.

use super::decode::Feature;

pub type Segment = [[f64; 2]; 2];

/// Every edge of a line or of a polygon's rings; points as edges without length.
pub fn segments(feature: &Feature) -> Vec<Segment> {
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

/// How far two outlines are apart, in both directions.
pub fn hausdorff(one: &[Segment], other: &[Segment]) -> f64 {
    farthest(one, other).max(farthest(other, one))
}

/// The largest distance of any point of `from` to `to`, by points every half unit
/// and at the ends.
pub fn farthest(from: &[Segment], to: &[Segment]) -> f64 {
    let mut most: f64 = 0.0;
    for &[a, b] in from {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let steps = (length * 2.0).ceil().max(1.0) as usize;
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

/// What of the edges lies within a square from 0 to `extent`.
pub fn within(segments: &[Segment], extent: f64) -> Vec<Segment> {
    let clip = |&[a, b]: &Segment| {
        let (mut from, mut to) = (0f64, 1f64);
        for axis in 0..2 {
            let (start, step) = (a[axis], b[axis] - a[axis]);
            if step == 0.0 {
                if !(0.0..=extent).contains(&start) {
                    return None;
                }
                continue;
            }
            let (low, high) = ((0.0 - start) / step, (extent - start) / step);
            from = from.max(low.min(high));
            to = to.min(low.max(high));
        }
        let at = |part: f64| [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
        (from <= to).then(|| [at(from), at(to)])
    };
    segments.iter().filter_map(clip).collect()
}
