//! Hostile documents of RTF, OpenDocument text and Word XML, and archives.

use super::files::{Fate, Hostile};
use super::pack::{Part, zip};

const ODT: &str =
    "<office:document office:mimetype='application/vnd.oasis.opendocument.text'><office:body><office:text>";
const ROW: &str = "<table:table><table:table-row>";
const WORD: &str = "<?xml version='1.0'?><w:wordDocument><w:body>";

/// All of them.
pub const FILES: &[Hostile] = &[
    ("deep.rtf", Fate::TooLarge, || rtf("{", 5_000_000, "")),
    ("cells.rtf", Fate::TooLarge, || rtf("\\cell", 5_000_000, "}")),
    ("rows.rtf", Fate::TooLarge, || rtf("\\trowd\\cellx9\\cell\\row", 2_000_000, "}")),
    // Each row changes a definition of a thousand cells.
    ("definitions.rtf", Fate::TooLarge, || {
        let cells = "\\cellx5".repeat(2000);
        rtf(&format!("\\trowd{cells}"), 1, &("\\cell\\row\\clmrg\\cellx6".repeat(1_000_000) + "}"))
    }),
    ("tables.rtf", Fate::TooLarge, || rtf("\\itap249 a\\par\\pard b\\par ", 1_000_000, "}")),
    ("shapes.rtf", Fate::Ends, || rtf("{\\shp{\\shptxt a\\par}}", 1_000_000, "}")),
    ("shapes-in-shapes.rtf", Fate::Ends, || rtf("{\\shptxt a", 9_000, &"}".repeat(9_001))),
    ("fields.rtf", Fate::Ends, || rtf("{\\field{\\*\\fldinst a", 4_000, &"}".repeat(8_001))),
    ("text.rtf", Fate::TooLarge, || rtf("a", 40_000_000, "}")),
    ("hidden.rtf", Fate::Ends, || rtf("{\\v a}b", 4_000_000, "}")),
    ("deep.fodt", Fate::TooLarge, || [ODT, &format!("{ROW}<table:table-cell>").repeat(300_000)].concat().into_bytes()),
    ("repeated.fodt", Fate::TooLarge, || {
        let cell = "<table:table-cell table:number-columns-repeated='1000'><text:p>甲</text:p></table:table-cell>";
        let row = format!("<table:table-row table:number-rows-repeated='1000'>{cell}</table:table-row>");
        format!("{ODT}<table:table>{row}</table:table></office:text></office:body></office:document>").into_bytes()
    }),
    ("boxes-in-boxes.fodt", Fate::Ends, || {
        let open = "<draw:frame><draw:text-box><text:p>甲".repeat(3000);
        let close = "</text:p></draw:text-box></draw:frame>".repeat(3000);
        format!("{ODT}{open}{close}</office:text></office:body></office:document>").into_bytes()
    }),
    ("spaces.fodt", Fate::TooLarge, || {
        [ODT, "<text:p>", &"<text:s text:c='1000'/>".repeat(1_000_000), "</text:p></office:text>"].concat().into_bytes()
    }),
    ("deep-word.xml", Fate::Refused, || [WORD, &"<w:tbl><w:tr><w:tc>".repeat(1_000_000)].concat().into_bytes()),
    ("boxes-in-boxes.docx", Fate::Ends, || {
        let document = "<w:document xmlns:w='w'><w:body><w:p>";
        let open = "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>a</w:t></w:r>".repeat(2000);
        let close = "</w:p></w:txbxContent></w:pict></w:r>".repeat(2000);
        zip(&[Part::new(
            "word/document.xml",
            format!("{document}{open}{close}</w:p></w:body></w:document>").as_bytes(),
        )])
    }),
    ("bomb.zip", Fate::Refused, || {
        let parts: Vec<Part> = (0..6).map(|at| Part::repeated(&format!("{at}.csv"), "", " ", 60_000_000, "")).collect();
        zip(&parts)
    }),
    // Each is read by itself, and all of them side by side take the memory of one.
    ("texts.zip", Fate::Refused, || {
        let line = "东河镇 1 2 3\n";
        let parts: Vec<Part> = (0..6).map(|at| Part::repeated(&format!("{at}.txt"), "", line, 1_500_000, "")).collect();
        zip(&parts)
    }),
    ("lying-bomb.zip", Fate::Refused, || {
        let parts: Vec<Part> =
            (0..4).map(|at| Part::repeated(&format!("{at}.csv"), "", " ", 300_000_000, "").claiming(900)).collect();
        zip(&parts)
    }),
    ("many.zip", Fate::Refused, || {
        let parts: Vec<Part> = (0..60_000).map(|at| Part::new(&format!("{at}"), b"")).collect();
        zip(&parts)
    }),
    ("inflating.gz", Fate::Refused, || gzip(&vec![0; 300 << 20])),
    ("inflating.tar.gz", Fate::Refused, || {
        let mut header = [0u8; 512];
        header[..1].copy_from_slice(b"a");
        header[124..135].copy_from_slice(b"77777777777");
        header[148..156].copy_from_slice(b"        ");
        header[257..262].copy_from_slice(b"ustar");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        gzip(&[&header[..], &vec![0; 300 << 20]].concat())
    }),
    // A dictionary of 4 GB.
    ("dictionary.7z", Fate::Refused, || {
        let header = b"\x01\x04\x06\x00\x01\x09\x04\x00\x07\x0b\x01\x00\x01\x21\x21\x01\x28\x0c\x04\x00\x00\x05\x01\x11\x05\x00a\0\0\0\x00\x00";
        let mut start = 4u64.to_le_bytes().to_vec();
        start.extend((header.len() as u64).to_le_bytes());
        start.extend(crc(header).to_le_bytes());
        let mut file = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
        file.extend(crc(&start).to_le_bytes());
        file.extend(start);
        file.extend(b"\x01\0\0a");
        file.extend(header);
        file
    }),
];

fn rtf(piece: &str, times: usize, close: &str) -> Vec<u8> {
    ["{\\rtf1\\ansi ", &piece.repeat(times), close].concat().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
