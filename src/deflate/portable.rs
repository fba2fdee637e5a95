//! What this crate uses of libdeflater, for targets without a compiler for C.
//!
//! In: bytes. Out: bytes, deflated or inflated by flate2. Called by [`super`], [`crate::read`] and [`crate::write`] in place of
//! libdeflater.

use std::io::{self, Write};

use flate2::write::{DeflateEncoder, ZlibEncoder};
use flate2::{Compression, Crc, Decompress, FlushDecompress, Status};

/// The checksum of a ZIP file.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// How much time deflating may take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CompressionLvl(Compression);

impl CompressionLvl {
    pub(crate) fn new(level: i32) -> Result<Self, io::Error> {
        u32::try_from(level).map(|level| Self(Compression::new(level))).map_err(io::Error::other)
    }
}

#[derive(Debug)]
pub(crate) struct Compressor(Compression);

impl Compressor {
    pub(crate) fn new(level: CompressionLvl) -> Self {
        Self(level.0)
    }

    /// More than deflating makes of so many bytes.
    pub(crate) fn zlib_compress_bound(&self, length: usize) -> usize {
        length + length / 1000 + 64
    }

    pub(crate) fn deflate_compress_bound(&self, length: usize) -> usize {
        self.zlib_compress_bound(length)
    }

    pub(crate) fn zlib_compress(&mut self, bytes: &[u8], out: &mut [u8]) -> io::Result<usize> {
        let mut encoder = ZlibEncoder::new(io::Cursor::new(out), self.0);
        encoder.write_all(bytes)?;
        usize::try_from(encoder.finish()?.position()).map_err(io::Error::other)
    }

    pub(crate) fn deflate_compress(&mut self, bytes: &[u8], out: &mut [u8]) -> io::Result<usize> {
        let mut encoder = DeflateEncoder::new(io::Cursor::new(out), self.0);
        encoder.write_all(bytes)?;
        usize::try_from(encoder.finish()?.position()).map_err(io::Error::other)
    }
}

#[derive(Debug)]
pub(crate) struct Decompressor;

impl Decompressor {
    pub(crate) fn new() -> Self {
        Self
    }

    /// Inflates bytes, which must end within the room given.
    pub(crate) fn deflate_decompress(&mut self, bytes: &[u8], out: &mut [u8]) -> io::Result<usize> {
        let mut inflate = Decompress::new(false);
        match inflate.decompress(bytes, out, FlushDecompress::Finish).map_err(io::Error::other)? {
            Status::StreamEnd => usize::try_from(inflate.total_out()).map_err(io::Error::other),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn bytes_come_back() {
        let text = "政府信息公开".repeat(100);
        let mut compressor = Compressor::new(CompressionLvl::new(1).unwrap());
        let mut out = vec![0; compressor.deflate_compress_bound(text.len())];
        let length = compressor.deflate_compress(text.as_bytes(), &mut out).unwrap();
        let mut back = vec![0; text.len()];
        assert_eq!(Decompressor::new().deflate_decompress(&out[..length], &mut back).unwrap(), text.len());
        assert_eq!(back, text.as_bytes());
        assert!(Decompressor::new().deflate_decompress(&out[..length], &mut back[1..]).is_err());
        let length = compressor.zlib_compress(text.as_bytes(), &mut out).unwrap();
        back.clear();
        flate2::read::ZlibDecoder::new(&out[..length]).read_to_end(&mut back).unwrap();
        assert_eq!(back, text.as_bytes());
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
