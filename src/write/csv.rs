//! A laid-out report as comma separated values: `Layout → bytes`.
//!
//! In: a [`Layout`]. Out: its title, its lines and its tables, a record for each row, in UTF-8 or an encoding of China's
//! spreadsheets. Called by [`crate::write::write`]; [`crate::read`] reads it back as the same report.

use std::borrow::Cow;
use std::convert::Infallible;
use std::io::Write;
use std::slice::from_ref;

use encoding_rs::UTF_8;

use crate::encoding;
use crate::error::Result;
pub(crate) use crate::escape_formula::escape_formula;
use crate::layout::{Block, CellLayout, CellRole, Content, Filling, Form, Layout, LineKind, RowLayout, TableLayout};
use crate::report::digits_in;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter, TidyWriter};
use crate::write::record::{encode, unencodable};
use crate::write::{failed, tidy};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "csv",
    extensions: &["csv"],
    binary: false,
    writer: FormatWriter::Form(|form, out| {
        write(form.layout, form.options.bom, form.options.encoding.as_deref(), out).map(|()| Vec::new())
    }),
    merged: MergedWriter::Totals,
    tidy: Some(TidyWriter { header: tidy::write_csv_header, rows: tidy::write_csv }),
};

/// Writes a layout as records of equal length, each ended by CR LF.
///
/// `encoding` is a WHATWG label, UTF-8 where none; `bom` sets a byte order mark before UTF-8.
///
/// The title is one record even where it breaks on paper; attachment marks belong to paper and are left out. A header
/// or a merged label that spans several rows or columns of values stands in each, so that every value has all its headers
/// in its row and column. A label or a value that spans columns stands in the first. Fields are quoted where RFC 4180
/// asks for it. Numbers keep their digits. Text that begins like a formula stands behind an apostrophe: see [`escape_formula`].
///
/// # Errors
/// [`EncodingNotFound`](crate::ErrorKind::EncodingNotFound) for an encoding that cannot be written; [`Unencodable`](crate::ErrorKind::Unencodable) for a character
/// that the encoding lacks; [`Write`](crate::ErrorKind::Write) when `out` fails. Nothing is written before all is known to fit.
pub(crate) fn write(layout: &Layout, bom: bool, encoding: Option<&str>, out: &mut dyn Write) -> Result<()> {
    let encoding = encoding::to_write(encoding)?;
    let Ok(blank) = layout.form.prepared(|_: &Blank| true, || Ok::<_, Infallible>(Blank::new(&layout.form)));
    let text = blank.filled(layout, if bom && encoding == UTF_8 { "\u{feff}" } else { "" });
    let bytes =
        encode(&text, encoding).map_err(|lacking| unencodable(lacking, encoding, &field_with(lacking, &text)))?;
    out.write_all(&bytes).map_err(|error| failed("CSV", error))
}

/// The first field of some records that has a character.
fn field_with(character: char, records: &str) -> String {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(records.as_bytes());
    let has = |field: &&str| field.contains(character);
    let field = reader.records().flatten().find_map(|record| record.iter().find(has).map(str::to_owned));
    field.unwrap_or_default()
}

/// The records of a form: what is the same in all its reports, and where that of each report stands.
struct Blank {
    /// All that is the same: whole fields, separators and line ends.
    text: String,
    /// Each field of a report's own, with the place in the text where it stands.
    own: Vec<(usize, Vec<Piece>)>,
    /// How many fields each record has.
    columns: usize,
}

/// A piece of a field of a report's own.
enum Piece {
    /// The same in all reports.
    Fixed(String),
    /// One of [`Layout::texts`].
    Text(usize),
    /// One of [`Layout::values`].
    Value(usize),
}

/// Room for a field of a report's own, most of which are values.
const ROOM: usize = 8;

impl Blank {
    fn new(form: &Form) -> Self {
        let records = records(form);
        let columns = records.iter().map(Vec::len).max().unwrap_or(0);
        let mut blank = Self { text: String::new(), own: Vec::new(), columns };
        for record in &records {
            for at in 0..columns {
                blank.text.push_str(if at > 0 { "," } else { "" });
                blank.push(record.get(at).unwrap_or(&Field::default()));
            }
            blank.text.push_str("\r\n");
        }
        blank
    }

    fn push(&mut self, field: &Field<'_>) {
        match field.fixed() {
            Some(text) => push_field(&mut self.text, &text, self.columns),
            None => self.own.push((self.text.len(), field.sources().map(Source::piece).collect())),
        }
    }

    /// The records of a layout, behind a mark.
    fn filled(&self, layout: &Layout, mark: &str) -> String {
        let mut text = String::with_capacity(mark.len() + self.text.len() + ROOM * self.own.len());
        text.push_str(mark);
        let mut done = 0;
        for (at, field) in &self.own {
            text.push_str(&self.text[done..*at]);
            done = *at;
            match field.as_slice() {
                [only] => push_field(&mut text, &only.text(layout, &mut itoa::Buffer::new()), self.columns),
                several => {
                    let pieces = several.iter().map(|piece| piece.text(layout, &mut itoa::Buffer::new()).into_owned());
                    push_field(&mut text, &pieces.collect::<String>(), self.columns);
                }
            }
        }
        text + &self.text[done..]
    }
}

impl Piece {
    /// Its text in one report, digits of a number in a place of the caller's.
    fn text<'l>(&'l self, layout: &'l Layout, place: &'l mut itoa::Buffer) -> Cow<'l, str> {
        match self {
            Self::Fixed(text) => Cow::Borrowed(text),
            Self::Text(slot) => Cow::Borrowed(layout.texts.get(*slot).map_or("", String::as_str)),
            Self::Value(slot) => match layout.values.get(*slot).map(|value| &value.content) {
                Some(content) => match content.number() {
                    Some(number) => digits_in(number, place),
                    None => content.text(),
                },
                None => Cow::Borrowed(""),
            },
        }
    }
}

/// A field of a record as the form says it: what stands in it, one behind the other.
#[derive(Clone, Default)]
struct Field<'f> {
    /// All there is in nearly every field.
    first: Option<Source<'f>>,
    more: Vec<Source<'f>>,
}

impl<'f> Field<'f> {
    fn of(source: Source<'f>) -> Self {
        Self { first: Some(source), more: Vec::new() }
    }

    /// Its text where that is the same in all reports.
    fn fixed(&self) -> Option<Cow<'f, str>> {
        match (self.first, self.more.as_slice()) {
            (None, _) => Some(Cow::Borrowed("")),
            (Some(only), []) => only.fixed(),
            _ => self.sources().map(Source::fixed).collect::<Option<String>>().map(Cow::Owned),
        }
    }

    fn sources(&self) -> impl Iterator<Item = Source<'f>> {
        self.first.iter().chain(&self.more).copied()
    }
}

/// What stands in a field.
#[derive(Clone, Copy)]
enum Source<'f> {
    /// Part of a line.
    Line(&'f Filling<String>),
    /// A cell of a table.
    Cell(&'f Filling<Content>),
}

impl<'f> Source<'f> {
    /// Its text where that is the same in all reports.
    fn fixed(self) -> Option<Cow<'f, str>> {
        match self {
            Self::Line(Filling::Fixed(text)) => Some(Cow::Borrowed(text)),
            Self::Cell(Filling::Fixed(content)) => Some(content.text()),
            Self::Line(Filling::Slot(_)) | Self::Cell(Filling::Slot(_)) => None,
        }
    }

    fn piece(self) -> Piece {
        match self {
            Self::Line(Filling::Fixed(text)) => Piece::Fixed(text.clone()),
            Self::Line(Filling::Slot(slot)) => Piece::Text(*slot),
            Self::Cell(Filling::Fixed(content)) => Piece::Fixed(content.to_text()),
            Self::Cell(Filling::Slot(slot)) => Piece::Value(*slot),
        }
    }
}

/// Appends one field of a record that has so many: escape_formula, and in quotes where RFC 4180 asks for them. An empty field
/// that is a record by itself stands in quotes, since it would be an empty line.
fn push_field(record: &mut String, text: &str, columns: usize) {
    let text = escape_formula(text);
    let is_plain = !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n'));
    if is_plain && (columns > 1 || !text.is_empty()) {
        record.push_str(&text);
    } else {
        record.extend(["\"", &text.replace('"', "\"\""), "\""]);
    }
}

fn records(form: &Form) -> Vec<Vec<Field<'_>>> {
    let mut records: Vec<Vec<Field<'_>>> = Vec::new();
    let mut in_title = false;
    for block in &form.blocks {
        match block {
            Block::Line(line) => {
                let mut sources = line.parts.iter().map(|part| Source::Line(&part.text));
                match (line.kind, records.last_mut()) {
                    (LineKind::Attachment | LineKind::Note, _) => {}
                    (LineKind::Title, Some(title)) if in_title => title[0].more.extend(sources),
                    (LineKind::Title, _) => {
                        records.push(vec![Field { first: sources.next(), more: sources.collect() }])
                    }
                    _ => records.push(sources.map(Field::of).collect()),
                }
                in_title = line.kind == LineKind::Title;
            }
            Block::Table(table) => records.extend(rows(table)),
        }
    }
    records
}

fn rows(table: &TableLayout) -> Vec<Vec<Field<'_>>> {
    let mut records = vec![vec![Field::default(); table.widths.len()]; table.rows.len()];
    for (at, row) in table.rows.iter().enumerate() {
        for cell in &row.cells {
            let columns = columns(table, at, cell);
            let rows = at..at.saturating_add(cell.row_span.max(1)).min(records.len());
            for (row, column) in rows.flat_map(|row| columns.iter().map(move |column| (row, *column))) {
                if let Some(field) = records.get_mut(row).and_then(|record| record.get_mut(column)) {
                    *field = Field::of(Source::Cell(&cell.content));
                }
            }
        }
    }
    records
}

/// The columns in which the text of a cell stands.
fn columns<'l>(table: &TableLayout, row: usize, cell: &'l CellLayout) -> Cow<'l, [usize]> {
    let all = cell.column..cell.column.saturating_add(cell.column_span.max(1)).min(table.widths.len());
    match cell.role {
        _ if all.len() < 2 => Cow::Borrowed(from_ref(&cell.column)),
        CellRole::Data | CellRole::RowHeader => Cow::Borrowed(from_ref(&cell.column)),
        CellRole::ColumnHeader => {
            // A header of one value that spans columns stands where the value does.
            let below = table.rows.iter().skip(row + 1);
            let values = |row: &RowLayout| row.cells.iter().any(|cell| cell.role == CellRole::Data);
            let starts = below.filter(|row| values(row)).take(1).flat_map(|row| &row.cells);
            let data: Vec<usize> = starts.filter(|cell| cell.role == CellRole::Data).map(|cell| cell.column).collect();
            let before = data.first().copied().unwrap_or(0);
            all.filter(|column| *column == cell.column || *column < before || data.contains(column)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;

    use super::*;
    use crate::error::ErrorKind;
    use crate::layout::{LayoutOptions, layout};
    use crate::message::Lang;
    use crate::report::Report;
    use crate::template::shipped;
    use crate::write::sample;

    fn written(report: &Report, bom: bool, encoding: Option<&str>) -> Result<Vec<u8>> {
        let template = shipped().get("2014-extended")?;
        let mut bytes = Vec::new();
        write(&layout(report, template, LayoutOptions::default()), bom, encoding, &mut bytes).map(|()| bytes)
    }

    #[test]
    fn the_form_stands_row_by_row() {
        let text = String::from_utf8(written(&sample::report(), true, None).unwrap()).unwrap();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines[0], "\u{feff}2017年度中庄镇政府信息公开工作情况统计表,,");
        assert_eq!(lines[1], "填报单位（盖章）：中庄镇,2017年度,");
        assert_eq!(lines[2], "统　计　指　标,单位,统计数");
        assert_eq!(lines[3], "一、主动公开情况,,");
        assert_eq!(lines[4], "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）,条,0.350");
        assert_eq!(lines[5], "其中：主动公开规范性文件数,条,");
        assert_eq!(lines[6], "制发规范性文件总数,件,/");
        assert_eq!(lines[7], "\"附加, \"\"一\"\" 行\",件,-7");
        assert_eq!(
            &lines[lines.len() - 3..],
            ["单位负责人：王小明,审核人：,填报人：", "联系电话：,填报日期：　　年　月　日,", ""]
        );
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn a_plain_reader_finds_the_same_fields_in_every_encoding() {
        let mut report = sample::report();
        report.organization = Some("㐀，镇\n\"𠀀\"".to_owned());
        let plain = written(&report, false, None).unwrap();
        let text = String::from_utf8(plain.clone()).unwrap();
        let bytes = written(&report, true, Some("GB18030")).unwrap();
        assert_eq!(GB18030.decode_without_bom_handling(&bytes), (text.as_str().into(), false));
        let fields: Vec<_> = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(plain.as_slice())
            .into_records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        assert!(fields.iter().all(|record| record.len() == 3));
        assert_eq!(fields[1][0], "填报单位（盖章）：㐀，镇\n\"𠀀\"");
    }

    #[test]
    fn a_character_the_encoding_lacks_is_named() {
        let mut report = sample::report();
        report.organization = Some("𠀀镇".to_owned());
        let error = written(&report, false, Some("gbk")).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unencodable { .. }));
        assert_eq!(error.message(Lang::ZH), "GBK 编码没有“𠀀”字，它出现在：2017年度𠀀镇政府信息公开工作情况统计表");
        for label in ["big5", "utf-16", "no such"] {
            assert!(matches!(
                written(&report, false, Some(label)).unwrap_err().kind(),
                ErrorKind::EncodingNotFound { .. }
            ));
        }
    }

    #[test]
    fn every_figure_of_a_matrix_has_all_its_heads() {
        let template = shipped().get("2021").unwrap();
        let layout = layout(&sample::matrix("2021", 1), template, LayoutOptions::default());
        let mut bytes = Vec::new();
        write(&layout, false, None, &mut bytes).unwrap();
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let records: Vec<Vec<String>> =
            reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        assert!(records.iter().all(|record| record.len() == 15));
        let at = |text: &str| records.iter().position(|record| record.iter().any(|field| field == text)).unwrap();
        let first = |row: usize, count: usize| records[row][..count].join("|");
        assert_eq!(first(at("第二十条第（一）项"), 4), ["第二十条第（一）项"; 4].join("|"));
        // One value over three columns: it and its header stand once.
        assert_eq!(first(at("第二十条第（五）项") + 1, 4), "信息内容|本年处理决定数量||");
        assert_eq!(first(at("行政许可"), 4), "行政许可|7||");
        let headers = at("申请人情况");
        assert_eq!(records[headers][3..10].join("|"), ["申请人情况"; 7].join("|"));
        assert_eq!(
            records[headers + 1][3..10].join("|"),
            ["自然人", &["法人或其他组织"; 5].join("|"), "总计"].join("|")
        );
        assert_eq!(
            records[headers + 2][3..10].join("|"),
            "自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他|总计"
        );
        assert_eq!(first(at("2.重复申请"), 5), "三、本年度办理结果|（五）不予处理|2.重复申请|123|124");
        assert_eq!(first(at("（七）总计"), 5), "三、本年度办理结果|（七）总计||179|180");
        assert_eq!(first(at("四、结转下年度继续办理"), 4), "四、结转下年度继续办理|||186");
        let cases = records.len() - 1;
        assert_eq!(records[cases - 3][4..7].join("|"), "行政复议|行政诉讼|行政诉讼");
        assert_eq!(records[cases - 2][4..7].join("|"), "总计|未经复议直接起诉|未经复议直接起诉");
        assert_eq!(records[cases - 1][4..7].join("|"), "总计|结果维持|结果纠正");
        assert_eq!(first(cases, 2), "193|194");
    }
}
