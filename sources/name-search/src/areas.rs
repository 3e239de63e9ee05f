//! Areas for searching places, such as dongs: by name, by family name, by position.

use std::collections::HashMap;

use super::named::NamedFeatures;
use super::text::normalize;
use data_model::tile::{WorldPoint, WorldRect};
use vector_tile::features::RowGeometries;

/// Named areas for searching places.
#[derive(Debug, Default)]
pub(super) struct NamedAreas {
    list: Vec<Area>,
    sets: Vec<AreaSet>,
    /// Distinct sets of areas that contain a feature, as positions in `list`.
    combinations: Vec<Vec<u32>>,
    numbers: HashMap<Vec<u32>, u32>,
}

/// The areas of one dataset.
#[derive(Debug)]
struct AreaSet {
    named: NamedFeatures,
    /// Position of the dataset's first area in the list, and the number of its areas, in
    /// the order of their rows.
    first: usize,
    count: usize,
}

#[derive(Debug)]
struct Area {
    /// Names in normalized form.
    names: Vec<String>,
    title: String,
    row: usize,
}

/// By row of a table, the combination of areas that contains the feature's middle.
#[derive(Debug, Default)]
pub(super) struct HoldingAreas {
    combinations: Vec<u32>,
}

/// Combinations with at least one of the areas that a word names.
#[derive(Debug, Default)]
pub(super) struct AreaFilter {
    combinations: Vec<bool>,
}

impl AreaFilter {
    /// Whether one of the areas contains the middle of a feature.
    pub(super) fn holds(&self, holding: &HoldingAreas, row: usize) -> bool {
        let number = holding.combinations.get(row).map(|&number| number as usize);
        number.and_then(|number| self.combinations.get(number)).copied().unwrap_or_default()
    }
}

impl NamedAreas {
    /// Adds the areas of one dataset.
    pub(super) fn add(&mut self, named: NamedFeatures) {
        let first = self.list.len();
        for row in named.rows() {
            let name = named.name(row);
            let mut names = Vec::new();
            for text in [&name.ko, &name.en] {
                let mut normalized = String::new();
                normalize(text, &mut normalized);
                if !normalized.is_empty() && !names.contains(&normalized) {
                    names.push(normalized);
                }
            }
            self.list.push(Area { names, title: name.ko, row });
        }
        let count = self.list.len() - first;
        self.sets.push(AreaSet { named, first, count });
    }

    /// The areas that contain the middle of each feature of a table.
    pub(super) fn holding(&mut self, named: &NamedFeatures) -> HoldingAreas {
        if self.list.is_empty() {
            return HoldingAreas::default();
        }
        let mut holding = HoldingAreas::default();
        for row in named.rows() {
            let areas = named.middle(row).map(|at| self.around(at)).unwrap_or_default();
            let known = self.numbers.get(&areas).copied();
            let number = known.unwrap_or_else(|| {
                let number = self.combinations.len() as u32;
                self.combinations.push(areas.clone());
                self.numbers.insert(areas, number);
                number
            });
            // Rows between are of another dataset: no combination has this number.
            holding.combinations.resize(row, u32::MAX);
            holding.combinations.push(number);
        }
        holding
    }

    /// The combinations with at least one of these areas.
    pub(super) fn filter(&self, areas: &[usize]) -> AreaFilter {
        let has = |combination: &Vec<u32>| {
            combination.iter().any(|&area| areas.contains(&(area as usize)))
        };
        AreaFilter { combinations: self.combinations.iter().map(has).collect() }
    }

    /// The areas that a normalized word names.
    ///
    /// Those with this name; otherwise those of this family name, as 성수동 is of 성수1가1동 and
    /// 성수2가3동.
    pub(super) fn named(&self, word: &str) -> Vec<usize> {
        let those = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let areas = self.list.iter().enumerate();
            let found = areas.filter(|(_, area)| area.names.iter().any(|name| fits(name)));
            found.map(|(at, _)| at).collect()
        };
        let same = those(&|name| name == word);
        if same.is_empty() { those(&|name| is_family(word, name)) } else { same }
    }

    /// Inserts a blank between an area's name and the word that follows, as in 성수동도서관;
    /// `None` for other texts.
    pub(super) fn parted(&self, typed: &str) -> Option<String> {
        if typed.trim().contains(char::is_whitespace) {
            return None;
        }
        let mut text = String::new();
        normalize(typed, &mut text);
        let ends = text.char_indices().filter(|(_, letter)| "동읍면리가".contains(*letter));
        let ends: Vec<usize> = ends.map(|(at, letter)| at + letter.len_utf8()).collect();
        ends.into_iter().rev().find_map(|end| {
            let (area, remainder) = text.split_at_checked(end)?;
            // 성수동1가 is an area's name as a whole.
            let is_word = remainder.chars().count() > 1
                && !remainder.starts_with(|letter: char| letter.is_ascii_digit());
            (is_word && !self.named(area).is_empty()).then(|| format!("{area} {remainder}"))
        })
    }

    /// Name of the first area that contains a feature, in the order of the datasets.
    pub(super) fn title_around(&self, holding: &HoldingAreas, row: usize) -> Option<&str> {
        let number = *holding.combinations.get(row)?;
        let area = *self.combinations.get(number as usize)?.first()?;
        self.list.get(area as usize).map(|area| area.title.as_str())
    }

    /// The areas that contain a position, in the order of the list.
    fn around(&self, at: WorldPoint) -> Vec<u32> {
        let mut around = Vec::new();
        let mut ranges = Vec::new();
        for set in &self.sets {
            let areas = self.list.get(set.first..set.first + set.count).unwrap_or_default();
            set.named.index().query(&WorldRect { min: at, max: at }, &mut ranges);
            for row in ranges.iter().flat_map(|range| range.start..range.end) {
                let index = areas.binary_search_by_key(&(row as usize), |area| area.row);
                if let Ok(index) = index
                    && holds(set.named.shapes(), row as usize, at)
                {
                    around.push((set.first + index) as u32);
                }
            }
        }
        around
    }
}

/// Whether the polygon of a row contains a position.
fn holds(shapes: &RowGeometries, row: usize, at: WorldPoint) -> bool {
    let RowGeometries::Parts(shapes) = shapes else { return false };
    let rect = shapes.rect(row);
    let near = rect.min.x <= at.x && at.x <= rect.max.x;
    if !near || at.y < rect.min.y || at.y > rect.max.y {
        return false;
    }
    let mut inside = false;
    for part in shapes.parts(row) {
        let next = part.points.iter().skip(1).chain(part.points.first());
        for (a, b) in part.points.iter().zip(next) {
            inside ^= is_crossed(*a, *b, at);
        }
    }
    inside
}

/// Whether a ray from `at` to the east crosses an edge; consistent for neighbours that
/// share the edge.
fn is_crossed(a: WorldPoint, b: WorldPoint, at: WorldPoint) -> bool {
    if (a.y > at.y) == (b.y > at.y) {
        return false;
    }
    let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
    let number = |number: u32| i128::from(number);
    let side = (number(high.x) - number(low.x)) * (number(at.y) - number(low.y))
        - (number(at.x) - number(low.x)) * (number(high.y) - number(low.y));
    side > 0
}

/// Whether a word is the family name of an area.
///
/// A family name is the area's name or its beginning, without the ending, as 성수동 is of
/// 성수1가1동 and 왕십리 of 왕십리도선동.
pub(super) fn is_family(word: &str, name: &str) -> bool {
    let Some(stem) = word.strip_suffix('동').or(Some(word)).filter(|s| s.chars().count() > 1)
    else {
        return false;
    };
    let Some(remainder) = name.strip_prefix(stem) else { return false };
    // 성수동 is the family of 성수2가3동 and of 성수동2가, and 왕십리동 of 왕십리도선동; a
    // number goes on only with a unit: 성수1 is not the family of 성수12가동.
    let goes_on = stem.ends_with(|letter: char| letter.is_ascii_digit())
        && remainder.starts_with(|letter: char| letter.is_ascii_digit());
    !goes_on
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("성수동", "성수1가1동", true)]
    #[case("성수동", "성수동2가", true)]
    #[case("성수1가동", "성수1가2동", true)]
    #[case("성수", "성수2가3동", true)]
    #[case("금호동", "금호23가동", true)]
    #[case("왕십리", "왕십리도선동", true)]
    #[case("seongsu", "seongsudong1ga", true)]
    #[case("성동", "성수1가1동", false)]
    #[case("성수1", "성수12가동", false)]
    #[case("성", "성수1가1동", false)]
    #[case("도서관", "성수1가1동", false)]
    fn dongs_have_family_names(#[case] word: &str, #[case] name: &str, #[case] family: bool) {
        assert_eq!(is_family(word, name), family);
    }

    #[test]
    fn a_border_is_crossed_once_by_the_ray_of_a_point_beside_it() {
        let point = |x, y| WorldPoint { x, y };
        let (south, north) = (point(10, 20), point(10, 0));
        assert!(is_crossed(south, north, point(5, 10)));
        assert!(is_crossed(north, south, point(5, 10)));
        assert!(!is_crossed(north, south, point(15, 10)));
        assert!(!is_crossed(north, south, point(5, 20)), "an end counts for one of two edges");
        assert!(is_crossed(north, south, point(5, 0)));
    }
}
