//! Columns and text beside the form.

use super::{Context, pick_grid};
use crate::page::{Cell, Column, ColumnKind, Document, Grid, LineKind, Part};
use crate::render::Format;

/// Inserts a column: a header, and a text for each row with values.
fn insert(grid: &mut Grid, at: usize, header: &str, merge: u32, mut text: impl FnMut(LineKind) -> String) {
    grid.columns.insert(at, Column::new(ColumnKind::Other));
    for line in &mut grid.lines {
        let inside = at > 0
            && at < line.cells.len()
            && line.cells[at].merge != 0
            && line.cells[at].merge == line.cells[at - 1].merge;
        let cell = match line.kind {
            // A band or a merged cell goes on over the new column.
            _ if inside => line.cells[at].clone(),
            LineKind::Band => line.cells.first().cloned().unwrap_or_default(),
            LineKind::Header => Cell::text(header).merged(merge + line.block as u32),
            kind => Cell::text(text(kind)),
        };
        line.cells.insert(at.min(line.cells.len()), cell);
    }
}

/// A grid with labels and without lost cells.
fn pick_labelled<'d>(document: &'d mut Document, context: &mut Context<'_>) -> Option<&'d mut Grid> {
    let whole = |grid: &Grid| (0..grid.lines.len()).all(|at| grid.is_whole(at));
    pick_grid(document, context, |grid| !grid.of_kind(ColumnKind::Label).is_empty() && whole(grid))
}

pub fn code(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = pick_labelled(document, context) else { return false };
    let header = context.pick(&["代码", "指标代码", "编码", ""]).unwrap_or_default();
    let left = context.once_in(2);
    let at = if left { 0 } else { grid.of_kind(ColumnKind::Label)[0] + 1 };
    let starred = context.once_in(4);
    let (mut number, start) = (0, [0, 100, 1000][context.rng.usize(..3)]);
    insert(grid, at, header, 5_000_000, |kind| {
        number += 1;
        match kind {
            LineKind::Heading => String::new(),
            _ if starred && number % 3 == 0 => format!("{:02}**", start + number),
            _ => format!("{:02}", start + number),
        }
    });
    true
}

pub fn serial(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = pick_labelled(document, context) else { return false };
    let header = context.pick(&["序号", "行次", "编号"]).unwrap_or_default();
    let at = if context.once_in(3) { grid.of_kind(ColumnKind::Label)[0] + 1 } else { 0 };
    let irregular = context.once_in(4);
    let mut number = 0;
    let steps: Vec<u32> = (0..grid.lines.len()).map(|_| if irregular { context.rng.u32(1..5) } else { 1 }).collect();
    let mut steps = steps.into_iter();
    insert(grid, at, header, 5_100_000, |kind| {
        if kind == LineKind::Heading {
            return String::new();
        }
        number += steps.next().unwrap_or(1);
        number.to_string()
    });
    true
}

pub fn remark(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = pick_labelled(document, context) else { return false };
    let header = context.pick(&["备注", "说明"]).unwrap_or_default();
    let remarks = ["", "", "", "同上年", "含电子版", "见附件2", "12月补报", "较上年增加3件"];
    let chosen: Vec<&str> = (0..grid.lines.len()).map(|_| remarks[context.rng.usize(..remarks.len())]).collect();
    let mut chosen = chosen.into_iter();
    let at = grid.columns.len();
    insert(grid, at, header, 5_200_000, |_| chosen.next().unwrap_or_default().to_owned());
    true
}

pub fn last_year(document: &mut Document, context: &mut Context<'_>) -> bool {
    let Some(grid) = pick_labelled(document, context) else { return false };
    let values = grid.of_kind(ColumnKind::Value);
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return false };
    let at = if context.once_in(2) { *first } else { last + 1 };
    let header = context.pick(&["上年数", "上年统计数", "上年同期"]).unwrap_or_default();
    let numbers: Vec<String> = (0..grid.lines.len()).map(|_| context.number()).collect();
    let mut numbers = numbers.into_iter();
    insert(grid, at, header, 5_300_000, |kind| {
        let number = numbers.next().unwrap_or_default();
        if kind == LineKind::Data { number } else { String::new() }
    });
    true
}

/// Texts as they stand around tables.
fn notes(context: &mut Context<'_>) -> Vec<String> {
    let rng = &mut *context.rng;
    let mut notes = vec![
        format!("联系电话：0{}-{}", rng.u32(300..999), rng.u32(2_000_000..8_999_999)),
        format!("138{}", rng.u32(10_000_000..99_999_999)),
        format!("0{}-{}", rng.u32(300..999), rng.u32(2_000_000..8_999_999)),
        format!("填报日期：2017年{}月{}日", rng.u32(1..13), rng.u32(1..29)),
        format!("2017年{}月{}日", rng.u32(1..13), rng.u32(1..29)),
        format!("2017-0{}-1{}", rng.u32(1..10), rng.u32(..10)),
        format!("第{}页 共{}页", rng.u32(1..4), rng.u32(4..9)),
        format!("— {} —", rng.u32(1..9)),
        rng.u32(1..9).to_string(),
        "单位负责人：张三　审核人：李四　填报人：王五".to_owned(),
        "审核人：李四".to_owned(),
        "核对无误".to_owned(),
        "注：本表由办公室填写。".to_owned(),
    ];
    rng.shuffle(&mut notes);
    notes
}

/// Texts in one or two columns right of the table, without a header.
pub fn right(document: &mut Document, context: &mut Context<'_>) -> bool {
    let texts = notes(context);
    let several = 1 + context.rng.usize(..5);
    let gap = context.once_in(2);
    // A row that lost a cell would look whole with a blank one before the text.
    let rows = |grid: &Grid| {
        let rows = grid.lines_of(LineKind::Data).into_iter().chain(grid.lines_of(LineKind::Heading));
        rows.filter(|row| grid.is_whole(*row)).collect::<Vec<_>>()
    };
    let Some(grid) = pick_grid(document, context, |grid| !rows(grid).is_empty()) else { return false };
    let width = grid.columns.len() + usize::from(gap);
    for text in texts.into_iter().take(several) {
        let Some(row) = context.pick(&rows(grid)) else { return false };
        let cells = &mut grid.lines[row].cells;
        // Aligned columns and lines have no cells between.
        if cells.len() < width && context.format != Format::Lines {
            cells.resize(width, Cell::default());
        }
        cells.push(Cell::text(text));
    }
    if context.once_in(2) {
        blank_last_row(grid);
    }
    true
}

/// Texts below a table.
pub fn below(document: &mut Document, context: &mut Context<'_>) -> bool {
    let texts = notes(context);
    let several = 1 + context.rng.usize(..4);
    let blank = context.once_in(2);
    let last = context.once_in(2);
    let Some(page) = document.pages.iter_mut().find(|page| page.owner.is_some()) else { return false };
    let grids: Vec<usize> = (0..page.parts.len()).filter(|at| matches!(page.parts[*at], Part::Grid(_))).collect();
    let Some(at) = (if last { grids.last().copied() } else { context.pick(&grids) }) else { return false };
    let Part::Grid(grid) = &mut page.parts[at] else { return false };
    if blank {
        blank_last_row(grid);
    }
    let columns = grid.columns.len();
    for (row, text) in texts.into_iter().take(several).enumerate() {
        let column = if context.once_in(2) { 0 } else { context.rng.usize(..columns) };
        page.parts.insert(at + 1 + row, Part::Text { text, column });
    }
    true
}

/// The row that texts below or beside it could fill.
fn blank_last_row(grid: &mut Grid) {
    if let Some(line) = grid.lines.iter_mut().rev().find(|line| line.kind == LineKind::Data) {
        line.cells.iter_mut().filter(|cell| cell.is_value()).for_each(|cell| cell.set(""));
    }
}
