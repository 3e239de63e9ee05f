//! Encodes a result as bytes and decodes it; lengths are checked before allocation.

use std::borrow::Cow;

use super::layer_measures::{ColumnValues, LayerMeasures, MeasureCarrier};
use crate::error::{DecodeError, DecodeFault};
use crate::evaluation::left_out::{LeftOut, LeftOutReason};
use crate::reading::dataset_reader::DatasetPart;
use data_model::DatasetId;
use data_model::feature::{Column, ColumnType, Geometry, ShapeKind};
use vector_tile::features::{ValueDictionary, ValueId};

const KINDS: [ColumnType; 9] = [
    ColumnType::Bool,
    ColumnType::Int,
    ColumnType::UInt,
    ColumnType::Float,
    ColumnType::Double,
    ColumnType::Text,
    ColumnType::Json,
    ColumnType::DateTime,
    ColumnType::Binary,
];

pub(crate) fn write_measures(measures: &LayerMeasures, out: &mut Vec<u8>) {
    write_count(measures.slices.len(), out);
    measures.slices.iter().for_each(|label| write_text(label, out));
    match &measures.features {
        MeasureCarrier::Of { dataset, ids } => {
            out.push(0);
            write_text(dataset.as_str(), out);
            write_count(ids.len(), out);
            ids.iter().for_each(|id| out.extend_from_slice(&id.to_le_bytes()));
        }
        MeasureCarrier::Lines(lines) => {
            out.push(1);
            write_count(lines.len(), out);
            for line in lines {
                write_count(line.coordinates.len(), out);
                let numbers = line.coordinates.as_flattened();
                numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
            }
        }
    }
    let (bytes, ends, column_ends) = measures.dictionary.parts();
    write_count(bytes.len(), out);
    out.extend_from_slice(bytes);
    for ends in [ends, column_ends] {
        write_count(ends.len(), out);
        ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
    }
    write_count(measures.partial.len(), out);
    measures.partial.iter().for_each(|label| write_text(label, out));
    write_left_out(&measures.left_out, out);
    write_count(measures.columns.len(), out);
    for (column, values) in measures.columns.iter().zip(&measures.values) {
        write_text(&column.name, out);
        out.push(KINDS.iter().position(|kind| *kind == column.kind).unwrap_or(5) as u8);
        for text in [&column.title, &column.description] {
            out.push(u8::from(text.is_some()));
            write_text(text.as_deref().unwrap_or_default(), out);
        }
        match values {
            ColumnValues::Constant(list) => {
                out.push(0);
                write_lists(std::slice::from_ref(list), out);
            }
            ColumnValues::Sliced(lists) => {
                out.push(1);
                write_lists(lists, out);
            }
        }
    }
}

fn write_left_out(left_out: &[LeftOut], out: &mut Vec<u8>) {
    write_count(left_out.len(), out);
    for LeftOut { dataset, part, reason, rows, of } in left_out {
        write_text(dataset.as_str(), out);
        out.push(u8::from(*part == DatasetPart::Values));
        let (number, other) = match reason {
            LeftOutReason::UnreadableTime => (0, ""),
            LeftOutReason::NoTime => (3, ""),
            LeftOutReason::Key(features) => (1, features.as_str()),
            LeftOutReason::Outside(features) => (2, features.as_str()),
        };
        out.push(number);
        write_text(other, out);
        out.extend_from_slice(&rows.to_le_bytes());
        out.extend_from_slice(&of.to_le_bytes());
    }
}

fn write_lists(lists: &[Vec<ValueId>], out: &mut Vec<u8>) {
    let largest = lists.iter().flatten().copied().max().unwrap_or(0);
    let width = (4 - largest.leading_zeros() as usize / 8).max(1);
    out.push(width as u8);
    for list in lists {
        list.iter().for_each(|id| out.extend_from_slice(&id.to_le_bytes()[..width]));
    }
}

fn write_count(count: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(count as u64).to_le_bytes());
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    write_count(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn read_measures(bytes: &[u8]) -> Result<LayerMeasures, DecodeError> {
    let mut input = DecodeInput { left: bytes, section: "slices" };
    // A label takes 8 bytes at least, and so on below.
    let slices = input.list(8, |input| Ok(input.text()?.into()))?;
    let sorted = slices.windows(2).all(|pair: &[Box<str>]| pair[0] < pair[1]);
    if slices.is_empty() || !sorted {
        return Err(input.fault("labels that do not ascend, or none"));
    }
    input.section = "features";
    let features = read_features(&mut input)?;
    input.section = "dictionary";
    let length = input.count(1)?;
    let encoded = input.take(length)?.to_vec();
    let ends = input.list(4, |input| Ok(u32::from_le_bytes(input.array()?)))?;
    let column_ends = input.list(4, |input| Ok(u32::from_le_bytes(input.array()?)))?;
    let column_count = column_ends.len();
    let dictionary = ValueDictionary::from_parts(encoded, ends, column_ends)
        .ok_or_else(|| input.fault("bytes that are no encoded values"))?;
    input.section = "partial slices";
    let partial: Vec<Box<str>> = input.list(8, |input| Ok(input.text()?.into()))?;
    if partial.iter().any(|label| !slices.contains(label)) {
        return Err(input.fault("the label of no slice"));
    }
    input.section = "rows left out";
    // Names, part, reason and two numbers.
    let left_out = input.list(34, read_left_out)?;
    input.section = "columns";
    // Name, type, title, description, layout and width of the ids.
    let columns = input.count(29)?;
    if columns > column_count {
        return Err(input.fault("more columns than there are values of"));
    }
    let mut read = LayerMeasures {
        slices,
        features,
        columns: Vec::new(),
        dictionary,
        values: Vec::new(),
        partial,
        left_out,
    };
    for _ in 0..columns {
        let column = read_column(&mut input)?;
        let values = read_values(&mut input, &read)?;
        read.columns.push(column);
        read.values.push(values);
    }
    if !input.left.is_empty() {
        return Err(input.fault("bytes after the end"));
    }
    Ok(read)
}

fn read_left_out(input: &mut DecodeInput<'_>) -> Result<LeftOut, DecodeError> {
    let section = input.section;
    let id = |text: &str| {
        DatasetId::new(text).map_err(|error| DecodeError { section, fault: error.into() })
    };
    let dataset = id(input.text()?)?;
    let part = match input.byte()? {
        0 => DatasetPart::Features,
        1 => DatasetPart::Values,
        _ => return Err(input.fault("an unknown part")),
    };
    let number = input.byte()?;
    let other = input.text()?;
    let reason = match number {
        0 => LeftOutReason::UnreadableTime,
        3 => LeftOutReason::NoTime,
        1 => LeftOutReason::Key(id(other)?),
        2 => LeftOutReason::Outside(id(other)?),
        _ => return Err(input.fault("an unknown reason")),
    };
    let (rows, of) = (u64::from_le_bytes(input.array()?), u64::from_le_bytes(input.array()?));
    Ok(LeftOut { dataset, part, reason, rows, of })
}

fn read_features(input: &mut DecodeInput<'_>) -> Result<MeasureCarrier, DecodeError> {
    match input.byte()? {
        0 => {
            let dataset = input.text()?;
            let section = input.section;
            let dataset = DatasetId::new(dataset)
                .map_err(|error| DecodeError { section, fault: error.into() })?;
            let ids = input.list(8, |input| Ok(u64::from_le_bytes(input.array()?)))?;
            if !ids.windows(2).all(|pair: &[u64]| pair[0] < pair[1]) {
                return Err(input.fault("ids that do not ascend"));
            }
            Ok(MeasureCarrier::Of { dataset, ids })
        }
        1 => Ok(MeasureCarrier::Lines(input.list(8, |input| {
            let coordinates = input.list(16, |input| {
                let x = f64::from_le_bytes(input.array()?);
                let y = f64::from_le_bytes(input.array()?);
                if projection::is_on_earth([x, y]) {
                    Ok([x, y])
                } else {
                    Err(input.fault("a position that is none"))
                }
            })?;
            let kind = Some(ShapeKind::Line);
            let mut line = Geometry { kind, coordinates, ..Geometry::default() };
            line.end_part();
            Ok(line)
        })?)),
        _ => Err(input.fault("features of an unknown kind")),
    }
}

fn read_column(input: &mut DecodeInput<'_>) -> Result<Column, DecodeError> {
    let name = input.text()?.to_owned();
    let kind = KINDS.get(usize::from(input.byte()?)).copied();
    let kind = kind.ok_or_else(|| input.fault("a column of an unknown type"))?;
    let mut texts = [None, None];
    for text in &mut texts {
        let there = input.byte()? == 1;
        *text = Some(input.text()?.to_owned()).filter(|_| there);
    }
    let [title, description] = texts;
    Ok(Column { name, kind, title, description })
}

fn read_values(
    input: &mut DecodeInput<'_>,
    read: &LayerMeasures,
) -> Result<ColumnValues, DecodeError> {
    let sliced = match input.byte()? {
        0 => false,
        1 => true,
        _ => return Err(input.fault("values of an unknown layout")),
    };
    let width = usize::from(input.byte()?);
    if !(1..=4).contains(&width) {
        return Err(input.fault("value ids of an impossible size"));
    }
    let (features, ids) = (read.features.len(), read.dictionary.column(read.columns.len()));
    let mut list = || -> Result<Vec<ValueId>, DecodeError> {
        let bytes = features.checked_mul(width).ok_or_else(|| input.fault("too many values"))?;
        let list: Vec<ValueId> = input.take(bytes)?.chunks_exact(width).map(value_id).collect();
        if list.iter().any(|id| *id != 0 && !ids.contains(id)) {
            return Err(input.fault("a value that is none of its column's"));
        }
        Ok(list)
    };
    if !sliced {
        return Ok(ColumnValues::Constant(list()?));
    }
    // Without features a slice takes no bytes; the labels before took some.
    let lists = (0..read.slices.len()).map(|_| list()).collect::<Result<_, _>>()?;
    Ok(ColumnValues::Sliced(lists))
}

fn value_id(bytes: &[u8]) -> ValueId {
    let mut id = [0; 4];
    id[..bytes.len()].copy_from_slice(bytes);
    u32::from_le_bytes(id)
}

/// A byte slice that is read from the front.
struct DecodeInput<'b> {
    left: &'b [u8],
    /// Section of the file, for errors.
    section: &'static str,
}

impl<'b> DecodeInput<'b> {
    fn fault(&self, problem: impl Into<Cow<'static, str>>) -> DecodeError {
        let problem = problem.into();
        let fault = DecodeFault::Malformed { problem, left: self.left.len() };
        DecodeError { section: self.section, fault }
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], DecodeError> {
        let Some((taken, left)) = self.left.split_at_checked(count) else {
            return Err(self.fault(format!("{count} bytes are to follow")));
        };
        self.left = left;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    /// Reads the count of a list whose items take at least `each` bytes.
    fn count(&mut self, each: usize) -> Result<usize, DecodeError> {
        let count = u64::from_le_bytes(self.array()?);
        let fits = usize::try_from(count).ok().filter(|&count| count <= self.left.len() / each);
        fits.ok_or_else(|| self.fault(format!("{count} are to follow")))
    }

    fn list<T>(
        &mut self,
        each: usize,
        mut one: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.count(each)?;
        let mut list = Vec::with_capacity(count);
        for _ in 0..count {
            list.push(one(self)?);
        }
        Ok(list)
    }

    fn text(&mut self) -> Result<&'b str, DecodeError> {
        let length = self.count(1)?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.fault("text that is not UTF-8"))
    }
}
