//! Recognizes reports in a document: `Document × Templates → Report`.
//!
//! In: an [`Input`] and templates. Out: reports. Called by the engine and `template infer`.
//!
//! One algorithm for every shape of table:
//! 1. `stream` folds the document into one string that keeps the cell of each byte.
//! 2. `align` searches it for the labels of all templates (`dictionary`) and takes the best chain in the form's order.
//! 3. In a grid, `lines` and `header` find which row and column is whose, and `grid` takes the cell where both meet, for
//!    lists (`list`) and matrices (`matrix`) alike. `text_grid` makes grids of text whose columns are proven. All other
//!    text is read word by word (`running`, `matrix_text`); `split` and `split_list` use the form's sums to split digits
//!    that run together.
//! 4. `assemble` makes the report; `heading` adds title, organization and year.
//!
//! `infer` makes a template from a table of no known form.

#![allow(unreachable_pub)]

pub mod align;
mod alignment;
mod assemble;
mod attached;
mod below;
mod cell_lines;
mod cells;
mod coded_rows;
mod column_names;
pub mod columns;
mod content;
mod dictionary;
mod expected;
mod fields;
mod form_row;
mod grid;
mod grid_extras;
mod groups;
mod header;
mod header_end;
mod header_order;
mod heading;
mod hidden;
mod infer;
mod infer_grid;
mod infer_lines;
mod leftover;
mod lines;
mod list;
mod list_headers;
mod local_table;
mod matrix;
mod matrix_text;
mod moved_headers;
mod narrative;
mod reading;
mod region;
mod repeated;
mod row_tokens;
mod run_together;
mod running;
mod sections;
mod serials;
mod spaced_columns;
mod split;
mod split_list;
pub mod stream;
mod text_grid;
mod text_headers;
mod tokens;
mod unfold;
mod unlabeled;
mod unowned;
pub mod value;
mod worksheets;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::document::{CellRef, Document, Grid, Location, Part, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Finding, Wording};
use crate::limit;
use crate::read::Input;
use crate::report::Report;
use crate::template::{Template, Templates, local};
use align::{Chain, Extent};
use assemble::stored;
use dictionary::Dictionary;
use groups::{groups, is_hidden, sheet_name};
use hidden::Keep;
use reading::Reading;
use region::Region;
use stream::Stream;
use worksheets::PartialSheet;

/// If a larger share of the values in columns is unreadable, the table is read word by word instead.
const MAX_UNREADABLE: f64 = 0.2;

/// Recognizes reports. It prepares the templates once for many documents.
#[derive(Debug)]
pub struct Recognizer {
    dictionary: Dictionary,
}

impl Recognizer {
    /// Prepares templates for recognition.
    pub fn new(templates: &Templates) -> Self {
        Self { dictionary: Dictionary::new(&templates.0) }
    }

    /// Finds every report in an input, in reading order. Stored reports are compared with those in the document. The reader's
    /// findings are added to the first report's.
    ///
    /// # Errors
    /// [`ErrorKind::NoTable`] when there is no table of a template; [`ErrorKind::TooLarge`] with more tables than
    /// [`limit::TABLES`], or too much text to search.
    pub fn recognize(&self, input: &Input) -> Result<Vec<Report>> {
        let (mut reports, silent) = match input.document() {
            Some(document) => {
                let (mut reports, silent) = self.in_document(document)?;
                narrative::add(document, &mut reports, |report| self.template_of(report));
                unowned::name_pages(document, &mut reports);
                unowned::name_lines(document, &mut reports, |report| {
                    self.template_of(report).is_none_or(|template| !template.is_matrix())
                })?;
                (reports, silent)
            }
            None => (Vec::new(), Vec::new()),
        };
        if let Some(stored) = input.stored() {
            let stored: Vec<Report> = stored.reports.iter().map(|report| self.read_back(report)).collect();
            reports = match input.document() {
                Some(_) => attached::compared(stored, reports, |report| self.template_of(report)),
                None => stored,
            };
        }
        limit::check_tables(reports.len())?;
        let Some(first) = reports.first_mut() else {
            let sheets = input.document().map_or_else(Vec::new, hidden::hidden_sheets);
            let is_hidden = !sheets.is_empty();
            return Err(Error::new(if is_hidden { ErrorKind::OnlyHidden { sheets } } else { ErrorKind::NoTable }));
        };
        let template = self.template_of(first);
        let named: Vec<Finding> =
            input.findings().map(|finding| assemble::with_ids(finding, first, template)).collect();
        first.findings.splice(0..0, named);
        first.findings.extend(silent);
        for report in &mut reports {
            if report.source == Source::default() {
                report.source = input.source().clone();
            }
        }
        Ok(reports)
    }

    /// The reports of a document, and findings on worksheets without any and on what is hidden. Lines that may be a table
    /// are read as what gives more numbers.
    fn in_document(&self, document: &Document) -> Result<(Vec<Report>, Vec<Finding>)> {
        let as_text = self.in_one_reading(document)?;
        if document.alternatives.is_empty() {
            return Ok(as_text);
        }
        let as_tables = self.in_one_reading(&document.with_alternatives())?;
        let is_page = document.alternatives.iter().any(|other| other.is_of_page());
        let is_better = match is_page {
            true => {
                let count = |reports: &[Report]| reports.iter().map(numbers).sum::<usize>();
                count(&as_tables.0) >= count(&as_text.0)
            }
            // Characters show columns less surely than places on a page: enough for known forms only.
            false => {
                let is_known = as_tables.0.iter().all(|report| self.template_of(report).is_some());
                is_known && rows_read(&as_tables.0) > rows_read(&as_text.0)
            }
        };
        Ok(if is_better { as_tables } else { as_text })
    }

    fn in_one_reading(&self, document: &Document) -> Result<(Vec<Report>, Vec<Finding>)> {
        let document = &*text_grid::with_grids(document);
        if !hidden::has_hidden_lines(document) {
            return self.in_visible(document);
        }
        let (mut reports, mut silent) = self.in_visible(&hidden::without_hidden(document, Keep::Nothing))?;
        for keep in [Keep::RowsAndColumns, Keep::Rows, Keep::Columns] {
            let (more, _) = self.in_visible(&hidden::without_hidden(document, keep))?;
            if reports.is_empty() {
                reports = more;
                continue;
            }
            for report in &mut reports {
                if let Some(fuller) = hidden::fuller(report, &more, document) {
                    *report = fuller.clone();
                }
            }
        }
        for report in &mut reports {
            report.findings.extend(hidden::values_from_hidden(report, document));
        }
        silent.extend(hidden::unread(document, &reports));
        Ok((reports, silent))
    }

    /// The same for a document without hidden rows and columns. Hidden sheets are not read.
    fn in_visible(&self, document: &Document) -> Result<(Vec<Report>, Vec<Finding>)> {
        let (reports, silent) = self.sheet_by_sheet(document)?;
        match self.over_sheets(document, &reports) {
            Some(report) => Ok((vec![report], Vec::new())),
            None => Ok((self.over_some_sheets(document, reports), silent)),
        }
    }

    /// The same reports, but those of tables on several worksheets joined, as far as it is certain which belong together.
    fn over_some_sheets(&self, document: &Document, alone: Vec<Report>) -> Vec<Report> {
        let sheet = |(part, content): (usize, &'_ Part)| {
            let Part::Table(Grid { name: Some(name), hidden: false, .. }) = content else { return None };
            let mut own = alone.iter().filter(|report| report.sheet.as_deref() == Some(name));
            let only = own.next().filter(|_| own.next().is_none())?;
            PartialSheet::new(only.sheet.as_deref()?, part, only, self.template_of(only)?)
        };
        let mut sheets: Vec<PartialSheet<'_>> = document.parts.iter().enumerate().filter_map(sheet).collect();
        if sheets.len() < 2 {
            return alone;
        }
        let joins = worksheets::join(&mut sheets);
        let joined: Option<Vec<Report>> =
            joins.groups.iter().map(|group| self.joined(document, group, &sheets)).collect();
        let names = |places: &[usize]| places.iter().map(|at| sheets[*at].name).collect::<Vec<_>>().join("、");
        let at = |place: usize| Location::Sheet { sheet: sheets[place].name.into(), cell: CellRef::default() };
        let mut findings: Vec<(usize, Finding)> = Vec::new();
        for (table, places) in &joins.unclear {
            let finding =
                Finding::new("XG365").with("table", table + 1).with("sheets", names(places)).at(at(places[0]));
            findings.push((places[0], finding));
        }
        let Some(mut joined) = joined.filter(|joined| !joined.is_empty()) else {
            let of: Vec<(String, Finding)> =
                findings.into_iter().map(|(place, finding)| (sheets[place].name.to_owned(), finding)).collect();
            return with_findings(alone, of);
        };
        for (report, group) in joined.iter_mut().zip(&joins.groups) {
            report.findings.push(Finding::new("XG364").with("sheets", names(group)).at(at(group[0])));
        }
        for place in &joins.unused {
            let mut finding = Finding::new("XG365").with("sheet", sheets[*place].name).at(at(*place));
            finding.wording = Some(Wording::Key("sheets.unused".into()));
            joined[0].findings.push(finding);
        }
        let used = joins.groups.iter().flatten().chain(&joins.unused);
        let used: BTreeSet<String> = used.map(|place| sheets[*place].name.to_owned()).collect();
        let is_left = |report: &Report| report.sheet.as_ref().is_none_or(|sheet| !used.contains(sheet));
        joined.extend(alone.into_iter().filter(is_left));
        joined
    }

    /// The one report of some worksheets; none if it has fewer values than they have by themselves.
    fn joined(&self, document: &Document, group: &[usize], sheets: &[PartialSheet<'_>]) -> Option<Report> {
        let all = groups(document);
        let own = |at: &usize| all.iter().find(|parts| parts.contains(&sheets[*at].part)).cloned().unwrap_or_default();
        let parts = group.iter().flat_map(own).map(|part| (part, &document.parts[part]));
        let mut together = self.tables(&Stream::new(parts), document, None).ok()?;
        let alone: usize = group.iter().map(|at| found(sheets[*at].report)).sum();
        let mut report = together.pop().filter(|report| together.is_empty() && found(report) >= alone)?;
        let (organization, year) = worksheets::stated(group, sheets);
        if organization.is_some() {
            report.organization = organization;
            report.findings.retain(|finding| !matches!(finding.code.as_str(), "XG312" | "XG328"));
        }
        if year.is_some() {
            report.year = year;
            report.findings.retain(|finding| !matches!(finding.code.as_str(), "XG317" | "XG329"));
        }
        Some(report)
    }

    /// The reports of each worksheet by itself and of everything else together, and findings on worksheets without any.
    fn sheet_by_sheet(&self, document: &Document) -> Result<(Vec<Report>, Vec<Finding>)> {
        let mut reports = Vec::new();
        let mut silent: Vec<Finding> = Vec::new();
        for group in groups(document) {
            let stream = Stream::new(group.clone().map(|index| (index, &document.parts[index])));
            let sheet = sheet_name(document, &group);
            let mut found = self.tables(&stream, document, sheet)?;
            if found.is_empty() {
                found = self.partial_tables(&stream, document, sheet)?;
            }
            if let (true, Some(name)) = (found.is_empty() && !stream.folded.is_empty(), sheet) {
                silent.push(Finding::new("XG330").with("sheet", name));
            }
            reports.extend(found);
            limit::check_tables(reports.len())?;
        }
        Ok((reports, silent))
    }

    /// The one report whose tables are on several sheets, if that finds more values than the sheets by themselves.
    fn over_sheets(&self, document: &Document, alone: &[Report]) -> Option<Report> {
        let visible = document.parts.iter().enumerate().filter(|(_, part)| !is_hidden(part));
        if groups(document).len() < 2 {
            return None;
        }
        let stream = Stream::new(visible);
        let mut together = self.tables(&stream, document, None).ok()?;
        let all: usize = alone.iter().map(found).sum();
        // A sheet with one of the tables is a report by itself only where it does not join the others.
        let together_found = found(together.first()?);
        let more = together_found > all || (alone.len() > 1 && together_found == all);
        (more && together.len() == 1).then(|| together.remove(0))
    }

    /// The template that a report names, if it is one of those to recognize.
    fn template_of(&self, report: &Report) -> Option<&Template> {
        let mut known = (0..).map_while(|index| self.dictionary.find(index));
        known.find(|template| Some(template.id()) == report.template.as_deref()).map(|template| &**template)
    }

    /// A stored report, unchanged except for values that its template does not have: no writer would print them, so they
    /// become extra values, each with a finding.
    fn read_back(&self, report: &Report) -> Report {
        let mut report = report.clone();
        let Some(template) = self.template_of(&report) else { return report };
        let known = |value: &crate::report::Value| value.id.as_ref().is_some_and(|id| template.number(id).is_some());
        let (values, unknown) = std::mem::take(&mut report.values).into_iter().partition(known);
        report.values = values;
        stored::complete(&mut report, template);
        let unknown: Vec<crate::report::Value> = unknown;
        for mut value in unknown {
            let id = value.id.take().unwrap_or_default();
            let finding =
                Finding::new("XG345").with("id", &id).with("template", template.id()).with("figure", value.text());
            report.findings.push(finding.at(value.at.clone()));
            report.extra.push(value);
        }
        report
    }

    /// The reports of the tables in one stream, in reading order.
    fn tables(&self, stream: &Stream<'_>, document: &Document, sheet: Option<&str>) -> Result<Vec<Report>> {
        self.tables_of(stream, document, sheet, Extent::Whole)
    }

    /// The parts of forms in a stream, or the tables of no known form if most rows are in no form.
    fn partial_tables(&self, stream: &Stream<'_>, document: &Document, sheet: Option<&str>) -> Result<Vec<Report>> {
        let parts = self.tables_of(stream, document, sheet, Extent::Part)?;
        let local = local_tables(stream, document, sheet)?;
        let read = |report: &Report| report.values.iter().filter(|value| value.cell.is_number()).count();
        let known: usize = parts.iter().map(read).sum();
        let all: usize = local.iter().map(|report| read(report) + report.extra.len()).sum();
        Ok(if known * 2 > all { parts } else { local })
    }

    /// The same as [`tables`](Self::tables) where a given extent of the form is enough.
    fn tables_of(
        &self,
        stream: &Stream<'_>,
        document: &Document,
        sheet: Option<&str>,
        extent: Extent,
    ) -> Result<Vec<Report>> {
        let (mut reports, mut extra) = (Vec::new(), 0);
        let words = self.dictionary.words(stream);
        let mut searched = 0u64;
        let sections = sections::sections(stream);
        let is_divided = sections.len() > 1;
        let mut open: Vec<(Range<usize>, bool)> =
            sections.clone().into_iter().map(|section| (section, is_divided)).collect();
        let mut chains: Vec<Chain> = Vec::new();
        // Sections without a table of their own so far.
        let mut without: Vec<Range<usize>> = Vec::new();
        while let Some((within, is_section)) = open.pop() {
            searched += within.len() as u64;
            limit::check_tables(chains.len())?;
            if searched > limit::SEARCHED {
                return Err(limit::too_large("@format.many_tables", limit::megabytes(limit::SEARCHED)));
            }
            let found = align::chain(&self.dictionary, stream, &words, within.clone(), extent);
            let Some(chain) = found else {
                without.extend(is_section.then_some(within));
                continue;
            };
            let (start, end) = (chain.matches[0].label.start, chain.matches[chain.matches.len() - 1].label.end);
            open.push((within.start..start, false));
            open.push((end..within.end, false));
            chains.push(chain);
        }
        // Below a title of its own, a few rows are a table too, beside another of a known form.
        let is_known = !chains.is_empty();
        for within in without.into_iter().filter(|_| is_known) {
            chains.extend(align::chain(&self.dictionary, stream, &words, within, Extent::Row));
        }
        chains.sort_by_key(|chain| chain.matches[0].label.start);
        for (index, chain) in chains.iter().enumerate() {
            let floor = index
                .checked_sub(1)
                .map_or(0, |before| chains[before].matches.last().map_or(0, |found| found.label.end));
            let ceiling = chains.get(index + 1).map_or(stream.folded.len(), |next| next.matches[0].label.start);
            let mut report = self.table(stream, chain, floor..ceiling, document, sheet);
            let start = chain.matches[0].label.start;
            let own = sections.iter().find(|section| section.contains(&start)).unwrap_or(&(0..0)).clone();
            let own = own.start.max(floor)..own.end.min(ceiling);
            let read = |copy: &Chain, range: Range<usize>| self.reading(stream, copy, range);
            repeated::settle(&mut report, (&self.dictionary, chain.template), (stream, &words), &own, read);
            extra += report.extra.len();
            if extra > limit::EXTRA_VALUES {
                return Err(limit::too_large("@format.many_reports", limit::EXTRA_VALUES));
            }
            reports.push(report);
        }
        Ok(reports)
    }

    fn table(
        &self,
        stream: &Stream<'_>,
        chain: &Chain,
        within: Range<usize>,
        document: &Document,
        sheet: Option<&str>,
    ) -> Report {
        let template = self.dictionary.template(chain.template);
        let chain = &unlabeled::complete(stream, chain, template, within.clone());
        let reading = self.reading(stream, chain, within.clone());
        let mut report = assemble::assemble(chain, reading, &self.dictionary);
        let (first, last) = (chain.matches[0].label.start, chain.matches[chain.matches.len() - 1].label.end);
        let from = if within.start == 0 { 0 } else { stream.cell_at(within.start - 1) + 1 };
        let to = if within.end >= stream.folded.len() { stream.cells.len() } else { stream.cell_at(within.end) };
        let (table_start, table_end) = (stream.cell_at(first), stream.cell_at(last - 1) + 1);
        let glued = stream.text(stream.cell_start(first).max(within.start)..first);
        let heading = heading::heading(heading::Surroundings {
            before: &stream.cells[from.min(table_start)..table_start],
            glued: Some((&glued, &stream.cells[table_start].cell.at)),
            within: &stream.cells[table_start..table_end],
            behind: &stream.cells[table_end.min(to)..to],
            headers: &report.columns(),
            sheet,
            document,
            template,
        });
        report.title = heading.title;
        report.organization = heading.organization;
        report.year = heading.year;
        report.period = heading.period;
        report.filing = heading.filing;
        report.findings.splice(0..0, heading.findings);
        let below = below::unread_rows(stream, table_end..to.max(table_end), &report, template);
        report.findings.extend(below);
        report.sheet = sheet.map(str::to_owned);
        report.source = document.source.clone();
        report
    }

    /// Reads by column if there are columns, unless too many values are unreadable then.
    fn reading(&self, stream: &Stream<'_>, chain: &Chain, within: Range<usize>) -> Reading {
        let template = self.dictionary.template(chain.template);
        if template.is_matrix() {
            return matrix::read(stream, chain, &self.dictionary, running::tail(stream, within, chain));
        }
        let running = || {
            let end = running::tail(stream, within.clone(), chain);
            running::read(stream, chain, &self.dictionary, within.start..end)
        };
        let Some(in_grid) = list::read(stream, chain, template) else { return running() };
        let spoiled = in_grid.unreadable() as f64 / (in_grid.rows.len() * in_grid.columns.len()) as f64;
        // Only in text may bars and tabs be other than the columns, and only the units of a known form are known there.
        let is_text = stream.tables.values().all(Region::is_text);
        if spoiled <= MAX_UNREADABLE || !is_text || template.id().starts_with(local::ID) {
            return in_grid;
        }
        let running = running();
        if running.unreadable() < in_grid.unreadable() { running } else { in_grid }
    }
}

/// Reads tables of no known form with a template made from them.
fn local_tables(stream: &Stream<'_>, document: &Document, sheet: Option<&str>) -> Result<Vec<Report>> {
    let templates = infer::infer(stream, None);
    if templates.is_empty() {
        return Ok(Vec::new());
    }
    let templates = Templates(templates.into_iter().map(Arc::new).collect());
    let recognizer = Recognizer::new(&templates);
    let mut reports = recognizer.tables(stream, document, sheet)?;
    for report in &mut reports {
        let template = report.template.take().and_then(|id| templates.find(&id));
        for value in &mut report.values {
            let own = value.id.as_deref().and_then(|id| template.and_then(|template| template.row(id)));
            value.label = own.map(|row| row.label.clone());
        }
        let at = report.values.first().and_then(|value| value.at.clone());
        report.findings.insert(0, Finding::new("XG344").at(at));
    }
    leftover::name_leftovers(stream, &mut reports);
    Ok(reports)
}

/// The template of the first table that has no known form, named after its title.
///
/// # Errors
/// [`ErrorKind::NoTable`] when there are no rows of label, unit and values.
pub fn infer(input: &Input) -> Result<Template> {
    let Some(document) = input.document() else { return Err(Error::new(ErrorKind::NoTable)) };
    let document = &*text_grid::with_grids(document);
    for group in groups(document) {
        let stream = Stream::new(group.clone().map(|index| (index, &document.parts[index])));
        let Some(template) = infer::infer(&stream, None).into_iter().next() else { continue };
        let recognizer = Recognizer::new(&Templates(vec![Arc::new(template)]));
        let reports = recognizer.tables(&stream, document, None)?;
        let title = reports.iter().find_map(|report| report.title.as_deref());
        if let Some(template) = infer::infer(&stream, title).into_iter().next() {
            return Ok(local::generalized(&template, reports.first()));
        }
    }
    Err(Error::new(ErrorKind::NoTable))
}

/// How many values have a place in the source.
fn found(report: &Report) -> usize {
    report.values.iter().filter(|value| value.at.is_some()).count()
}

/// How many values are numbers.
fn numbers(report: &Report) -> usize {
    report.values.iter().filter(|value| value.cell.is_number()).count()
}

/// How many rows of the forms have a number in a column that is known. A column without a header has its number for one.
fn rows_read(reports: &[Report]) -> usize {
    let is_known = |column: &Option<String>| column.as_ref().is_none_or(|name| name.parse::<usize>().is_err());
    let ids = |report: &Report| {
        let values = report.values.iter().filter(|value| value.cell.is_number() && is_known(&value.column));
        values.filter_map(|value| value.id.clone()).collect::<BTreeSet<_>>().len()
    };
    reports.iter().map(ids).sum()
}

/// Adds findings to the reports of worksheets.
fn with_findings(mut reports: Vec<Report>, findings: Vec<(String, Finding)>) -> Vec<Report> {
    for (sheet, finding) in findings {
        let mut own = reports.iter_mut().filter(|report| report.sheet.as_deref() == Some(&sheet));
        own.next().into_iter().for_each(|report| report.findings.push(finding.clone()));
    }
    reports
}

/// Finds every report in an input; see [`Recognizer::recognize`], which serves many documents faster.
///
/// # Errors
/// [`ErrorKind::NoTable`] when there is no table of a template.
#[cfg(test)]
pub fn recognize(input: &Input, templates: &Templates) -> Result<Vec<Report>> {
    Recognizer::new(templates).recognize(input)
}
