use std::fmt::Write;
use std::sync::Arc;

use super::layout;
use crate::layout::text::{EastAsianWidth, text_width};
use crate::layout::{
    Align, Block, CellLayout, CellRole, Content, Filling, Layout, LayoutOptions, LineKind, LineLayout, TableLayout,
};
use crate::report::{CellValue, Report};
use crate::template::{SharedTemplate, from_toml_str, shipped, shipped_toml};
use crate::write::sample;

const LANDSCAPE: LayoutOptions = LayoutOptions { landscape: true };

fn laid_out(report: &Report, options: LayoutOptions) -> Layout {
    layout(report, shipped().find(report.template.as_deref().unwrap()).unwrap(), options)
}

/// A layout as text: lines by kind, tables by row, each cell with columns, rows and role.
fn drawn(layout: &Layout) -> String {
    let page = layout.form.page;
    let mut out = format!("{} × {} mm, left {} right {}\n", page.width, page.height, page.left, page.right);
    for block in &layout.form.blocks {
        match block {
            Block::Line(line) => {
                let texts: Vec<_> = line.parts.iter().map(|part| layout.text(part)).collect();
                writeln!(out, "{:?} {}", line.kind, texts.join(" | ")).unwrap();
            }
            Block::Table(table) => {
                let widths: Vec<_> = table.widths.iter().map(|width| format!("{width:.1}")).collect();
                writeln!(
                    out,
                    "Table {} [{}] heads {}",
                    table.caption.as_deref().unwrap_or(&layout.title),
                    widths.join(" "),
                    table.header_rows
                )
                .unwrap();
                for row in &table.rows {
                    let cells: Vec<_> = row.cells.iter().map(|cell| drawn_cell(layout, cell)).collect();
                    let keep = if row.keep_with_next { " ↓" } else { "" };
                    writeln!(out, "  {}{keep}", cells.join(" ")).unwrap();
                }
            }
        }
    }
    out
}

fn drawn_cell(layout: &Layout, cell: &CellLayout) -> String {
    let span = |first: usize, count: usize| match count {
        1 => first.to_string(),
        _ => format!("{first}–{}", first + count - 1),
    };
    let rows = if cell.row_span > 1 { format!("↕{}", cell.row_span) } else { String::new() };
    let role = match cell.role {
        CellRole::ColumnHeader => "^",
        CellRole::RowHeader => "<",
        CellRole::Data => "",
    };
    let align = match cell.align {
        Align::Left => "",
        Align::Center => "·",
        Align::Right => "→",
    };
    let vertical = if cell.vertical { "⇓" } else { "" };
    format!("[{}{rows}{role}{align}{vertical} {}]", span(cell.column, cell.column_span), layout.content(cell).to_text())
}

fn tables(layout: &Layout) -> Vec<&TableLayout> {
    let blocks = layout.form.blocks.iter();
    let tables = blocks.filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Line(_) => None,
    });
    tables.collect()
}

/// Asserts that each place of each table is covered by exactly one cell.
fn assert_covered(layout: &Layout) {
    for table in tables(layout) {
        let mut covered = vec![vec![0; table.widths.len()]; table.rows.len()];
        for (at, row) in table.rows.iter().enumerate() {
            for cell in &row.cells {
                for line in &mut covered[at..at + cell.row_span] {
                    line[cell.column..cell.column + cell.column_span].iter_mut().for_each(|count| *count += 1);
                }
            }
        }
        assert!(covered.iter().flatten().all(|count| *count == 1), "{covered:?}");
        let width: f64 = table.widths.iter().sum();
        assert!(
            (width - (layout.form.page.width - layout.form.page.left - layout.form.page.right)).abs() < 0.15,
            "{width}"
        );
    }
}

#[test]
fn the_three_tables_stand_as_the_form_has_them() {
    for (id, options) in [("2019", LayoutOptions::default()), ("2021", LayoutOptions::default()), ("2021", LANDSCAPE)] {
        let layout = laid_out(&sample::matrix(id, 1), options);
        assert_covered(&layout);
        let name = format!("{id}{}", if options.landscape { "-landscape" } else { "" });
        insta::assert_snapshot!(name, drawn(&layout));
    }
}

#[test]
fn every_figure_stands_once_in_the_form_and_in_order() {
    for id in ["2019", "2021"] {
        let report = sample::matrix(id, 100_001);
        let layout = laid_out(&report, LayoutOptions::default());
        let cells = tables(&layout).into_iter().flat_map(|table| table.rows.iter().flat_map(|row| &row.cells));
        let values: Vec<_> =
            cells.filter(|cell| cell.role == CellRole::Data).map(|c| layout.content(c).to_text()).collect();
        let expected: Vec<_> = report.values.iter().map(|value| value.text().to_owned()).collect();
        assert_eq!(values, expected);
    }
}

#[test]
fn rows_beyond_the_form_stand_under_its_merged_labels() {
    let headers = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"];
    let mut report = sample::matrix("2021", 1);
    report.extra = sample::extra_row(&headers);
    let mut second = sample::extra_row(&["总计", "外籍"]);
    second.iter_mut().for_each(|value| value.label = Some("10.又一情形".to_owned()));
    report.extra.extend(second);
    let layout = laid_out(&report, LayoutOptions::default());
    assert_covered(&layout);
    let text = drawn(&layout);
    assert!(text.contains("[1↕10<· （三）不予公开] [2< 1.属于国家秘密]"), "{text}");
    assert!(text.contains("  [2< 9.新增情形] [3· 0] [4· 1] [5· 2] [6· 3] [7· 4] [8· 5] [9· 6]\n"), "{text}");
    // A value of a column that the form lacks is appended to its label, so that it is not lost.
    assert!(text.contains("  [2< 10.又一情形（外籍：1）] [3· ] [4· ] [5· ] [6· ] [7· ] [8· ] [9· 0]\n"), "{text}");
}

#[test]
fn rows_beyond_the_form_stand_in_the_table_they_name() {
    let mut report = sample::matrix("2021", 1);
    let mut extra = sample::extra_row(&["自然人"]);
    extra[0].after = None;
    extra[0].path = ["主动公开政府信息情况", "第二十条第（六）项", "行政征收"].map(str::to_owned).into();
    extra[0].column = Some("本年处理决定数量".to_owned());
    extra[0].label = Some("行政征收".to_owned());
    report.extra = extra.clone();
    // An extra row with an unknown position comes last in the table that its path names.
    extra[0].after = Some("no.such".to_owned());
    extra[0].path = ["主动公开政府信息情况", "第二十条第（八）项", "行政征收"].map(str::to_owned).into();
    extra[0].label = Some("行政裁决".to_owned());
    extra[0].column = Some("本年收费金额（单位：万元）".to_owned());
    report.extra.extend(extra.clone());
    // This table has no column of labels, so the row's label comes above its values.
    extra[0].after = Some(String::new());
    extra[0].path = ["政府信息公开行政复议、行政诉讼情况", "本级"].map(str::to_owned).into();
    extra[0].label = Some("本级".to_owned());
    for (column, value) in [("总计", 5), ("总计", 6)] {
        extra[0].column = Some(column.to_owned());
        extra[0].cell = CellValue::Number(value.into());
        report.extra.extend(extra.clone());
    }
    let layout = laid_out(&report, LayoutOptions::default());
    assert_covered(&layout);
    let text = drawn(&layout);
    let lines: Vec<_> = text.lines().collect();
    let at = |part: &str| lines.iter().position(|line| line.contains(part)).unwrap_or_else(|| panic!("{part}: {text}"));
    assert_eq!(at("行政征收"), at("第二十条第（六）项") + 2);
    assert!(lines[at("行政征收")].contains("[1–3· 0]"));
    assert_eq!(at("行政裁决"), at("行政事业性收费") + 1);
    let own = at("[0–14<· 本级]");
    assert!(lines[own + 1].starts_with("  [0· ] [1· ] [2· ] [3· ] [4· 5]") && lines[own + 1].contains("[9· 6]"));
}

#[test]
fn an_optional_row_prints_when_the_report_has_it() {
    let mut report = sample::matrix("2021", 1);
    assert!(!drawn(&laid_out(&report, LayoutOptions::default())).contains("[1–2< （六）其他处理]"));
    let mut value = report.values[30].clone();
    value.id = Some("handled.other.total".into());
    report.values.push(value);
    let layout = laid_out(&report, LayoutOptions::default());
    assert_covered(&layout);
    let text = drawn(&layout);
    assert!(
        text.contains("[1–2< （六）其他处理] [3· ] [4· ]") && text.contains("[1↕3<· （六）其他处理] [2< 1."),
        "{text}"
    );
}

fn edited(edits: &[(&str, &str)]) -> SharedTemplate {
    let mut text = shipped_toml("2021").unwrap().to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Arc::new(from_toml_str(&text, "my.toml").unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn a_joined_table_that_needs_more_columns_stands_alone() {
    let column = r#"{ id = "decisions", head = "本年处理决定数量", aliases = ["处理决定数量"], unit = "件" },"#;
    let more: String = (0..4).map(|at| format!("{{ id = \"d{at}\", head = \"列{at}\" }},")).collect();
    let layout = layout(&Report::default(), &edited(&[(column, &more)]), LayoutOptions::default());
    assert_covered(&layout);
    let tables = tables(&layout);
    assert_eq!(tables.iter().map(|table| table.widths.len()).collect::<Vec<_>>(), [4, 5, 10, 15]);
    // Later tables are still joined if they fit.
    assert_eq!(tables[1].widths, [31.2; 5]);
    assert_eq!(tables[1].rows.len(), 3 + 4 + 3);
}

#[test]
fn a_form_without_the_line_above_the_table_has_none() {
    let kinds = |layout: &Layout| -> Vec<LineKind> {
        let kind = |block: &Block| match block {
            Block::Line(line) => Some(line.kind),
            Block::Table(_) => None,
        };
        layout.form.blocks.iter().filter_map(kind).collect()
    };
    let plain = layout(&Report::default(), &edited(&[]), LayoutOptions::default());
    // The blanks for organization and year make the title two lines long.
    assert_eq!(
        kinds(&plain),
        [LineKind::Title, LineKind::Title, LineKind::Heading, LineKind::Heading, LineKind::Heading]
    );
    let line = edited(&[("indents = [0]", "indents = [0]\norganization_line = \"填报单位：{organization}\"")]);
    let with = layout(&sample::matrix("2021", 1), &line, LayoutOptions::default());
    assert!(kinds(&with).contains(&LineKind::Organization));
    assert!(drawn(&with).contains("Organization 填报单位：中庄镇"));
}

#[test]
fn a_turned_sheet_has_its_margins_turned_and_its_tables_as_much_wider() {
    for report in [sample::report(), sample::matrix("2019", 1)] {
        let (upright, turned) = (laid_out(&report, LayoutOptions::default()), laid_out(&report, LANDSCAPE));
        assert_covered(&turned);
        let page = turned.form.page;
        assert_eq!((page.width, page.height, page.top, page.bottom), (297.0, 210.0, 28.0, 26.0));
        assert_eq!((page.left, page.right), (35.0, 37.0));
        for (one, other) in tables(&upright).into_iter().zip(tables(&turned)) {
            for (one, other) in one.widths.iter().zip(&other.widths) {
                assert!((other / one - 225.0 / 156.0).abs() < 1e-9);
            }
        }
    }
}

#[test]
fn blanks_and_marks_stay_what_they_are() {
    let layout = laid_out(&sample::matrix("2021", 1), LayoutOptions::default());
    let table = tables(&layout)[1];
    let cells: Vec<_> = table.rows.iter().flat_map(|row| &row.cells).filter(|c| c.role == CellRole::Data).collect();
    assert_eq!(layout.content(cells[10]), &Content::BLANK);
    assert_eq!(layout.content(cells[11]), &Content::Text("/".to_owned()));
}

#[test]
fn reports_that_differ_in_figures_and_names_alone_share_a_form() {
    let first = sample::matrix("2021", 1);
    let mut other = sample::matrix("2021", 5_001);
    other.organization = Some("望江区赵楼镇人民政府".to_owned());
    other.year = Some(2023);
    other.values[0].cell = CellValue::NotApplicable;
    other.values[0].source_text = "—".to_owned();
    let laid = |report: &Report| laid_out(report, LayoutOptions::default());
    let form = laid(&first).form;
    let second = laid(&other);
    assert!(Arc::ptr_eq(&form, &second.form));
    assert_eq!(second.texts, ["望江区赵楼镇人民政府2023年", "政府信息公开工作年度报告统计表"]);
    assert_eq!(second.values[0].content, Content::Text("—".to_owned()));
    // A shorter title, landscape, an extra row and a value of several lines each make another form.
    let title = Some("统计表".to_owned());
    assert!(!Arc::ptr_eq(&form, &laid(&Report { title, ..other.clone() }).form));
    assert!(!Arc::ptr_eq(&form, &laid_out(&other, LANDSCAPE).form));
    let mut named = other.clone();
    named.filing.date = Some("2024年1月3日".to_owned());
    assert_eq!(Arc::ptr_eq(&form, &laid(&named).form), shipped().find("2021").unwrap().filing().is_empty());
    let mut more = other.clone();
    more.extra = sample::extra_row(&["自然人"]);
    assert!(!Arc::ptr_eq(&form, &laid(&more).form));
    let mut overflowing = other.clone();
    let unreadable = CellValue::Unreadable("见附件一".to_owned());
    overflowing.values[30].cell = unreadable;
    let layout = laid(&overflowing);
    assert!(!Arc::ptr_eq(&form, &layout.form));
    let cells = tables(&layout).into_iter().flat_map(|table| table.rows.iter().flat_map(|row| &row.cells));
    let fixed: Vec<_> = cells.filter(|cell| cell.value == Some(30)).map(|cell| &cell.content).collect();
    assert_eq!(fixed, [&Filling::Fixed(Content::Value(CellValue::Unreadable("〔见附件一？〕".to_owned())))]);
    // A copy of a template does not share forms with it.
    let copy = Arc::new(shipped().find("2021").unwrap().as_ref().clone());
    assert!(!Arc::ptr_eq(&form, &layout_of(&other, &copy).form));
}

fn layout_of(report: &Report, template: &SharedTemplate) -> Layout {
    layout(report, template, LayoutOptions::default())
}

#[test]
fn figures_in_any_order_stand_in_their_places() {
    let report = sample::matrix("2019", 1);
    let mut turned = report.clone();
    turned.values.reverse();
    let (one, other) = (laid_out(&report, LayoutOptions::default()), laid_out(&turned, LayoutOptions::default()));
    assert!(Arc::ptr_eq(&one.form, &other.form));
    assert_eq!(one.values, other.values);
}

#[test]
fn long_names_take_more_lines_and_stay_in_full_size() {
    let name = "东风市新技术产业开发区生态环境综合治理与可持续发展事务管理委员会办公室政策研究与法制工作处";
    let mut report = sample::matrix("2021", 1);
    report.organization = Some(name.to_owned());
    report.title = None;
    let layout = laid_out(&report, LayoutOptions::default());
    let titles: Vec<&str> = lines(&layout, LineKind::Title).iter().map(|line| layout.text(&line.parts[0])).collect();
    assert_eq!(titles.concat(), layout.title);
    assert!(titles.len() >= 3, "{titles:?}");
    let style = shipped().find("2021").unwrap().style().title;
    assert!(titles.iter().all(|title| text_width(title, style, &EastAsianWidth) <= 156.0 * 0.9), "{titles:?}");

    let mut list = sample::report();
    list.organization = Some(name.to_owned());
    list.filing.phone = Some("0379-65510000、0379-65510001转8008、13800000000".to_owned());
    let layout = laid_out(&list, LayoutOptions::default());
    let organization = lines(&layout, LineKind::Organization)[0];
    assert_eq!(organization.lines, 2);
    // A long field has a line of its own.
    let filing = lines(&layout, LineKind::Filing);
    let phone = filing.iter().find(|line| layout.text(&line.parts[0]).contains("65510000")).unwrap();
    assert_eq!((phone.parts.len(), phone.lines), (1, 1));
}

fn lines(layout: &Layout, kind: LineKind) -> Vec<&LineLayout> {
    let lines = layout.form.blocks.iter().filter_map(|block| match block {
        Block::Line(line) => Some(line),
        Block::Table(_) => None,
    });
    lines.filter(|line| line.kind == kind).collect()
}
