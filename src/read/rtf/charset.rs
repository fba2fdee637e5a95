//! The encodings of text in RTF.
//!
//! In: the code page of the document and the character sets of its fonts. Out: the encoding of a run of text. Called by
//! [`super::read`]. Source: Rich Text Format Specification 1.9.1, "Character set", "Font table".

use std::collections::BTreeMap;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// The encoding of a code page of Windows.
fn of_code_page(page: i32) -> Option<&'static Encoding> {
    Some(match page {
        936 | 54936 | 20936 | 52936 => GB18030,
        950 => BIG5,
        932 => SHIFT_JIS,
        949 | 1361 => EUC_KR,
        874 => WINDOWS_874,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1252 => WINDOWS_1252,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10000 => MACINTOSH,
        65001 => UTF_8,
        _ => return None,
    })
}

/// The code page of a character set of a font (`\fcharset`).
fn code_page(charset: i32) -> Option<i32> {
    Some(match charset {
        77 => 10000,
        128 => 932,
        129 | 130 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

/// Whether a character may take two bytes.
fn is_wide(encoding: &'static Encoding) -> bool {
    [GB18030, BIG5, SHIFT_JIS, EUC_KR, UTF_8].contains(&encoding)
}

/// The encodings of a document and its fonts.
#[derive(Default)]
pub(super) struct Charsets {
    document: Option<&'static Encoding>,
    /// The encoding that the language of East Asian text implies.
    implied: Option<&'static Encoding>,
    fonts: BTreeMap<i32, &'static Encoding>,
}

/// The most fonts that are kept.
const FONTS: usize = 5000;

impl Charsets {
    /// Sets the code page of the document.
    pub(super) fn set_document(&mut self, page: i32) {
        self.document = of_code_page(page).or(self.document);
    }

    /// Sets the language of East Asian text, which says more than a document without code page.
    pub(super) fn set_language(&mut self, language: i32) {
        self.implied = match language {
            2052 | 4100 => Some(GB18030),
            1028 | 3076 => Some(BIG5),
            _ => self.implied,
        };
    }

    /// Sets the character set of a font.
    pub(super) fn set_font(&mut self, font: i32, charset: i32) {
        if let Some(encoding) = code_page(charset).and_then(of_code_page)
            && self.fonts.len() < FONTS
        {
            self.fonts.insert(font, encoding);
        }
    }

    /// The encoding of text in a font. A font of Western text is set together with one of East Asian text, so its character
    /// set counts only if it is another than that of Western text.
    pub(super) fn of_font(&self, font: i32) -> &'static Encoding {
        let document = self.document.filter(|encoding| is_wide(encoding)).or(self.implied).or(self.document);
        let own = self.fonts.get(&font).copied();
        match (own, document) {
            (Some(own), _) if is_wide(own) => own,
            (_, Some(document)) if is_wide(document) => document,
            (own, document) => own.or(document).unwrap_or(WINDOWS_1252),
        }
    }
}
