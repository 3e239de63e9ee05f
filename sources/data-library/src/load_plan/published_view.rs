//! Filter and privacy transformation of a dataset's features.

use catalog::{ColumnCondition, Dataset, DistrictTimeZone, PrivacyRule, RowFilter};
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, ShapeKind,
};
use data_model::{ContentDigest, VisitError};

/// Filter and transformation of features between a store and a feature table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PublishedView {
    /// Conditions on the features; empty for all.
    pub(crate) filter: RowFilter,
    /// Time zone of conditions on days.
    pub(crate) zone: DistrictTimeZone,
    /// Columns shown as bands, with the width of a band.
    pub(crate) bands: Vec<(String, u32)>,
    /// Side in metres of the squares that positions are coarsened to; `None` for exact
    /// positions.
    pub(crate) coarsen: Option<u32>,
}

impl PublishedView {
    /// A view of the features that meet the filter, otherwise unchanged.
    pub(crate) fn filtered(filter: &RowFilter, zone: &DistrictTimeZone) -> Self {
        Self { filter: filter.clone(), zone: zone.clone(), ..Self::default() }
    }

    /// The view with the dataset's privacy rules for the public applied.
    pub(crate) fn public(mut self, dataset: &Dataset) -> Self {
        for rule in &dataset.privacy {
            match rule {
                PrivacyRule::Band { column, width } => self.bands.push((column.clone(), *width)),
                PrivacyRule::Coarsen { cell_size_m } => {
                    self.coarsen = Some(self.coarsen.unwrap_or(0).max(*cell_size_m));
                }
                PrivacyRule::Suppress { .. }
                | PrivacyRule::Hide { .. }
                | PrivacyRule::AggregateOnly { .. }
                | PrivacyRule::NoDownload
                | PrivacyRule::NotTileable => {}
            }
        }
        self
    }

    /// Whether the view passes all features unchanged.
    pub(crate) fn is_all(&self) -> bool {
        self.filter.is_empty() && self.bands.is_empty() && self.coarsen.is_none()
    }

    /// Digest of the view; `None` for all features unchanged.
    pub(crate) fn digest(&self) -> Option<ContentDigest> {
        if self.is_all() {
            return None;
        }
        // A `BTreeMap` serializes in the order of its keys.
        let text = serde_json::to_vec(&(&self.filter, &self.bands, self.coarsen, self.zone.name()));
        Some(ContentDigest::of_bytes(&text.unwrap_or_default()))
    }
}

/// A condition on a stored column.
struct ViewCondition<'v> {
    /// Index of the column in a row; `None` if the column is not stored.
    index: Option<usize>,
    condition: &'v ColumnCondition,
    /// Whether the column's values are dates and times.
    is_timestamp: bool,
}

/// Passes features through a view to another visitor.
pub(crate) struct ViewVisitor<'v, V> {
    inner: V,
    view: &'v PublishedView,
    conditions: Vec<ViewCondition<'v>>,
    bands: Vec<(usize, u32)>,
    texts: Vec<String>,
    position: Geometry,
}

impl<'v, V: FeatureVisitor> ViewVisitor<'v, V> {
    pub(crate) fn new(inner: V, view: &'v PublishedView) -> Self {
        Self {
            inner,
            view,
            conditions: Vec::new(),
            bands: Vec::new(),
            texts: Vec::new(),
            position: Geometry::default(),
        }
    }

    pub(crate) fn into_inner(self) -> V {
        self.inner
    }
}

impl<V: FeatureVisitor> FeatureVisitor for ViewVisitor<'_, V> {
    fn begin(&mut self, schema: &FeatureSchema) {
        let index = |name: &String| schema.columns.iter().position(|column| column.name == *name);
        let conditions = self.view.filter.iter();
        let conditions = conditions.map(|(name, condition)| {
            let index = index(name);
            let kind = index.and_then(|index| schema.columns.get(index)).map(|column| column.kind);
            ViewCondition { index, condition, is_timestamp: kind == Some(ColumnType::DateTime) }
        });
        self.conditions = conditions.collect();
        let bands = self.view.bands.iter();
        self.bands = bands.filter_map(|(name, width)| Some((index(name)?, *width))).collect();
        self.texts = vec![String::new(); self.bands.len()];
        if self.bands.is_empty() {
            return self.inner.begin(schema);
        }
        let mut schema = schema.clone();
        for &(index, _) in &self.bands {
            let column = &mut schema.columns[index];
            *column = Column { kind: ColumnType::Text, ..column.clone() };
        }
        self.inner.begin(&schema);
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        // A column that is not stored has no value, and no value meets a condition.
        let value = |index: Option<usize>| index.and_then(|index| values.get(index).copied());
        let zone = &self.view.zone;
        let is_met = |view: &ViewCondition<'_>| match value(view.index) {
            Some(AttributeValue::Text(text)) if view.is_timestamp => {
                let local = zone.local_text(text);
                view.condition.holds(AttributeValue::Text(local.as_deref().unwrap_or(text)))
            }
            Some(value) => view.condition.holds(value),
            None => false,
        };
        if !self.conditions.iter().all(is_met) {
            return Ok(());
        }
        let geometry = match self.view.coarsen {
            Some(metres) if !geometry.is_empty() => {
                coarsen(geometry, metres, &mut self.position);
                &self.position
            }
            _ => geometry,
        };
        if self.bands.is_empty() {
            return self.inner.feature(row, geometry, values);
        }
        for (&(index, width), text) in self.bands.iter().zip(&mut self.texts) {
            let number = values.get(index).and_then(|value| value.number());
            *text = number.and_then(|number| PrivacyRule::band(number, width)).unwrap_or_default();
        }
        let mut values = values.to_vec();
        for (&(index, _), text) in self.bands.iter().zip(&self.texts) {
            if let Some(value) = values.get_mut(index) {
                *value =
                    if text.is_empty() { AttributeValue::Null } else { AttributeValue::Text(text) };
            }
        }
        self.inner.feature(row, geometry, &values)
    }
}

/// Replaces a geometry by the middle of the square that contains its first position.
fn coarsen(geometry: &Geometry, metres: u32, out: &mut Geometry) {
    out.clear();
    let Some(&position) = geometry.coordinates.first() else { return };
    out.kind = Some(ShapeKind::Point);
    out.coordinates.push(PrivacyRule::coarsen(position, metres));
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::{ColumnCondition, ScalarValue, ValueRange};

    #[derive(Default)]
    struct PassedRows(Vec<(u64, Vec<[f64; 2]>, Vec<String>)>);

    impl FeatureVisitor for &mut PassedRows {
        fn begin(&mut self, _: &FeatureSchema) {}

        fn feature(
            &mut self,
            row: u64,
            geometry: &Geometry,
            values: &[AttributeValue<'_>],
        ) -> Result<(), VisitError> {
            let values = values.iter().map(|value| format!("{value:?}")).collect();
            self.0.push((row, geometry.coordinates.clone(), values));
            Ok(())
        }
    }

    fn passed(view: &PublishedView, rows: &[(f64, AttributeValue<'_>)]) -> PassedRows {
        let mut passed = PassedRows::default();
        let mut visitor = ViewVisitor::new(&mut passed, view);
        let column = |name: &str| Column {
            name: name.to_owned(),
            kind: ColumnType::Int,
            title: None,
            description: None,
        };
        visitor.begin(&FeatureSchema { columns: vec![column("age")], ..FeatureSchema::default() });
        for (row, (lon, value)) in rows.iter().enumerate() {
            let kind = Some(ShapeKind::Point);
            let geometry =
                Geometry { kind, coordinates: vec![[*lon, 37.5]], ..Geometry::default() };
            visitor.feature(row as u64, &geometry, &[*value]).unwrap();
        }
        passed
    }

    #[test]
    fn features_that_do_not_meet_the_filter_are_left_out_and_rows_keep_their_numbers() {
        let from = ValueRange { from: Some(ScalarValue::Int(20)), to: None };
        let view = PublishedView::filtered(
            &[("age".to_owned(), ColumnCondition::Between(from))].into(),
            &DistrictTimeZone::default(),
        );
        let rows = [
            (127.0, AttributeValue::Int(19)),
            (127.0, AttributeValue::Int(20)),
            (127.0, AttributeValue::Null),
        ];
        let filtered = passed(&view, &rows);
        assert_eq!(filtered.0.iter().map(|(row, ..)| *row).collect::<Vec<_>>(), [1]);
        let missing = PublishedView::filtered(
            &[("x".to_owned(), ColumnCondition::Is(ScalarValue::Int(1)))].into(),
            &DistrictTimeZone::default(),
        );
        assert!(passed(&missing, &rows).0.is_empty());
    }

    #[test]
    fn positions_of_a_square_become_one_and_move_less_than_it_is_wide() {
        let view = PublishedView { coarsen: Some(100), ..PublishedView::default() };
        let rows: Vec<_> =
            (0..50).map(|i| (127.0 + f64::from(i) * 1e-5, AttributeValue::Null)).collect();
        let passed = passed(&view, &rows);
        let mut positions: Vec<_> = passed.0.iter().map(|(_, at, _)| at[0][0].to_bits()).collect();
        positions.dedup();
        // 50 steps of 0.88 m are 44 m: one square or two.
        assert!((1..=2).contains(&positions.len()), "{positions:?}");
        for ((lon, _), (_, at, _)) in rows.iter().zip(&passed.0) {
            assert!((lon - at[0][0]).abs() * 88_000.0 <= 51.0);
        }
    }
}
