//! Style layers to classes.

use super::bivariate::bivariate;
use super::break_points::{BreakPoints, break_points, is_continuous};
use super::condition::ClassCondition;
use super::mark::{ClassifiedMark, MarkKind, StyleClass};
use super::mark_group::{ColumnUse, Drawn, HELPER_COLUMNS, LookPart, MarkGroup};
use super::probe::{Probe, join, probes};
use crate::expression::{
    EvaluationContext, Expression, ExpressionValue, GeometryType, StyleColour,
};
use crate::parsed_layer::{LayerKind, ParsedLayer};

/// Zoom at which a district is seen whole.
const DISTRICT_ZOOM: f64 = 13.0;

/// Facts of a map beside its style layers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassifyOptions<'a> {
    /// Column that the map shows; preferred where the style layers read several.
    pub column: Option<&'a str>,
    /// Zoom at which sizes are read.
    pub zoom: f64,
}

impl Default for ClassifyOptions<'_> {
    fn default() -> Self {
        Self { column: None, zoom: DISTRICT_ZOOM }
    }
}

/// A feature's properties.
type Feature = Vec<(String, ExpressionValue<'static>)>;

/// Marks and classes of the style layers of one map in one form, from the bottom up.
///
/// Layers that draw only text have no mark. `visibility` does not count: in a theme's document
/// all maps but one are hidden.
#[must_use]
pub fn classify(layers: &[ParsedLayer], options: ClassifyOptions<'_>) -> Vec<ClassifiedMark> {
    let mut marks = Vec::new();
    for group in MarkGroup::all(layers) {
        if group.kind == MarkKind::Heat {
            marks.extend(heat(&group));
            continue;
        }
        marks.extend(Classifier { group: &group, options, base: Vec::new() }.mark());
        marks.extend(clusters(&group, options));
    }
    marks
}

struct Classifier<'g> {
    group: &'g MarkGroup<'g>,
    options: ClassifyOptions<'g>,
    /// Properties that all probed features have.
    base: Feature,
}

impl Classifier<'_> {
    /// The mark of features that are no clusters; `None` where none is drawn.
    fn mark(mut self) -> Option<ClassifiedMark> {
        let columns = self.group.columns();
        let shown = columns.iter().map(|(name, used)| (*name, used));
        let shown = shown.filter(|(name, _)| !HELPER_COLUMNS.contains(name));
        let ranked = |(name, used): &(&str, &ColumnUse)| {
            let part = used.parts.first().copied().unwrap_or(LookPart::Detail);
            let preferred = self.options.column == Some(*name) && part <= LookPart::Size;
            (!preferred, part, std::cmp::Reverse(used.points.count()))
        };
        let mut shown: Vec<_> =
            shown.filter(|(_, used)| used.points.count() > 0 || used.points.presence).collect();
        shown.sort_by_key(ranked);
        if let Some(mark) = self.bivariate_mark(&shown) {
            return Some(mark);
        }
        let decided = shown.first().map(|(name, used)| (*name, &used.points));
        let mut classes = self.classes(decided);
        // A second column may have to hold something for anything to be drawn.
        if classes.iter().all(|class| is_exception(&class.condition)) {
            for label in self.group.labels_beside(decided.map_or("", |(name, _)| name)) {
                if HELPER_COLUMNS.contains(&label.0.as_str()) {
                    continue;
                }
                self.base = vec![label];
                classes = self.classes(decided);
                if !classes.iter().all(|class| is_exception(&class.condition)) {
                    break;
                }
            }
        }
        (!classes.is_empty()).then(|| ClassifiedMark {
            column: decided.map(|(name, _)| name.to_owned()),
            ramp: decided.map_or(vec![], |(name, points)| self.ramp(name, points)),
            ..mark_of(self.group, self.group.kind, classes, self.options.zoom)
        })
    }

    /// The mark of two columns of numbers that decide the colour together.
    fn bivariate_mark(&self, shown: &[(&str, &ColumnUse)]) -> Option<ClassifiedMark> {
        if self.group.kind != MarkKind::Fill {
            return None;
        }
        let mut two = shown.iter().filter(|(_, used)| {
            used.points.thresholds.len() > 1 && used.parts.contains(&LookPart::Colour)
        });
        let (Some((first, one)), Some((second, other)), None) =
            (two.next(), two.next(), two.next())
        else {
            return None;
        };
        let columns = [(*first, &one.points), (*second, &other.points)];
        let grid = bivariate(self.group, columns, self.options.zoom)?;
        let mut classes = Vec::new();
        self.add_exceptions(&mut classes, Some(first));
        Some(ClassifiedMark {
            column: Some((*first).to_owned()),
            bivariate: Some(grid),
            ..mark_of(self.group, self.group.kind, classes, self.options.zoom)
        })
    }

    fn classes(&self, decided: Option<(&str, &BreakPoints)>) -> Vec<StyleClass> {
        let mut classes = Vec::new();
        let Some((column, points)) = decided else {
            let all = Probe { condition: ClassCondition::All, value: None };
            self.add(&mut classes, None, &all, &[]);
            self.add_exceptions(&mut classes, None);
            return classes;
        };
        let mut probes = probes(points);
        if probes.is_empty() {
            // A continuous size or colour, or any value at all: one class of all.
            let middle = points.stops.get(points.stops.len() / 2).copied().unwrap_or(1.0);
            probes.push(Probe { condition: ClassCondition::All, value: Some(middle.into()) });
        }
        for probe in &probes {
            self.add(&mut classes, Some(column), probe, &[]);
        }
        self.add_exceptions(&mut classes, Some(column));
        classes
    }

    /// Adds features without a value: not applicable, suppressed, missing.
    fn add_exceptions(&self, classes: &mut Vec<StyleClass>, column: Option<&str>) {
        for layer in &self.group.layers {
            let Some(condition) = not_applicable(layer) else { continue };
            let ClassCondition::NotApplicable { column: told_by, values } = &condition else {
                continue;
            };
            let value = values.first().cloned().unwrap_or_default();
            let extra = [(told_by.clone(), ExpressionValue::Text(value.into()))];
            let probe = Probe { condition, value: None };
            self.add(classes, column, &probe, &extra);
        }
        let reads = |name: &str| {
            self.group.layers.iter().any(|layer| {
                layer
                    .filter
                    .iter()
                    .chain(layer.properties.iter().map(|(_, value)| value))
                    .any(|expression| expression.columns().contains(name))
            })
        };
        if reads("suppressed") {
            let probe = Probe { condition: ClassCondition::Suppressed, value: None };
            self.add(classes, column, &probe, &[("suppressed".to_owned(), true.into())]);
        }
        if column.is_some() {
            let probe = Probe { condition: ClassCondition::Missing, value: None };
            self.add(classes, column, &probe, &[]);
        }
    }

    /// Adds a probed value to the last class if it is drawn alike, or as a class of its own.
    fn add(
        &self,
        classes: &mut Vec<StyleClass>,
        column: Option<&str>,
        probe: &Probe,
        extra: &[(String, ExpressionValue<'static>)],
    ) {
        let mut feature = self.base.clone();
        feature.extend_from_slice(extra);
        if let (Some(column), Some(value)) = (column, &probe.value) {
            feature.push((column.to_owned(), value.clone()));
        }
        let Some(Drawn { look, top }) = self.group.draw(&feature, self.options.zoom) else {
            return;
        };
        let sizes = self.group.size(self.options.zoom).is_none();
        let like = |class: &StyleClass| class.look.is_like(&look, sizes);
        // Drawn like features with a value, the exception can't be told from them.
        if is_exception(&probe.condition)
            && classes.iter().any(|class| like(class) && !is_exception(&class.condition))
        {
            return;
        }
        // Labels are merged wherever they stand, ranges only with their neighbours.
        let of_texts = matches!(probe.condition, ClassCondition::Texts(_));
        let known = if of_texts {
            classes.iter_mut().find(|class| like(class))
        } else {
            classes.last_mut().filter(|class| like(class))
        };
        if let Some(class) = known
            && let Some(joined) = join(&class.condition, &probe.condition)
        {
            class.condition = joined;
            return;
        }
        let condition = probe.condition.clone();
        classes.push(StyleClass { condition, look, example: feature, title: top.title.clone() });
    }

    /// Colours at the stops of a continuous colour.
    fn ramp(&self, column: &str, points: &BreakPoints) -> Vec<(f64, StyleColour)> {
        let colour = |layer: &ParsedLayer| {
            let names = ["fill-color", "line-color", "circle-color"];
            names
                .iter()
                .find_map(|name| layer.property(name))
                .is_some_and(|colour| is_continuous(colour, column))
        };
        if !self.group.layers.iter().any(|layer| colour(layer)) {
            return Vec::new();
        }
        let stop = |&at: &f64| {
            let mut feature = self.base.clone();
            feature.push((column.to_owned(), at.into()));
            let drawn = self.group.draw(&feature, self.options.zoom)?;
            Some((at, drawn.look.colour?))
        };
        points.stops.iter().filter_map(stop).collect()
    }
}

fn is_exception(condition: &ClassCondition) -> bool {
    matches!(
        condition,
        ClassCondition::Missing | ClassCondition::Suppressed | ClassCondition::NotApplicable { .. }
    )
}

fn mark_of(
    group: &MarkGroup<'_>,
    kind: MarkKind,
    mut classes: Vec<StyleClass>,
    zoom: f64,
) -> ClassifiedMark {
    // A title that several classes share is the mark's.
    let titles: Vec<_> = classes.iter().map(|class| class.title.clone()).collect();
    for (at, class) in classes.iter_mut().enumerate() {
        let shared = titles.iter().enumerate();
        let shared = shared.filter(|(other, title)| *other != at && **title == class.title);
        if shared.count() > 0 {
            class.title = None;
        }
    }
    ClassifiedMark {
        kind,
        layers: group.layers.iter().map(|layer| layer.id.clone()).collect(),
        title: group.layers.iter().rev().find_map(|layer| layer.title.clone()),
        column: None,
        classes,
        bivariate: None,
        size: group.size(zoom),
        ramp: Vec::new(),
    }
}

/// The mark of clusters; `None` where only single points are drawn.
fn clusters(group: &MarkGroup<'_>, options: ClassifyOptions<'_>) -> Option<ClassifiedMark> {
    let count = || ("point_count".to_owned(), ExpressionValue::Number(10.0));
    let cluster = ("cluster".to_owned(), ExpressionValue::Flag(true));
    let abbreviated = ("point_count_abbreviated".to_owned(), ExpressionValue::Text("10".into()));
    let of_clusters = |layer: &&&ParsedLayer| {
        let alone = MarkGroup {
            kind: group.kind,
            geometry: group.geometry,
            layers: vec![**layer],
            edges: Vec::new(),
        };
        let drawn = |feature: &[_]| alone.draw(feature, options.zoom).is_some();
        let reads = layer.filter.as_ref().is_some_and(|filter| {
            HELPER_COLUMNS[1..].iter().any(|name| filter.columns().contains(name))
        });
        reads && drawn(&[count(), cluster.clone(), abbreviated.clone()]) && !drawn(&[])
    };
    let layers: Vec<&ParsedLayer> = group.layers.iter().filter(of_clusters).copied().collect();
    if layers.is_empty() {
        return None;
    }
    let group =
        MarkGroup { kind: MarkKind::Cluster, geometry: group.geometry, layers, edges: Vec::new() };
    let points = group.columns().remove("point_count").map(|used| used.points);
    let points = points.filter(|points| points.count() > 0);
    let classifier =
        Classifier { group: &group, options, base: vec![cluster.clone(), abbreviated.clone()] };
    let column = points.as_ref().map(|points| ("point_count", points));
    let mut classes = match column {
        Some(column) => classifier.classes(Some(column)),
        None => {
            let base = vec![count(), cluster, abbreviated];
            Classifier { base, ..classifier }.classes(None)
        }
    };
    classes.retain(|class| !is_exception(&class.condition));
    (!classes.is_empty()).then(|| ClassifiedMark {
        column: Some("point_count".to_owned()),
        ..mark_of(&group, MarkKind::Cluster, classes, options.zoom)
    })
}

/// The mark of a heat map.
fn heat(group: &MarkGroup<'_>) -> Option<ClassifiedMark> {
    let layer = group.layers.last()?;
    let none: [(&str, ExpressionValue<'static>); 0] = [];
    let colour = |density: f64| {
        let mut context = EvaluationContext::new(&none, layer.nearest_zoom(DISTRICT_ZOOM));
        context.density = Some(density);
        context.geometry = Some(GeometryType::Point);
        layer.colour("heatmap-color", &context).map(|colour| (density, colour))
    };
    let places = match layer.property("heatmap-color") {
        Some(Expression::Interpolate { stops, .. } | Expression::Step { stops, .. }) => {
            stops.iter().map(|stop| stop.at).collect()
        }
        _ => vec![0.0, 0.25, 0.5, 0.75, 1.0],
    };
    let weight = layer.property("heatmap-weight");
    Some(ClassifiedMark {
        column: weight.and_then(|weight| weight.columns().first().map(|name| (*name).to_owned())),
        ramp: places.into_iter().filter_map(colour).collect(),
        size: None,
        ..mark_of(group, MarkKind::Heat, Vec::new(), DISTRICT_ZOOM)
    })
}

/// Features that a layer draws as not applicable: told by the part's name, and in its filter by
/// texts of a column.
fn not_applicable(layer: &ParsedLayer) -> Option<ClassCondition> {
    if layer.kind != LayerKind::Fill && layer.kind != LayerKind::Circle {
        return None;
    }
    layer.id.ends_with(".not-applicable").then_some(())?;
    let points = break_points(layer.filter.as_ref()?);
    let told_by = points.into_iter().find(|(_, points)| !points.texts.is_empty());
    told_by.map(|(column, points)| ClassCondition::NotApplicable {
        column: column.to_owned(),
        values: points.texts,
    })
}
