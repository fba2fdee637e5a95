//! Findings as one JSON document, schema `xxgk.check/1` (`templates/schema/check.json`).

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::{Checked, Counts, help};
use crate::document::Location;
use crate::finding::{Figure, Severity};
use crate::message::{Arguments, Lang};

/// The name of the schema.
const SCHEMA: &str = "xxgk.check/1";

#[derive(Serialize)]
struct FileJson<'a> {
    file: &'a str,
    template: Option<&'a str>,
    organization: Option<&'a str>,
    year: Option<i32>,
    error: Option<ErrorJson<'a>>,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    message: &'a str,
    at: Option<&'a Location>,
}

#[derive(Serialize)]
struct FindingJson<'a> {
    code: &'a str,
    severity: Severity,
    message: String,
    ids: &'a [Arc<str>],
    at: Option<&'a Location>,
    figures: &'a [Figure],
    arguments: &'a Arguments,
    cause: Option<String>,
    help: Option<String>,
}

#[derive(Serialize)]
struct SummaryJson<'a> {
    files: usize,
    failed: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    codes: &'a BTreeMap<String, usize>,
}

pub(super) fn begin(out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"schema\":\"{SCHEMA}\",\"files\":[")
}

pub(super) fn file(checked: &Checked<'_>, lang: Lang, first: bool, out: &mut dyn Write) -> io::Result<()> {
    let findings = checked.findings.iter().map(|finding| FindingJson {
        code: &finding.code,
        severity: finding.severity,
        message: finding.message(lang),
        ids: &finding.ids,
        at: finding.at.as_ref(),
        figures: &finding.figures,
        arguments: &finding.arguments,
        cause: finding.cause.as_ref().map(|cause| cause.text(lang)),
        help: help(finding, checked.template, lang),
    });
    let file = FileJson {
        file: &checked.file,
        template: checked.template.map(|template| template.id()),
        organization: checked.organization.as_deref(),
        year: checked.year,
        error: checked.failure.as_ref().map(|(at, message)| ErrorJson { message, at: at.as_ref() }),
        findings: findings.collect(),
    };
    out.write_all(if first { b"\n" } else { b",\n" })?;
    Ok(serde_json::to_writer(out, &file)?)
}

pub(super) fn end(counts: &Counts, out: &mut dyn Write) -> io::Result<()> {
    let count = |severity| counts.severities.get(&severity).copied().unwrap_or(0);
    let summary = SummaryJson {
        files: counts.files,
        failed: counts.failed,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        codes: &counts.codes,
    };
    out.write_all(b"\n],\"summary\":")?;
    serde_json::to_writer(&mut *out, &summary)?;
    out.write_all(b"}\n")
}
