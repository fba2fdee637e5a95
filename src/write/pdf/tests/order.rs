//! The order of text in content streams, in which most programs copy it.

use lopdf::Document;

use super::{extended, page_texts, pdf, report, template};
use crate::layout::{self, Block, Layout, LayoutOptions};
use crate::write::sample;

/// The texts of all pages but the artifacts, in the order of the content streams.
fn in_order(document: &Document) -> Vec<String> {
    let pages = document.get_pages().into_values();
    let texts = pages.flat_map(|page| page_texts(document, page));
    texts.filter(|(mark, text)| mark.is_some() && !text.is_empty()).map(|(_, text)| text).collect()
}

/// The rows of a layout from top to bottom, each with its texts from left to right; a line is a row.
fn rows(layout: &Layout) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for block in &layout.form.blocks {
        match block {
            Block::Line(line) => rows.push(line.parts.iter().map(|part| layout.text(part).to_owned()).collect()),
            Block::Table(table) => rows.extend(
                table.rows.iter().map(|row| row.cells.iter().map(|cell| layout.content(cell).to_text()).collect()),
            ),
        }
    }
    rows.iter_mut().for_each(|row| row.retain(|text| !text.is_empty()));
    rows
}

fn assert_in_order(layout: &Layout) {
    let document = Document::load_mem(&pdf(layout).0).unwrap();
    let texts = in_order(&document);
    let mut texts = texts.iter();
    for row in rows(layout) {
        let found: Vec<&String> = texts.by_ref().take(row.len()).collect();
        assert_eq!(found, row.iter().collect::<Vec<_>>());
    }
    assert_eq!(texts.next(), None);
}

#[test]
fn label_unit_and_value_of_each_row_follow_one_another() {
    for id in ["2014", "2014-extended"] {
        let template = template(id);
        let layout = layout::layout(&report(template), template, LayoutOptions::default());
        let row = |label: &str| rows(&layout).into_iter().find(|row| row[0].contains(label)).unwrap();
        assert_eq!(row("主动公开政府信息数").len(), 3, "{id}");
        assert_in_order(&layout);
    }
    for id in ["2019", "2021"] {
        for landscape in [false, true] {
            let layout = layout::layout(&sample::matrix(id, 101), template(id), LayoutOptions { landscape });
            assert!(rows(&layout).iter().any(|row| row.len() == 9), "{id}");
            assert_in_order(&layout);
        }
    }
    // A row beyond the form, a blank and `/`.
    let template = template("2014-extended");
    assert_in_order(&layout::layout(&sample::report(), template, LayoutOptions::default()));
}

#[test]
fn repeated_headers_open_a_page_and_its_number_closes_it() {
    let document = Document::load_mem(&pdf(&extended()).0).unwrap();
    let pages = document.get_pages();
    assert!(pages.len() > 1);
    for (number, page) in pages {
        let texts = page_texts(&document, page);
        let headers = texts.iter().take_while(|(mark, _)| mark.is_none()).count();
        assert_eq!(headers, if number == 1 { 0 } else { 3 });
        let artifacts = texts.iter().filter(|(mark, _)| mark.is_none()).count();
        assert_eq!(artifacts, headers + 1);
        assert_eq!(texts.last().unwrap(), &(None, format!("— {number} —")));
        // Marks are counted in the same order.
        let marks: Vec<i64> = texts.iter().filter_map(|(mark, _)| *mark).collect();
        assert_eq!(marks, (0..marks.len() as i64).collect::<Vec<_>>());
    }
}
