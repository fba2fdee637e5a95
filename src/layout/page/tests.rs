use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::finding::Finding;
use crate::layout::text::{EastAsianWidth, text_width};
use crate::layout::{
    Align, CellLayout, CellRole, Content, Filling, Layout, LineKind, LineLayout, LinePart, RowLayout, TableLayout,
};
use crate::report::CellValue;
use crate::template::{FontRole, Page as Paper, TextStyle};
use crate::write::sample;

mod check;

use check::check;

const BODY: TextStyle = TextStyle { font: FontRole::Body, size: 10.5 };

fn paper() -> Paper {
    Paper {
        width: 210.0,
        height: 297.0,
        top: 37.0,
        right: 26.0,
        bottom: 35.0,
        left: 28.0,
        row_height: 7.0,
        padding: 1.0,
        line_width: 0.5,
        page_number_drop: 7.0,
    }
}

fn cell(column: usize, text: &str) -> CellLayout {
    CellLayout {
        column,
        column_span: 1,
        row_span: 1,
        content: Filling::Fixed(if text.is_empty() { Content::BLANK } else { Content::Text(text.to_owned()) }),
        value: None,
        role: CellRole::Data,
        style: BODY,
        align: Align::Left,
        indent: 0.0,
        vertical: false,
    }
}

fn row(cells: Vec<CellLayout>) -> RowLayout {
    RowLayout { cells, min_height: 7.0, keep_with_next: false, outline: None }
}

fn line(kind: LineKind, text: &str, height: f64) -> Block {
    let parts = vec![LinePart { text: Filling::Fixed(text.to_owned()), x: 0.0, width: 156.0, align: Align::Center }];
    Block::Line(LineLayout { kind, parts, style: BODY, space_before: 2.0, height, lines: 1 })
}

/// A table with one header row, between a title and a filing line.
fn layout(rows: Vec<RowLayout>) -> Layout {
    let mut all = vec![row(vec![cell(0, "节"), cell(1, "统计指标"), cell(2, "统计数")])];
    all.extend(rows);
    let widths = vec![10.0, 112.0, 34.0];
    let table = TableLayout { caption: Some("表".to_owned()), widths, header_rows: 1, rows: all };
    let blocks =
        vec![line(LineKind::Title, "标题", 20.0), Block::Table(table), line(LineKind::Filing, "单位负责人：", 6.0)];
    let page_number = TextStyle { font: FontRole::Body, size: 14.0 };
    let form = Arc::new(Form::new(paper(), page_number, blocks));
    Layout { form, title: "标题".to_owned(), organization: None, texts: Vec::new(), values: Vec::new() }
}

fn plain(count: usize) -> Vec<RowLayout> {
    (0..count).map(|at| row(vec![cell(0, ""), cell(1, &format!("第{at}行")), cell(2, "1")])).collect()
}

fn table_at(layout: &Layout, block: usize) -> Option<&TableLayout> {
    match &layout.form.blocks[block] {
        Block::Table(table) => Some(table),
        Block::Line(_) => None,
    }
}

fn table(layout: &Layout) -> &TableLayout {
    (0..layout.form.blocks.len()).find_map(|block| table_at(layout, block)).unwrap()
}

/// Pages with a report's text in the slots.
struct Paged {
    pages: Vec<Page>,
    findings: Vec<Finding>,
}

fn pages(layout: &Layout, measure: &dyn Measure) -> Paged {
    let Pages { pages, small } = super::pages(&layout.form, measure);
    let mut paged = Paged { findings: Pages { pages: Vec::new(), small }.findings(layout), pages };
    for page in &mut paged.pages {
        for slot in std::mem::take(&mut page.slots) {
            let placed = slot.place(layout, measure);
            paged.findings.extend(slot.finding(&placed, layout));
            page.texts.push(placed);
        }
        page.texts.sort_by_key(|text| match text.source {
            Source::Repeated { .. } => (0, 0, 0),
            Source::Line { block, part } => (block, 0, part),
            Source::Cell { block, row, cell } => (block, row, cell),
            Source::PageNumber => (usize::MAX, 0, 0),
        });
    }
    paged
}

/// The text of each cell on the pages, without white space at line ends.
fn texts(paged: &Paged) -> BTreeMap<Source, String> {
    let boxes = paged.pages.iter().flat_map(|page| &page.texts);
    boxes.map(|text| (text.source, text.lines.iter().map(|line| line.text.as_str()).collect())).collect()
}

prop_compose! {
    fn generated()(rows in prop::collection::vec(
        (0usize..90, 5.0..14.0f64, 0u8..4, prop::bool::weighted(0.15), prop::bool::weighted(0.2), 1usize..9),
        1..150,
    )) -> Vec<RowLayout> {
        let mut kept = 0;
        let mut stub_until = 0;
        let count = rows.len();
        rows.into_iter().enumerate().map(|(at, (length, height, indent, section, keep, span))| {
            // A chain of headings must break somewhere if it is longer than a page.
            kept = if keep && kept < 3 { kept + 1 } else { 0 };
            let mut label = cell(1, &"公开政府信息（数）".chars().cycle().take(length).collect::<String>());
            label.indent = f64::from(indent) * 2.0;
            let mut cells = vec![label, cell(2, "1")];
            if at >= stub_until {
                let mut stub = cell(0, "办理");
                stub.row_span = span;
                stub_until = (at + span).min(count);
                cells.insert(0, stub);
            }
            let outline = (section && indent == 0).then(|| "节".to_owned());
            RowLayout { cells, min_height: height, keep_with_next: kept > 0 && at + 1 < count, outline }
        }).collect()
    }
}

/// A filled form with three tables and extra rows.
fn form() -> impl Strategy<Value = Layout> {
    let extra = (0usize..12, "（?[公开政府信息]{0,60}");
    let rows = prop::collection::vec(extra, 0..40);
    ("2019|2021", any::<bool>(), 0u32..9_000_000, rows).prop_map(|(id, landscape, from, rows)| {
        let template = crate::template::shipped().find(&id).unwrap();
        let mut report = sample::matrix(&id, from);
        let ids: Vec<String> = template.tables().iter().flat_map(|t| &t.rows).map(|row| row.id.clone()).collect();
        for (after, label) in rows {
            let mut extra = sample::extra_row(&["自然人", "商业企业", "总计"]);
            for value in &mut extra {
                value.after = ids.get(after * 3).cloned();
                value.label = Some(label.clone());
            }
            report.extra.extend(extra);
        }
        crate::layout::layout(&report, template, crate::layout::LayoutOptions { landscape })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_filled_form_keeps_the_rules_of_pages(layout in form()) {
        let paged = pages(&layout, &EastAsianWidth);
        check(&layout, &paged);
        prop_assert!(paged.findings.is_empty(), "{:?}", paged.findings);
        let texts = texts(&paged);
        for (block, content) in layout.form.blocks.iter().enumerate() {
            let Block::Table(table) = content else { continue };
            for (row, content) in table.rows.iter().enumerate() {
                for (number, cell) in content.cells.iter().enumerate() {
                    let source = Source::Cell { block, row, cell: number };
                    prop_assert_eq!(&texts[&source], &layout.content(cell).to_text());
                }
            }
        }
    }

    #[test]
    fn any_table_keeps_the_rules_of_pages(rows in generated()) {
        let layout = layout(rows);
        let paged = pages(&layout, &EastAsianWidth);
        check(&layout, &paged);
        let texts = texts(&paged);
        for (row, content) in table(&layout).rows.iter().enumerate() {
            for (number, cell) in content.cells.iter().enumerate() {
                let source = Source::Cell { block: 1, row, cell: number };
                prop_assert_eq!(&texts[&source], &layout.content(cell).to_text());
            }
        }
        // No text is so long that it has to shrink.
        prop_assert!(paged.findings.is_empty());
    }
}

#[test]
fn the_first_page_has_the_title_and_the_last_is_well_filled() {
    // 225 mm hold 20 of title, 7 of header and 28 rows, then 31 rows; four rows remain.
    let layout = layout(plain(28 + 31 + 4));
    let paged = pages(&layout, &EastAsianWidth);
    check(&layout, &paged);
    assert_eq!(paged.pages.len(), 3);
    assert_eq!(paged.pages[0].texts[0].source, Source::Line { block: 0, part: 0 });
    let rows: Vec<usize> = paged.pages.iter().map(|page| page.rows.len()).collect();
    // Both pages give up rows, so that half of the last page is filled.
    assert!(rows[2] >= 14 && rows[0] + 5 >= rows[1], "{rows:?}");
}

#[test]
fn a_section_head_goes_to_the_page_of_its_section() {
    for header in 20..34 {
        let mut rows = plain(60);
        rows[header].outline = Some("九、".to_owned());
        let layout = layout(rows);
        let paged = pages(&layout, &EastAsianWidth);
        check(&layout, &paged);
        for page in &paged.pages {
            // The header row is the first row of the table.
            assert_ne!(page.rows.last().unwrap().row, header + 1);
        }
    }
}

#[test]
fn merged_cells_go_on_at_the_top_of_the_next_page() {
    let mut rows = plain(60);
    for (at, row) in rows.iter_mut().enumerate() {
        row.cells.remove(0);
        if at == 0 {
            let mut stub = cell(0, "三本年度办理结果");
            stub.row_span = 60;
            row.cells.insert(0, stub);
        }
    }
    let layout = layout(rows);
    let paged = pages(&layout, &EastAsianWidth);
    check(&layout, &paged);
    let first = paged.pages[0].texts.iter().find(|text| text.source == Source::Cell { block: 1, row: 1, cell: 0 });
    let again = paged.pages[1].texts.iter().find(|text| text.source == Source::Repeated { block: 1, row: 1, cell: 0 });
    let text = |text: Option<&TextBox>| text.unwrap().lines.iter().map(|line| line.text.as_str()).collect::<String>();
    assert_eq!(text(first), "三本年度办理结果");
    assert_eq!(text(again), "三本年度办理结果");
    // No rule crosses the merged cell, which has rules only left and right.
    let crossing = paged.pages[1].rules.iter().filter(|rule| {
        let across = rule.from.1 == rule.to.1 && rule.from.0 < 30.0;
        across && rule.from.1 > 45.0 && rule.from.1 < paged.pages[1].rows.last().unwrap().top
    });
    assert_eq!(crossing.count(), 0);
}

#[test]
fn wide_cells_use_the_width_of_their_columns() {
    let mut band = cell(0, &"宽".repeat(35));
    band.column_span = 3;
    band.align = Align::Center;
    let layout = layout(vec![row(vec![band]), plain(1).remove(0)]);
    let paged = pages(&layout, &EastAsianWidth);
    let band = paged.pages[0].texts.iter().find(|text| text.source == Source::Cell { block: 1, row: 1, cell: 0 });
    let lines = &band.unwrap().lines;
    assert_eq!(lines.len(), 1);
    let width = text_width(&lines[0].text, BODY, &EastAsianWidth);
    assert!((lines[0].x + width / 2.0 - (28.0 + 78.0)).abs() < 1e-6);
}

#[test]
fn text_stands_in_the_middle_of_its_row() {
    let layout = layout(plain(1));
    let paged = pages(&layout, &EastAsianWidth);
    let page = &paged.pages[0];
    let place = page.rows[1];
    let text = page.texts.iter().find(|text| text.source == Source::Cell { block: 1, row: 1, cell: 1 }).unwrap();
    let size = 10.5 * 25.4 / 72.0;
    // A hanzi's square reaches from 0.88 above the baseline to 0.12 below it.
    let middle = text.lines[0].baseline - 0.88 * size + size / 2.0;
    assert!((middle - (place.top + place.height / 2.0)).abs() < 1e-6);
}

#[test]
fn long_numbers_shrink_before_they_break() {
    let mut rows = plain(1);
    rows[0].cells[0].content = Filling::Fixed(Content::Value(CellValue::Number("75394".parse().unwrap())));
    let layout = layout(rows);
    let paged = pages(&layout, &EastAsianWidth);
    let page = &paged.pages[0];
    let text = page.texts.iter().find(|text| text.source == Source::Cell { block: 1, row: 1, cell: 0 }).unwrap();
    assert_eq!(text.lines.len(), 1);
    assert!(text.style.size < 10.5 && text.style.size > 6.0, "{}", text.style.size);
}

#[test]
fn a_text_longer_than_a_page_gets_smaller_and_is_reported() {
    let mut rows = plain(3);
    rows[1].cells[1].content = Filling::Fixed(Content::Text("很长的说明。".repeat(800)));
    let layout = layout(rows);
    let paged = pages(&layout, &EastAsianWidth);
    check(&layout, &paged);
    assert_eq!(paged.findings.len(), 1);
    assert_eq!(paged.findings[0].code, "XG402");
    assert_eq!(texts(&paged)[&Source::Cell { block: 1, row: 2, cell: 1 }], "很长的说明。".repeat(800));
}

#[test]
fn page_numbers_stand_outside_one_character_in() {
    let layout = layout(plain(60));
    let paged = pages(&layout, &EastAsianWidth);
    let style = layout.form.page_number;
    let em = 14.0 * 25.4 / 72.0;
    for (number, page) in paged.pages.iter().enumerate() {
        let line = &page.texts.last().unwrap().lines[0];
        // The dashes are drawn above the base line.
        assert!((line.baseline - 0.38 * em - (297.0 - 35.0 + 7.0)).abs() < 1e-9);
        let x = if number % 2 == 0 { 184.0 - em - text_width(&line.text, style, &EastAsianWidth) } else { 28.0 + em };
        assert!((line.x - x).abs() < 1e-9, "{line:?}");
    }
}

#[test]
fn a_figure_of_six_digits_stays_on_its_line_and_off_the_borders() {
    let template = crate::template::shipped().find("2021").unwrap();
    let report = sample::matrix("2021", 900_001);
    let layout = crate::layout::layout(&report, template, crate::layout::LayoutOptions::default());
    let paged = pages(&layout, &EastAsianWidth);
    let mut values = 0;
    for page in &paged.pages {
        for value in page.texts.iter().filter(|text| text.lines.iter().any(|line| line.text.starts_with("900"))) {
            assert!(value.lines.len() == 1 && value.style.size >= 7.0, "{value:?}");
            let line = &value.lines[0];
            let end = line.x + text_width(&line.text, value.style, &EastAsianWidth);
            let beside = page.rules.iter().filter(|rule| (rule.from.1..rule.to.1).contains(&line.baseline));
            for rule in beside {
                assert!(rule.from.0 < line.x - 0.6 || rule.from.0 > end + 0.6, "{rule:?} {line:?}");
            }
            values += 1;
        }
    }
    assert!(values > 150);
}

#[test]
fn heads_break_between_words_and_merged_labels_behind_their_ordinals() {
    let template = crate::template::shipped().find("2021").unwrap();
    let report = sample::matrix("2021", 1);
    let layout = crate::layout::layout(&report, template, crate::layout::LayoutOptions::default());
    let paged = pages(&layout, &EastAsianWidth);
    let boxes: Vec<Vec<&str>> = paged
        .pages
        .iter()
        .flat_map(|page| &page.texts)
        .map(|text| text.lines.iter().map(|line| line.text.as_str()).collect())
        .collect();
    for expected in [
        &["结果", "维持"][..],
        &["自然", "人"],
        &["社会公益", "组织"],
        &["法律服务", "机构"],
        &["（三）", "不予公开"],
        &["三、", "本", "年", "度", "办", "理", "结", "果"],
        &["总计"],
    ] {
        assert!(boxes.iter().any(|lines| lines == expected), "{expected:?}");
    }
    // 三 is above 本, and 、 hangs beside it.
    let stub = paged.pages[0].texts.iter().find(|text| text.lines.first().is_some_and(|line| line.text == "三、"));
    let lines = &stub.unwrap().lines;
    assert!((lines[0].x - lines[1].x).abs() < 1e-9);
}
