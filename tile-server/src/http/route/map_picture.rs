//! Paths of legends and previews.

use std::borrow::Cow;

use crate::http::route_error::RouteError;

/// Form of a legend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegendFormat {
    /// Classes as JSON.
    Json,
    /// Drawing.
    Svg,
}

/// Parsed `{layer}.{json,svg}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegendRequest<'p> {
    /// Name of the layer, which may not exist.
    pub layer: Cow<'p, str>,
    /// Requested form.
    pub format: LegendFormat,
}

/// Form of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewFormat {
    /// Drawing.
    Svg,
    /// Picture.
    Png,
}

/// Parsed `{layer}.{svg,png}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRequest<'p> {
    /// Name of the layer, which may not exist.
    pub layer: Cow<'p, str>,
    /// Requested form.
    pub format: PreviewFormat,
}

impl<'p> LegendRequest<'p> {
    /// Parses what follows `/legends/`.
    ///
    /// # Errors
    /// [`RouteError::Shape`] for another ending, an empty name or a name with a slash.
    pub fn parse(file: Cow<'p, str>) -> Result<Self, RouteError> {
        let formats = [(".json", LegendFormat::Json), (".svg", LegendFormat::Svg)];
        let (layer, format) = split(file, formats)?;
        Ok(Self { layer, format })
    }
}

impl<'p> PreviewRequest<'p> {
    /// Parses what follows `/previews/`.
    ///
    /// # Errors
    /// [`RouteError::Shape`] for another ending, an empty name or a name with a slash.
    pub fn parse(file: Cow<'p, str>) -> Result<Self, RouteError> {
        let formats = [(".svg", PreviewFormat::Svg), (".png", PreviewFormat::Png)];
        let (layer, format) = split(file, formats)?;
        Ok(Self { layer, format })
    }
}

/// Splits a file's name at one of the endings.
fn split<'p, F>(
    file: Cow<'p, str>,
    formats: [(&str, F); 2],
) -> Result<(Cow<'p, str>, F), RouteError> {
    let found = formats.into_iter().find(|(ending, _)| file.ends_with(ending));
    let (ending, format) = found.ok_or(RouteError::Shape)?;
    let length = file.len() - ending.len();
    let name = match file {
        Cow::Borrowed(file) => Cow::Borrowed(&file[..length]),
        Cow::Owned(mut file) => {
            file.truncate(length);
            Cow::Owned(file)
        }
    };
    if name.is_empty() || name.contains('/') {
        return Err(RouteError::Shape);
    }
    Ok((name, format))
}
