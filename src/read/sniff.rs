//! Detects the format of a file from its content.
//!
//! In: bytes. Out: [`Sniffed`]: a readable format, or what else it is. Called by [`crate::read`].

#[cfg(test)]
use super::decode;
use super::{Format, Sniffed, archive, compound, csv};

/// Columns that together only the header of tidy CSV has: a row for each value of many reports, without what else a report
/// holds.
const TIDY_HEADER: [&str; 4] = ["source,organization,year,template,", ",path,", ",value,", ",status"];

/// Detects what bytes are.
#[cfg(test)]
fn sniff(bytes: &[u8]) -> Sniffed {
    match signature(bytes) {
        Some(sniffed) => sniffed,
        None => decode::decode(bytes, None).map_or(Sniffed::NotATable("binary"), |decoded| of_text(&decoded.text)),
    }
}

/// Detects what bytes are by their signature. `None` if they may be text.
pub(super) fn signature(bytes: &[u8]) -> Option<Sniffed> {
    use Sniffed::{NotATable, Unsupported};
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Some(Sniffed::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") || bytes.starts_with(b"PK\x07\x08") {
        return Some(archive::sniff(bytes));
    }
    if bytes.starts_with(&compound::MAGIC) {
        return Some(compound::sniff(bytes));
    }
    let known: [(&[u8], Sniffed); 26] = [
        (b"%PDF-", Sniffed::Readable(Format::Pdf)),
        (b"{\\rtf", Sniffed::Readable(Format::Rtf)),
        (b"\x89PNG\r\n\x1a\n", NotATable("png")),
        (b"\xff\xd8\xff", NotATable("jpeg")),
        (b"GIF87a", NotATable("gif")),
        (b"GIF89a", NotATable("gif")),
        (b"II*\0", NotATable("tiff")),
        (b"MM\0*", NotATable("tiff")),
        (b"\x1f\x8b", NotATable("gzip")),
        (b"Rar!\x1a\x07", NotATable("rar")),
        (b"7z\xbc\xaf\x27\x1c", NotATable("seven_zip")),
        (b"BZh", NotATable("bzip2")),
        (b"\xfd7zXZ\0", NotATable("xz")),
        (b"\x7fELF", NotATable("program")),
        (b"\xcf\xfa\xed\xfe", NotATable("program")),
        (b"SQLite format 3\0", NotATable("database")),
        (b"\0\x01\0\0Standard", NotATable("database")),
        (b"L\0\0\0\x01\x14\x02\0", NotATable("shortcut")),
        (b"\xd7\xcd\xc6\x9a", NotATable("picture")),
        (b"\x09\x08\x10\0\0\x06", Sniffed::Readable(Format::Xls)),
        (b"\x09\x08\x08\0\0\x05", Sniffed::Readable(Format::Xls)),
        (b"\x09\x04\x06\0", Unsupported("bare_xls")),
        (b"\x09\x02\x06\0", Unsupported("bare_xls")),
        (b"\x09\0\x04\0", Unsupported("bare_xls")),
        (b"\x09\0\x06\0", Unsupported("bare_xls")),
        (b"8BPS", NotATable("picture")),
    ];
    if let Some((_, sniffed)) = known.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(*sniffed);
    }
    if pdf_header(bytes).is_some() {
        return Some(Sniffed::Readable(Format::Pdf));
    }
    let binary = bytes.contains(&0);
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    match () {
        () if binary && at(0, b"BM") && at(14, b"(\0\0\0") => Some(NotATable("bmp")),
        () if binary && at(0, b"MZ") => Some(NotATable("program")),
        () if at(0, b"RIFF") && at(8, b"WEBP") => Some(NotATable("webp")),
        () if binary && (at(4, b"ftyphei") || at(4, b"ftypmif")) => Some(NotATable("picture")),
        () if binary && (at(4, b"ftyp") || at(0, b"RIFF") || at(0, b"ID3")) => Some(NotATable("media")),
        () if binary && at(257, b"ustar") => Some(NotATable("tar")),
        () => None,
    }
}

/// Where a document in PDF begins that has something before it, such as the headers of a transfer. Readers look for it in
/// the first 1024 bytes.
pub(super) fn pdf_header(bytes: &[u8]) -> Option<usize> {
    let start = memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-")?;
    let is_whole = start == 0 || memchr::memmem::rfind(bytes, b"startxref").is_some();
    let is_line = start == 0 || matches!(bytes[start - 1], b'\n' | b'\r' | 0);
    (is_whole && is_line).then_some(start)
}

/// Detects what decoded text is.
pub(super) fn of_text(text: &str) -> Sniffed {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if start.is_empty() || text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\0')) {
        return Sniffed::Empty;
    }
    if is_binary(text) {
        return Sniffed::NotATable("binary");
    }
    if start.starts_with('<')
        && let Some(sniffed) = of_markup(start)
    {
        return sniffed;
    }
    if is_mime(start) {
        return Sniffed::Readable(Format::Mht);
    }
    if !start.starts_with('<') && !start.starts_with(['{', '[']) && has_table(start) {
        return Sniffed::Readable(Format::Html);
    }
    if is_json(start) {
        return Sniffed::Readable(Format::Json);
    }
    if TIDY_HEADER.iter().all(|column| start.lines().next().is_some_and(|line| line.contains(column))) {
        return Sniffed::Unsupported("tidy");
    }
    Sniffed::Readable(if csv::delimiter(text).is_some() { Format::Csv } else { Format::Text })
}

/// Whether one character in ten does not occur in text.
fn is_binary(text: &str) -> bool {
    let strange = |c: &char| matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fff0}'..='\u{ffff}');
    let (mut all, mut strange_count) = (0usize, 0usize);
    for c in text.chars() {
        all += 1;
        strange_count += usize::from(strange(&c));
    }
    strange_count * 10 > all
}

fn of_markup(start: &str) -> Option<Sniffed> {
    let window: String = start.chars().take(4096).collect::<String>().to_ascii_lowercase();
    let has = |mark: &str| window.contains(mark);
    let opens = |marks: &[&str]| marks.iter().any(|mark| window.starts_with(mark));
    let xml = opens(&["<?xml", "<?mso"]);
    if has("urn:schemas-microsoft-com:office:spreadsheet") || (xml && has("excel.sheet")) {
        return Some(Sniffed::Readable(Format::Spreadsheet2003));
    }
    if has(":worddocument") {
        return Some(Sniffed::Readable(Format::Word2003));
    }
    if has(":package") && has("2006/xmlpackage") {
        return Some(flat_package(start));
    }
    if has("<office:document") {
        // The name comes after dozens of other namespaces.
        let head: String = start.chars().take(1 << 15).collect();
        return Some(match () {
            () if head.contains("opendocument.spreadsheet") => Sniffed::Readable(Format::Fods),
            () if head.contains("opendocument.text") => Sniffed::Readable(Format::Fodt),
            () => Sniffed::NotATable("open_document"),
        });
    }
    let tags =
        ["<!doctype html", "<html", "<head", "<body", "<table", "<meta", "<div", "<p>", "<p ", "<style", "<tr", "<!--"];
    if opens(&tags) || (xml && has("<html")) {
        return Some(Sniffed::Readable(Format::Html));
    }
    // Text that starts with another tag, or with none, is a page if it contains a table.
    if !xml && has_table(start) {
        return Some(Sniffed::Readable(Format::Html));
    }
    if has("schemas.uof.org") || has("<uof:uof") {
        return Some(Sniffed::Unsupported("uof"));
    }
    xml.then_some(Sniffed::Unsupported("xml"))
}

/// What a package in a single XML file is. Its type is near the start, unless other parts come first.
fn flat_package(start: &str) -> Sniffed {
    let holds = |mark: &str| memchr::memmem::find(start.as_bytes(), mark.as_bytes()).is_some();
    match () {
        () if holds("wordprocessingml.document.main+xml") || holds("/word/document.xml") => {
            Sniffed::Readable(Format::FlatOpc)
        }
        () if holds("presentationml") => Sniffed::NotATable("pptx"),
        () => Sniffed::Unsupported("xml"),
    }
}

/// Whether a text contains the start of an HTML table, for fragments of pages.
fn has_table(text: &str) -> bool {
    let window: String = text.chars().take(1 << 16).collect::<String>().to_ascii_lowercase();
    let table = window.find("<table").or_else(|| window.find("<tr"));
    table.is_some_and(|at| window[at..].contains("<td") && window[at..].contains("</t"))
}

fn is_mime(start: &str) -> bool {
    let window: String = start.chars().take(2048).collect::<String>().to_ascii_lowercase();
    window.contains("mime-version:") && window.contains("content-type:")
}

/// Whether a text is JSON, or a possibly broken object that names a schema.
fn is_json(start: &str) -> bool {
    if !start.starts_with(['{', '[']) {
        return false;
    }
    let head: String = start.chars().take(4096).collect();
    head.contains("\"schema\"") || serde_json::from_str::<serde::de::IgnoredAny>(start).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_what_they_hold_whatever_they_are_called() {
        use Sniffed::{Empty, NotATable, Readable, Unsupported};
        let cases: [(&[u8], Sniffed); 30] = [
            (b"", Empty),
            (b" \r\n\t", Empty),
            ("\u{feff}\u{3000}\u{a0}\n".as_bytes(), Empty),
            (b"\0\0\0\0", Empty),
            ("指标,数\n收到,7\n".as_bytes(), Readable(Format::Csv)),
            ("指标\n收到\n7\n".as_bytes(), Readable(Format::Text)),
            ("| 指标 | 数 |\n| 收到 | 7 |\n".as_bytes(), Readable(Format::Text)),
            (b"{\"schema\": \"xxgk.report/1\", ", Readable(Format::Json)),
            (b"[{\"a\": 1}]", Readable(Format::Json)),
            ("[附件] 统计表\n收到 7".as_bytes(), Readable(Format::Text)),
            (b"<html><table><tr><td>1</table>", Readable(Format::Html)),
            ("二、情况<TABLE><TR><TD>7</TD></TABLE>".as_bytes(), Readable(Format::Html)),
            (b"<center><table><tr><td>1</td></table>", Readable(Format::Html)),
            (b"\xef\xbb\xbf\r\n<!DOCTYPE html><p>", Readable(Format::Html)),
            (
                b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>",
                Readable(Format::Spreadsheet2003),
            ),
            (b"<?xml version=\"1.0\"?><office:document/>", NotATable("open_document")),
            (b"<?xml version=\"1.0\"?><a/>", Unsupported("xml")),
            (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", Readable(Format::Mht)),
            (b"%PDF-1.7\n", Readable(Format::Pdf)),
            (b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.7\n1 0 obj startxref 0", Readable(Format::Pdf)),
            (b"{\\rtf1\\ansi", Readable(Format::Rtf)),
            (b"\x89PNG\r\n\x1a\n", NotATable("png")),
            (b"\xff\xd8\xff\xe0", NotATable("jpeg")),
            (b"GIF89a", NotATable("gif")),
            (b"II*\0\x08\0", NotATable("tiff")),
            (b"Rar!\x1a\x07\x01", NotATable("rar")),
            (b"7z\xbc\xaf\x27\x1c", NotATable("seven_zip")),
            (b"\x1f\x8b\x08", NotATable("gzip")),
            (b"MZ\x90\0", NotATable("program")),
            (b"PK\x03\x04\x14\0", NotATable("damaged_zip")),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn every_name_is_in_the_catalogue() {
        let source = include_str!("sniff.rs").to_owned() + include_str!("archive.rs") + include_str!("compound.rs");
        let names = source
            .split("NotATable(\"")
            .chain(source.split("Unsupported(\""))
            .filter_map(|rest| rest.split('"').next());
        for name in names.filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')) {
            assert!(crate::message::has(&format!("format.{name}")), "{name}");
        }
    }
}
