//! Mutations of bytes: damage, and what an attacker would change.

use std::io::{Cursor, Read, Write};

use fastrand::Rng;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Byte strings that have a meaning in some format.
const PIECES: &[&str] = &[
    "<table>",
    "</table>",
    "<tr>",
    "<td colspan=\"4294967295\" rowspan=\"65534\">",
    "</td>",
    "<!--",
    "<![CDATA[",
    "&i;",
    "&#x110000;",
    " table:number-rows-repeated=\"1073741824\"",
    " table:number-columns-repeated=\"16384\"",
    "<text:s text:c=\"1000\"/>",
    "<w:gridSpan w:val=\"2147483648\"/>",
    "<w:vMerge/>",
    "<w:tbl><w:tr><w:tc>",
    "<w:txbxContent>",
    "{\\shptxt ",
    "\\itap9 ",
    "\\trowd\\cellx1",
    "\\clmrg\\clvmrg\\cellx2147483647",
    "\\cell\\row",
    "\\u-10179?",
    "\\bin99999",
    "{\\field{\\*\\fldinst =1}}",
    "<table:table><table:table-row><table:table-cell>",
    "<draw:text-box>",
    "ref=\"A1:XFD1048576\"",
    "r=\"XFD1048576\"",
    "t=\"s\"",
    " ss:Index=\"4294967295\"",
    " ss:MergeAcross=\"4294967295\"",
    "<mergeCell ref=\"A1:B2\"/>",
    "\"",
    "\r",
    "\n",
    "\t",
    "|",
    ",",
    "，",
    "｜",
    "\0",
    "\u{feff}",
    "\u{fffd}",
    "9999999999999999999999999999999",
    "-",
    "1e400",
    "NaN",
    "件",
    "合计",
    "其中：",
    "（一）",
    "2017年度",
    "[",
    "{",
    "}",
    "\"schema\":\"xxgk.report/1\"",
    "Content-Type: message/rfc822\r\n\r\n",
    "--b\r\n",
    "[[row]]\n",
    "parent = \"\"\n",
    "id = \"closed\"\n",
];

/// Numbers at which counters overflow.
const EDGES: [u32; 10] = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x8000_0000];

/// The largest input.
const LARGEST: usize = 1 << 20;

/// A mutated copy. In an archive, mostly one of the parts is mutated and packed again.
pub fn mutated(seed: &[u8], other: &[u8], random: &mut Rng) -> Vec<u8> {
    if seed.starts_with(b"PK")
        && random.u8(..) > 60
        && let Some(bytes) = part_mutated(seed, other, random)
    {
        return bytes;
    }
    let mut bytes = seed.to_vec();
    for _ in 0..1 + random.usize(..6) {
        change(&mut bytes, other, random);
    }
    bytes.truncate(LARGEST);
    bytes
}

fn part_mutated(seed: &[u8], other: &[u8], random: &mut Rng) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(seed)).ok()?;
    let chosen = random.usize(..archive.len().max(1));
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).ok()?;
        let name = part.name().ok()?.into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).ok()?;
        if index == chosen || random.u8(..) < 40 {
            for _ in 0..1 + random.usize(..4) {
                change(&mut content, other, random);
            }
            content.truncate(LARGEST);
        }
        written.start_file(name, SimpleFileOptions::default()).ok()?;
        written.write_all(&content).ok()?;
    }
    Some(written.finish().ok()?.into_inner())
}

/// One mutation in place.
fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Rng) {
    let at = random.usize(..=bytes.len());
    let span = |random: &mut Rng, length: usize| {
        let most = length.saturating_sub(at).min(1 << random.usize(1..13));
        at..at + random.usize(..=most)
    };
    match random.u8(..10) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.u8(..);
            }
        }
        2 | 3 => {
            let edge = EDGES[random.usize(..EDGES.len())].to_le_bytes();
            let width = 1 << random.usize(..3);
            for (byte, new) in bytes.iter_mut().skip(at).zip(&edge[..width]) {
                *byte = *new;
            }
        }
        4 => {
            let gone = span(random, bytes.len());
            bytes.drain(gone);
        }
        5 => {
            let again = bytes[span(random, bytes.len())].to_vec();
            let times = [1, 2, 3, 17, 300][random.usize(..5)];
            let more = again.repeat(times.min(LARGEST / again.len().max(1)));
            bytes.splice(at..at, more);
        }
        6 if !other.is_empty() => {
            let from = random.usize(..other.len());
            let piece = &other[from..(from + random.usize(..400)).min(other.len())];
            bytes.splice(at..at, piece.iter().copied());
        }
        7 => bytes.truncate(at),
        8 => {
            let (range, to) = (span(random, bytes.len()), random.usize(..=bytes.len()));
            let moved: Vec<u8> = bytes[range].to_vec();
            bytes.splice(to..to, moved);
        }
        _ => {
            let piece = PIECES[random.usize(..PIECES.len())];
            let times = [1, 1, 1, 2, 50][random.usize(..5)];
            bytes.splice(at..at, piece.repeat(times).into_bytes());
        }
    }
}
