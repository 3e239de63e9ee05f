//! Makers of every table, one module for each field of the catalog.

mod administration;
mod base;
mod base_map;
mod culture;
mod economy;
mod education;
mod environment;
mod facility_names;
mod health;
mod housing;
mod jobs;
mod made_features;
mod population;
mod prepared;
mod safety;
pub(crate) mod table_maker;
mod transport;
mod welfare;

use table_maker::TableMaker;

/// Every maker.
#[must_use]
pub(crate) fn all_makers() -> Vec<TableMaker> {
    [
        administration::table_makers(),
        base::table_makers(),
        base_map::table_makers(),
        culture::table_makers(),
        economy::table_makers(),
        education::table_makers(),
        environment::table_makers(),
        health::table_makers(),
        housing::table_makers(),
        jobs::table_makers(),
        population::table_makers(),
        prepared::table_makers(),
        safety::table_makers(),
        transport::table_makers(),
        welfare::table_makers(),
    ]
    .concat()
}

#[cfg(test)]
mod tests;
