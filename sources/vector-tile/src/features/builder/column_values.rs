//! Values of the columns of a table under construction.

use super::TableBuilder;
use super::column_forms::PublishedForm;
use crate::features::ValueId;
use crate::features::dictionary::DictionaryFull;
use data_model::feature::{AttributeValue, ColumnType};

impl TableBuilder {
    /// Appends a value to a column, in the column's form.
    pub(super) fn add_value(
        &mut self,
        column: usize,
        value: AttributeValue<'_>,
    ) -> Result<(), DictionaryFull> {
        let form = self.forms.by_column.get(column).copied().unwrap_or(PublishedForm::AsStored);
        let needs_text = |value: AttributeValue<'_>| {
            value.is_wide_integer() || matches!(value, AttributeValue::Text(_))
        };
        let id = match form {
            PublishedForm::AsStored => self.dictionary.id(column, value)?,
            PublishedForm::Text => {
                self.dictionary.id(column, value.as_text(&mut self.forms.text))?
            }
            PublishedForm::Number if needs_text(value) => {
                if self.forms.settles {
                    self.make_text(column)?;
                }
                self.dictionary.id(column, value.as_text(&mut self.forms.text))?
            }
            PublishedForm::Number => self.dictionary.id(column, value)?,
        };
        self.values[column].push(id);
        Ok(())
    }

    /// Converts a column and all its values to text.
    fn make_text(&mut self, column: usize) -> Result<(), DictionaryFull> {
        let doubles = self.columns[column].kind == ColumnType::Double;
        self.forms.by_column[column] = PublishedForm::Text;
        self.columns[column].kind = ColumnType::Text;
        let texts = self.dictionary.make_text(column, doubles)?;
        for id in &mut self.values[column] {
            // 0 is no value in either form.
            *id = texts.get(id).copied().unwrap_or(NO_VALUE);
        }
        Ok(())
    }
}

const NO_VALUE: ValueId = 0;
