//! Joins files that have one table each into reports.
//!
//! In: files with their reports. Out: the same files, where those of one organization and year became one input with one
//! report. Called by the commands with `--join`.

use std::collections::BTreeSet;

use crate::document::{Document, Grid, Location, Part, Source};
use crate::error::Result;
use crate::finding::{Finding, Wording};
use crate::message::Arguments;
use crate::organization::{Aliases, Key, Names};
use crate::read::Input;
use crate::report::{CellValue, Report};
use crate::template::{Template, Templates};
use crate::text::fold::fold;

/// A file, or several that were joined, with its reports.
#[derive(Debug)]
pub(crate) struct FileReports {
    /// Its name in messages.
    pub file: String,
    pub input: Input,
    pub reports: Vec<Report>,
}

/// Why files of one organization are not joined: the key of the message with its arguments.
#[derive(Debug)]
pub(crate) struct JoinFailure(pub &'static str, pub Arguments);

/// A file that has some of a form's tables.
struct Partial {
    at: usize,
    organization: Option<Key>,
    year: Option<i32>,
    tables: BTreeSet<usize>,
}

/// Joins files of one organization and year. Files with whole reports stay as they are.
pub(super) fn join(
    files: Vec<FileReports>,
    templates: &Templates,
    aliases: &Aliases,
    recognize: &dyn Fn(&Input) -> Result<Vec<Report>>,
) -> (Vec<FileReports>, Vec<JoinFailure>) {
    let all = files.iter().flat_map(|file| &file.reports).filter_map(|report| report.organization.as_deref());
    let known: BTreeSet<&str> = all.collect();
    let names = Names::new(known.iter().copied(), aliases);
    let partial = files.iter().enumerate().filter_map(|(at, file)| partial(at, file, templates, (&known, &names)));
    let (groups, alone) = groups(partial.collect());
    let mut files: Vec<Option<FileReports>> = files.into_iter().map(Some).collect();
    for at in alone {
        for report in files[at].iter_mut().flat_map(|file| &mut file.reports) {
            report.findings.push(worded(Finding::new("XG365"), "join.alone"));
        }
    }
    let mut failures = Vec::new();
    for mut group in groups {
        let first = group[0].at;
        group.sort_by_key(|partial| partial.tables.first().copied());
        let own = group.into_iter().filter_map(|partial| Some((files[partial.at].take()?, partial.tables)));
        match joined(own.collect(), recognize) {
            Ok(joined) => files[first] = Some(joined),
            Err(failure) => failures.push(failure),
        }
    }
    (files.into_iter().flatten().collect(), failures)
}

/// A file with some of a form's tables. Its name may contain an organization that another file states.
fn partial(
    at: usize,
    file: &FileReports,
    templates: &Templates,
    (known, names): (&BTreeSet<&str>, &Names),
) -> Option<Partial> {
    let ([report], Input::Document(_)) = (&file.reports[..], &file.input) else { return None };
    let template = templates.find(report.template.as_deref()?)?;
    let tables = tables(report, template);
    let is_part = !tables.is_empty() && tables.len() < template.tables().len();
    let in_name = || {
        let name = fold(&report.source.name);
        let mut found = known.iter().filter(|organization| name.contains(fold(organization).as_str()));
        found.next().filter(|_| found.next().is_none()).copied()
    };
    let organization = report.organization.as_deref().or_else(in_name).map(|name| names.key(name));
    is_part.then_some(Partial { at, organization, year: report.year, tables })
}

/// One file of several.
fn joined(
    mut files: Vec<(FileReports, BTreeSet<usize>)>,
    recognize: &dyn Fn(&Input) -> Result<Vec<Report>>,
) -> std::result::Result<FileReports, JoinFailure> {
    let list = |files: &[(FileReports, BTreeSet<usize>)]| -> String {
        files.iter().map(|(file, _)| file.file.as_str()).collect::<Vec<_>>().join("、")
    };
    let all = list(&files);
    let findings = without_copies(&mut files)?;
    let values: usize = files.iter().map(|(file, _)| cells(&file.reports[0]).len()).sum();
    let organization = files.iter().find_map(|(file, _)| file.reports[0].organization.clone());
    let year = files.iter().find_map(|(file, _)| file.reports[0].year);
    let source = Source { name: list(&files), ..files[0].0.reports[0].source.clone() };
    let file = list(&files);
    let input = Input::Document(combined(files, source));
    let mut reports = recognize(&input).unwrap_or_default();
    let is_one = reports.len() == 1 && cells(&reports[0]).len() >= values;
    let Some(report) = reports.first_mut().filter(|_| is_one) else {
        return Err(JoinFailure("join.not_one", [("files", all)].into_iter().collect()));
    };
    (report.organization, report.year) = (organization, year);
    report.findings.retain(|finding| !matches!(&*finding.code, "XG312" | "XG317" | "XG328" | "XG329"));
    report.findings.push(worded(Finding::new("XG364").with("files", &file), "join.joined"));
    report.findings.extend(findings);
    Ok(FileReports { file, input, reports })
}

/// Removes files with the same tables and values as another one, each with a finding.
fn without_copies(files: &mut Vec<(FileReports, BTreeSet<usize>)>) -> std::result::Result<Vec<Finding>, JoinFailure> {
    let mut findings = Vec::new();
    let mut at = 1;
    while at < files.len() {
        let (before, rest) = files.split_at(at);
        let (own, tables) = &rest[0];
        let Some((other, others)) = before.iter().find(|(_, others)| !others.is_disjoint(tables)) else {
            at += 1;
            continue;
        };
        if others != tables || cells(&own.reports[0]) != cells(&other.reports[0]) {
            let arguments = [("file", own.file.clone()), ("other", other.file.clone())].into_iter().collect();
            return Err(JoinFailure("join.conflict", arguments));
        }
        let finding = Finding::new("XG365").with("file", &own.file).with("other", &other.file);
        findings.push(worded(finding, "join.same"));
        files.remove(at);
    }
    Ok(findings)
}

fn worded(mut finding: Finding, key: &'static str) -> Finding {
    finding.wording = Some(Wording::Key(key.into()));
    finding
}

/// Files by organization and year, and those that say too little and could belong to several.
fn groups(partial: Vec<Partial>) -> (Vec<Vec<Partial>>, Vec<usize>) {
    let mut groups: Vec<Vec<Partial>> = Vec::new();
    let (full, open): (Vec<Partial>, Vec<Partial>) =
        partial.into_iter().partition(|file| file.organization.is_some() && file.year.is_some());
    for file in full {
        let is_own =
            |group: &&mut Vec<Partial>| (&group[0].organization, group[0].year) == (&file.organization, file.year);
        match groups.iter_mut().find(is_own) {
            Some(group) => group.push(file),
            None => groups.push(vec![file]),
        }
    }
    let mut alone = Vec::new();
    let known = groups.len();
    for file in open {
        let fits = |group: &Vec<Partial>| {
            let agrees = |one: bool, other: bool| one || other;
            agrees(file.organization.is_none(), group[0].organization == file.organization)
                && agrees(file.year.is_none(), group[0].year == file.year)
        };
        let fitting: Vec<usize> = (0..known).filter(|at| fits(&groups[*at])).collect();
        let same = (known..groups.len())
            .find(|at| (&groups[*at][0].organization, groups[*at][0].year) == (&file.organization, file.year));
        match (&fitting[..], same) {
            ([only], _) => groups[*only].push(file),
            ([], Some(same)) => groups[same].push(file),
            ([], None) if file.organization.is_some() => groups.push(vec![file]),
            _ => alone.push(file.at),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups.iter_mut().for_each(|group| group.sort_by_key(|file| file.at));
    (groups, alone)
}

/// The tables of a form that a report has.
fn tables(report: &Report, template: &Template) -> BTreeSet<usize> {
    let filled = report.values.iter().filter(|value| value.at.is_some());
    filled.filter_map(|value| Some(template.place(value.id.as_deref()?)?.0)).collect()
}

/// The values that have a place in the source.
fn cells(report: &Report) -> Vec<&CellValue> {
    report.values.iter().filter(|value| value.at.is_some()).map(|value| &value.cell).collect()
}

/// One document of several. The worksheets are named with their files, as in `[表一.xlsx]Sheet1`.
fn combined(files: Vec<(FileReports, BTreeSet<usize>)>, source: Source) -> Document {
    let mut combined = Document { source, ..Document::default() };
    for (FileReports { input, reports, .. }, _) in files {
        let Input::Document(mut document) = input else { continue };
        let file = &reports[0].source.name;
        for part in &mut document.parts {
            if let Part::Table(grid) = part {
                name_with(grid, file);
            }
        }
        combined.title = combined.title.or(document.title);
        combined.parts.extend(document.parts);
        combined.findings.extend(document.findings);
    }
    combined
}

fn name_with(grid: &mut Grid, file: &str) {
    let name: std::sync::Arc<str> = format!("[{file}]{}", grid.name.as_deref().unwrap_or_default()).into();
    for (_, cell) in &mut grid.cells {
        if let Location::Sheet { sheet, .. } = &mut cell.at {
            *sheet = name.clone();
        }
    }
    grid.name = Some(name);
}
