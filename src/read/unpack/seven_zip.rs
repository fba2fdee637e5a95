//! Unpacks 7z archives.
//!
//! `sevenz-rust2` reads them; LZMA and LZMA2 only, which 7-Zip writes. Each block of files is unpacked once. Source: 7-Zip,
//! `DOC/7zFormat.txt`.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, EncoderMethod, Error, Password};

use crate::error::ErrorKind;
use crate::limit;

use super::collector::Collector;
use super::opened::{corrupt, link, packed_with, too_large};

/// More steps than 7-Zip makes of a block: each takes as long as the block.
const STEPS: usize = 5;

/// The attributes of a link: of Windows, and the type of file that 7-Zip keeps for Unix.
const WINDOWS_LINK: u32 = 0x400;
const UNIX_TYPE: (u32, u32) = (0xF000_0000, 0xA000_0000);

pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(b"7z\xbc\xaf\x27\x1c")
}

/// Adds the files of an archive.
///
/// # Errors
/// Why there may be more files.
pub(super) fn unpack(bytes: &[u8], collector: &mut Collector) -> Result<(), ErrorKind> {
    let work = AssertUnwindSafe(|| files(bytes, collector));
    catch_unwind(work).unwrap_or_else(|_| Err(corrupt("seven_zip", "@detail.structure")))
}

fn files(bytes: &[u8], collector: &mut Collector) -> Result<(), ErrorKind> {
    let password = Password::empty();
    let mut source = Cursor::new(bytes);
    let archive =
        Archive::read_with_memory_limit(&mut source, &password, limit::UNPACKER_MEMORY >> 10).map_err(kind)?;
    for file in archive.files.iter().filter(|file| !file.has_stream() && !file.is_directory() && !file.is_anti_item()) {
        collector.add(file.name().to_owned(), Ok(Vec::new()))?;
    }
    for at in 0..archive.blocks.len() {
        let is_encryption = |id: &[u8]| id == EncoderMethod::ID_AES256_SHA256;
        let is_encrypted = archive.blocks[at].coders.iter().any(|coder| is_encryption(coder.encoder_method_id()));
        let memory = limit::UNPACKER_MEMORY >> 10;
        let decoder = BlockDecoder::new_with_memory_limit(1, memory, at, &archive, &password, &mut source);
        let names: Vec<String> = decoder.entries().iter().map(|entry| entry.name().to_owned()).collect();
        let (mut done, mut full) = (0, None);
        let outcome = if is_encrypted {
            Err(ErrorKind::Encrypted)
        } else if let Err(error) = count_packed(&archive, at, collector) {
            Err(error)
        } else {
            let read = decoder.for_each_entries(&mut |entry, reader| {
                if entry.size() > collector.room() {
                    // What comes behind it in the block cannot be had without it.
                    full = Some(too_large(entry.size()));
                    return Ok(false);
                }
                let damage = corrupt("seven_zip", "@detail.checksum");
                let content = collector.read(reader, &damage);
                let content = if is_link(entry) { Err(link()) } else { content };
                let stop = content.as_ref().err().filter(|error| **error == damage).cloned();
                if let Some(error) = stop.or_else(|| collector.add(entry.name().to_owned(), content).err()) {
                    full = Some(error);
                    return Ok(false);
                }
                done += 1;
                Ok(true)
            });
            match full {
                Some(error) => Err(error),
                None => read.map(drop).map_err(kind),
            }
        };
        if let Err(error) = outcome {
            for name in names.into_iter().skip(done) {
                collector.add(name, Err(error.clone()))?;
            }
        }
    }
    Ok(())
}

/// Counts what is to unpack of a block.
fn count_packed(archive: &Archive, at: usize, collector: &mut Collector) -> Result<(), ErrorKind> {
    let coders = &archive.blocks[at].coders;
    if coders.len() > STEPS {
        return Err(packed_with(""));
    }
    if coders.iter().all(|coder| coder.encoder_method_id() == EncoderMethod::ID_COPY) {
        return Ok(());
    }
    let (sizes, first) = (archive.pack_sizes(), archive.stream_map.block_first_pack_stream_index());
    let start = first.get(at).copied().unwrap_or_default();
    let end = first.get(at + 1).copied().unwrap_or(sizes.len());
    collector.spend_slowly(sizes.get(start..end).unwrap_or_default().iter().sum())
}

fn is_link(entry: &ArchiveEntry) -> bool {
    let attributes = entry.windows_attributes();
    entry.has_windows_attributes && (attributes & WINDOWS_LINK != 0 || attributes & UNIX_TYPE.0 == UNIX_TYPE.1)
}

fn kind(error: Error) -> ErrorKind {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => ErrorKind::Encrypted,
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => ErrorKind::Encrypted,
        Error::UnsupportedCompressionMethod(method) => packed_with(&method),
        Error::MaxMemLimited { actaul_kb, .. } => {
            let most = limit::megabytes(limit::UNPACKER_MEMORY as u64);
            limit::too_large(limit::megabytes((actaul_kb as u64) << 10), most).into_kind()
        }
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => corrupt("seven_zip", "@detail.checksum"),
        Error::Io(..) => corrupt("seven_zip", "@detail.ends_early"),
        _ => corrupt("seven_zip", "@detail.structure"),
    }
}
