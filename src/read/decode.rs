//! Decodes bytes to text and detects the encoding.
//!
//! In: the bytes of a text file. Out: [`Decoded`]: text, encoding and findings. Called by [`crate::read`] and
//! [`mod@super::sniff`] for all text formats.
//!
//! Detection tries, in this order: byte order mark; NUL bytes, which mean UTF-16; valid UTF-8; the declaration in HTML
//! or XML; valid GB18030; the detector `chardetng` with a hint for China. GBK and GB2312 are read as GB18030, which
//! contains both.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, DecoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::document::Location;
use crate::encoding;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

/// How many bytes are searched for a declaration.
const DECLARATION_WINDOW: usize = 2048;

/// A text and its encoding.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decoded {
    /// The text without byte order mark.
    pub text: String,
    /// The encoding's name, such as `UTF-8` or `gb18030`.
    pub encoding: &'static str,
    /// `XG301` if the encoding was guessed, `XG321` if bytes could not be decoded.
    pub findings: Vec<Finding>,
}

/// Decodes a text in the encoding with the label `wanted`, or in the detected one.
///
/// Invalid bytes become U+FFFD. An `XG321` counts the runs of such bytes and gives the line of the first.
///
/// # Errors
/// [`ErrorKind::UnknownEncoding`] for an unknown label; [`ErrorKind::Encoding`] if `wanted` does not fit, so that more
/// than one character in twenty is invalid.
pub(super) fn decode(bytes: &[u8], wanted: Option<&str>) -> Result<Decoded> {
    if let Some(label) = wanted {
        let encoding = encoding::to_read(label)?;
        let bytes = Encoding::for_bom(bytes).map_or(bytes, |(_, length)| &bytes[length..]);
        let outcome = run(bytes, encoding);
        if let Some(line) = outcome.first_line
            && outcome.malformed * 20 > outcome.text.chars().count()
        {
            return Err(Error::new(ErrorKind::Encoding { encoding: outcome.encoding.name().to_owned(), line }));
        }
        return Ok(outcome.into_decoded(false));
    }
    if let Some((encoding, length)) = byte_order_mark(bytes) {
        return Ok(run(&bytes[length..], encoding).into_decoded(false));
    }
    if let Some(text) = from_hz(bytes) {
        let finding = Finding::new("XG301").with("encoding", "HZ-GB-2312");
        return Ok(Decoded { text, encoding: "HZ-GB-2312", findings: vec![finding] });
    }
    let outcome = run(bytes, detect(bytes));
    let declared = declared(bytes).map(|encoding| if encoding == GBK { GB18030 } else { encoding });
    let is_guessed = outcome.encoding != UTF_8 && declared != Some(outcome.encoding);
    Ok(outcome.into_decoded(is_guessed))
}

fn byte_order_mark(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    if bytes.starts_with(&[0x84, 0x31, 0x95, 0x33]) { Some((GB18030, 4)) } else { Encoding::for_bom(bytes) }
}

/// Detects the encoding of bytes without a byte order mark.
fn detect(bytes: &[u8]) -> &'static Encoding {
    if bytes.contains(&0) {
        return wide_or_not(bytes);
    }
    if is_utf8_but_for_damage(bytes) {
        return UTF_8;
    }
    if let Some(declared) = declared(bytes) {
        return declared;
    }
    if is_strict(bytes, GB18030) {
        return if looks_like_big5(bytes) { BIG5 } else { GB18030 };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"cn"), Utf8Detection::Allow)
}

/// Text with NUL bytes is UTF-16 in the byte order that reads best, or other text with a stray NUL.
fn wide_or_not(bytes: &[u8]) -> &'static Encoding {
    let narrow = if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { GB18030 };
    // The sort is stable: on a tie, the first stays first.
    let mut candidates = [UTF_16LE, UTF_16BE, narrow].map(|encoding| {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        (text.chars().map(readability).sum::<i64>(), encoding)
    });
    candidates.sort_by_key(|(score, _)| -score);
    candidates[0].1
}

/// A score for how readable a character is. ASCII with its bytes swapped turns into hanzi too, so ASCII and Chinese
/// punctuation score higher than hanzi.
fn readability(c: char) -> i64 {
    match c {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{3000}'..='\u{3011}' | '\u{ff01}'..='\u{ff5e}' => 2,
        '\u{4e00}'..='\u{9fff}' => 1,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' => -4,
        _ => -1,
    }
}

/// Whether bytes are UTF-8. Allows one invalid sequence for every twenty characters of three or more bytes, as in a
/// truncated text.
fn is_utf8_but_for_damage(bytes: &[u8]) -> bool {
    let (mut long, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        long += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken == 0 || broken * 20 <= long
}

/// The encoding that an XML or HTML text declares, if the bytes are valid in it.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let window = &bytes[..bytes.len().min(DECLARATION_WINDOW)];
    let start = window.iter().position(|b| !b.is_ascii_whitespace())?;
    if window[start] != b'<' {
        return None;
    }
    let window = window.to_ascii_lowercase();
    let marks: [&[u8]; 2] = [b"charset", b"encoding"];
    let after = marks
        .iter()
        .find_map(|mark| window.windows(mark.len()).position(|found| found == *mark).map(|at| at + mark.len()))?;
    let label: Vec<u8> = window[after..]
        .iter()
        .copied()
        .skip_while(|b| matches!(b, b'=' | b'"' | b'\'' | b' '))
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .collect();
    let encoding = Encoding::for_label_no_replacement(&label)?;
    is_strict(bytes, encoding).then_some(encoding)
}

fn is_strict(bytes: &[u8], encoding: &'static Encoding) -> bool {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some()
}

/// Whether text that is also valid GB18030 reads better as Big5.
fn looks_like_big5(bytes: &[u8]) -> bool {
    let score = |encoding: &'static Encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        Some(text.chars().map(readability).sum::<i64>())
    };
    score(BIG5).is_some_and(|big5| score(GB18030).is_none_or(|simplified| big5 > simplified))
}

/// Decodes HZ (RFC 1843): 7-bit GB2312 between `~{` and `~}`, once common in mail.
fn from_hz(bytes: &[u8]) -> Option<String> {
    if !bytes.is_ascii() || !bytes.windows(2).any(|pair| pair == b"~{") {
        return None;
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let (mut wide, mut at) = (false, 0);
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied();
        match (wide, bytes[at], next) {
            (false, b'~', Some(b'{')) => wide = true,
            (true, b'~', Some(b'}')) => wide = false,
            (false, b'~', Some(b'~')) => plain.push(b'~'),
            (true, first @ 0x21..=0x77, Some(second @ 0x21..=0x7e)) => plain.extend([first | 0x80, second | 0x80]),
            (false, byte, _) | (true, byte @ (b'\n' | b'\r'), _) => {
                plain.push(byte);
                at += 1;
                continue;
            }
            _ => return None,
        }
        at += 2;
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(&plain)?;
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)).then(|| text.into_owned())
}

struct Outcome {
    text: String,
    encoding: &'static Encoding,
    malformed: usize,
    first_line: Option<u32>,
}

impl Outcome {
    fn into_decoded(self, is_guessed: bool) -> Decoded {
        let name = self.encoding.name();
        let mut findings = Vec::new();
        if is_guessed {
            findings.push(Finding::new("XG301").with("encoding", name));
        }
        if let Some(line) = self.first_line {
            let finding = Finding::new("XG321").with("count", self.malformed).with("line", line).with("encoding", name);
            findings.push(finding.at(Location::Text { line, column: 1 }));
        }
        Decoded { text: self.text, encoding: name, findings }
    }
}

/// Decodes all bytes and counts invalid ones.
fn run(bytes: &[u8], encoding: &'static Encoding) -> Outcome {
    let encoding = if encoding == GBK { GB18030 } else { encoding };
    let mut outcome = Outcome { text: String::new(), encoding, malformed: 0, first_line: None };
    if encoding == UTF_8 {
        for chunk in bytes.utf8_chunks() {
            outcome.text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                outcome.replace();
            }
        }
        return outcome;
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut rest = bytes;
    // Not directly into the text: for each invalid byte, the decoder would clear all free space.
    let mut piece = [0u8; 8192];
    loop {
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut piece, true);
        rest = &rest[read..];
        outcome.text.push_str(&String::from_utf8_lossy(&piece[..written]));
        match result {
            DecoderResult::InputEmpty => return outcome,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => outcome.replace(),
        }
    }
}

impl Outcome {
    fn replace(&mut self) {
        self.malformed += 1;
        if self.first_line.is_none() {
            self.first_line = Some(super::text::next_line(&self.text));
        }
        self.text.push(char::REPLACEMENT_CHARACTER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Lang;

    const TEXT: &str = "中庄镇2017年度\n（一）主动公开政府信息数\t条\t170\n乡镇街道\t0\n";

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn every_encoding_is_found_from_the_bytes_and_named_unless_it_is_plain() {
        let bom = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
        let traditional = "示例鎮2017年度政府信息公開情況統計表\n一、主動公開情況\n條\n0\n";
        let hz = b"~{VPW/~}2017\n~{Lu~}\t170\n".to_vec();
        let cases: Vec<(&str, Vec<u8>, &str, &str, bool)> = vec![
            ("utf-8", TEXT.as_bytes().to_vec(), TEXT, "UTF-8", false),
            ("utf-8 with a mark", bom(b"\xef\xbb\xbf", TEXT.as_bytes().to_vec()), TEXT, "UTF-8", false),
            ("gbk", encoded(TEXT, GBK), TEXT, "gb18030", true),
            ("gb18030 beyond gbk", encoded("㐂𠀀镇\n", GB18030), "㐂𠀀镇\n", "gb18030", true),
            ("utf-16le with a mark", bom(b"\xff\xfe", utf16(TEXT, true)), TEXT, "UTF-16LE", false),
            ("utf-16be with a mark", bom(b"\xfe\xff", utf16(TEXT, false)), TEXT, "UTF-16BE", false),
            ("utf-16le", utf16(TEXT, true), TEXT, "UTF-16LE", true),
            ("utf-16be", utf16(TEXT, false), TEXT, "UTF-16BE", true),
            ("utf-16le of ascii", utf16("received,110\r\n", true), "received,110\r\n", "UTF-16LE", true),
            ("utf-16be of ascii", utf16("received,110\r\n", false), "received,110\r\n", "UTF-16BE", true),
            ("big5", encoded(traditional, BIG5), traditional, "Big5", true),
            ("traditional in gb18030", encoded(traditional, GB18030), traditional, "gb18030", true),
            ("hz", hz, "中庄2017\n条\t170\n", "HZ-GB-2312", true),
            ("a stray NUL", format!("{TEXT}\0").into_bytes(), &format!("{TEXT}\0"), "UTF-8", false),
            ("ascii", b"a,b\n1,2\n".to_vec(), "a,b\n1,2\n", "UTF-8", false),
        ]
        .into_iter()
        .map(|(name, bytes, text, encoding, is_guessed)| {
            (name, bytes, Box::leak(text.to_owned().into_boxed_str()) as &str, encoding, is_guessed)
        })
        .collect();
        for (name, bytes, text, encoding, is_guessed) in cases {
            let decoded = decode(&bytes, None).unwrap();
            assert_eq!((decoded.text.as_str(), decoded.encoding), (text, encoding), "{name}");
            let codes: Vec<_> = decoded.findings.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(codes, if is_guessed { vec!["XG301"] } else { vec![] }, "{name}");
        }
    }

    #[test]
    fn a_declaration_decides_between_encodings_that_both_fit() {
        let page = "<html><head><meta charset=\"big5\"></head>公開情況</html>";
        assert_eq!(decode(&encoded(page, BIG5), None).unwrap().encoding, "Big5");
        let xml = "<?xml version=\"1.0\" encoding='gb2312'?><a>公开</a>";
        let decoded = decode(&encoded(xml, GBK), None).unwrap();
        assert_eq!((decoded.encoding, decoded.findings.len()), ("gb18030", 0));
    }

    #[test]
    fn malformed_bytes_are_found_with_their_line() {
        let mut bytes = TEXT.repeat(3).into_bytes();
        bytes.truncate(bytes.len() - "道\t0\n".len() - 1);
        let decoded = decode(&bytes, None).unwrap();
        assert_eq!(decoded.encoding, "UTF-8");
        let finding = &decoded.findings[0];
        assert_eq!((finding.code.as_str(), finding.at.clone()), ("XG321", Some(Location::Text { line: 9, column: 1 })));
        assert!(decoded.text.ends_with('\u{fffd}'));

        let mut bytes = encoded(TEXT, GBK);
        bytes.extend(b"\n\xff\n");
        let decoded = decode(&bytes, None).unwrap();
        assert!(decoded.findings.iter().any(|finding| finding.code == "XG321"), "{decoded:?}");
    }

    #[test]
    fn the_encoding_asked_for_is_used_or_refused() {
        let bytes = encoded(TEXT, GBK);
        assert_eq!(decode(&bytes, Some("gb2312")).unwrap().text, TEXT);
        assert!(decode(&bytes, Some("gbk")).unwrap().findings.is_empty());
        assert!(matches!(decode(&bytes, Some("utf-8")).unwrap_err().kind(), ErrorKind::Encoding { .. }));
        let unknown = decode(&bytes, Some("gb-nothing")).unwrap_err();
        assert!(matches!(unknown.kind(), ErrorKind::UnknownEncoding { .. }));
        assert!(unknown.message(Lang::EN).contains("gb-nothing"));
        assert_eq!(decode("\u{feff}a".as_bytes(), Some("utf-8")).unwrap().text, "a");
    }
}
