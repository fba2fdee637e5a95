//! A workbook filled in holds what rust_xlsxwriter would have written, had all been drawn at once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::Reader;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::row::FormMeasures;
use super::super::tests::part;
use super::super::{DrawnForm, cells, plain_workbook, write};
use super::*;

use crate::layout::{Layout, LayoutOptions, layout};
use crate::message::Lang;
use crate::report::{CellValue, Report, Value};
use crate::template::{Template, shipped};
use crate::write::sample;

/// The workbook of a layout, drawn with rust_xlsxwriter alone.
fn drawn(layout: &Layout, template: &Template, timestamp: Option<i64>) -> Vec<u8> {
    let measured = FormMeasures::new(&layout.form, template);
    let sheet = measured.sheet(layout, &mut Vec::new());
    let properties = Properties { title: &layout.title, author: layout.organization.as_deref(), timestamp };
    plain_workbook(&sheet, template, &cells::report_cells(&sheet), properties).unwrap()
}

/// The children of an element as they stand in a part: `fonts` and `font` give each font.
fn children<'a>(part: &'a str, parent: &str, child: &str) -> Vec<&'a str> {
    let Some((_, inside)) = part.split_once(&format!("<{parent} ")) else { return Vec::new() };
    let (inside, _) = inside.split_once('>').unwrap().1.split_once(&format!("</{parent}>")).unwrap();
    let start = format!("<{child}");
    let is_start = |at: &usize| inside[at + start.len()..].starts_with(['>', ' ', '/']);
    let starts = inside.match_indices(&start).map(|(at, _)| at).filter(is_start);
    let starts: Vec<usize> = starts.chain([inside.len()]).collect();
    starts.windows(2).map(|pair| &inside[pair[0]..pair[1]]).collect()
}

/// The value of an attribute of the first element in a piece of XML.
fn attribute<'a>(xml: &'a str, name: &str) -> &'a str {
    xml.split_once(&format!(" {name}=\"")).unwrap().1.split_once('"').unwrap().0
}

/// The styles of a workbook in their order, each written out.
fn styles(part: &str) -> Vec<String> {
    let formats = children(part, "numFmts", "numFmt");
    let tables = [("fontId", "fonts", "font"), ("fillId", "fills", "fill"), ("borderId", "borders", "border")];
    let tables = tables.map(|(name, parent, child)| (name, children(part, parent, child)));
    let written_out = |style: &&str| {
        let id = attribute(style, "numFmtId");
        let format = formats.iter().find(|format| attribute(format, "numFmtId") == id);
        let mut whole = style.replace(&format!("numFmtId=\"{id}\""), format.map_or(id, |f| attribute(f, "formatCode")));
        for (name, table) in &tables {
            let id = attribute(style, name);
            whole = whole.replace(&format!("{name}=\"{id}\""), table[id.parse::<usize>().unwrap()]);
        }
        whole
    };
    children(part, "cellXfs", "xf").iter().map(written_out).collect()
}

/// A workbook's parts, with each cell's style and string written out in the worksheet.
fn written_out(bytes: &[u8]) -> BTreeMap<String, String> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned());
    let mut parts: BTreeMap<String, String> = names.map(|name| (name.clone(), part(bytes, &name))).collect();
    let mut style_part = parts.remove("xl/styles.xml").unwrap();
    let styles = styles(&style_part);
    let string_part = parts.remove("xl/sharedStrings.xml").unwrap();
    let strings = children(&string_part, "sst", "si");
    let distinct: BTreeSet<&&str> = strings.iter().collect();
    assert_eq!(attribute(&string_part, "uniqueCount"), strings.len().to_string());
    assert_eq!(distinct.len(), strings.len());
    let sheet = &parts[SHEET];
    assert_eq!(attribute(&string_part, "count"), sheet.matches(" t=\"s\"").count().to_string());
    let mut cells = sheet.split("<c ");
    let mut whole = cells.next().unwrap().to_owned();
    for cell in cells {
        let style = attribute(cell, "s");
        let cell = cell.replacen(&format!("s=\"{style}\""), &styles[style.parse::<usize>().unwrap()], 1);
        whole.push_str("<c ");
        // A shared string, an inline string and a rich string of one part say the same.
        let cell = match cell.split_once(" t=\"s\"><v>") {
            Some((before, string)) => {
                let (number, after) = string.split_once("</v>").unwrap();
                let string = strings[number.parse::<usize>().unwrap()];
                let string = string.replace("<si><r>", "<si>").replace("</r></si>", "</si>");
                format!("{before}>{string}{after}")
            }
            None => cell.replace(" t=\"inlineStr\"><is>", "><si>").replace("</is></c>", "</si></c>"),
        };
        whole.push_str(&cell);
    }
    parts.insert(SHEET.to_owned(), whole);
    // The styles are in the cells by now; here is what else their part says.
    for table in ["numFmts", "fonts", "borders", "cellXfs"] {
        if let Some((before, rest)) = style_part.clone().split_once(&format!("<{table} ")) {
            style_part = before.to_owned() + rest.split_once(&format!("</{table}>")).unwrap().1;
        }
    }
    parts.insert("xl/styles.xml".to_owned(), style_part);
    parts
}

fn assert_filled_as_drawn(report: &Report, options: LayoutOptions) {
    let template = shipped().get(report.template.as_deref().unwrap()).unwrap();
    let layout = layout(report, template, options);
    let mut filled = Vec::new();
    write(&layout, template, Lang::ZH, Some(1), &mut filled).unwrap();
    // It was filled, not drawn: the XML of the form is as expected.
    let cached = layout.form.prepared(|form: &DrawnForm| form.workbook.is_some(), || Err("no form is filled"));
    assert!(cached.is_ok());
    let (filled, drawn) = (written_out(&filled), written_out(&drawn(&layout, template, Some(1))));
    assert_eq!(filled.keys().collect::<Vec<_>>(), drawn.keys().collect::<Vec<_>>());
    for (name, part) in &drawn {
        // A cell a line, so that a difference is found in what fails.
        let lines = |part: &str| part.replace("<c ", "\n<c ").lines().map(str::to_owned).collect::<Vec<_>>();
        for (found, wanted) in lines(&filled[name]).iter().zip(&lines(part)) {
            assert_eq!(found, wanted, "{name}");
        }
        assert_eq!(filled[name].len(), part.len(), "{name}");
    }
}

/// What a report may have in the place of a value: often a number, of which many need a style or a cell of their own.
fn filling() -> impl Strategy<Value = (CellValue, String)> {
    let number = |number: Decimal| (CellValue::Number(number), number.to_string());
    prop_oneof![
        4 => (0u32..100_000).prop_map(move |digits| number(digits.into())),
        2 => (any::<i64>(), 0u32..28).prop_map(move |(digits, scale)| number(Decimal::new(digits, scale))),
        1 => Just((CellValue::Blank, String::new())),
        1 => Just((CellValue::NotApplicable, "/".to_owned())),
        1 => text().prop_map(|text| (CellValue::NotApplicable, text)),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ \t\n]?(<r>)?(&|<|>|\"|'|_x00[0-9a-f]{2}_|_x|县|镇|A|\u{1}|\u{1f}|\u{e000}|\u{ffff}| |\t|\n|\r){0,12}",
        "(中|文|，|a| ){20,60}",
        Just("_x_x0041_x0041_".to_owned()),
    ]
}

/// A filled report of any form shipped.
fn report_of(form: usize) -> Report {
    let id = ["2014", "2014-extended", "2019", "2021"][form];
    if form > 1 {
        return sample::matrix(id, 100_001);
    }
    let own: BTreeSet<String> =
        shipped().get(id).unwrap().indicators().iter().map(|indicator| indicator.id.to_string()).collect();
    let mut report = Report { template: Some(id.to_owned()), ..sample::report() };
    report.values.retain(|value| value.id.as_deref().is_some_and(|id| own.contains(id)));
    report
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_filled_in_is_what_would_be_drawn(
        form in 0usize..4,
        landscape in any::<bool>(),
        fillings in proptest::collection::vec(filling(), 1..40),
        title in proptest::option::of(text()),
        organization in proptest::option::of(text()),
        label in text(),
        two_columns in any::<bool>(),
    ) {
        let mut report = report_of(form);
        let step = 1 + report.values.len() / fillings.len();
        for (value, filling) in report.values.iter_mut().step_by(step).zip(fillings) {
            (value.cell, value.source_text) = filling;
        }
        if two_columns && form < 2 {
            let second = report.values.iter().map(|value| Value { column: Some("累计".to_owned()), ..value.clone() });
            report.values.extend(second.collect::<Vec<_>>());
        }
        if let Some(extra) = report.extra.first_mut() {
            extra.label = Some(label);
        }
        report.title = title;
        report.organization = organization;
        assert_filled_as_drawn(&report, LayoutOptions { landscape });
    }
}

#[test]
fn reports_of_a_form_share_one_workbook_whichever_came_first() {
    let template = shipped().get("2021").unwrap();
    let bytes = |from: u32| {
        let layout = layout(&sample::matrix("2021", from), template, LayoutOptions::default());
        let mut bytes = Vec::new();
        write(&layout, template, Lang::ZH, None, &mut bytes).unwrap();
        (layout, bytes)
    };
    let (one, first) = bytes(1);
    let (other, _) = bytes(50_000);
    assert!(std::sync::Arc::ptr_eq(&one.form, &other.form));
    let cached = one.form.prepared(|_: &DrawnForm| true, || Err("it is cached"));
    assert!(cached.is_ok());
    assert_eq!(bytes(1).1, first);
}

#[test]
fn a_text_never_becomes_the_inside_of_the_file() {
    let mut report = sample::report();
    for text in ["<r>&</r>", "<r><t>1</t></r>", "\u{E000} ", "\u{E000}<r></r>", "\u{E000}", "\u{E000}\u{E000}title"] {
        report.extra[0].label = Some(text.to_owned());
        report.values[1].set(CellValue::NotApplicable, text);
        report.organization = Some(text.to_owned());
        let template = shipped().get("2014-extended").unwrap();
        let mut bytes = Vec::new();
        write(&layout(&report, template, LayoutOptions::default()), template, Lang::ZH, None, &mut bytes).unwrap();
        let mut workbook = calamine::Xlsx::new(Cursor::new(bytes.as_slice())).unwrap();
        let range = workbook.worksheet_range(super::super::SHEET).unwrap();
        let found = range.cells().filter(|cell| *cell.2 == calamine::Data::String(text.to_owned())).count();
        // As a label and as a value; values stand without the white space around them.
        assert_eq!(found, if text.trim() == text { 2 } else { 1 }, "{text}");
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(part(&bytes, PROPERTIES).contains(&format!("<dc:creator>{escaped}</dc:creator>")));
    }
}

#[test]
fn what_is_not_expected_is_not_filled() {
    let template = shipped().get("2021").unwrap();
    let layout = layout(&sample::matrix("2021", 1), template, LayoutOptions::default());
    let measured = FormMeasures::new(&layout.form, template);
    let sheet = measured.sheet(&layout, &mut Vec::new());
    let report_cells = cells::report_cells(&sheet);
    let slots = cells::slots(&report_cells);
    let form = DrawnForm::new(&sheet, template, &report_cells, None).unwrap();
    assert!(form.workbook.is_some());
    // Not a ZIP file, cells that are not blank, and a cell that is not there.
    assert!(FormWorkbook::parse(b"PK", &slots).is_none());
    assert!(FormWorkbook::parse(&drawn(&layout, template, None), &slots).is_none());
    let mut more = slots.clone();
    more.push(Slot { rows: 900..901, ..slots[0].clone() });
    let workbook = form.workbook.unwrap();
    let properties = Properties { title: "", author: None, timestamp: None };
    let bytes = workbook.fill(&report_cells, properties).unwrap();
    assert!(FormWorkbook::parse(&bytes, &more).is_none());
    // A text that no cell can hold, and a style that the form does not have.
    let mut long = report_cells.clone();
    long[0].content = CellContent::Text("长".repeat(MAX_TEXT + 1).into());
    assert!(workbook.fill(&long, properties).is_none());
    let mut other = report_cells;
    other[0].style.text.size = 99.0;
    assert!(!workbook.has_styles_of(&other) && workbook.fill(&other, properties).is_none());
}
