//! Rows written straight into a worksheet, for lists and tables of very many cells: `rows → worksheet part`.
//!
//! rust_xlsxwriter draws a worksheet with its columns and pages and without rows, and in one row of one worksheet a cell of
//! every look ([`draw_styles`]), which is cut out again ([`cut_styles`]); so the workbook knows these looks and says their
//! numbers. A row is then written as it stands in the file, at a tenth of what it costs to hand over each cell and its format.
//!
//! Source: ECMA-376 Part 1, 18.3.1.73, `row`, and 18.3.1.4, `c`.

use std::fmt::Write as _;

use rust_xlsxwriter::utility::{cell_range, column_number_to_name};
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::package::PackageError;
use super::strings::{Added, GUARD, escape};

/// Rows and columns of a worksheet. Source: Excel specifications and limits.
const MAX_ROWS: u32 = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

/// Pixels in a point. Heights of rows are whole pixels.
const PIXELS: f64 = 4.0 / 3.0;

/// Draws a cell of each look in the first row of a worksheet, behind the mark that ends the strings.
pub(super) fn draw_styles<'f>(
    sheet: &mut Worksheet,
    formats: impl IntoIterator<Item = &'f Format>,
) -> Result<(), XlsxError> {
    sheet.write_string(0, 0, GUARD.to_string())?;
    for (column, format) in (1u16..).zip(formats) {
        sheet.write_blank(0, column, format)?;
    }
    Ok(())
}

/// Cuts what [`draw_styles`] drew out of the worksheet's part: the numbers of the looks, in their order.
pub(super) fn cut_styles(part: &mut String) -> Result<Vec<u32>, PackageError> {
    let cut = || {
        let (start, end) = (part.find("<row ")?, part.find("</row>")?);
        let cells = part[start..end].split("<c ").skip(2);
        let style = |cell: &str| cell.split_once(" s=\"")?.1.split_once('"')?.0.parse().ok();
        Some((cells.map(style).collect::<Option<Vec<u32>>>()?, start..end + "</row>".len()))
    };
    let (styles, row) = cut().ok_or(PackageError::Unexpected("styles"))?;
    part.replace_range(row, "");
    Ok(styles)
}

/// What a formula comes to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome<'o> {
    Number(f64),
    Text(&'o str),
}

/// A text whose number among the strings is known, for the many cells that hold it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared(Option<usize>);

/// The rows of a worksheet, each from the first column on, written into its part.
pub(super) struct Rows<'a, 's> {
    part: String,
    /// The end of the part, from the last row on.
    rest: String,
    strings: &'a mut Added<'s>,
    /// How a cell of each column begins, as far as any has come, up to the number of its row.
    columns: Vec<String>,
    row: u32,
    /// How a cell of the row goes on, up to the number of its style.
    behind_column: String,
    column: usize,
    digits: itoa::Buffer,
}

impl<'a, 's> Rows<'a, 's> {
    /// Begins the rows of a worksheet whose part has none; rows that only its notes made there give way.
    pub(super) fn new(mut part: String, strings: &'a mut Added<'s>) -> Result<Self, PackageError> {
        let unexpected = || PackageError::Unexpected("worksheet");
        let data = match part.find("<sheetData>").zip(part.find("</sheetData>")) {
            Some((start, end)) => start..end + "</sheetData>".len(),
            None => part.find("<sheetData/>").map(|at| at..at + "<sheetData/>".len()).ok_or_else(unexpected)?,
        };
        if part[data.clone()].contains("<c ") {
            return Err(unexpected());
        }
        let rest = part.split_off(data.end);
        part.truncate(data.start);
        part.push_str("<sheetData>");
        let (behind_column, digits) = (String::new(), itoa::Buffer::new());
        Ok(Self { part, rest, strings, columns: Vec::new(), row: 0, behind_column, column: 0, digits })
    }

    /// Begins the next row, which is so many points high.
    pub(super) fn row(&mut self, height: f64) -> Result<(), PackageError> {
        if self.row == MAX_ROWS {
            return Err(XlsxError::RowColumnLimitError.into());
        }
        self.end_row();
        self.row += 1;
        self.column = 0;
        self.behind_column.clear();
        self.behind_column.extend([self.digits.format(self.row), "\" s=\""]);
        let height = (height * PIXELS).round() / PIXELS;
        write!(self.part, "<row r=\"{}\" ht=\"{height}\" customHeight=\"1\">", self.row).map_err(unwritten)
    }

    fn end_row(&mut self) {
        if self.row > 0 {
            self.part.push_str("</row>");
        }
    }

    /// Begins the next cell of the row, up to the end of its style.
    fn cell(&mut self, style: u32) -> Result<(), PackageError> {
        if self.column == self.columns.len() {
            let number = u16::try_from(self.column).ok().filter(|_| self.column < MAX_COLUMNS);
            let name = column_number_to_name(number.ok_or(XlsxError::RowColumnLimitError)?);
            self.columns.push(format!("<c r=\"{name}"));
        }
        let pieces = [&self.columns[self.column], &self.behind_column, self.digits.format(style)];
        self.part.extend(pieces);
        self.column += 1;
        Ok(())
    }

    pub(super) fn blank(&mut self, style: u32) -> Result<(), PackageError> {
        self.cell(style)?;
        self.part.push_str("\"/>");
        Ok(())
    }

    pub(super) fn text(&mut self, style: u32, text: &str) -> Result<(), PackageError> {
        let text = self.share(text)?;
        self.shared(style, text)
    }

    /// Makes a text known that many cells will hold.
    pub(super) fn share(&mut self, text: &str) -> Result<Shared, PackageError> {
        Ok(Shared(if text.is_empty() { None } else { Some(self.strings.number(text)?) }))
    }

    pub(super) fn shared(&mut self, style: u32, text: Shared) -> Result<(), PackageError> {
        let Some(number) = text.0 else { return self.blank(style) };
        self.cell(style)?;
        self.strings.count();
        self.part.extend(["\" t=\"s\"><v>", self.digits.format(number), "</v></c>"]);
        Ok(())
    }

    pub(super) fn number(&mut self, style: u32, number: f64) -> Result<(), PackageError> {
        self.cell(style)?;
        write!(self.part, "\"><v>{number}</v></c>").map_err(unwritten)
    }

    /// A formula, without a sign before it, and what it comes to for programs that do not reckon.
    pub(super) fn formula(&mut self, style: u32, formula: &str, outcome: Outcome<'_>) -> Result<(), PackageError> {
        self.cell(style)?;
        self.part.push_str(if matches!(outcome, Outcome::Text(_)) { "\" t=\"str\"><f>" } else { "\"><f>" });
        escape(formula, &mut self.part);
        self.part.push_str("</f><v>");
        match outcome {
            Outcome::Number(number) => write!(self.part, "{number}").map_err(unwritten)?,
            Outcome::Text(text) => escape(text, &mut self.part),
        }
        self.part.push_str("</v></c>");
        Ok(())
    }

    /// The part of the worksheet with its rows.
    pub(super) fn finish(mut self) -> Result<String, PackageError> {
        self.end_row();
        self.part.push_str("</sheetData>");
        self.part.push_str(&self.rest);
        let columns = self.columns.len().max(1) - 1;
        let columns = u16::try_from(columns).map_err(|_| XlsxError::RowColumnLimitError)?;
        let area = cell_range(0, 0, self.row.max(1) - 1, columns);
        let dimension = || {
            let start = self.part.find(DIMENSION)? + DIMENSION.len();
            Some(start..start + self.part[start..].find('"')?)
        };
        let dimension = dimension().ok_or(PackageError::Unexpected("worksheet"))?;
        self.part.replace_range(dimension, &area);
        Ok(self.part)
    }
}

/// What says how large a worksheet is.
const DIMENSION: &str = "<dimension ref=\"";

/// Text has room for whatever is written into it.
fn unwritten(_: std::fmt::Error) -> PackageError {
    PackageError::Unexpected("cell")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader};
    use rust_xlsxwriter::{Note, Workbook};

    use super::super::package::{self, Package, Packed, STRINGS};
    use super::super::strings::Strings;
    use super::*;
    use crate::deflate::Effort;

    /// A workbook of a worksheet with a note whose rows are written in bulk, and one with the styles.
    fn filled(
        write: impl FnOnce(&mut Rows<'_, '_>, &[u32]) -> Result<(), PackageError>,
    ) -> Result<Package, PackageError> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().insert_note(2, 1, &Note::new("注")).unwrap();
        let formats = [Format::new().set_bold(), Format::new().set_italic()];
        draw_styles(workbook.add_worksheet(), &formats).unwrap();
        let mut package = Package::open(&workbook.save_to_buffer().unwrap())?;
        let strings = Strings::new(package.part(STRINGS)?)?;
        let mut added = strings.added();
        let styles = cut_styles(package.part(&package::sheet(1))?)?;
        assert_eq!(styles.len(), formats.len());
        assert_ne!(styles[0], styles[1]);
        let sheet = package.part(&package::sheet(0))?;
        let mut rows = Rows::new(std::mem::take(sheet), &mut added)?;
        write(&mut rows, &styles)?;
        *sheet = rows.finish()?;
        *package.part(STRINGS)? = added.part();
        Ok(package)
    }

    fn read_back(package: Package) -> Vec<Vec<Data>> {
        let bytes = package::pack(&package.packed(Effort::Quick).unwrap()).unwrap();
        let mut workbook = calamine::Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(workbook.worksheet_range("Sheet2").unwrap().cells().count(), 0);
        workbook.worksheet_range("Sheet1").unwrap().rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn cells_are_read_back_as_they_were_written() {
        let texts = ["中庄镇", "<r>a</r>", "_x0041_", "=1+1", " 空 ", "a&b<c>\u{1}\n", "中庄镇", "\u{E000}"];
        let package = filled(|rows, styles| {
            rows.row(20.0)?;
            for text in texts {
                rows.text(styles[0], text)?;
            }
            rows.row(18.0)?;
            rows.number(styles[1], 126.18)?;
            rows.blank(styles[0])?;
            rows.text(styles[0], "")?;
            rows.formula(styles[0], "IF(A2<1,\"a\",SUM(A2:B2))", Outcome::Number(126.18))?;
            rows.formula(styles[0], "IF(A2<1,\"/\",\"\")", Outcome::Text("/"))
        });
        let cells = read_back(package.unwrap());
        assert_eq!(cells[0], texts.map(|text| Data::String(text.to_owned())));
        let number = Data::Float(126.18);
        let (blank, text) = (Data::Empty, Data::String("/".to_owned()));
        assert_eq!(cells[1][..5], [number.clone(), blank.clone(), blank.clone(), number, text]);
    }

    #[test]
    fn one_style_serves_all_cells_and_a_text_stands_once() {
        let mut package = filled(|rows, styles| {
            for _ in 0..3 {
                rows.row(20.0)?;
                rows.text(styles[0], "中庄镇")?;
            }
            Ok(())
        });
        let package = package.as_mut().unwrap();
        let strings = package.part(STRINGS).unwrap();
        assert!(strings.contains("count=\"3\" uniqueCount=\"1\""), "{strings}");
        let sheet = package.part(&package::sheet(0)).unwrap();
        assert_eq!(sheet.matches("<v>0</v>").count(), 3);
        assert!(sheet.contains("<dimension ref=\"A1:A3\""), "{sheet}");
    }

    #[test]
    fn parts_deflated_side_by_side_make_the_same_file() {
        let package = filled(|rows, styles| {
            (0..20_000).try_for_each(|row| {
                rows.row(20.0)?;
                rows.text(styles[0], &format!("第{row}行"))
            })
        });
        let package = package.unwrap();
        let parts = package.clone().into_parts();
        let one_by_one: Vec<Packed> =
            parts.iter().map(|(name, part)| Packed::new(name, part, Effort::Quick).unwrap()).collect();
        let packed = package::pack(&package.clone().packed(Effort::Quick).unwrap()).unwrap();
        assert!(packed == package::pack(&one_by_one).unwrap());
        assert_eq!(read_back(package).len(), 20_000);
    }

    #[test]
    fn a_row_beyond_the_columns_of_a_worksheet_is_an_error() {
        let result = filled(|rows, styles| {
            rows.row(20.0)?;
            (0..=MAX_COLUMNS).try_for_each(|_| rows.blank(styles[0]))
        });
        assert!(matches!(result.map(|_| ()), Err(PackageError::Xlsx(XlsxError::RowColumnLimitError))));
    }
}
