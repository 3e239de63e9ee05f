//! Database schemas to discover tables in.

use catalog::TableName;

/// Database schemas to discover tables in, by purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DatabaseSchemas {
    /// Schemas whose tables with a geometry are all layers.
    pub publish: Vec<String>,
    /// Further schemas with the catalog's datasets; nothing else in them is published.
    pub datasets: Vec<String>,
}

impl DatabaseSchemas {
    /// All schemas, in the order in which a dataset is looked up.
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

    /// The schemas in look-up order; an error if the table's own schema is not one of them.
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
