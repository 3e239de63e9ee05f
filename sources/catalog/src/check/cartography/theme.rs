//! Checks of a theme's palette and of the map that it opens with.

use super::super::Checker;
use crate::Visibility;
use crate::read::DeclaredLayer;

impl Checker<'_> {
    /// Checks the presentation of each theme.
    pub(in crate::check) fn theme_cartography(&self) {
        for (place, theme) in &self.declared.themes {
            self.palette(&place.at("palette"), theme.palette.as_deref());
            let Some(id) = &theme.opening_map else { continue };
            let at = place.at("opening_map");
            let is_listed = |declared: &&DeclaredLayer| {
                let layer = &declared.layer;
                layer.theme == theme.id || layer.other_themes.contains(&theme.id)
            };
            let listed = || self.declared.layers.iter().filter(is_listed);
            match listed().find(|declared| declared.layer.id == *id) {
                None => {
                    let ids = listed().map(|declared| declared.layer.id.as_str());
                    let remedy = self.near(id.as_str(), ids, || "name one of its maps".to_owned());
                    self.add_once(&at, format!("{:?} is no map of the theme", id.as_str()), remedy);
                }
                Some(found) if found.layer.visibility == Visibility::Staff => {
                    self.add_once(&at, "the public does not see this map", "name a public map");
                }
                Some(_) => {}
            }
        }
    }
}
