//! Measures that a layer declares for an audience.

use crate::audience::ResultAudience;
use catalog::{FlowDefinition, Layer, LayerContent, MeasureSet};

/// Measure set of a layer for an audience, and its flow if it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeclaredMeasures<'l> {
    /// The layer.
    pub layer: &'l Layer,
    /// The audience.
    pub audience: ResultAudience,
    /// The measures.
    pub set: &'l MeasureSet,
    /// The flow whose lines carry the measures; `None` for measures of features.
    pub flow: Option<&'l FlowDefinition>,
}

impl<'l> DeclaredMeasures<'l> {
    /// Resolves a layer's measures; `None` if it declares none for this audience and is
    /// published from features.
    #[must_use]
    pub fn of(layer: &'l Layer, audience: ResultAudience) -> Option<Self> {
        let (own, flow) = match &layer.content {
            LayerContent::Measures(set) => (Some(set), None),
            LayerContent::Flow(flow, set) => (Some(set), Some(flow)),
            _ => (None, None),
        };
        let set = match (audience, &layer.public_form) {
            (ResultAudience::Public, Some(set)) => set,
            _ => own?,
        };
        Some(Self { layer, audience, set, flow })
    }

    /// The measures of a set that is carried by features.
    pub(crate) fn of_set(layer: &'l Layer, audience: ResultAudience, set: &'l MeasureSet) -> Self {
        Self { layer, audience, set, flow: None }
    }
}
