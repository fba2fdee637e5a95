//! Locations in a file: a cell of a worksheet, a line of a text, a cell of a table on a page.
//!
//! The readers in [`crate::read`] make them; findings, values and errors show them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{self, Lang};

/// The address of a worksheet cell, stored from 0 and printed as `C31`.
///
/// Source: ECMA-376 Part 1, 18.18.7 `ST_CellRef`; absolute references (`$C$31`) are not supported.
///
/// ```
/// use xxgk::document::CellRef;
///
/// assert_eq!(CellRef::new(30, 2).to_string(), "C31");
/// assert_eq!("C31".parse(), Ok(CellRef::new(30, 2)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellRef {
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub column: u32,
}

impl CellRef {
    /// The cell at a row and a column, both from 0.
    pub const fn new(row: u32, column: u32) -> Self {
        Self { row, column }
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0u8; 8];
        let mut at = letters.len();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            at -= 1;
            letters[at] = b'A' + ((rest - 1) % 26) as u8;
            rest = (rest - 1) / 26;
        }
        let letters = std::str::from_utf8(&letters[at..]).expect("ASCII letters");
        write!(f, "{letters}{}", u64::from(self.row) + 1)
    }
}

impl FromStr for CellRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("not a cell address: {text:?}");
        let split = text.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
        let (letters, digits) = text.split_at(split);
        if letters.is_empty() || letters.len() > 6 || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(wrong());
        }
        let column = letters.bytes().fold(0u64, |sum, b| sum * 26 + u64::from(b - b'A') + 1) - 1;
        let row: u32 = digits.parse().map_err(|_| wrong())?;
        Ok(Self { row: row.checked_sub(1).ok_or_else(wrong)?, column: column as u32 })
    }
}

impl Serialize for CellRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CellRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A rectangle on a page: left, top, right and bottom in points (1/72 inch) from the top left corner of the page as it is
/// displayed.
///
/// ```
/// use xxgk::document::PageBox;
///
/// let cell = PageBox([72, 100, 140, 118]);
/// assert_eq!(serde_json::to_string(&cell)?, "[72,100,140,118]");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PageBox(pub [i32; 4]);

/// A location in the user's file, counted from 1 as office programs and editors do.
///
/// Printed as `Sheet1!C31`, `page 2, table 1, row 5`, `line 176`, `table 2, row 5, cell 3`, `paragraph 7` or `page 3`.
///
/// ```
/// use xxgk::document::{CellRef, Location};
/// use xxgk::message::Lang;
///
/// let at = Location::Sheet { sheet: "统计表".into(), cell: CellRef::new(30, 2) };
/// assert_eq!(at.to_text(Lang::ZH), "统计表!C31");
/// assert_eq!(Location::Table { table: 2, row: 5, cell: 3 }.to_string(), "table 2, row 5, cell 3");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Location {
    /// A cell of a workbook.
    Sheet {
        /// The worksheet's name.
        sheet: Arc<str>,
        /// The cell.
        #[cfg_attr(test, schemars(with = "String", regex(pattern = r"^[A-Z]+[1-9][0-9]*$")))]
        cell: CellRef,
    },
    /// A cell of a table on a page. Before [`Table`](Self::Table), whose fields it has too.
    PageCell {
        /// Page, from 1.
        page: u32,
        /// Table on the page, from 1, top down.
        table: u32,
        /// Row of the table on this page, from 1.
        row: u32,
        /// Cell in its row, from 1, as in a Word document.
        cell: u32,
        /// Its place on the page.
        #[serde(rename = "box")]
        area: PageBox,
    },
    /// A line of text on a page, outside its tables.
    PageLine {
        /// Page, from 1.
        page: u32,
        /// Line on the page, from 1, without those of tables.
        line: u32,
        /// Its place on the page.
        #[serde(rename = "box")]
        area: PageBox,
    },
    /// A character of a text.
    Text {
        /// Line, from 1.
        line: u32,
        /// Character in the line, from 1.
        column: u32,
    },
    /// A cell of a table in a Word document or a web page.
    Table {
        /// Table in the document, from 1.
        table: u32,
        /// Row, from 1.
        row: u32,
        /// Cell in its row, from 1. A cell that spans columns counts once; one that continues from a row above does not
        /// count.
        cell: u32,
    },
    /// A paragraph of a Word document or a web page, outside its tables.
    Paragraph {
        /// Paragraph in the document, from 1, without empty ones.
        paragraph: u32,
    },
    /// A page.
    Page {
        /// Page, from 1.
        page: u32,
    },
}

impl Location {
    /// The location in one language: `统计表!C31`, `第176行`, `line 176`.
    pub fn to_text(&self, lang: Lang) -> String {
        let say = |key: &str, words: &[(&str, u32)]| {
            let words = words.iter().map(|(name, number)| ((*name).to_owned(), number.to_string())).collect();
            message::text(key, lang, &words)
        };
        match self {
            Self::Sheet { sheet, cell } => format!("{sheet}!{cell}"),
            Self::PageCell { page, table, row, .. } => {
                say("place.page_cell", &[("page", *page), ("table", *table), ("row", *row)])
            }
            Self::PageLine { page, line, .. } => say("place.page_line", &[("page", *page), ("line", *line)]),
            Self::Text { line, .. } => say("place.line", &[("line", *line)]),
            Self::Table { table, row, cell } => {
                say("place.table", &[("table", *table), ("row", *row), ("cell", *cell)])
            }
            Self::Paragraph { paragraph } => say("place.paragraph", &[("paragraph", *paragraph)]),
            Self::Page { page } => say("place.page", &[("page", *page)]),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(Lang::EN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_addresses_print_and_read_back() {
        for (at, text) in
            [((0, 0), "A1"), ((30, 2), "C31"), ((0, 25), "Z1"), ((8, 26), "AA9"), ((1_048_575, 16_383), "XFD1048576")]
        {
            let cell = CellRef::new(at.0, at.1);
            assert_eq!(cell.to_string(), text);
            assert_eq!(text.parse(), Ok(cell));
        }
        for wrong in ["", "31", "C", "C0", "c1", "C-1"] {
            assert!(wrong.parse::<CellRef>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn locations_keep_their_shape_in_json() {
        let at = Location::Sheet { sheet: "统计表".into(), cell: CellRef::new(30, 2) };
        assert_eq!(serde_json::to_string(&at).unwrap(), r#"{"sheet":"统计表","cell":"C31"}"#);
        assert_eq!(at.to_string(), "统计表!C31");
        assert_eq!(at.to_text(Lang::ZH), "统计表!C31");
        let table = Location::Table { table: 2, row: 5, cell: 3 };
        assert_eq!(table.to_string(), "table 2, row 5, cell 3");
        assert_eq!(table.to_text(Lang::ZH), "第2个表第5行第3格");
        let paragraph = Location::Paragraph { paragraph: 7 };
        assert_eq!(serde_json::to_string(&paragraph).unwrap(), r#"{"paragraph":7}"#);
        assert_eq!((paragraph.to_string(), paragraph.to_text(Lang::ZH)), ("paragraph 7".into(), "第7段".into()));
        assert_eq!(serde_json::from_str::<Location>(r#"{"paragraph":7}"#).unwrap(), paragraph);
        let area = PageBox([72, 100, 140, 118]);
        let cell = Location::PageCell { page: 2, table: 1, row: 5, cell: 3, area };
        let json = r#"{"page":2,"table":1,"row":5,"cell":3,"box":[72,100,140,118]}"#;
        assert_eq!(serde_json::to_string(&cell).unwrap(), json);
        assert_eq!(serde_json::from_str::<Location>(json).unwrap(), cell);
        assert_eq!(
            (cell.to_string(), cell.to_text(Lang::ZH)),
            ("page 2, table 1, row 5".into(), "第2页 表1 第5行".into())
        );
        let line = Location::PageLine { page: 2, line: 4, area };
        let json = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Location>(&json).unwrap(), line);
        assert_eq!((line.to_string(), line.to_text(Lang::ZH)), ("page 2, line 4".into(), "第2页第4行".into()));
        let text: Location = serde_json::from_str(r#"{"line":176,"column":2}"#).unwrap();
        assert_eq!(text, Location::Text { line: 176, column: 2 });
    }
}
