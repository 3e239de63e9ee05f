//! Parsing of a layer's content, one of five kinds, and of its public form.

use super::declarations::DatasetsById;
use super::entry::TomlTable;
use super::measure::{self, SourceColumns};
use super::{KeyLocation, MeasureLocations, cartography, dataset, tiling};
use crate::cartography::SameContent;
use crate::{Cartography, FlowDefinition, LayerContent, MeasureSet, PublicLook, UnionPart};
use data_model::feature::GeometryKind;
use data_model::{DatasetId, Tiling};

/// Keys of the kinds of content; a layer has exactly one.
const KINDS: [&str; 5] = ["dataset", "carrier", "flow", "union", "prepared"];

/// Keys that apply to some kinds of content only.
const PARTS: [&str; 9] = [
    "where",
    "columns",
    "measure",
    "period",
    "retained_slices",
    "suppression_threshold",
    "geometry",
    "column",
    "datasets",
];

/// Parsed content of a layer.
pub(super) struct ParsedContent {
    /// As [`crate::Layer::dataset`].
    pub(super) dataset: DatasetId,
    /// As [`crate::Layer::datasets`]; may repeat.
    pub(super) datasets: Vec<DatasetId>,
    /// As [`crate::Layer::columns`].
    pub(super) columns: Option<Vec<String>>,
    /// As [`crate::Layer::content`], with the measures' `value` still empty.
    pub(super) content: LayerContent,
    /// Places of the measures.
    pub(super) measures: MeasureLocations,
    /// Places of a union's parts.
    pub(super) parts: Vec<KeyLocation>,
}

/// Keys of a layer that its public form takes over.
pub(super) struct LayerDefaults<'l> {
    /// The declared value.
    pub(super) value: Option<&'l str>,
    /// The declared presentation.
    pub(super) cartography: &'l Cartography,
}

/// Parsed table `[layer.public]`.
#[derive(Default)]
pub(super) struct PublicForm {
    /// The public's measures.
    pub(super) set: Option<MeasureSet>,
    /// Places of the measures.
    pub(super) measures: MeasureLocations,
    /// Description and presentation of the form, completed by the layer's.
    pub(super) look: PublicLook,
    /// Reduction of tiles; `None` as of the layer.
    pub(super) tiling: Option<Tiling>,
    /// Presentation that the form itself declares.
    pub(super) cartography: Cartography,
}

impl ParsedContent {
    /// Parses the content; `None` if missing, or if a name in it could not be read.
    pub(super) fn read(entry: &mut TomlTable<'_>, datasets: &DatasetsById<'_>) -> Option<Self> {
        let given: Vec<&'static str> =
            KINDS.iter().copied().filter(|name| entry.has(name)).collect();
        match given[..] {
            ["dataset"] => Self::features(entry),
            ["carrier"] => {
                let over = entry.take::<DatasetId>("carrier");
                let (set, measures) = measure_set(entry, over.as_ref(), None, datasets);
                Some(Self {
                    dataset: set.as_ref()?.carrier.clone(),
                    datasets: set.as_ref()?.datasets(),
                    columns: set.as_ref().map(|set| set.columns.clone()),
                    content: LayerContent::Measures(set?),
                    measures,
                    parts: Vec::new(),
                })
            }
            ["flow"] => Self::flow(entry, datasets),
            ["union"] => Self::union(entry),
            ["prepared"] => Self::prepared(entry),
            _ => {
                let (problem, remedy) = if given.is_empty() {
                    ("says not what it is made of".to_owned(), "give it one of")
                } else {
                    (format!("is made of {}", given.join(" and ")), "keep one of")
                };
                let place = entry.place().clone();
                entry.faults().add(&place, problem, format!("{remedy} {}", KINDS.join(", ")));
                // Consumed, so that they are not reported as unknown as well.
                for key in KINDS.into_iter().chain(PARTS) {
                    let _ = entry.take::<toml::Value>(key);
                }
                None
            }
        }
    }

    fn features(entry: &mut TomlTable<'_>) -> Option<Self> {
        let dataset = entry.take::<DatasetId>("dataset");
        let filter = measure::filter(entry);
        let columns = entry.list("columns");
        let dataset = dataset?;
        Some(Self {
            datasets: vec![dataset.clone()],
            dataset,
            columns,
            content: LayerContent::Features { filter },
            measures: MeasureLocations::default(),
            parts: Vec::new(),
        })
    }

    fn flow(entry: &mut TomlTable<'_>, datasets: &DatasetsById<'_>) -> Option<Self> {
        let remedy = "write \"dataset.column\"";
        let mut flow = entry.table("flow")?;
        let ends = ["from", "to"].map(|name| flow.need::<String>(name, remedy));
        let between = flow.need::<DatasetId>("between", "name the dataset of the places");
        let (place, faults) = (flow.place().clone(), flow.faults());
        flow.finish();
        let (set, measures) = measure_set(entry, between.as_ref(), None, datasets);
        let [from, to] = ends.map(|end| {
            let split = end.as_deref()?.split_once('.');
            let split = split.map(|(dataset, column)| (dataset.to_owned(), column.to_owned()));
            if split.is_none() {
                faults.add(&place, "from and to name no column", remedy);
            }
            split
        });
        let ((dataset, from), (other, to)) = from.zip(to)?;
        if dataset != other {
            let problem = format!("is in {other:?}, and from in {dataset:?}");
            faults.add(&place.at("to"), problem, "name two columns of one dataset");
        }
        let dataset = DatasetId::new(&dataset)
            .map_err(|error| faults.add(&place.at("from"), error.to_string(), remedy))
            .ok()?;
        let (between, set) = (between?, set?);
        let mut used = vec![dataset.clone()];
        used.extend(set.datasets());
        Some(Self {
            dataset: dataset.clone(),
            datasets: used,
            columns: Some(set.columns.clone()),
            content: LayerContent::Flow(FlowDefinition { dataset, from, to, between }, set),
            measures,
            parts: Vec::new(),
        })
    }

    fn union(entry: &mut TomlTable<'_>) -> Option<Self> {
        let (mut parts, mut places) = (Vec::new(), Vec::new());
        for mut part in entry.tables("union") {
            let dataset = part.need::<DatasetId>("dataset", "name a dataset with features");
            let filter = measure::filter(&mut part);
            let columns = part.pairs("columns");
            let place = part.place().clone();
            part.finish();
            if let Some(dataset) = dataset {
                parts.push(UnionPart { dataset, filter, columns });
                places.push(place);
            }
        }
        let datasets: Vec<_> = parts.iter().map(|part| part.dataset.clone()).collect();
        let Some(dataset) = datasets.first().cloned() else {
            entry.fault("union", "has no parts", "write [{ dataset = …, columns = { … } }, …]");
            return None;
        };
        let content = LayerContent::Union(parts);
        let columns = content.union_columns();
        let measures = MeasureLocations::default();
        Some(Self { dataset, datasets, columns, content, measures, parts: places })
    }

    fn prepared(entry: &mut TomlTable<'_>) -> Option<Self> {
        if entry.take::<bool>("prepared") == Some(false) {
            entry.fault("prepared", "is false", "remove it, or write true");
        }
        let geometry = entry.need::<GeometryKind>("geometry", "write point, line or polygon");
        let (columns, _) = dataset::columns(entry);
        let remedy = "list the datasets that it was made from: their terms are shown with it";
        let datasets = entry.list::<DatasetId>("datasets").unwrap_or_default();
        let Some(dataset) = datasets.first().cloned() else {
            entry.fault("datasets", "names no dataset", remedy);
            return None;
        };
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Some(Self {
            dataset,
            datasets,
            columns: Some(names),
            content: LayerContent::Prepared { columns, geometry: geometry? },
            measures: MeasureLocations::default(),
            parts: Vec::new(),
        })
    }

    /// Parses `[layer.public]`: measures of its own, or the layer's measures over another
    /// dataset.
    pub(super) fn public_form(
        &self,
        entry: &mut TomlTable<'_>,
        layer: &LayerDefaults<'_>,
        datasets: &DatasetsById<'_>,
    ) -> PublicForm {
        let Some(mut form) = entry.table("public") else { return Default::default() };
        let own = match &self.content {
            LayerContent::Measures(set) | LayerContent::Flow(_, set) => Some(set),
            _ => None,
        };
        let own_over = own.map_or(&self.dataset, |set| &set.carrier);
        let over = if form.has("carrier") { form.take("carrier") } else { Some(own_over.clone()) };
        let other_features = over.as_ref().is_some_and(|over| over != own_over);
        let has_measures = form.has("measure");
        let (set, mut measures) = measure_set(&mut form, over.as_ref(), own, datasets);
        let form_value = form.take::<String>("value");
        let cartography = cartography::read(&mut form);
        let mut look = PublicLook {
            description: form.text("description"),
            kind: form.take("kind"),
            cartography: Cartography::default(),
        };
        // Rules for other features have other columns.
        let tiling = tiling::read(&mut form).or(other_features.then(Tiling::default));
        form.finish();
        if !has_measures {
            measures.clone_from(&self.measures);
        }
        let Some(mut set) = set else {
            return PublicForm { set: None, measures, look, tiling, cartography };
        };
        let known = |name: &&str| set.measures.iter().any(|measure| measure.name == **name);
        let value = form_value.or_else(|| layer.value.filter(known).map(str::to_owned));
        set.value = value.unwrap_or_else(|| set.only_value());
        let only_value = own.map(MeasureSet::only_value);
        let own_value = layer.value.or(only_value.as_deref());
        let same = SameContent {
            carrier: set.carrier == *own_over,
            value: own_value == Some(set.value.as_str()),
        };
        look.cartography = cartography.in_public_form(layer.cartography, same);
        PublicForm { set: Some(set), measures, look, tiling, cartography }
    }
}

/// Parses the measures of a table and the keys beside them; missing keys are taken from
/// `like`.
fn measure_set(
    entry: &mut TomlTable<'_>,
    over: Option<&DatasetId>,
    like: Option<&MeasureSet>,
    datasets: &DatasetsById<'_>,
) -> (Option<MeasureSet>, MeasureLocations) {
    let columns = SourceColumns {
        datasets,
        over: over.and_then(|over| datasets.get(over.as_str()).copied()),
    };
    let mut places = MeasureLocations::default();
    let mut measures = Vec::new();
    let has_measures = entry.has("measure");
    for measure in entry.tables("measure") {
        let place = measure.place().clone();
        match measure::read(measure, &columns) {
            (_, Some(measure)) => {
                measures.push(measure);
                places.places.push(place);
            }
            (Some(name), None) => {
                places.lost.insert(name);
            }
            (None, None) => places.nameless = true,
        }
    }
    if !has_measures && let Some(like) = like {
        measures.clone_from(&like.measures);
    }
    let same_carrier = like.is_some_and(|like| Some(&like.carrier) == over);
    let like_columns = like.filter(|_| same_carrier).map(|like| like.columns.clone());
    let columns = entry.list("columns").or(like_columns).unwrap_or_default();
    let time = entry.take("period").or(like.and_then(|like| like.period));
    let slices = entry.take("retained_slices").or(like.and_then(|like| like.retained_slices));
    let suppress =
        entry.take("suppression_threshold").or(like.and_then(|like| like.suppression_threshold));
    let set = over.map(|over| MeasureSet {
        carrier: over.clone(),
        columns,
        period: time,
        retained_slices: slices,
        measures,
        value: String::new(),
        suppression_threshold: suppress,
    });
    (set, places)
}
