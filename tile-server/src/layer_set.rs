//! Resolves the names in a path to the layers that the caller may see.

use std::collections::{HashMap, HashSet};

use catalog::BaseMap;
use data_library::PublishedLayer;
use data_library::Snapshot;
use data_model::Audience;
use http::HeaderValue;

use crate::http::problem::{Problem, ProblemKind};
use crate::http::route::NameList;

/// The layers of a name list: in the order given, a theme or `base` standing for its visible
/// layers in catalog order, and each layer once, at its first position. Absent layers are left out of
/// themes. Never empty.
///
/// The order is kept, not sorted, because it is the order of layers inside the tile, which a
/// client may rely on.
pub struct LayerSet<'s> {
    /// The layers, ready or unavailable; none is absent.
    pub layers: Vec<&'s PublishedLayer>,
    /// The absent layers of its themes.
    pub absent: Vec<&'s PublishedLayer>,
    /// The name list without repeats, for URLs.
    pub names: String,
    /// Id of the theme, if the list is a single theme; [`BaseMap::ID`] for the base map.
    pub theme: Option<&'s str>,
}

impl<'s> LayerSet<'s> {
    /// Finds the layers.
    ///
    /// # Errors
    /// [`Problem::unknown_layer`] for the first name that is neither a visible
    /// layer nor a theme with one, or [`Problem::undiscovered_layer`] while a store
    /// that may hold it has not been seen. A theme whose layers are all hidden is as
    /// unknown as one that does not exist. [`Problem::absent_layer`] for a layer that is
    /// named and absent, and for a theme without any other.
    pub fn resolve(
        snapshot: &'s Snapshot,
        names: &NameList<'_>,
        audience: Audience,
    ) -> Result<Self, Problem> {
        if names.count() == 1 {
            return Self::of_one(snapshot, names.as_str(), audience);
        }
        let mut set = Self {
            layers: Vec::with_capacity(names.count()),
            absent: Vec::new(),
            names: String::with_capacity(names.as_str().len()),
            theme: None,
        };
        let mut seen_names = HashSet::new();
        let mut seen_layers = HashSet::new();
        for name in names.iter() {
            if !seen_names.insert(name) {
                continue;
            }
            if !set.names.is_empty() {
                set.names.push(',');
            }
            set.names.push_str(name);
            if let Some(layer) = snapshot.layer(name, audience) {
                if layer.is_absent() {
                    return Err(Problem::absent_layer(name));
                }
                if seen_layers.insert(layer.id.as_str()) {
                    set.layers.push(layer);
                }
                continue;
            }
            let members = Members::of(snapshot, name, audience)?;
            set.layers.extend(
                members.present.into_iter().filter(|layer| seen_layers.insert(layer.id.as_str())),
            );
            let new = members.absent.into_iter();
            set.absent.extend(new.filter(|layer| seen_layers.insert(layer.id.as_str())));
        }
        if seen_names.len() == 1 {
            // The same name again and again.
            return Self::of_one(snapshot, &set.names, audience);
        }
        Ok(set)
    }

    /// The layer of a single name, or the layers of its theme: the usual request of a map
    /// page.
    fn of_one(snapshot: &'s Snapshot, name: &str, audience: Audience) -> Result<Self, Problem> {
        let (names, absent) = (name.to_owned(), Vec::new());
        if let Some(layer) = snapshot.layer(name, audience) {
            if layer.is_absent() {
                return Err(Problem::absent_layer(name));
            }
            return Ok(Self { layers: vec![layer], absent, names, theme: None });
        }
        let Members { present, absent } = Members::of(snapshot, name, audience)?;
        let theme = present.first().and_then(|layer| layer.theme.as_ref());
        let theme = theme.map(data_model::ThemeId::as_str);
        Ok(Self { layers: present, absent, names, theme })
    }

    /// Checks that no two layers bring a vector-tile layer of one name into a tile (MVT 2.1,
    /// section 4.1). Ids differ, and no id has the dot of a label layer: only an archive
    /// published whole can share a name with another, and without one there is nothing to
    /// compare.
    ///
    /// # Errors
    /// A [`Problem`] that names the first two layers that share a name.
    pub fn check_names(layers: &[&PublishedLayer]) -> Result<(), Problem> {
        let described = || {
            let sources = layers.iter().filter_map(|layer| layer.source());
            sources.map(|source| source.description())
        };
        if layers.len() < 2 || described().all(|layer| layer.inner.is_empty()) {
            return Ok(());
        }
        let mut holders = HashMap::new();
        for layer in described() {
            for name in layer.vector_names() {
                if let Some(first) = holders.insert(name.clone(), &layer.id)
                    && *first != layer.id
                {
                    return Err(Problem::new(
                        ProblemKind::NameClash,
                        format!(
                            "{first} and {} both hold a layer {name:?}, and a tile must not hold \
                             it twice; ask for them apart.",
                            layer.id
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Seconds for which every layer of the set allows a client to keep an answer.
    #[must_use]
    pub fn max_age(&self) -> u32 {
        self.layers.iter().map(|layer| layer.max_age).min().unwrap_or(0)
    }
}

/// The layers of a theme: never all absent.
struct Members<'s> {
    present: Vec<&'s PublishedLayer>,
    absent: Vec<&'s PublishedLayer>,
}

impl<'s> Members<'s> {
    fn of(snapshot: &'s Snapshot, theme: &str, audience: Audience) -> Result<Self, Problem> {
        let members = snapshot.theme(theme, audience).into_iter().flatten();
        let (absent, present): (Vec<_>, Vec<_>) = members.partition(|layer| layer.is_absent());
        match (present.is_empty(), absent.is_empty()) {
            (false, _) => Ok(Self { present, absent }),
            (true, false) => Err(Problem::absent_layer(theme)),
            (true, true) => Err(unknown(snapshot, theme)),
        }
    }
}

/// The problem of an unknown name: while not all stores were seen it may exist, and the answer
/// is no `404`.
fn unknown(snapshot: &Snapshot, name: &str) -> Problem {
    match snapshot.undiscovered() {
        Some(reason) => Problem::undiscovered_layer(name, reason),
        None if name == BaseMap::ID => Problem::no_base_map(),
        None => Problem::unknown_layer(name),
    }
}

/// `Cache-Control` of an answer to an audience; `max_age` is in seconds.
#[must_use]
pub fn cache_control(audience: Audience, max_age: u32) -> HeaderValue {
    let scope = match audience {
        Audience::Public => "public",
        Audience::Staff => "private",
    };
    HeaderValue::try_from(format!("{scope}, max-age={max_age}"))
        .unwrap_or(HeaderValue::from_static("no-store"))
}
