//! Rows of a query, as sent, in the form of a `COPY`.

use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Error, Row};

/// A field as sent.
struct RawField<'a>(&'a [u8]);

impl<'a> FromSql<'a> for RawField<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Passes the bytes of a row to `append`, piece by piece.
///
/// # Errors
/// The error of `append`, or of a field that can't be read.
pub(crate) fn append_row<E: From<Error>>(
    row: &Row,
    mut append: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    append(&(row.len() as i16).to_be_bytes())?;
    for field in 0..row.len() {
        match row.try_get::<_, Option<RawField<'_>>>(field)? {
            None => append(&(-1i32).to_be_bytes())?,
            Some(RawField(value)) => {
                // A field of a message is shorter than 2^31 bytes.
                append(&(value.len() as i32).to_be_bytes())?;
                append(value)?;
            }
        }
    }
    Ok(())
}
