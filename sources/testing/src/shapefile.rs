//! Writes Shapefiles byte by byte, valid and invalid ones.

use std::path::Path;

/// A record of a `.shp`.
#[derive(Debug, Clone)]
pub enum ShapeRecord {
    Null,
    Point(f64, f64),
    PointZ(f64, f64, f64),
    MultiPoint(Vec<[f64; 2]>),
    Line(Vec<Vec<[f64; 2]>>),
    Polygon(Vec<Vec<[f64; 2]>>),
}

impl ShapeRecord {
    fn code(&self) -> i32 {
        match self {
            Self::Null => 0,
            Self::Point(..) => 1,
            Self::Line(_) => 3,
            Self::Polygon(_) => 5,
            Self::MultiPoint(_) => 8,
            Self::PointZ(..) => 11,
        }
    }

    fn content(&self) -> Vec<u8> {
        let mut out = self.code().to_le_bytes().to_vec();
        let position = |out: &mut Vec<u8>, [x, y]: [f64; 2]| {
            out.extend(x.to_le_bytes());
            out.extend(y.to_le_bytes());
        };
        match self {
            Self::Null => {}
            Self::Point(x, y) => position(&mut out, [*x, *y]),
            Self::PointZ(x, y, z) => {
                position(&mut out, [*x, *y]);
                out.extend(z.to_le_bytes());
                out.extend(0f64.to_le_bytes());
            }
            Self::MultiPoint(points) => {
                out.extend([0; 32]);
                out.extend((points.len() as i32).to_le_bytes());
                points.iter().for_each(|&point| position(&mut out, point));
            }
            Self::Line(parts) | Self::Polygon(parts) => {
                out.extend([0; 32]);
                out.extend((parts.len() as i32).to_le_bytes());
                let points: usize = parts.iter().map(Vec::len).sum();
                out.extend((points as i32).to_le_bytes());
                let mut start = 0;
                for part in parts {
                    out.extend((start as i32).to_le_bytes());
                    start += part.len();
                }
                parts.iter().flatten().for_each(|&point| position(&mut out, point));
            }
        }
        out
    }
}

fn header(code: i32, bytes: usize) -> Vec<u8> {
    let mut head = vec![0; 100];
    head[..4].copy_from_slice(&9994i32.to_be_bytes());
    head[24..28].copy_from_slice(&(bytes as i32 / 2).to_be_bytes());
    head[28..32].copy_from_slice(&1000i32.to_le_bytes());
    head[32..36].copy_from_slice(&code.to_le_bytes());
    head
}

/// The `.shp` and `.shx` of these shapes.
pub fn shp(shapes: &[ShapeRecord]) -> (Vec<u8>, Vec<u8>) {
    let code = shapes.iter().map(ShapeRecord::code).find(|&code| code != 0).unwrap_or(0);
    let (mut records, mut index) = (Vec::new(), Vec::new());
    for (number, shape) in shapes.iter().enumerate() {
        let content = shape.content();
        index.extend(((100 + records.len()) as i32 / 2).to_be_bytes());
        index.extend((content.len() as i32 / 2).to_be_bytes());
        records.extend((number as i32 + 1).to_be_bytes());
        records.extend((content.len() as i32 / 2).to_be_bytes());
        records.extend(content);
    }
    let file = |body: Vec<u8>| [header(code, 100 + body.len()), body].concat();
    (file(records), file(index))
}

/// A `.dbf`: fields as (name, type, length, decimals), rows of as many values. A row
/// whose first value begins with `*` is deleted.
pub fn dbf(fields: &[(&[u8], u8, u8, u8)], rows: &[&[&[u8]]]) -> Vec<u8> {
    let record: usize = 1 + fields.iter().map(|field| usize::from(field.2)).sum::<usize>();
    let head = 32 + 32 * fields.len() + 1;
    let mut out = vec![0; 32];
    out[0] = 3;
    out[4..8].copy_from_slice(&(rows.len() as u32).to_le_bytes());
    out[8..10].copy_from_slice(&(head as u16).to_le_bytes());
    out[10..12].copy_from_slice(&(record as u16).to_le_bytes());
    for &(name, kind, length, decimals) in fields {
        let mut field = [0; 32];
        field[..name.len()].copy_from_slice(name);
        (field[11], field[16], field[17]) = (kind, length, decimals);
        out.extend(field);
    }
    out.push(0x0D);
    for row in rows {
        let deleted = row.first().is_some_and(|value| value.starts_with(b"*"));
        out.push(if deleted { b'*' } else { b' ' });
        for (value, field) in row.iter().zip(fields) {
            let mut cell = vec![b' '; usize::from(field.2)];
            cell[..value.len()].copy_from_slice(value);
            out.extend(cell);
        }
    }
    out.push(0x1A);
    out
}

/// Writes a Shapefile with a table of one text column, one row per shape.
pub fn write(folder: &Path, name: &str, shapes: &[ShapeRecord]) {
    let (shp, shx) = shp(shapes);
    let names: Vec<Vec<u8>> = (1..=shapes.len()).map(|n| format!("n{n}").into_bytes()).collect();
    let rows: Vec<Vec<&[u8]>> = names.iter().map(|name| vec![&name[..]]).collect();
    let rows: Vec<&[&[u8]]> = rows.iter().map(|row| &row[..]).collect();
    let dbf = dbf(&[(b"NAME", b'C', 8, 0)], &rows);
    for (ending, bytes) in [("shp", shp), ("shx", shx), ("dbf", dbf)] {
        std::fs::write(folder.join(format!("{name}.{ending}")), bytes).unwrap();
    }
    std::fs::write(folder.join(format!("{name}.prj")), WGS_84).unwrap();
}

/// A `.prj` of longitude and latitude.
pub const WGS_84: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",\
    6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
