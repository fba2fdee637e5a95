//! The JSON form of a report, schema `xxgk.report/1`: the contract for scripts and tests.
//!
//! In: a [`Report`]. Out: a [`ReportJson`], which serde writes and reads, and back again without loss. Used by
//! [`crate::write::json`] and [`crate::read::json`] only. Keys stand in the order of the fields here; keys that came
//! later than the schema's first form are left out where they hold nothing.

use std::collections::HashSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

use super::{CellValue, Correction, Filing, Paragraph, Period, Report, Status, Value, can_be_figure};
use crate::document::{Location, Source};
use crate::finding::{Figure, Finding, Phrase, Severity, Wording};
use crate::message::{self, Arguments, Lang};

/// The name of the schema, which every object carries.
pub(crate) const SCHEMA: &str = "xxgk.report/1";

/// The name of the JSON in a PDF that has its report attached.
pub(crate) const ATTACHMENT: &str = "xxgk-report.json";

// The comments of these types are descriptions in `templates/schema/report.json`, which a test makes.

/// A report. Several reports are an array, or one a line in NDJSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReportJson {
    #[cfg_attr(test, schemars(with = "String", extend("const" = SCHEMA)))]
    schema: Schema,
    /// The file it came from.
    #[serde(default)]
    source: Source,
    /// The template's id; null for a table of no known form.
    #[serde(default)]
    template: Option<String>,
    /// The title as in the source.
    #[serde(default)]
    title: Option<String>,
    /// 填报单位.
    #[serde(default)]
    organization: Option<String>,
    /// The year of the values.
    #[serde(default)]
    year: Option<i32>,
    /// The part of the year of the values.
    #[serde(default)]
    period: Period,
    /// Who filed it.
    #[serde(default)]
    filing: Filing,
    /// The values of the template's rows, in its order. Each has an id; none is there twice.
    #[serde(deserialize_with = "identified")]
    values: Vec<ValueJson>,
    /// The values of rows beyond the template, without an id.
    #[serde(default)]
    extra: Vec<ValueJson>,
    /// What was noticed.
    #[serde(default)]
    findings: Vec<FindingJson>,
    /// The worksheet of the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    /// The text around the table, in reading order, without the title and what `filing` has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    narrative: Vec<Paragraph>,
    /// Whether `column` names the header of every value's column, which is then not the last of its path. Version 0.1 wrote
    /// matrices with extra rows so.
    #[serde(default, skip_serializing)]
    matrix: bool,
}

impl ReportJson {
    /// A report as JSON has it, with the messages of its findings in one language.
    ///
    /// The column of a matrix is in the id and at the end of the path. Extra rows have no id, so `column` names theirs.
    pub fn new(report: &Report, lang: Lang) -> Self {
        Self {
            matrix: false,
            values: report.values.iter().map(ValueJson::new).collect(),
            schema: Schema,
            source: report.source.clone(),
            template: report.template.clone(),
            title: report.title.clone(),
            organization: report.organization.clone(),
            year: report.year,
            period: report.period,
            filing: report.filing.clone(),
            extra: report.extra.iter().map(ValueJson::new).collect(),
            findings: report.findings.iter().map(|finding| FindingJson::new(finding, lang)).collect(),
            sheet: report.sheet.clone(),
            narrative: report.narrative.clone(),
        }
    }
}

impl From<ReportJson> for Report {
    fn from(mut json: ReportJson) -> Self {
        if json.matrix {
            json.values.iter_mut().for_each(|value| value.path.extend(value.column.take()));
        }
        Self {
            values: json.values.into_iter().map(Value::from).collect(),
            source: json.source,
            template: json.template,
            title: json.title,
            organization: json.organization,
            year: json.year,
            period: json.period,
            filing: json.filing,
            extra: json.extra.into_iter().map(Value::from).collect(),
            findings: json.findings.into_iter().map(Finding::from).collect(),
            sheet: json.sheet,
            narrative: json.narrative,
        }
    }
}

/// The one schema name that can be read.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Schema;

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(SCHEMA)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = String::deserialize(deserializer)?;
        if found == SCHEMA { Ok(Self) } else { Err(D::Error::custom(format!("{found:?} ≠ {SCHEMA:?}"))) }
    }
}

/// A value. `value` is a number exactly where `status` is `number`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("if" = { "properties": { "status": { "const": "number" } } })))]
#[cfg_attr(test, schemars(extend("then" = { "properties": { "value": { "type": "number" } } })))]
#[cfg_attr(test, schemars(extend("else" = { "properties": { "value": { "type": "null" } } })))]
#[serde(try_from = "ValueParts")]
struct ValueJson {
    /// The indicator; absent for rows beyond the template. In a matrix, it ends with the id of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The labels from the section down, without ordinals. In a matrix, the header of the column is the last.
    path: Vec<String>,
    /// The header of the value column where a table has several.
    column: Option<String>,
    /// 计量单位.
    unit: Option<String>,
    /// The number with its digits as printed.
    value: Option<Number>,
    status: Status,
    /// The cell's text in the source; null where it cannot be separated from other cells.
    text: Option<String>,
    /// The location in the source.
    at: Option<Location>,
    /// For a row beyond the template, its label as in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// For a row beyond the template, the indicator of the row before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// Who set the value, and why, where a person read it in the source. `text` is still that of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<Correction>,
    #[serde(skip)]
    number: Option<Decimal>,
}

/// A value as it is read, before status and number are compared.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ValueParts {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default, deserialize_with = "number")]
    #[cfg_attr(test, schemars(with = "Option<Number>"))]
    value: Option<Decimal>,
    status: Status,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    at: Option<Location>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    correction: Option<Correction>,
}

impl TryFrom<ValueParts> for ValueJson {
    type Error = String;

    fn try_from(parts: ValueParts) -> Result<Self, Self::Error> {
        if (parts.status == Status::Number) != parts.value.is_some() {
            let status = serde_json::to_string(&parts.status).unwrap_or_default();
            let value = parts.value.map_or_else(|| "null".to_owned(), |value| value.to_string());
            return Err(format!("\"status\": {status}, \"value\": {value}"));
        }
        Ok(Self {
            id: parts.id,
            path: parts.path,
            column: parts.column,
            unit: parts.unit,
            value: None,
            status: parts.status,
            text: parts.text,
            at: parts.at,
            label: parts.label,
            after: parts.after,
            correction: parts.correction,
            number: parts.value,
        })
    }
}

impl ValueJson {
    fn new(value: &Value) -> Self {
        Self {
            id: value.id.as_deref().map(str::to_owned),
            path: value.path.to_vec(),
            column: value.column.clone(),
            unit: value.unit.clone(),
            value: value.number().and_then(|number| number.to_string().parse().ok()),
            status: value.cell.status(),
            // A value that shares its cell with others, and cannot be separated from them, has no text of its own.
            text: (!value.cell.is_unreadable() || !value.text().is_empty()).then(|| value.text().to_owned()),
            at: value.at.clone(),
            label: value.label.clone(),
            after: value.after.clone(),
            correction: value.correction.clone(),
            number: value.number(),
        }
    }
}

impl From<ValueJson> for Value {
    fn from(json: ValueJson) -> Self {
        let text = json.text.unwrap_or_default();
        let (cell, source_text) = match (json.status, json.number) {
            (_, Some(number)) => (CellValue::Number(number), text),
            (Status::NotApplicable, None) => (CellValue::NotApplicable, text),
            (Status::Unreadable, None) => (CellValue::Unreadable(text), String::new()),
            (Status::Missing, None) => (CellValue::Missing, text),
            // `ValueParts` refuses a number without its value.
            (Status::Blank | Status::Number, None) => (CellValue::Blank, text),
        };
        Self {
            id: json.id.map(Into::into),
            path: json.path.into(),
            column: json.column,
            unit: json.unit,
            cell,
            source_text,
            at: json.at,
            after: json.after,
            label: json.label,
            correction: json.correction,
        }
    }
}

/// Something that was noticed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FindingJson {
    /// The stable code, such as `XG306`.
    code: String,
    severity: Severity,
    /// For people; made again from the code and the arguments when read.
    #[serde(default)]
    message: String,
    /// The indicators it is about.
    #[serde(default)]
    ids: Vec<Arc<str>>,
    /// The location in the source.
    #[serde(default)]
    at: Option<Location>,
    /// The arguments of the message, by name.
    #[serde(default, skip_serializing_if = "Arguments::is_empty")]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    arguments: Arguments,
    /// The values that were compared, each with its location.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    figures: Vec<Figure>,
    /// The likely cause, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

impl FindingJson {
    /// A finding with its message in one language.
    pub fn new(finding: &Finding, lang: Lang) -> Self {
        Self {
            code: finding.code.clone(),
            severity: finding.severity,
            message: finding.message(lang),
            ids: finding.ids.clone(),
            at: finding.at.clone(),
            arguments: finding.arguments.clone(),
            figures: finding.figures.clone(),
            cause: finding.cause.as_ref().map(|cause| cause.text(lang)),
        }
    }
}

impl From<FindingJson> for Finding {
    fn from(json: FindingJson) -> Self {
        // A code of a template has its sentence there; what was said stays said.
        let key = format!("finding.{}", json.code);
        let own = !message::has(&key) && json.message != key && !json.message.is_empty();
        let said = || json.message.replace('{', "｛");
        Self {
            wording: own.then(|| Wording::Own { zh: said(), en: said() }),
            cause: json.cause.map(|key| Phrase { key: key.into(), arguments: Arguments::new() }),
            code: json.code,
            severity: json.severity,
            arguments: json.arguments,
            ids: json.ids,
            at: json.at,
            figures: json.figures,
            texts: Vec::new(),
        }
    }
}

/// The values of a template's rows: each names its indicator, and none is there twice.
fn identified<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ValueJson>, D::Error> {
    let values = Vec::<ValueJson>::deserialize(deserializer)?;
    let mut seen = HashSet::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let Some(id) = &value.id else { return Err(D::Error::custom(format!("values[{index}]: \"id\": null"))) };
        // Version 0.1 names the columns of some matrices, whose ids have them too.
        if !seen.insert((id.as_str(), value.column.as_deref())) {
            return Err(D::Error::custom(format!("values[{index}]: \"id\": {id:?} ×2")));
        }
    }
    drop(seen);
    Ok(values)
}

/// A JSON number with exactly its digits.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    let digits = number.as_str();
    exact_decimal(digits).map(Some).ok_or_else(|| {
        let shown: String = digits.chars().take(40).collect();
        let more = if digits.len() > shown.len() { "…" } else { "" };
        D::Error::custom(format!("{shown}{more}: > 20 digits, or > 28 with decimals"))
    })
}

/// A decimal number in JSON's notation, `1e3` included; none where it has more digits than a figure or a [`Decimal`] holds.
fn exact_decimal(digits: &str) -> Option<Decimal> {
    let (base, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let base = Decimal::from_str_exact(base).ok()?;
    if base.is_zero() {
        return Some(base);
    }
    let exponent: i64 = exponent.parse().ok()?;
    let scale = i64::from(base.scale()).checked_sub(exponent)?;
    let (mantissa, scale) = match u32::try_from(scale) {
        Ok(scale) => (base.mantissa(), scale),
        Err(_) => (base.mantissa().checked_mul(10i128.checked_pow(u32::try_from(-scale).ok()?)?)?, 0),
    };
    Decimal::try_from_i128_with_scale(mantissa, scale).ok().filter(|number| can_be_figure(*number))
}

#[cfg(test)]
mod tests;
