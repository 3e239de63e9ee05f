//! Any bytes as a binary COPY stream, in chunks of any size: the same rows however
//! they are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postgis_store::copy::CopyReader;

/// The lengths of all fields, and whether the stream was sound.
fn read(bytes: &[u8], chunk: usize) -> (Vec<Option<usize>>, bool) {
    let mut reader = CopyReader::new(2);
    let mut lengths = Vec::new();
    for chunk in bytes.chunks(chunk) {
        reader.push(chunk);
        loop {
            match reader.next_row() {
                Ok(Some(row)) => lengths.extend([0, 1].map(|at| row.field(at).map(<[u8]>::len))),
                Ok(None) => break,
                Err(_) => return (lengths, false),
            }
        }
    }
    (lengths, reader.finish().is_ok())
}

fuzz_target!(|input: &[u8]| {
    let Some((&size, bytes)) = input.split_first() else { return };
    let mut stream = Vec::new();
    if size & 1 == 1 {
        // Past the header, which few inputs would get through.
        stream.extend(b"PGCOPY\n\xff\r\n\0");
        stream.extend([0; 8]);
    }
    stream.extend(bytes);
    let cut = read(&stream, usize::from(size) / 2 + 1);
    let whole = read(&stream, usize::MAX);
    assert_eq!(cut, whole);
});
