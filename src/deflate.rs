//! Deflates pieces quickly. The lowest level of libdeflate makes short ones as short as zlib's usual one, in a third of the
//! time; and what it works with, a quarter to half a megabyte, is set up once a thread and not for each piece.

use std::cell::RefCell;
use std::io;

use libdeflater::{CompressionLvl, Compressor};

/// Of what is deflated for each document.
const QUICK: i32 = 1;

/// Of what is deflated once and kept. Higher levels take many times as long over it to save another hundredth.
const THOROUGH: i32 = 5;

thread_local! {
    static QUICKLY: RefCell<Compressor> = compressor(QUICK);
    static THOROUGHLY: RefCell<Compressor> = compressor(THOROUGH);
}

fn compressor(level: i32) -> RefCell<Compressor> {
    RefCell::new(Compressor::new(CompressionLvl::new(level).unwrap_or_default()))
}

/// How much time it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Little: it is done for each document.
    Quick,
    /// More, which makes it shorter: it is done once.
    Thorough,
}

/// Bytes in zlib's format. The same bytes give the same result whatever was deflated before.
///
/// # Errors
/// Those of the library, which has none where there is room enough.
pub(crate) fn deflated(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    with_compressor(effort, |compressor| {
        let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
        let length = compressor.zlib_compress(bytes, &mut out).map_err(io::Error::other)?;
        out.truncate(length);
        Ok(out)
    })
}

/// Bytes as they stand in a zip file, without head or checksum.
///
/// # Errors
/// As [`deflated`].
pub(crate) fn deflated_bare(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    with_compressor(effort, |compressor| {
        let mut out = vec![0; compressor.deflate_compress_bound(bytes.len())];
        let length = compressor.deflate_compress(bytes, &mut out).map_err(io::Error::other)?;
        out.truncate(length);
        Ok(out)
    })
}

fn with_compressor<T>(effort: Effort, deflate: impl FnOnce(&mut Compressor) -> T) -> T {
    match effort {
        Effort::Quick => QUICKLY.with_borrow_mut(deflate),
        Effort::Thorough => THOROUGHLY.with_borrow_mut(deflate),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn bytes_come_back_whatever_came_before() {
        // Noise does not get shorter; it needs more room than it had.
        let mut state = 1u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(100_000)
        .collect();
        let text = "政府信息公开".repeat(100);
        let first = deflated(text.as_bytes(), Effort::Quick).unwrap();
        for bytes in [&[][..], &noise, b"a", text.as_bytes()] {
            for effort in [Effort::Quick, Effort::Thorough] {
                let mut back = Vec::new();
                let whole = deflated(bytes, effort).unwrap();
                flate2::read::ZlibDecoder::new(&whole[..]).read_to_end(&mut back).unwrap();
                assert_eq!(back, bytes);
                back.clear();
                let bare = deflated_bare(bytes, effort).unwrap();
                flate2::read::DeflateDecoder::new(&bare[..]).read_to_end(&mut back).unwrap();
                assert_eq!(back, bytes);
            }
        }
        assert_eq!(deflated(text.as_bytes(), Effort::Quick).unwrap(), first);
    }
}
