//! Writes a comparison as JSON.
//!
//! In: a [`Comparison`]. Out: one JSON document of schema `xxgk.compare/1` (`templates/schema/compare.json`). Called by
//! `xxgk compare --to json`.

use rust_decimal::Decimal;
use serde::Serialize;

use super::super::{
    Change, ComparedOrganization, Comparison, ComparisonFinding, ComparisonRow, Match, Proposal, ReportSummary,
    SideValue, State,
};
use super::format::{Failed, FormatInfo};
use super::words::reason;
use crate::document::Location;
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::message::{Arguments, Lang};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "json",
    extensions: &["json"],
    binary: false,
    writer: |comparison, options| json(comparison, options.failures, options.lang),
};

/// The name of the schema.
const SCHEMA: &str = "xxgk.compare/1";

#[derive(Serialize)]
struct ComparisonJson<'a> {
    schema: &'a str,
    units: Vec<OrganizationJson<'a>>,
    old_only: &'a [ReportSummary],
    new_only: &'a [ReportSummary],
    old_twice: &'a [Vec<ReportSummary>],
    new_twice: &'a [Vec<ReportSummary>],
    old_unnamed: &'a [ReportSummary],
    new_unnamed: &'a [ReportSummary],
    proposals: &'a [Proposal],
    failed: &'a [Failed],
}

#[derive(Serialize)]
struct OrganizationJson<'a> {
    old: &'a ReportSummary,
    new: &'a ReportSummary,
    one_form: bool,
    lines: Vec<RowJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    column: Option<&'a str>,
    #[serde(rename = "match")]
    kind: Match,
    why: Option<String>,
    old: Option<SideJson<'a>>,
    new: Option<SideJson<'a>>,
    change: Change,
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    difference: Option<Decimal>,
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    percent: Option<Decimal>,
    jump: bool,
}

#[derive(Serialize)]
struct SideJson<'a> {
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

/// Writes a comparison and the files that could not be read.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) if serialization fails.
fn json(comparison: &Comparison, failures: &[Failed], lang: Lang) -> Result<Vec<u8>> {
    let whole = ComparisonJson {
        schema: SCHEMA,
        units: comparison.organizations.iter().map(|compared| of_organization(compared, lang)).collect(),
        old_only: &comparison.old_only,
        new_only: &comparison.new_only,
        old_twice: &comparison.old_twice,
        new_twice: &comparison.new_twice,
        old_unnamed: &comparison.old_unnamed,
        new_unnamed: &comparison.new_unnamed,
        proposals: &comparison.proposals,
        failed: failures,
    };
    let mut bytes = serde_json::to_vec_pretty(&whole).map_err(|error| Error::write("JSON", error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn of_organization(compared: &ComparedOrganization, lang: Lang) -> OrganizationJson<'_> {
    OrganizationJson {
        old: &compared.old,
        new: &compared.new,
        one_form: compared.one_form,
        lines: compared.rows.iter().map(|row| of_row(row, lang)).collect(),
        findings: compared.findings.iter().map(|found| finding(found, compared, lang)).collect(),
    }
}

fn of_row(row: &ComparisonRow, lang: Lang) -> RowJson<'_> {
    RowJson {
        column: row.column.as_deref(),
        kind: row.kind,
        why: row.why.as_ref().map(|why| reason(why, lang)),
        old: side_value(&row.old),
        new: side_value(&row.new),
        change: row.change,
        difference: row.difference,
        percent: row.percent,
        jump: row.jump,
    }
}

fn side_value(side_value: &SideValue) -> Option<SideJson<'_>> {
    let side = &side_value.side;
    let figures = side.ids.iter().zip(&side.names).zip(&side_value.cells).map(|((id, label), (text, at))| FigureJson {
        id: Some(id.as_str()).filter(|id| !id.is_empty()),
        label,
        text,
        at: at.as_ref(),
    });
    (side_value.state != State::None).then(|| SideJson {
        value: side_value.state.number(),
        state: side_value.state,
        unit: side_value.unit.as_deref(),
        figures: figures.collect(),
    })
}

fn finding<'a>(found: &'a ComparisonFinding, compared: &'a ComparedOrganization, lang: Lang) -> FindingJson<'a> {
    let finding = &found.finding;
    let figures = finding.figures.iter().enumerate().map(|(at, figure)| FoundJson {
        file: if at < found.of_new { &compared.new.file } else { &compared.old.file },
        figure: FigureJson {
            id: Some(&*figure.id).filter(|id| !id.is_empty()),
            label: &figure.label,
            text: &figure.text,
            at: figure.at.as_ref(),
        },
    });
    FindingJson {
        code: &finding.code,
        severity: finding.severity,
        message: finding.message(lang),
        arguments: &finding.arguments,
        figures: figures.collect(),
    }
}
