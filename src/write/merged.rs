//! Reports added up, as files: `Merged → bytes`.
//!
//! In: [`Merged`]. Out: the totals in the official layout as any report, and where the format has room for more, what each
//! unit has and what was found: worksheets in a workbook ([`super::xlsx::merged`]), JSON of schema `xxgk.merge/1`.

use std::io::Write;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Finding, Severity};
use crate::layout::{Layout, LayoutOptions, layout};
use crate::merge::{Cell, InclusionStatus, Merged, Organization};
use crate::message::Lang;
use crate::report::CellValue;
use crate::report::json::{FindingJson, ReportJson};
use crate::write::format::MergedWriter;
use crate::write::{Format, WriteOptions, failed};

/// Writes what was merged; returns what could not be drawn as it should.
///
/// # Errors
/// [`ErrorKind::Write`] when `out` fails or the format cannot hold it.
pub(crate) fn write(
    merged: &Merged,
    format: Format,
    options: &WriteOptions<'_>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    match format.info().merged {
        MergedWriter::Full(write) => write(merged, options, out),
        MergedWriter::Totals => super::write(&merged.report, &merged.template, format, options, out),
        MergedWriter::None => {
            Err(Error::new(ErrorKind::Write { format: format.name().to_uppercase(), detail: "merge".to_owned() }))
        }
    }
}

/// The report of the totals, laid out.
pub(super) fn totals(merged: &Merged, options: &WriteOptions<'_>) -> Layout {
    layout(&merged.report, &merged.template, LayoutOptions { landscape: options.landscape })
}

/// What was found in an organization and is worth a line of its own: warnings and errors; nothing of mere copies.
pub(crate) fn findings_of(organization: &Organization) -> impl Iterator<Item = &Finding> {
    let copy = matches!(organization.inclusion, InclusionStatus::LeftOut("XG605" | "XG607"));
    organization.findings.iter().filter(move |found| !copy && found.severity >= Severity::Warning)
}

/// What merging found, then what was found in each organization, with the organization it is about.
pub(crate) fn all_findings(merged: &Merged) -> impl Iterator<Item = (Option<usize>, &Finding)> {
    let own = merged.findings.iter().map(|found| (found.organization, &found.finding));
    let organizations = merged.organizations.iter().enumerate();
    own.chain(
        organizations.flat_map(|(at, organization)| findings_of(organization).map(move |finding| (Some(at), finding))),
    )
}

#[derive(Serialize)]
struct MergedJson<'m> {
    schema: &'static str,
    report: ReportJson,
    units: Vec<OrganizationJson<'m>>,
    extra: Vec<ExtraJson<'m>>,
    findings: Vec<MergeFindingJson>,
}

#[derive(Serialize)]
struct OrganizationJson<'m> {
    organization: &'m str,
    file: &'m str,
    sheet: Option<&'m str>,
    template: Option<&'m str>,
    year: Option<i32>,
    counted: bool,
    /// The code that says why it is left out.
    left_out: Option<&'static str>,
    /// In the order of the report's values; nothing of organizations that are left out.
    values: Vec<CellJson<'m>>,
}

#[derive(Serialize)]
struct ExtraJson<'m> {
    label: &'m str,
    unit: Option<&'m str>,
    total: Option<serde_json::Number>,
    /// In the order of the organizations that count.
    values: Vec<CellJson<'m>>,
}

#[derive(Serialize)]
struct CellJson<'m> {
    value: Option<serde_json::Number>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'m str>,
}

#[derive(Serialize)]
struct MergeFindingJson {
    /// The organization, as an index into `units`.
    unit: Option<usize>,
    #[serde(flatten)]
    finding: FindingJson,
}

impl<'m> From<&'m Cell> for CellJson<'m> {
    fn from(cell: &'m Cell) -> Self {
        let (value, status, text) = match cell {
            Cell::Foreign(number, unit) => (exact(number), "other_unit", Some(unit.as_str())),
            Cell::Value(cell) => {
                let text = if let CellValue::Unreadable(text) = cell { Some(text.as_str()) } else { None };
                (cell.number().as_ref().and_then(exact), cell.status().as_str(), text)
            }
            Cell::Absent => (None, "absent", None),
        };
        Self { value, status, text }
    }
}

/// A number with its digits as they are.
fn exact(number: &Decimal) -> Option<serde_json::Number> {
    number.to_string().parse().ok()
}

/// Writes JSON of schema `xxgk.merge/1`.
pub(super) fn write_json(merged: &Merged, options: &WriteOptions<'_>, out: &mut dyn Write) -> Result<Vec<Finding>> {
    let bytes = json(merged, options.lang)?;
    out.write_all(&bytes).map_err(|error| failed("JSON", error))?;
    Ok(Vec::new())
}

fn json<'m>(merged: &'m Merged, lang: Lang) -> Result<Vec<u8>> {
    let json_of = |(at, organization): (usize, &'m Organization)| OrganizationJson {
        organization: &organization.name,
        file: &organization.file,
        sheet: organization.sheet.as_deref(),
        template: organization.template.as_deref(),
        year: organization.year,
        counted: at < merged.counted,
        left_out: match organization.inclusion {
            InclusionStatus::Counted => None,
            InclusionStatus::LeftOut(code) => Some(code),
        },
        values: if at < merged.counted {
            merged.totals.iter().map(|total| CellJson::from(&total.cells[at])).collect()
        } else {
            Vec::new()
        },
    };
    let merged = MergedJson {
        schema: "xxgk.merge/1",
        report: ReportJson::new(&merged.report, lang),
        units: merged.organizations.iter().enumerate().map(json_of).collect(),
        extra: merged
            .extra
            .iter()
            .map(|row| ExtraJson {
                label: &row.label,
                unit: row.unit.as_deref(),
                total: row.total.cell.number().as_ref().and_then(exact),
                values: row.total.cells.iter().map(CellJson::from).collect(),
            })
            .collect(),
        findings: all_findings(merged)
            .map(|(organization, finding)| MergeFindingJson {
                unit: organization,
                finding: FindingJson::new(finding, lang),
            })
            .collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&merged).map_err(|error| failed("JSON", error))?;
    bytes.push(b'\n');
    Ok(bytes)
}
