//! Deflates and inflates short data quickly. The lowest level of libdeflate makes it as short as zlib's default level does, in a third
//! of the time. Its tables, a quarter to half a megabyte, are set up once per thread.

use std::cell::RefCell;
use std::io;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use libdeflater::crc32;
#[cfg(not(target_arch = "wasm32"))]
use libdeflater::{CompressionLvl, Compressor, Decompressor};
#[cfg(target_arch = "wasm32")]
pub(crate) use portable::crc32;
#[cfg(target_arch = "wasm32")]
use portable::{CompressionLvl, Compressor, Decompressor};

#[cfg(any(target_arch = "wasm32", test))]
mod portable;

/// Level for what is deflated for each document.
const QUICK: i32 = 1;

/// Level for what is deflated once and cached. Higher levels take many times as long to save another percent.
const THOROUGH: i32 = 5;

thread_local! {
    static QUICKLY: RefCell<Compressor> = compressor(QUICK);
    static THOROUGHLY: RefCell<Compressor> = compressor(THOROUGH);
    static INFLATER: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

fn compressor(level: i32) -> RefCell<Compressor> {
    RefCell::new(Compressor::new(CompressionLvl::new(level).unwrap_or_default()))
}

/// Deflate never expands a byte to more than this many bytes.
pub(crate) const DEFLATE_RATIO: u64 = 1032;

/// Inflates the bytes of a part of a zip file. It takes no more memory than the input can expand to.
///
/// # Errors
/// Those of libdeflate: the input is damaged, or longer than `declared`.
pub(crate) fn inflated(bytes: &[u8], declared: u64) -> io::Result<Vec<u8>> {
    let most = declared.min((bytes.len() as u64).saturating_mul(DEFLATE_RATIO));
    let mut out = vec![0; usize::try_from(most).unwrap_or(usize::MAX)];
    let length = INFLATER.with_borrow_mut(|inflater| inflater.deflate_decompress(bytes, &mut out));
    out.truncate(length.map_err(io::Error::other)?);
    Ok(out)
}

/// How much time deflating may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Little: for each document.
    Quick,
    /// More, for a shorter result: once.
    Thorough,
}

/// Deflates bytes in zlib's format. The same bytes give the same result whatever was deflated before.
///
/// # Errors
/// Those of libdeflate, which has none where the buffer is large enough.
pub(crate) fn deflated(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    with_compressor(effort, |compressor| {
        let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
        let length = compressor.zlib_compress(bytes, &mut out).map_err(io::Error::other)?;
        out.truncate(length);
        Ok(out)
    })
}

/// Deflates bytes as in a zip file, without header or checksum.
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
        // Noise gets longer.
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
