//! The worksheets of units and of findings.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::{Looks, height, list, said, word};
use crate::finding::{Finding, Severity};
use crate::merge::{Merged, Standing};
use crate::message::{self, Arguments, Lang};
use crate::write::merged::findings_of;

/// Widths of the columns of units, in characters.
const UNITS: [f64; 8] = [6.0, 28.0, 44.0, 8.0, 15.0, 16.0, 8.0, 8.0];

/// Every unit, with its file and whether it counts.
pub(super) fn units(merged: &Merged, lang: Lang) -> Result<Worksheet, XlsxError> {
    let looks = Looks::new(&merged.template);
    let mut sheet = list(&word("units_sheet", lang), &UNITS)?;
    let heads = ["number", "name", "file", "year", "template", "counted", "errors", "warnings"];
    self::heads(&mut sheet, &heads, &looks, lang)?;
    for ((row, unit), number) in (1u32..).zip(&merged.units).zip(1u32..) {
        let counted = match unit.standing {
            Standing::Counted => word("yes", lang),
            Standing::LeftOut(code) => said("no", lang, &[("code", code)]),
        };
        let of = |severity| unit.findings.iter().filter(|found| found.severity == severity).count() as u32;
        let file = crate::merge::place(unit);
        sheet.set_row_height(row, height(&file, UNITS[2]).max(height(&unit.name, UNITS[1])))?;
        sheet.write_number_with_format(row, 0, number, &looks.centered)?;
        sheet.write_string_with_format(row, 1, &unit.name, &looks.text)?;
        sheet.write_string_with_format(row, 2, file, &looks.text)?;
        match unit.year {
            Some(year) => sheet.write_number_with_format(row, 3, year, &looks.centered)?,
            None => sheet.write_blank(row, 3, &looks.centered)?,
        };
        sheet.write_string_with_format(row, 4, unit.template.as_deref().unwrap_or(""), &looks.centered)?;
        sheet.write_string_with_format(row, 5, counted, &looks.centered)?;
        sheet.write_number_with_format(row, 6, of(Severity::Error), &looks.centered)?;
        sheet.write_number_with_format(row, 7, of(Severity::Warning), &looks.centered)?;
    }
    finish(&mut sheet, merged.units.len(), heads.len())?;
    Ok(sheet)
}

/// Widths of the columns of findings, in characters.
const FINDINGS: [f64; 7] = [7.0, 9.0, 22.0, 28.0, 14.0, 62.0, 30.0];

/// What merging found, then what was found in each unit.
pub(super) fn findings(merged: &Merged, lang: Lang) -> Result<Worksheet, XlsxError> {
    let looks = Looks::new(&merged.template);
    let mut sheet = list(&word("findings_sheet", lang), &FINDINGS)?;
    let heads = ["severity", "code", "name", "file", "place", "message", "cause"];
    self::heads(&mut sheet, &heads, &looks, lang)?;
    let own = merged.findings.iter().map(|noted| (noted.unit, &noted.finding));
    let units = merged.units.iter().enumerate();
    let of_units = units.flat_map(|(at, unit)| findings_of(unit).map(move |finding| (Some(at), finding)));
    let all: Vec<(Option<usize>, &Finding)> = own.chain(of_units).collect();
    for (row, (unit, finding)) in (1u32..).zip(&all) {
        let unit = unit.map(|at| &merged.units[at]);
        let severity = format!("word.{}", finding.severity.as_str());
        let cells = [
            message::text(&severity, lang, &Arguments::new()),
            finding.code.clone(),
            unit.map_or_else(String::new, |unit| unit.name.clone()),
            unit.map_or_else(String::new, crate::merge::place),
            finding.at.as_ref().map_or_else(String::new, |at| at.to_text(lang)),
            finding.message(lang),
            finding.cause.as_ref().map_or_else(String::new, |cause| cause.text(lang)),
        ];
        let heights = cells.iter().zip(FINDINGS).map(|(text, width)| height(text, width));
        sheet.set_row_height(row, heights.fold(0.0, f64::max))?;
        for (column, text) in (0u16..).zip(cells) {
            let look = if column < 2 { &looks.centered } else { &looks.text };
            sheet.write_string_with_format(row, column, text, look)?;
        }
    }
    finish(&mut sheet, all.len(), heads.len())?;
    Ok(sheet)
}

fn heads(sheet: &mut Worksheet, keys: &[&str], looks: &Looks, lang: Lang) -> Result<(), XlsxError> {
    for (column, key) in (0u16..).zip(keys) {
        sheet.write_string_with_format(0, column, word(&format!("head.{key}"), lang), &looks.head)?;
    }
    sheet.set_row_height(0, 22)?;
    Ok(())
}

fn finish(sheet: &mut Worksheet, rows: usize, columns: usize) -> Result<(), XlsxError> {
    let last = u32::try_from(rows).map_err(|_| XlsxError::RowColumnLimitError)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_print_fit_to_pages(1, 0);
    sheet.autofilter(0, 0, last, columns as u16 - 1)?;
    Ok(())
}
