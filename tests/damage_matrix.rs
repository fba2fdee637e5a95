//! Damaged tables of 2019 and 2021: whatever happens to one, no wrong figure passes without a finding.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use std::sync::LazyLock;

use proptest::prelude::*;
use rust_decimal::Decimal;
use xxgk::engine::Engine;
use xxgk::read::ReadOptions;
use xxgk::report::Report;
use xxgk::template::{SharedTemplate, Template, shipped};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn matrices() -> Vec<SharedTemplate> {
    shipped().0.iter().filter(|template| template.is_matrix()).cloned().collect()
}

/// A line of the tables: its labels, and its figures with their ids.
#[derive(Clone, Debug)]
struct Line {
    labels: Vec<String>,
    figures: Vec<(String, String)>,
    /// How many figures the form has in it; a row that loses one and gains another is past finding out.
    count: usize,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Pipes,
    CellPerLine,
    BlankLines,
    Html,
}

#[derive(Clone, Debug)]
enum Damage {
    Delete(usize),
    DeleteHalf(bool),
    Duplicate(usize),
    Swap(usize, usize),
    Misspell(usize, usize),
    LoseFigure(usize, usize),
    AddFigure(usize),
}

/// The tables of a form filled with figures, row by row, headers and bands included.
fn lines(template: &Template, figures: &[u32]) -> Vec<Line> {
    let mut figures = figures.iter().cycle();
    let mut lines = Vec::new();
    for table in template.tables() {
        let text = |text: &str| Line { labels: vec![text.to_owned()], figures: Vec::new(), count: 0 };
        lines.extend(table.heading.iter().chain(&table.band).map(|heading| text(heading)));
        for headers in table.headers_in_reading_order() {
            lines.push(Line {
                labels: headers.iter().map(|header| (*header).to_owned()).collect(),
                figures: Vec::new(),
                count: 0,
            });
        }
        let mut open: &[String] = &[];
        for row in table.rows.iter().filter(|row| !row.optional) {
            let shared = row.stubs.iter().zip(open).take_while(|(one, other)| one == other).count();
            let labels = row.stubs[shared..].iter().chain([&row.label]).filter(|label| !label.is_empty());
            lines.push(Line {
                count: table.columns.len(),
                labels: labels.cloned().collect(),
                figures: table
                    .columns
                    .iter()
                    .map(|column| (table.indicator_id(row, column), figures.next().unwrap().to_string()))
                    .collect(),
            });
            open = &row.stubs;
        }
    }
    lines
}

fn damage(lines: &mut Vec<Line>, damages: &[Damage]) {
    for damage in damages {
        let count = lines.len();
        if count < 8 {
            break;
        }
        match *damage {
            Damage::Delete(at) => drop(lines.remove(at % count)),
            Damage::DeleteHalf(first) => drop(if first { lines.drain(..count / 2) } else { lines.drain(count / 2..) }),
            Damage::Duplicate(at) => lines.insert(at % count, lines[at % count].clone()),
            Damage::Swap(one, other) => lines.swap(one % count, other % count),
            Damage::Misspell(at, place) => {
                if let Some(label) = lines[at % count].labels.last_mut() {
                    let skip = place % label.chars().count().max(1);
                    *label = label.chars().enumerate().map(|(i, c)| if i == skip { '口' } else { c }).collect();
                }
            }
            Damage::LoseFigure(at, place) => {
                let Line { figures, count, .. } = &mut lines[at % count];
                if figures.len() > 1 && figures.len() == *count {
                    figures.remove(place % figures.len());
                }
            }
            Damage::AddFigure(at) => {
                let Line { figures, count, .. } = &mut lines[at % count];
                if !figures.is_empty() && figures.len() == *count {
                    figures.insert(0, (String::new(), "7".to_owned()));
                }
            }
        }
    }
}

fn text(lines: &[Line], shape: Shape) -> String {
    let mut text = String::from("示例镇2022年政府信息公开工作年度报告统计表\n");
    if let Shape::Html = shape {
        text = format!("<html><body><p>{text}</p><table>");
    }
    for line in lines {
        let cells: Vec<&str> = line
            .labels
            .iter()
            .map(String::as_str)
            .chain(line.figures.iter().map(|(_, figure)| figure.as_str()))
            .collect();
        text += &match shape {
            Shape::Pipes => format!("| {} |\n", cells.join(" | ")),
            Shape::CellPerLine => cells.join("\n") + "\n",
            Shape::BlankLines => cells.join("\n\n") + "\n\n",
            Shape::Html => format!("<tr><td>{}</td></tr>", cells.join("</td><td>")),
        };
    }
    if let Shape::Html = shape {
        text += "</table></body></html>";
    }
    text
}

fn recognized(text: &str) -> Vec<Report> {
    let Ok(input) = ENGINE.read(text.as_bytes(), &ReadOptions::default()) else { return Vec::new() };
    ENGINE.recognize(&input).unwrap_or_default()
}

fn truth(lines: &[Line]) -> BTreeMap<String, Decimal> {
    let figures = lines.iter().flat_map(|line| &line.figures).filter(|(id, _)| !id.is_empty());
    figures.map(|(id, figure)| (id.clone(), figure.parse().unwrap())).collect()
}

/// Every figure that is not the true one, and that no finding names.
fn silent(report: &Report, truth: &BTreeMap<String, Decimal>) -> Vec<String> {
    let named = |id: &str| report.findings.iter().any(|finding| finding.ids.iter().any(|named| **named == *id));
    let wrong = report.values.iter().filter(|value| {
        let id = value.id.as_deref().unwrap();
        value.cell.is_number() && value.number().as_ref() != truth.get(id) && truth.contains_key(id) && !named(id)
    });
    wrong
        .map(|value| {
            format!("{:?}: true {:?}, read {:?}", value.id, truth.get(value.id.as_deref().unwrap()), value.number())
        })
        .collect()
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop::sample::select(vec![Shape::Pipes, Shape::CellPerLine, Shape::BlankLines, Shape::Html])
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let at = 0..200usize;
    let one = prop_oneof![
        at.clone().prop_map(Damage::Delete),
        any::<bool>().prop_map(Damage::DeleteHalf),
        at.clone().prop_map(Damage::Duplicate),
        (at.clone(), at.clone()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (at.clone(), at.clone()).prop_map(|(one, other)| Damage::Misspell(one, other)),
        (at.clone(), at.clone()).prop_map(|(one, other)| Damage::LoseFigure(one, other)),
        at.prop_map(Damage::AddFigure),
    ];
    prop::collection::vec(one, 0..5)
}

#[test]
fn a_label_that_begins_another_is_not_taken_for_it() {
    let core = |line: &Line| {
        let label = line.labels.last().map_or("", String::as_str);
        label.rsplit(['.', '）', '、']).next().unwrap_or("").to_owned()
    };
    let figures: Vec<u32> = (1..211).collect();
    let mut swapped = 0;
    for template in matrices() {
        let whole = lines(&template, &figures);
        let rows: Vec<usize> = (0..whole.len()).filter(|at| !whole[*at].figures.is_empty()).collect();
        for (&one, &other) in rows.iter().flat_map(|one| rows.iter().map(move |other| (one, other))) {
            let (short, long) = (core(&whole[one]), core(&whole[other]));
            if short.is_empty() || short.len() >= long.len() || !long.starts_with(&short) {
                continue;
            }
            let mut lines = whole.clone();
            lines.swap(one, other);
            for shape in [Shape::Pipes, Shape::CellPerLine, Shape::BlankLines, Shape::Html] {
                let text = text(&lines, shape);
                for report in recognized(&text) {
                    assert_eq!(silent(&report, &truth(&whole)), Vec::<String>::new(), "{text}");
                }
            }
            swapped += 1;
        }
    }
    assert!(swapped > 0);
}

#[test]
fn a_row_among_those_of_another_table_has_as_many_figures_as_its_own() {
    let figures: Vec<u32> = (1..211).collect();
    let mut swapped = 0;
    for template in matrices() {
        let whole = lines(&template, &figures);
        let rows: Vec<usize> = (0..whole.len()).filter(|at| (1..=3).contains(&whole[*at].count)).collect();
        for (&one, &other) in rows.iter().flat_map(|one| rows.iter().map(move |other| (one, other))) {
            if whole[one].count + 1 != whole[other].count {
                continue;
            }
            let mut lines = whole.clone();
            damage(&mut lines, &[Damage::AddFigure(one), Damage::Swap(one, other)]);
            for shape in [Shape::Pipes, Shape::CellPerLine, Shape::Html] {
                let text = text(&lines, shape);
                for report in recognized(&text) {
                    assert_eq!(silent(&report, &truth(&whole)), Vec::<String>::new(), "{text}");
                }
            }
            swapped += 1;
        }
    }
    assert!(swapped > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_wrong_figure_without_a_finding(
        template in 0..matrices().len(),
        figures in prop::collection::vec(0..5000u32, 210),
        shape in shapes(),
        damages in damages(),
    ) {
        let template = &matrices()[template];
        let mut lines = lines(template, &figures);
        let truth = truth(&lines);
        damage(&mut lines, &damages);
        let text = text(&lines, shape);
        for report in recognized(&text) {
            prop_assert_eq!(silent(&report, &truth), Vec::<String>::new(), "{}", text);
        }
    }

    #[test]
    fn an_undamaged_table_is_read_whole(
        template in 0..matrices().len(),
        figures in prop::collection::vec(0..5000u32, 210),
        shape in shapes(),
    ) {
        let template = &matrices()[template];
        let lines = lines(template, &figures);
        let text = text(&lines, shape);
        let reports = recognized(&text);
        prop_assert_eq!(reports.len(), 1, "{}", text);
        prop_assert_eq!(reports[0].template.as_deref(), Some(template.id()));
        for (id, figure) in truth(&lines) {
            prop_assert_eq!(reports[0].value(&id, None).unwrap().number(), Some(figure), "{}\n{}", id, text);
        }
        let doubts: Vec<_> = reports[0].findings.iter().map(|finding| finding.message(xxgk::message::Lang::EN)).collect();
        prop_assert_eq!(doubts, Vec::<String>::new(), "{}", text);
    }
}
