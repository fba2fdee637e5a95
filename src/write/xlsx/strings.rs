//! The strings that a workbook's cells share: those of the workbook as it was drawn, and those that are added behind.
//!
//! Source: ECMA-376 Part 1, 18.4.9, `sst`.

use std::borrow::Cow;

use rust_xlsxwriter::XlsxError;
use rustc_hash::FxHashMap;

use super::cells::CellContent;
use super::package::PackageError;

/// Texts that a workbook's cell may hold, in UTF-16 units. Source: Excel specifications and limits.
const MAX_TEXT: usize = 32_767;

/// Marks a text that must be written by way of another: see [`guarded`].
pub(super) const GUARD: char = '\u{E000}';

/// A label as it is handed to rust_xlsxwriter, which takes a text in `<r>` for the inside of its file.
///
/// Marked ones lose their mark when the strings are taken apart.
pub(super) fn guarded(content: CellContent<'_>) -> CellContent<'_> {
    match content {
        CellContent::Text(text) if (text.starts_with("<r>") && text.ends_with("</r>")) || text.starts_with(GUARD) => {
            CellContent::Text(Cow::Owned(format!("{GUARD}{text}")))
        }
        content => content,
    }
}

/// The strings of a workbook as it was drawn.
pub(super) struct Strings {
    /// The header of their part up to their count.
    header: String,
    /// How often cells hold them.
    count: usize,
    /// As they stand in the part.
    own: String,
    /// Their numbers, by what stands in their part.
    numbers: FxHashMap<String, usize>,
}

impl Strings {
    /// From the part drawn, whose last string is [`GUARD`].
    pub(super) fn new(part: &str) -> Result<Self, PackageError> {
        let cut = || {
            let (header, rest) = part.split_once(" count=\"")?;
            let (count, rest) = rest.split_once('"')?;
            let (_, own) = rest.split_once('>')?;
            let own = own.strip_suffix("</sst>")?.strip_suffix(&format!("<si><t>{GUARD}</t></si>"))?;
            let (mut kept, mut numbers) = (String::new(), FxHashMap::default());
            for (number, string) in own.split_inclusive("</si>").enumerate() {
                // No string begins with the mark of itself: it was put there to be taken away here.
                let string = string.replacen(&format!(">{GUARD}"), ">", 1);
                kept.push_str(&string);
                numbers.insert(string, number);
            }
            Some(Self {
                header: header.to_owned(),
                count: count.parse::<usize>().ok()?.checked_sub(1)?,
                own: kept,
                numbers,
            })
        };
        cut().ok_or(PackageError::Unexpected("strings"))
    }

    /// Room for what is added to them.
    pub(super) fn added(&self) -> Added<'_> {
        Added { own: self, count: 0, unique: self.numbers.len(), texts: String::new(), numbers: FxHashMap::default() }
    }
}

/// The strings that are added to those of a workbook as it was drawn.
pub(super) struct Added<'s> {
    own: &'s Strings,
    count: usize,
    unique: usize,
    texts: String,
    /// Their numbers, by what they say; of those that were there, once they were asked for.
    numbers: FxHashMap<String, usize>,
}

impl Added<'_> {
    /// One cell more holds a string.
    pub(super) fn count(&mut self) {
        self.count += 1;
    }

    /// The number of a text, which is added where it is new. Each cell that holds it is to be [counted](Self::count).
    pub(super) fn number(&mut self, text: &str) -> Result<usize, PackageError> {
        if let Some(number) = self.numbers.get(text) {
            return Ok(*number);
        }
        if text.len() > MAX_TEXT && text.encode_utf16().count() > MAX_TEXT {
            return Err(XlsxError::MaxStringLengthExceeded.into());
        }
        let spaced = |character: Option<char>| matches!(character, Some('\t' | '\n' | ' '));
        let spaced = spaced(text.chars().next()) || spaced(text.chars().next_back());
        let start = self.texts.len();
        self.texts.push_str(if spaced { "<si><t xml:space=\"preserve\">" } else { "<si><t>" });
        escape_text(text, &mut self.texts);
        self.texts.push_str("</t></si>");
        let number = match self.own.numbers.get(&self.texts[start..]) {
            Some(number) => {
                self.texts.truncate(start);
                *number
            }
            None => {
                self.unique += 1;
                self.unique - 1
            }
        };
        self.numbers.insert(text.to_owned(), number);
        Ok(number)
    }

    /// The part with all strings.
    pub(super) fn part(&self) -> String {
        let Strings { header, count, own, .. } = self.own;
        let (count, unique) = (count + self.count, self.unique);
        format!("{header} count=\"{count}\" uniqueCount=\"{unique}\">{own}{}</sst>", self.texts)
    }
}

/// Writes a text of a cell as it stands in a workbook, where `_x0041_` would be a character of that number.
fn escape_text(text: &str, part: &mut String) {
    let mut rest = text;
    // Hardly any text has the one character, which is found in no time.
    while let Some(at) = rest.contains('_').then(|| rest.find("_x")).flatten() {
        let code = rest.as_bytes().get(at + 2..at + 7);
        let is_code = code.is_some_and(|code| code[4] == b'_' && code[..4].iter().all(u8::is_ascii_hexdigit));
        escape(&rest[..at], part);
        part.push_str(if is_code { "_x005F_x" } else { "_x" });
        rest = &rest[at + 2..];
    }
    escape(rest, part);
}

/// Writes a text as it stands in a part; what XML cannot hold is written by its number.
///
/// Source: ECMA-376 Part 1, 22.4.2.4, `bstr`.
pub(super) fn escape(text: &str, part: &mut String) {
    let mut rest = text;
    while let Some((before, character)) = special(rest) {
        part.push_str(before);
        rest = &rest[before.len() + character.len_utf8()..];
        match character {
            '&' => part.push_str("&amp;"),
            '<' => part.push_str("&lt;"),
            '>' => part.push_str("&gt;"),
            _ => part.push_str(&format!("_x{:04X}_", u32::from(character))),
        }
    }
    part.push_str(rest);
}

/// What stands before the first character of a text that cannot stand in a part, and the character.
fn special(text: &str) -> Option<(&str, char)> {
    // The last two characters of the first plane are three bytes that begin with these two.
    let at = text.bytes().zip(text.bytes().skip(1).chain([0])).enumerate().find_map(|(at, pair)| match pair {
        (b'&' | b'<' | b'>' | b'\0'..=b'\x08' | b'\x0B'..=b'\x1F', _) => Some(at),
        (0xEF, 0xBF) if text[at..].starts_with(['\u{FFFE}', '\u{FFFF}']) => Some(at),
        _ => None,
    })?;
    Some((&text[..at], text[at..].chars().next()?))
}
