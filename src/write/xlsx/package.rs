//! A workbook's file: `bytes → parts`, and parts with what they deflate to `→ bytes`.
//!
//! rust_xlsxwriter makes the file of a workbook whole. What is filled in behind it takes that file apart here, and packs its
//! parts anew; what was deflated once can stand in any number of files.

use std::io::{self, Write as _};
use std::sync::Mutex;
use std::thread;

use libdeflater::Decompressor;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchive, ZipArchiveWriter};
use rust_xlsxwriter::XlsxError;

use crate::deflate::{Effort, deflated_bare};

/// The strings that cells share.
pub(super) const STRINGS: &str = "xl/sharedStrings.xml";

/// Permissions of a part, which matter to nobody.
const PERMISSIONS: u32 = 0o600;

/// Why a workbook could not be taken apart or packed.
#[derive(Debug, thiserror::Error)]
pub(super) enum PackageError {
    #[error(transparent)]
    Xlsx(#[from] XlsxError),
    #[error(transparent)]
    Zip(#[from] rawzip::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the workbook's {0} is not as expected")]
    Unexpected(&'static str),
}

/// The name of the part of a worksheet, counted from 0.
pub(super) fn sheet(number: usize) -> String {
    format!("xl/worksheets/sheet{}.xml", number + 1)
}

/// The parts of a workbook, in their order: what each is called and what it says.
#[cfg_attr(test, derive(Clone))]
pub(super) struct Package(Vec<(String, String)>);

impl Package {
    /// Takes a workbook apart that rust_xlsxwriter wrote.
    pub(super) fn open(workbook: &[u8]) -> Result<Self, PackageError> {
        let archive = ZipArchive::from_slice(workbook)?;
        let mut entries = archive.entries();
        let mut inflater = Decompressor::new();
        let mut parts = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            let unexpected = || PackageError::Unexpected("part");
            let size = usize::try_from(entry.uncompressed_size_hint()).map_err(|_| unexpected())?;
            let mut part = vec![0; size];
            let packed = archive.get_entry(entry.wayfinder())?;
            let length = inflater.deflate_decompress(packed.data(), &mut part).map_err(|_| unexpected())?;
            part.truncate(length);
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| unexpected());
            parts.push((text(entry.file_path().as_ref().to_vec())?, text(part)?));
        }
        Ok(Self(parts))
    }

    /// A part to be changed.
    pub(super) fn part(&mut self, name: &str) -> Result<&mut String, PackageError> {
        let part = self.0.iter_mut().find(|(own, _)| own == name);
        part.map(|(_, part)| part).ok_or(PackageError::Unexpected("part"))
    }

    /// Takes a part out of it.
    pub(super) fn take(&mut self, name: &str) -> Result<String, PackageError> {
        let at = self.0.iter().position(|(own, _)| own == name);
        at.map(|at| self.0.remove(at).1).ok_or(PackageError::Unexpected("part"))
    }

    /// Its parts by themselves.
    #[cfg(test)]
    pub(super) fn into_parts(self) -> Vec<(String, String)> {
        self.0
    }

    /// Its parts deflated, side by side where they are many and large.
    pub(super) fn packed(self, effort: Effort) -> Result<Vec<Packed>, PackageError> {
        let mut parts = self.0;
        let threads = thread::available_parallelism().map_or(1, usize::from).min(parts.len());
        let size: usize = parts.iter().map(|(_, part)| part.len()).sum();
        if size < WORTH_A_THREAD || threads < 2 {
            return parts.iter().map(|(name, part)| Ok(Packed::new(name, part, effort)?)).collect();
        }
        // The largest first, so that none is left over at the end.
        let names: Vec<String> = parts.iter().map(|(name, _)| name.clone()).collect();
        parts.sort_by_key(|(_, part)| part.len());
        let waiting = Mutex::new(parts);
        let next = || waiting.lock().ok()?.pop();
        let work = || std::iter::from_fn(next).map(|(name, part)| Packed::new(&name, &part, effort)).collect();
        let packed = thread::scope(|scope| {
            let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut packed: Vec<io::Result<Packed>> = work();
            for worker in workers {
                packed.extend(worker.join().map_err(|_| PackageError::Unexpected("part"))?);
            }
            packed.into_iter().map(|part| Ok(part?)).collect::<Result<Vec<_>, PackageError>>()
        });
        let mut packed = packed?;
        packed.sort_by_key(|part| names.iter().position(|name| *name == part.name));
        Ok(packed)
    }
}

/// Bytes that are deflated sooner by two threads than by one, the start of the second included.
const WORTH_A_THREAD: usize = 1 << 18;

/// A part, deflated.
pub(super) struct Packed {
    name: String,
    bytes: Vec<u8>,
    /// Of the part before it was deflated.
    size: u64,
    checksum: u32,
}

impl Packed {
    pub(super) fn new(name: &str, part: &str, effort: Effort) -> io::Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            bytes: deflated_bare(part.as_bytes(), effort)?,
            size: part.len() as u64,
            checksum: libdeflater::crc32(part.as_bytes()),
        })
    }
}

/// The file of these parts. Nothing about them changes from run to run.
pub(super) fn pack<'p>(parts: impl IntoIterator<Item = &'p Packed> + Clone) -> Result<Vec<u8>, PackageError> {
    // A part's name stands twice in the file, each time with a few figures.
    let room = parts.clone().into_iter().map(|part| part.bytes.len() + 2 * part.name.len() + 128);
    let mut archive = ZipArchiveWriter::new(Vec::with_capacity(room.sum()));
    for part in parts {
        let file = archive.new_file(&part.name).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, _) = file.unix_permissions(PERMISSIONS).start()?;
        entry.write_all(&part.bytes)?;
        entry.finish(DataDescriptorOutput::new(part.checksum, part.size))?;
    }
    Ok(archive.finish()?)
}
