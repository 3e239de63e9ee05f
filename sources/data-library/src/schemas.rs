//! The schemas of the database.

use catalog::TableName;

/// Which schemas of the database are looked at, and to what end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schemas {
    /// Every table with a geometry is a layer.
    pub publish: Vec<String>,
    /// The catalog's datasets are looked for here too; nothing else is published.
    pub datasets: Vec<String>,
}

impl Schemas {
    /// All of them, in the order in which a dataset is looked for.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        let mut all = Vec::new();
        for schema in self.datasets.iter().chain(&self.publish) {
            if !all.contains(schema) {
                all.push(schema.clone());
            }
        }
        all
    }

    /// The schemas that are looked at, where that of a table is one of them.
    pub(super) fn looked_at(&self, name: &TableName) -> Result<Vec<String>, String> {
        let order = self.all();
        match name.schema.as_ref().filter(|schema| !order.contains(schema)) {
            None => Ok(order),
            Some(schema) => Err(format!(
                "table {name} is in schema {schema}, which is not looked at; add it to \
                 --dataset-schema"
            )),
        }
    }
}
