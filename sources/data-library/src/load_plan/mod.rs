//! Load plan: the layers to publish, and the data that each requires.

pub(crate) mod change_token;
pub(crate) mod declared_columns;
pub(crate) mod declared_layers;
pub(crate) mod derived_ids;
pub(crate) mod layer_plan;
pub(crate) mod load_request;
pub(crate) mod memory_budget;
pub(crate) mod planning_state;
pub(crate) mod published_view;
pub(crate) mod stored_inputs;
pub(crate) mod undeclared_layers;
pub(crate) mod union_layers;
