//! Sheet makers of every dataset, one module for each field of the catalog.

mod administration;
mod base;
mod culture;
mod economy;
mod education;
mod environment;
mod facility_names;
mod health;
mod housing;
mod jobs;
mod made_features;
pub(crate) mod maker;
mod population;
mod prepared;
mod safety;
mod transport;
mod welfare;

use maker::TableMaker;

/// Every maker.
#[must_use]
pub(crate) fn makers() -> Vec<TableMaker> {
    [
        administration::sheets(),
        base::sheets(),
        culture::sheets(),
        economy::sheets(),
        education::sheets(),
        environment::sheets(),
        health::sheets(),
        housing::sheets(),
        jobs::sheets(),
        population::sheets(),
        prepared::sheets(),
        safety::sheets(),
        transport::sheets(),
        welfare::sheets(),
    ]
    .concat()
}

#[cfg(test)]
mod tests;
