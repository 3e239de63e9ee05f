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

/// A table's declared schema is not one of the discovered schemas.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("table {table} is in schema {schema}, which is not read; add it to --dataset-schema")]
pub(crate) struct SchemaNotDiscovered {
    /// The declared table, with its schema.
    table: String,
    schema: String,
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

    /// The schemas in look-up order.
    ///
    /// # Errors
    /// Returns [`SchemaNotDiscovered`] if the table's own schema is not one of them.
    pub(crate) fn lookup_order(
        &self,
        name: &TableName,
    ) -> Result<Vec<String>, SchemaNotDiscovered> {
        let order = self.all();
        match name.schema.as_ref().filter(|schema| !order.contains(schema)) {
            None => Ok(order),
            Some(schema) => {
                Err(SchemaNotDiscovered { table: name.to_string(), schema: schema.clone() })
            }
        }
    }
}
