//! Determines the encoding of a table's text.
//!
//! | source | used |
//! |---|---|
//! | the user | always |
//! | a `.cpg` | if it can decode all text, and for a Western page if that is not UTF-8 |
//! | a `.cpg` of Chinese or Japanese | not if the text is Korean in CP949 |
//! | else the language driver, of Korean, Japanese or Chinese | if it can decode all text |
//! | else | UTF-8 if all text is and is not more likely CP949, else CP949 if all text is |
//!
//! Many programs write a language driver of a Western page whatever the text: these count
//! only if the text is neither UTF-8 nor CP949. If no encoding fits all text, for example
//! because some of it is damaged, the one that fits most of it is used.

use std::io::{Read, Seek};

use crate::IngestError;
use crate::summary::import_note::{EncodingSource, ImportNote};
use crate::text::dbf_encoding::DbfEncoding;
use korean_text::bilingual::excerpt;

use crate::shapefile::dbf::DbfTable;

/// The encoding of a table, and notes on it.
pub(super) struct EncodingDecision {
    pub(super) encoding: DbfEncoding,
    pub(super) notes: Vec<ImportNote>,
}

/// Determines the encoding of `table`. `cpg` is the text of a `.cpg`.
///
/// # Errors
/// Returns [`IngestError`] if the table can't be read.
pub(super) fn decide<R: Read + Seek>(
    table: &mut DbfTable<R>,
    user: Option<DbfEncoding>,
    cpg: Option<&str>,
) -> Result<EncodingDecision, IngestError> {
    if let Some(encoding) = user {
        return Ok(decided(encoding, EncodingSource::User, Vec::new()));
    }
    let mut notes = Vec::new();
    let named = cpg.and_then(DbfEncoding::named);
    if let (Some(text), None) = (cpg, named) {
        notes.push(ImportNote::CpgPassedOver { text: excerpt(text) });
    }
    let driver = DbfEncoding::of_language_driver(table.language_driver());
    let is_western = |page: Option<DbfEncoding>| matches!(page, Some(DbfEncoding::Other(page)) if page.is_single_byte());
    let western = is_western(driver);
    let (stated, how) = match (named, driver) {
        (Some(named), _) => (Some(named), EncodingSource::Cpg),
        (None, driver) => (driver.filter(|_| !western), EncodingSource::Driver),
    };
    // Any byte is a letter of a Western page, so that one never seems not to fit.
    let contradicted = is_western(named) && table.misfits([DbfEncoding::Utf8])? == [0];
    if let Some(stated) = stated
        && !contradicted
        && table.misfits([stated])? == [0]
    {
        // Most bytes of Korean text are characters of Chinese, too.
        if matches!(stated, DbfEncoding::Other(_))
            && !is_western(Some(stated))
            && table.is_korean()?
        {
            notes.push(ImportNote::KoreanText { name: stated.name(), how });
            return Ok(decided(DbfEncoding::Cp949, EncodingSource::Bytes, notes));
        }
        return Ok(decided(stated, how, notes));
    }
    let guesses = [DbfEncoding::Utf8, DbfEncoding::Cp949];
    let misfits = table.misfits(guesses)?;
    let late = driver.filter(|_| western && named.is_none());
    let is_both = misfits == [0, 0];
    let fitting = match is_both && stated.is_none() && table.is_rather_cp949()? {
        true => Some((DbfEncoding::Cp949, 0)),
        false => guesses.into_iter().zip(misfits).find(|&(_, misfits)| misfits == 0),
    };
    let (encoding, known_by) = match (fitting, late, stated) {
        (Some((guess, _)), ..) => (guess, EncodingSource::Bytes),
        (None, Some(page), _) => (page, EncodingSource::Driver),
        (None, None, Some(stated)) if table.misfits([stated])?[0] <= misfits[0].min(misfits[1]) => {
            (stated, how)
        }
        (None, None, _) if misfits[0] < misfits[1] => (DbfEncoding::Utf8, EncodingSource::Bytes),
        (None, None, _) => (DbfEncoding::Cp949, EncodingSource::Bytes),
    };
    // Text that is both is ASCII, and is no evidence against a Western page.
    let late = late.filter(|_| !is_both);
    let stated = stated.filter(|_| !(contradicted && is_both));
    let passed_over = stated.or(late).filter(|&passed_over| passed_over != encoding);
    notes.extend(passed_over.map(|passed_over| match (named, table.language_driver()) {
        (Some(_), _) => ImportNote::CpgContradicted { name: passed_over.name() },
        (None, driver) => ImportNote::DriverContradicted { driver, name: passed_over.name() },
    }));
    Ok(decided(encoding, known_by, notes))
}

fn decided(
    encoding: DbfEncoding,
    how: EncodingSource,
    mut notes: Vec<ImportNote>,
) -> EncodingDecision {
    notes.push(ImportNote::Encoding { name: encoding.name(), how });
    EncodingDecision { encoding, notes }
}
