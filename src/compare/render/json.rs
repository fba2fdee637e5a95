//! A comparison as one JSON document, schema `xxgk.compare/1` (`templates/schema/compare.json`).

use rust_decimal::Decimal;
use serde::Serialize;

use super::super::{Change, Comparison, Entry, Head, Line, Match, Noted, Proposal, State, Unit};
use super::because;
use crate::document::Location;
use crate::error::Result;
use crate::finding::Severity;
use crate::message::{Arguments, Lang};
use crate::write::failed;

/// The name of the schema.
const SCHEMA: &str = "xxgk.compare/1";

#[derive(Serialize)]
struct ComparisonJson<'a> {
    schema: &'a str,
    units: Vec<UnitJson<'a>>,
    old_only: &'a [Head],
    new_only: &'a [Head],
    old_twice: &'a [Vec<Head>],
    new_twice: &'a [Vec<Head>],
    old_unnamed: &'a [Head],
    new_unnamed: &'a [Head],
    proposals: &'a [Proposal],
    failed: &'a [Failed],
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// The file's name as the user gave it.
    pub file: String,
    /// Why.
    pub message: String,
}

#[derive(Serialize)]
struct UnitJson<'a> {
    old: &'a Head,
    new: &'a Head,
    one_form: bool,
    lines: Vec<LineJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct LineJson<'a> {
    column: Option<&'a str>,
    #[serde(rename = "match")]
    kind: Match,
    why: Option<String>,
    old: Option<EntryJson<'a>>,
    new: Option<EntryJson<'a>>,
    change: Change,
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    difference: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    percent: Option<Decimal>,
    jump: bool,
}

#[derive(Serialize)]
struct EntryJson<'a> {
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    value: Option<Decimal>,
    state: State,
    unit: Option<&'a str>,
    figures: Vec<FigureJson<'a>>,
}

#[derive(Serialize)]
struct FigureJson<'a> {
    id: Option<&'a str>,
    label: &'a str,
    text: &'a str,
    at: Option<&'a Location>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    code: &'a str,
    severity: Severity,
    message: String,
    arguments: &'a Arguments,
    figures: Vec<FoundJson<'a>>,
}

#[derive(Serialize)]
struct FoundJson<'a> {
    file: &'a str,
    #[serde(flatten)]
    figure: FigureJson<'a>,
}

/// Writes a comparison, with the files that could not be read.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when it cannot be made.
pub fn json(comparison: &Comparison, failures: &[Failed], lang: Lang) -> Result<Vec<u8>> {
    let whole = ComparisonJson {
        schema: SCHEMA,
        units: comparison.units.iter().map(|unit| of_unit(unit, lang)).collect(),
        old_only: &comparison.old_only,
        new_only: &comparison.new_only,
        old_twice: &comparison.old_twice,
        new_twice: &comparison.new_twice,
        old_unnamed: &comparison.old_unnamed,
        new_unnamed: &comparison.new_unnamed,
        proposals: &comparison.proposals,
        failed: failures,
    };
    let mut bytes = serde_json::to_vec_pretty(&whole).map_err(|error| failed("JSON", error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn of_unit(unit: &Unit, lang: Lang) -> UnitJson<'_> {
    UnitJson {
        old: &unit.old,
        new: &unit.new,
        one_form: unit.one_form,
        lines: unit.lines.iter().map(|line| of_line(line, lang)).collect(),
        findings: unit.noted.iter().map(|noted| finding(noted, unit, lang)).collect(),
    }
}

fn of_line(line: &Line, lang: Lang) -> LineJson<'_> {
    LineJson {
        column: line.column.as_deref(),
        kind: line.kind,
        why: line.why.as_ref().map(|why| because(why, lang)),
        old: entry(&line.old),
        new: entry(&line.new),
        change: line.change,
        difference: line.difference,
        percent: line.percent,
        jump: line.jump,
    }
}

fn entry(entry: &Entry) -> Option<EntryJson<'_>> {
    let side = &entry.side;
    let figures = side.ids.iter().zip(&side.names).zip(&entry.figures).map(|((id, label), (text, at))| FigureJson {
        id: Some(id.as_str()).filter(|id| !id.is_empty()),
        label,
        text,
        at: at.as_ref(),
    });
    (entry.state != State::None).then(|| EntryJson {
        value: entry.number,
        state: entry.state,
        unit: entry.unit.as_deref(),
        figures: figures.collect(),
    })
}

fn finding<'a>(noted: &'a Noted, unit: &'a Unit, lang: Lang) -> FindingJson<'a> {
    let found = &noted.finding;
    let figures = found.figures.iter().enumerate().map(|(at, figure)| FoundJson {
        file: if at < noted.of_new { &unit.new.file } else { &unit.old.file },
        figure: FigureJson {
            id: Some(&*figure.id).filter(|id| !id.is_empty()),
            label: &figure.label,
            text: &figure.text,
            at: figure.at.as_ref(),
        },
    });
    FindingJson {
        code: &found.code,
        severity: found.severity,
        message: found.message(lang),
        arguments: &found.arguments,
        figures: figures.collect(),
    }
}
