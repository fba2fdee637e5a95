//! Damaged tables: whatever happens to one, no wrong figure passes without a finding.

#![allow(clippy::unwrap_used)]

mod labels;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use rust_decimal::Decimal;
use xxgk::engine::Engine;
use xxgk::read::ReadOptions;
use xxgk::report::Report;
use xxgk::template::{Row, SharedTemplate, Template, ValueKind, shipped};

use labels::without_ordinal;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

/// The forms that are lists of rows with one figure each.
fn lists() -> Vec<SharedTemplate> {
    shipped().0.iter().filter(|template| !template.is_matrix()).cloned().collect()
}

/// A row of a table as a clerk has it: indicator, label, unit, figure.
#[derive(Clone, Debug)]
struct Line {
    id: Option<String>,
    /// The form's label, whatever becomes of it.
    official: String,
    label: String,
    unit: String,
    figure: String,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Pipes,
    CellPerLine,
    Spaces,
    Tabs,
    Csv,
}

#[derive(Clone, Debug)]
enum Damage {
    Delete(usize),
    DeleteHalf(bool),
    Duplicate(usize),
    Swap(usize, usize),
    Misspell(usize, usize),
    LoseLabel(usize),
    LoseUnit(usize),
    ExchangeColumns,
    NoHead,
}

fn lines(template: &Template, figures: &[Option<u32>]) -> Vec<Line> {
    let mut figures = figures.iter().cycle();
    let mut lines = Vec::new();
    for row in template.tables().iter().flat_map(|table| &table.rows) {
        let heading = row.kind == ValueKind::Heading;
        let figure = if heading { None } else { *figures.next().unwrap() };
        lines.push(Line {
            id: (!heading).then(|| row.id.clone()),
            official: row.label.clone(),
            label: row.label.clone(),
            unit: row.unit.clone().unwrap_or_default(),
            figure: figure.map(|figure| figure.to_string()).unwrap_or_default(),
        });
    }
    lines
}

/// What damage did.
struct Damaged {
    /// Whether the figures stand left of their units.
    exchanged: bool,
    /// Whether there is a header.
    header: bool,
    /// How often rows of a label were damaged.
    touched: BTreeMap<String, usize>,
}

impl Damaged {
    /// Two damages to rows that share their label, or of which one's label is another name of the other, may leave nothing
    /// to see, as where one is gone and another in its place.
    fn beyond_seeing(&self, template: &Template, id: &str) -> bool {
        let names = |row: &Row| -> Vec<String> {
            let all = std::iter::once(&row.label).chain(&row.aliases);
            all.map(|label| without_ordinal(label).to_owned()).collect()
        };
        let own = names(template.row(id).unwrap());
        let rows = template.tables().iter().flat_map(|table| &table.rows);
        let alike: Vec<&Row> = rows.filter(|row| names(row).iter().any(|name| own.contains(name))).collect();
        let labels: BTreeSet<&str> = alike.iter().map(|row| row.label.as_str()).collect();
        let times: usize = labels.iter().filter_map(|label| self.touched.get(*label)).sum();
        alike.len() > 1 && times > 1
    }
}

/// Whether a row has no unit, or the row before it has lost its own.
fn lacks_unit(lines: &[Line], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &lines[before]);
    lines[at].unit.is_empty() || before.is_some_and(|line| line.id.is_some() && line.unit.is_empty())
}

fn damage(lines: &mut Vec<Line>, damages: &[Damage], shape: Shape) -> Damaged {
    let (mut exchanged, mut header) = (false, true);
    let mut touched: BTreeMap<String, usize> = BTreeMap::new();
    let is_running = matches!(shape, Shape::Spaces | Shape::CellPerLine);
    for damage in damages {
        let count = lines.len();
        if count < 8 {
            break;
        }
        let rows = match *damage {
            Damage::Delete(at) | Damage::Duplicate(at) | Damage::LoseLabel(at) | Damage::Misspell(at, _) => vec![at],
            Damage::Swap(one, other) => vec![one, other],
            Damage::DeleteHalf(true) => (0..count / 2).collect(),
            Damage::DeleteHalf(false) => (count / 2..count).collect(),
            Damage::LoseUnit(_) | Damage::ExchangeColumns | Damage::NoHead => Vec::new(),
        };
        for row in rows {
            *touched.entry(lines[row % count].official.clone()).or_default() += 1;
        }
        match *damage {
            Damage::Delete(at) => drop(lines.remove(at % count)),
            Damage::DeleteHalf(first) => drop(if first { lines.drain(..count / 2) } else { lines.drain(count / 2..) }),
            Damage::Duplicate(at) => lines.insert(at % count, lines[at % count].clone()),
            // Two rows with one label that change places leave nothing to see.
            Damage::Swap(one, other) if lines[one % count].label == lines[other % count].label => {}
            Damage::Swap(one, other) => lines.swap(one % count, other % count),
            Damage::Misspell(at, place) => {
                let label = &mut lines[at % count].label;
                let skip = place % label.chars().count().max(1);
                *label = label.chars().enumerate().map(|(i, c)| if i == skip { '口' } else { c }).collect();
            }
            // In running text a figure without label and unit is that of the row before, and so is one without label where
            // the row before has lost its unit.
            Damage::LoseLabel(at) if is_running && lacks_unit(lines, at % count) => {}
            Damage::LoseUnit(at) if is_running && lines[at % count].label.is_empty() => {}
            Damage::LoseUnit(at)
                if is_running && lines.get(at % count + 1).is_some_and(|next| next.label.is_empty()) => {}
            Damage::LoseLabel(at) => lines[at % count].label.clear(),
            Damage::LoseUnit(at) => lines[at % count].unit.clear(),
            Damage::ExchangeColumns => exchanged = !exchanged,
            Damage::NoHead => header = false,
        }
    }
    Damaged { exchanged, header, touched }
}

fn text(lines: &[Line], shape: Shape, exchanged: bool, header: bool) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    if header {
        rows.push(["统计指标".into(), "单位".into(), "统计数".into()]);
    }
    rows.extend(lines.iter().map(|line| [line.label.clone(), line.unit.clone(), line.figure.clone()]));
    if exchanged {
        rows.iter_mut().for_each(|row| row.swap(1, 2));
    }
    let mut text = String::from("2016年度示例镇政府信息公开情况统计表\n");
    for row in &rows {
        text += &match shape {
            Shape::Pipes => format!("| {} |\n", row.join(" | ")),
            Shape::CellPerLine => row.join("\n") + "\n",
            Shape::Tabs => row.join("\t") + "\n",
            Shape::Csv => row.join(",") + "\n",
            Shape::Spaces => row.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" ") + " ",
        };
    }
    text
}

fn recognized(text: &str) -> Option<Report> {
    let input = ENGINE.read(text.as_bytes(), &ReadOptions::default()).ok()?;
    let mut reports = ENGINE.recognize(&input).ok()?;
    assert_eq!(reports.len(), 1, "{text}");
    reports.pop()
}

/// Every figure that is not the true one, and that no finding names.
fn silent(report: &Report, truth: &BTreeMap<String, Option<Decimal>>) -> Vec<String> {
    let named = |id: &str| report.findings.iter().any(|finding| finding.ids.iter().any(|named| **named == *id));
    let mut silent = Vec::new();
    for value in &report.values {
        let id = value.id.as_deref().unwrap();
        let Some(true_number) = truth.get(id) else { continue };
        let right = value.number() == *true_number;
        if !right && !value.cell.is_unreadable() && !named(id) {
            silent.push(format!("{id}: true {true_number:?}, read {:?} {:?}", value.number(), value.at));
        }
    }
    silent
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop::sample::select(vec![Shape::Pipes, Shape::CellPerLine, Shape::Spaces, Shape::Tabs, Shape::Csv])
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let at = 0..200usize;
    let one = prop_oneof![
        at.clone().prop_map(Damage::Delete),
        any::<bool>().prop_map(Damage::DeleteHalf),
        at.clone().prop_map(Damage::Duplicate),
        (at.clone(), at.clone()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (at.clone(), at.clone()).prop_map(|(one, other)| Damage::Misspell(one, other)),
        at.clone().prop_map(Damage::LoseLabel),
        at.prop_map(Damage::LoseUnit),
        Just(Damage::ExchangeColumns),
        Just(Damage::NoHead),
    ];
    prop::collection::vec(one, 0..6)
}

fn figures() -> impl Strategy<Value = Vec<Option<u32>>> {
    prop::collection::vec(prop::option::weighted(0.85, prop_oneof![Just(0), 0..10_000u32]), 74)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_wrong_figure_without_a_finding(
        template in 0..lists().len(),
        figures in figures(),
        shape in shapes(),
        damages in damages(),
    ) {
        let template = &lists()[template];
        let mut lines = lines(template, &figures);
        let truth: BTreeMap<String, Option<Decimal>> = lines
            .iter()
            .filter_map(|line| Some((line.id.clone()?, line.figure.parse::<u32>().ok().map(Decimal::from))))
            .collect();
        let damaged = damage(&mut lines, &damages, shape);
        let text = text(&lines, shape, damaged.exchanged, damaged.header);
        if let Some(report) = recognized(&text) {
            // A row that only some places print is not missed where it is gone.
            let printed = |id: &str| lines.iter().any(|line| line.id.as_deref() == Some(id));
            let read_as = report.template.as_deref().and_then(|id| shipped().find(id));
            let optional = |id: &str| read_as.and_then(|form| form.row(id)).is_some_and(|row| row.optional);
            // Above all other rows and without a header, only its unit tells a row from a title.
            let titles = lines.iter().take_while(|line| !damaged.header && line.unit.is_empty());
            let titles: Vec<&str> = titles.filter_map(|line| line.id.as_deref()).collect();
            let told = |id: &str| {
                (printed(id) || !optional(id)) && !titles.contains(&id) && !damaged.beyond_seeing(template, id)
            };
            let kept: BTreeMap<_, _> = truth.into_iter().filter(|(id, _)| told(id)).collect();
            prop_assert_eq!(silent(&report, &kept), Vec::<String>::new(), "{}", text);
        }
    }

    #[test]
    fn an_undamaged_table_is_read_whole(
        template in 0..lists().len(),
        figures in figures(),
        shape in shapes(),
        header in any::<bool>(),
    ) {
        let template = &lists()[template];
        let lines = lines(template, &figures);
        let text = text(&lines, shape, false, header);
        let report = recognized(&text).expect("a whole table is recognized");
        prop_assert_eq!(report.template.as_deref(), Some(template.id()));
        let optional = |id: &str| template.row(id).is_some_and(|row| row.optional);
        for line in lines.iter().filter(|line| line.id.is_some()) {
            let id = line.id.as_deref().unwrap();
            let value = report.value(id, None).unwrap();
            let number = line.figure.parse::<u32>().ok().map(Decimal::from);
            prop_assert_eq!(value.number(), number, "{} {}\n{}", id, optional(id), text);
        }
        let doubts: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
        prop_assert_eq!(doubts, Vec::<&str>::new(), "{}", text);
    }
}

/// A row that not all places print is not missed where it stands, so it must be found wherever that is.
#[test]
fn a_figure_before_all_other_rows_is_read_or_told() {
    let template = shipped().get("2014-extended").unwrap();
    for shape in [Shape::Pipes, Shape::CellPerLine, Shape::Spaces, Shape::Tabs, Shape::Csv] {
        for at in 0..lines(template, &[None]).len() {
            let mut lines = lines(template, &[None]);
            let Some(id) = lines[at].id.clone() else { continue };
            lines[at].figure = "7".to_owned();
            lines.swap(0, at);
            for header in [false, true] {
                let text = text(&lines, shape, false, header);
                let report = recognized(&text).expect("nearly all rows are there");
                let truth = BTreeMap::from([(id.clone(), Some(Decimal::from(7)))]);
                assert_eq!(silent(&report, &truth), Vec::<String>::new(), "{shape:?} {at}\n{text}");
            }
        }
    }
}
