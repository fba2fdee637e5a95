//! A form to be filled in: `Report without values × Template → bytes`.
//!
//! In: a report with an organization, a year and blank values, and the report of the year before for what carries over.
//! Out: a workbook that looks like the form and accepts only values and filing lines. Sums are formulas that may be typed
//! over. The cell of a value shows what belongs there and rejects everything else. A column beside the table, outside the
//! print area, shows errors in red as values are typed. A filled form is read like any other workbook.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, DataValidationRule, XlsxError};

use super::cells::PlacedCell;
use super::draw::{CellExtras, SheetWriter};
use super::formula::{self, Cells};
use crate::document::CellRef;
use crate::error::Result;
use crate::finding::Severity;
use crate::layout::{LayoutOptions, layout, values_in_place};
use crate::message::{self, Arguments, Lang};
use crate::report::{CellValue, Filing, Report, Value};
use crate::template::{ResolvedRule, RuleShape, SharedTemplate, Template, ValueKind};

/// The longest title and text that a cell shows when it is selected, in characters. Source: Excel specifications and limits.
const MAX_TITLE: usize = 30;
const MAX_HINT: usize = 250;

/// How a blank form is made.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::write::BlankOptions;
///
/// let engine = Engine::new();
/// let template = engine.templates().get("2021")?;
/// let workbook = engine.blank(template, Some("中庄镇人民政府"), Some(2026), BlankOptions::default())?;
/// assert!(workbook.starts_with(b"PK"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct BlankOptions<'a> {
    /// The report of the year before. Its values are carried over where a rule over two years says so.
    pub last: Option<&'a Report>,
    /// The language of hints and checks.
    pub lang: Lang,
    /// Seconds since 1970 for the document's time.
    pub timestamp: Option<i64>,
    /// Whether the sheet is in landscape.
    pub landscape: bool,
}

/// A report of a template without any value: the input of [`write()`].
pub(crate) fn report(template: &Template, organization: Option<&str>, year: Option<i32>) -> Report {
    let shown = template.indicators().iter().filter(|indicator| {
        let (table, row, _) = indicator.place;
        !template.tables()[table].rows[row].optional
    });
    let values = shown.map(|indicator| {
        let (table, row, column) = indicator.place;
        let table = &template.tables()[table];
        Value {
            path: [].into(),
            column: None,
            unit: table.unit_of(&table.rows[row], &table.columns[column]).map(str::to_owned),
            cell: CellValue::Blank,
            source_text: String::new(),
            at: None,
            after: None,
            label: None,
            correction: None,
            id: Some(Arc::clone(&indicator.id)),
        }
    });
    // Signatures that the official form lacks are not on its blank form.
    let is_signed = template.filing().iter().any(|field| !field.optional);
    let open = || is_signed.then(String::new);
    Report {
        template: Some(template.id().to_owned()),
        organization: organization.map(str::to_owned),
        year,
        filing: Filing { responsible: open(), reviewer: open(), preparer: open(), phone: open(), date: None },
        values: values.collect(),
        ..Report::default()
    }
}

/// Sets the values that the year before carries over, for forms that calculate nothing.
pub(crate) fn carry_over(report: &mut Report, template: &Template, last: &Report) {
    for resolved in template.resolved_rules() {
        let [total] = resolved.total[..] else { continue };
        if resolved.last.is_empty() || !resolved.parts.is_empty() || !resolved.minus.is_empty() {
            continue;
        }
        let numbers = resolved.last.iter().map(|number| last.value(&template.indicators()[*number].id, None)?.number());
        let Some(sum) = numbers.sum::<Option<Decimal>>() else { continue };
        let id = &template.indicators()[total].id;
        let value = report.values.iter_mut().find(|value| value.id.as_ref() == Some(id) && value.cell.is_blank());
        if let Some(value) = value {
            value.cell = CellValue::Number(sum);
        }
    }
}

/// Writes a blank form.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when the form is larger than a worksheet.
pub(crate) fn write(report: &Report, template: &SharedTemplate, options: BlankOptions<'_>) -> Result<Vec<u8>> {
    let layout = layout(report, template, LayoutOptions { landscape: options.landscape });
    let values = values_in_place(report, template);
    let blank = Blank { template, values, options };
    super::with_sheet(&layout, template, |sheet| {
        let cells = blank.cells(&sheet.cells);
        let formulas = blank.formulas(&cells);
        sheet.draw(
            options.timestamp,
            |placed| blank.extras(placed, &formulas),
            |writer, column| blank.checks(writer, column, &cells),
        )
    })
}

struct Blank<'a> {
    template: &'a Template,
    values: Vec<Option<&'a Value>>,
    options: BlankOptions<'a>,
}

impl<'a> Blank<'a> {
    fn id(&self, placed: &PlacedCell<'_>) -> Option<&'a str> {
        self.values.get(placed.value?)?.as_ref()?.id.as_deref()
    }

    fn cells(&self, values: &[PlacedCell<'_>]) -> Cells<'a> {
        let cell = |placed: &PlacedCell<'_>| CellRef::new(placed.rows.start as u32, placed.columns.0 as u32);
        values.iter().filter_map(|placed| Some((self.id(placed)?, cell(placed)))).collect()
    }

    /// The formulas of cells: sums of other cells, and what the year before carries over.
    fn formulas(&self, cells: &Cells<'_>) -> HashMap<Arc<str>, String> {
        let mut formulas: HashMap<Arc<str>, String> = HashMap::new();
        // The parts of each formula, so that none refers to itself.
        let mut behind: HashMap<usize, Vec<usize>> = HashMap::new();
        for resolved in self.template.resolved_rules() {
            let rule = &self.template.rules()[resolved.rule];
            let [total] = resolved.total[..] else { continue };
            let goes_round =
                resolved.parts.iter().chain(&resolved.minus).any(|part| follows_from(*part, total, &behind));
            let id = &self.template.indicators()[total].id;
            if rule.severity.is_none() || formulas.contains_key(id) || goes_round {
                continue;
            }
            let formula = formula::value(rule, resolved, self.last_year(resolved), cells, self.template);
            if let (Some(formula), true) = (formula, cells.contains_key(&**id)) {
                formulas.insert(Arc::clone(id), formula);
                behind.insert(total, resolved.parts.iter().chain(&resolved.minus).copied().collect());
            }
        }
        formulas
    }

    /// The value of the year before, if all its parts are numbers.
    fn last_year(&self, resolved: &ResolvedRule) -> Option<Decimal> {
        let last = self.options.last?;
        resolved.last.iter().map(|number| last.value(&self.template.indicators()[*number].id, None)?.number()).sum()
    }

    fn extras(&self, placed: &PlacedCell<'_>, formulas: &HashMap<Arc<str>, String>) -> CellExtras {
        let Some(id) = self.id(placed) else {
            // Clerks fill in the lines below the table; the title and the line above are the form's.
            let below = placed.value.is_none() && self.is_filing(placed);
            return CellExtras { unlocked: below, ..CellExtras::default() };
        };
        CellExtras {
            unlocked: true,
            formula: formulas.get(id).cloned(),
            validation: Some(self.validation(id)),
            ..CellExtras::default()
        }
    }

    fn is_filing(&self, placed: &PlacedCell<'_>) -> bool {
        let super::CellContent::Text(text) = &placed.content else { return false };
        self.template.filing().iter().any(|field| text.starts_with(&format!("{}：", field.label)))
    }

    /// What the cell of a value accepts, and the text it shows when it is selected.
    fn validation(&self, id: &str) -> DataValidation {
        let say = |key: &str| message::text(key, self.options.lang, &Arguments::new());
        let (kind, unit) = match self.template.place(id) {
            Some((table, row, column)) => {
                let table = &self.template.tables()[table];
                let (row, column) = (&table.rows[row], &table.columns[column]);
                (table.kind(row, column), table.unit_of(row, column))
            }
            None => (ValueKind::Count, None),
        };
        let (validation, takes) = match kind {
            ValueKind::Decimal => (
                DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
                "form.amount",
            ),
            ValueKind::Signed => {
                let any = DataValidationRule::Between(-1_000_000_000, 1_000_000_000);
                (DataValidation::new().allow_whole_number(any), "form.change")
            }
            ValueKind::Count | ValueKind::Heading => {
                (DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0)), "form.count")
            }
        };
        let takes = say(takes);
        let mut hint = takes.clone();
        if let Some(unit) = unit {
            hint += &message::text(
                "form.unit",
                self.options.lang,
                &Arguments::from([("unit".to_owned(), unit.to_owned())]),
            );
        }
        let number = self.template.number(id);
        let own = self
            .template
            .resolved_rules()
            .iter()
            .filter(|resolved| number.is_some() && resolved.total.first().copied() == number);
        for resolved in own {
            let rule = &self.template.rules()[resolved.rule];
            if rule.severity.is_some_and(|severity| severity >= Severity::Warning) && resolved.parts.len() < 9 {
                hint += "\n";
                hint += &crate::check::explain::text(rule, self.template, Some(resolved), self.options.lang);
            }
        }
        let clipped = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        let validation = validation.set_error_style(DataValidationErrorStyle::Stop);
        let label = clipped(self.template.label_of(id), MAX_TITLE);
        let with_texts = || {
            validation
                .clone()
                .set_input_title(label)?
                .set_input_message(clipped(&hint, MAX_HINT))?
                .set_error_message(takes)
        };
        with_texts().unwrap_or(validation)
    }

    /// The column beside the table, which shows the errors of each row.
    fn checks(
        &self,
        writer: &mut SheetWriter<'_>,
        column: usize,
        cells: &Cells<'_>,
    ) -> std::result::Result<(), XlsxError> {
        writer.protect();
        let lang = self.options.lang;
        let mut rows: HashMap<u32, Vec<String>> = HashMap::new();
        for resolved in self.template.resolved_rules() {
            let rule = &self.template.rules()[resolved.rule];
            if rule.severity.is_none_or(|severity| severity < Severity::Warning) {
                continue;
            }
            // A part that is compared with the whole is reported in its own row.
            let own = if rule.kind.shape() == RuleShape::EachPart { &resolved.parts } else { &resolved.total };
            let Some(cell) = own.first().and_then(|number| cells.get(&*self.template.indicators()[*number].id)) else {
                continue;
            };
            if let Some(check) = formula::check(rule, resolved, cells, self.template, lang) {
                rows.entry(cell.row).or_default().push(check);
            }
        }
        let mut all: Vec<CellRef> = cells.values().copied().collect();
        all.sort_unstable();
        let (top, bottom) = (all.first().map_or(0, |cell| cell.row), all.last().map_or(0, |cell| cell.row));
        let left = all.iter().map(|cell| cell.column).min().unwrap_or(0);
        let right = all.iter().map(|cell| cell.column).max().unwrap_or(0);
        let everything = format!("{}:{}", CellRef::new(top, left), CellRef::new(bottom, right));
        for cell in &all {
            rows.entry(cell.row).or_default().push(formula::open(*cell, &everything, lang));
        }
        let header = message::text("form.check", lang, &Arguments::new());
        if let Some(above) = top.checked_sub(1) {
            writer.beside(above as usize, column, &header, false)?;
        }
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_unstable_by_key(|(row, _)| *row);
        for (row, checks) in rows {
            writer.beside(row as usize, column, &format!("=TRIM({})", checks.join("&")), true)?;
        }
        Ok(())
    }
}

/// Whether two values are the same, or the formula of the first refers to the other.
fn follows_from(value: usize, other: usize, behind: &HashMap<usize, Vec<usize>>) -> bool {
    value == other
        || behind.get(&value).is_some_and(|parts| parts.iter().any(|part| follows_from(*part, other, behind)))
}
