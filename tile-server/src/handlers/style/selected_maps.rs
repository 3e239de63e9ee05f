//! Maps that a style is asked for.

use catalog::LocalizedText;
use data_library::{PublishedLayer, Snapshot};
use data_model::LayerId;

use crate::handlers::RequestContext;
use crate::handlers::tilejson::title;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::route::NameList;
use crate::layer_set::LayerSet;

/// Maps that a style is asked for.
pub(super) struct SelectedMaps<'s> {
    /// Layers that can be read.
    pub(super) ready: Vec<&'s PublishedLayer>,
    /// Ids of those that can't be shown now.
    pub(super) missing: Vec<&'s str>,
    /// Names of the one composite, as they stand in `/tiles/`; `None` for a source for each
    /// map.
    pub(super) composite: Option<String>,
    /// Declared map that the theme opens with.
    pub(super) opening: Option<&'s str>,
    /// Title of the style.
    pub(super) title: LocalizedText,
}

impl<'s> SelectedMaps<'s> {
    /// No map: the base alone.
    pub(super) fn of_base(snapshot: &Snapshot) -> Self {
        let title = snapshot.catalog().base.title.clone();
        Self { ready: Vec::new(), missing: Vec::new(), composite: None, opening: None, title }
    }

    /// Finds the maps of a request.
    ///
    /// # Errors
    /// A [`Problem`] for an unknown layer, for a `maps=` that is empty or names a layer that
    /// the list lacks, for two layers that can't be in one tile, and where not one layer
    /// can be read.
    pub(super) fn resolve(
        snapshot: &'s Snapshot,
        context: &RequestContext<'_>,
        names: &NameList<'_>,
    ) -> Result<Self, Problem> {
        let set = LayerSet::resolve(snapshot, names, context.audience)?;
        let maps = context.query.maps.as_deref();
        let mut layers = match maps {
            None => set.layers.clone(),
            Some(maps) => select_layers(&set, maps)?,
        };
        // The base is drawn beneath every map, and is none.
        layers.retain(|layer| !layer.is_of_base_map());
        let is_one = maps.is_none() && !set.names.contains(',');
        if !is_one {
            LayerSet::check_names(&layers)?;
        }
        let (ready, missing): (Vec<&PublishedLayer>, Vec<&PublishedLayer>) =
            layers.iter().partition(|layer| layer.source().is_some());
        if let (true, Some(first)) = (ready.is_empty(), missing.first()) {
            let cause = "no layer of the map is available";
            return Err(Problem::unavailable(first.id.as_str(), cause));
        }
        let ids = |layers: &[&'s PublishedLayer]| -> Vec<&'s str> {
            layers.iter().map(|layer| layer.id.as_str()).collect()
        };
        // The names as asked for where the list is whole: a theme's id is shorter than its
        // 26 layers, and a layer added to it is in the next tile.
        let is_whole = maps.is_none() && missing.is_empty() && layers.len() == set.layers.len();
        let composite = match (is_one, is_whole) {
            (true, _) => None,
            (false, true) => Some(set.names.clone()),
            (false, false) => Some(ids(&ready).join(",")),
        };
        let mut missing = ids(&missing);
        if maps.is_none() {
            missing.extend(ids(&set.absent));
        }
        let title = if maps.is_none() { title(snapshot, &set) } else { join_titles(&layers) };
        let themes = &snapshot.catalog().themes;
        let theme = set.theme.and_then(|id| themes.iter().find(|theme| theme.id.as_str() == id));
        let opening = theme.and_then(|theme| theme.opening_map.as_ref());
        Ok(Self { ready, missing, composite, opening: opening.map(LayerId::as_str), title })
    }
}

/// The layers of the set that `maps=` names, in the order of `maps=`.
fn select_layers<'s>(set: &LayerSet<'s>, maps: &str) -> Result<Vec<&'s PublishedLayer>, Problem> {
    if maps.is_empty() {
        let detail = "maps= names no layer; list ids, separated by commas, or leave it out.";
        return Err(Problem::new(ProblemKind::Malformed, detail.to_owned()));
    }
    let names = NameList::parse(maps.into())?;
    let mut selected: Vec<&PublishedLayer> = Vec::new();
    for name in names.iter() {
        if set.absent.iter().any(|layer| layer.id.as_str() == name) {
            return Err(Problem::absent_layer(name));
        }
        let Some(layer) = set.layers.iter().find(|layer| layer.id.as_str() == name) else {
            let detail =
                format!("{} has no layer {name:?}; /catalog.json lists those it has.", set.names);
            return Err(Problem::new(ProblemKind::UnknownLayer, detail));
        };
        if !selected.iter().any(|known| known.id == layer.id) {
            selected.push(layer);
        }
    }
    Ok(selected)
}

fn join_titles(layers: &[&PublishedLayer]) -> LocalizedText {
    let join = |part: fn(&LocalizedText) -> &str| {
        let titles: Vec<_> = layers.iter().map(|layer| part(&layer.title)).collect();
        titles.join(", ")
    };
    LocalizedText { ko: join(|text| &text.ko), en: join(|text| &text.en) }
}
