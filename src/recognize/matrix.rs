//! Reads the rows of a matrix: a label and as many figures as the table has columns, in cells or in running text.
//!
//! In a table of cells the figures stand right of the label in its row; in running text they follow it. Figures that run
//! together are split where the form's sums leave one way only; where figures are lost, none of the row is taken.

use std::ops::Range;

use super::align::{Chain, Dictionary, Match};
use super::reading::{ExtraReading, FigureReading, Reading, RowReading};
use super::running;
use super::split::{self, RowSum};
use super::stream::{Stream, Token};
use super::value::{self, ParsedValue};
use crate::document::{Cell, CellKind, CellRef, Location};
use crate::template::{ResolvedRule, Row, Table, Template, ValueKind};
use crate::text::label;

/// How many candidates of a split are named at most.
const MOST_CANDIDATES: usize = 4;
/// From how many cells on a text without any repetition has lost its repeated lines.
const MANY_CELLS: usize = 40;

/// A label of fewer bytes is found at the beginning of others: 其他 in 其他法律行政法规禁止公开.
const SHORT_LABEL: usize = 12;

/// Reads every row that a chain found, and the rows between them. `end` is where the table's text ends at the latest.
pub fn read(stream: &Stream<'_>, chain: &Chain, dictionary: &Dictionary, end: usize) -> Reading {
    let template = dictionary.template(chain.template);
    let sums: Vec<&ResolvedRule> = template.sums().collect();
    let mut reading = Reading { columns: vec![None], ..Reading::default() };
    for (index, found) in chain.matches.iter().enumerate() {
        let next = chain.matches.get(index + 1).map_or(end, |next| next.label.start);
        let table = &template.tables()[found.row.0];
        let form = FormRow::new(template, found.row, &sums);
        let last = stream.cell_at(found.label.end - 1);
        let mut row = RowReading { at: stream.location(found.label.start), ..RowReading::default() };
        if found.is_text {
            reading.rows.push(row);
            continue;
        }
        let label_end = found.label.end + running::bracket_length(&stream.folded[found.label.end..next]);
        row.label = stream.text(found.label.start..label_end);
        let behind = &stream.folded[label_end..next.min(stream.cell_end(found.label.end - 1)).max(label_end)];
        if found.label.len() < SHORT_LABEL && goes_on(behind) {
            row.figures = lost(&form, &mut row);
            reading.rows.push(row);
            continue;
        }
        match stream.cells[last].position {
            Some(at) => {
                let line = figure_line(stream, chain, found, &form, last, at);
                row.figures = match line {
                    Some(line) => {
                        let columns = head_columns(stream, chain, table, found.row.0, line.0);
                        positioned(stream, &form, line, columns.as_ref(), &mut row)
                    }
                    None => lost(&form, &mut row),
                };
            }
            None => {
                let extras = running_row(stream, &form, label_end..next, &mut row, &mut reading.run_together);
                if index + 1 < chain.matches.len() {
                    reading.extras.extend(extras.into_iter().map(|row| ExtraReading { after: Some(index), row }));
                }
            }
        }
        reading.rows.push(row);
    }
    for (index, found) in chain.matches.iter().enumerate().filter(|(_, found)| !found.is_text) {
        // What some places print as a row is a merged label here.
        let row = &template.tables()[found.row.0].rows[found.row.1];
        let next = chain.matches.get(index + 1).map(|next| &template.tables()[next.row.0].rows[next.row.1]);
        let line = |found: &Match| {
            let cell = stream.cells[stream.cell_at(found.label.start)];
            cell.position.map(|at| (cell.part, at.row))
        };
        let beside =
            chain.matches.get(index + 1).is_some_and(|next| line(found).is_some() && line(next) == line(found));
        if row.optional
            && (reading.rows[index].lost || beside)
            && next.is_some_and(|next| next.stubs.last() == Some(&row.label))
        {
            reading.rows[index] = RowReading::default();
        }
    }
    positioned_extras(stream, chain, template, &sums, &mut reading);
    if repeats_are_lost(stream, chain, &reading) {
        reading.repeats_lost = true;
        for figure in reading.rows.iter_mut().flat_map(|row| &mut row.figures) {
            figure.figure = ParsedValue::UNREADABLE;
        }
        reading.extras.clear();
    }
    reading
}

/// Whether a label goes on behind the words that were found of it, so that it may be another row's.
fn goes_on(behind: &str) -> bool {
    let words = behind.chars().take_while(|c| !c.is_ascii_digit());
    words.filter(|c| c.is_alphabetic() && !c.is_ascii()).count() > 1
}

/// What the form says of a row: its columns' kinds and what adds up in it.
struct FormRow<'t> {
    table: &'t Table,
    row: &'t Row,
    kinds: Vec<ValueKind>,
    sums: Vec<RowSum>,
}

impl<'t> FormRow<'t> {
    fn new(template: &'t Template, place: (usize, usize), sums: &[&ResolvedRule]) -> Self {
        let table = &template.tables()[place.0];
        let row = &table.rows[place.1];
        let position = |number: &usize| {
            let own = &template.indicators()[*number];
            (own.row() == place).then_some(own.place.2)
        };
        let own = sums.iter().filter_map(|sum| {
            let total = sum.total.iter().map(position).collect::<Option<Vec<_>>>()?;
            Some(RowSum { total, parts: sum.parts.iter().map(position).collect::<Option<Vec<_>>>()? })
        });
        let kinds = table.columns.iter().map(|column| table.kind(row, column)).collect();
        Self { table, row, kinds, sums: own.collect() }
    }

    fn count(&self) -> usize {
        self.kinds.len()
    }
}

/// No figure of the row can be told.
fn lost(form: &FormRow<'_>, row: &mut RowReading) -> Vec<FigureReading> {
    row.lost = true;
    let figure = ParsedValue::UNREADABLE;
    vec![FigureReading { text: String::new(), figure, at: row.at.clone() }; form.count()]
}

/// The line of cells that a row's figures stand in, and the column they start behind.
fn figure_line(
    stream: &Stream<'_>,
    chain: &Chain,
    found: &Match,
    form: &FormRow<'_>,
    last: usize,
    at: CellRef,
) -> Option<(usize, u32, Option<u32>, u32)> {
    let part = stream.cells[last].part;
    let width = |row: u32| line_width(stream, chain, found.row.0, part, row, &stream.cells[last].cell.at);
    if form.table.label.is_some() {
        return Some((part, at.row, Some(at.column), width(at.row)));
    }
    // A row without a label: the first line below the headers that holds figures.
    let below = stream.cells[last + 1..].iter().take_while(|cell| cell.part == part);
    let mut rows: Vec<u32> =
        below.filter_map(|cell| cell.position).map(|at| at.row).filter(|row| *row > at.row).collect();
    rows.dedup();
    let grid = stream.grids.get(&part)?;
    let holds_figures = |row: &u32| {
        let cells = grid.cells.iter().filter(|(at, _)| at.row == *row);
        cells.filter(|(_, cell)| !cell.is_blank()).any(|(_, cell)| figure(cell, ValueKind::Count).cell.is_number())
    };
    let row = rows.iter().find(|row| holds_figures(row)).or(rows.first())?;
    Some((part, *row, None, width(*row)))
}

/// How many columns a line of a table has, blank ones included. Only a worksheet leaves its blank cells out; any other
/// line ends where it ends.
fn line_width(stream: &Stream<'_>, chain: &Chain, table: usize, part: usize, row: u32, at: &Location) -> u32 {
    let end = line_end(stream, part, row);
    if matches!(at, Location::Sheet { .. }) { width(stream, chain, table, part).max(end) } else { end }
}

/// How many columns a line takes.
fn line_end(stream: &Stream<'_>, part: usize, row: u32) -> u32 {
    let cells = stream.grids.get(&part).into_iter().flat_map(|grid| &grid.cells);
    cells.filter(|(at, _)| at.row == row).map(|(at, _)| at.column + 1).max().unwrap_or(0)
}

/// How many columns the lines of a table's rows and headers take in a part.
fn width(stream: &Stream<'_>, chain: &Chain, table: usize, part: usize) -> u32 {
    let Some(grid) = stream.grids.get(&part) else { return 0 };
    let own = chain.matches.iter().filter(|found| found.row.0 == table);
    let mut rows: Vec<u32> = own
        .flat_map(|found| stream.cell_at(found.label.start)..=stream.cell_at(found.label.end - 1))
        .filter(|cell| stream.cells[*cell].part == part)
        .filter_map(|cell| stream.cells[cell].position.map(|at| at.row))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let cells = grid.cells.iter().filter(|(at, _)| rows.binary_search(&at.row).is_ok());
    let ends = cells.map(|(at, _)| {
        let merged = grid.merged.iter().find(|range| range.first == *at);
        merged.map_or(at.column, |range| range.last.column)
    });
    ends.max().map_or(0, |last| last + 1)
}

/// The cells of a line right of a column: none where the place is blank; what a merged range covers is left out.
fn cells_of<'d>(
    stream: &Stream<'d>,
    (part, row, behind, width): (usize, u32, Option<u32>, u32),
) -> Vec<(CellRef, Option<&'d Cell>)> {
    let Some(grid) = stream.grids.get(&part) else { return Vec::new() };
    let covered = |at: CellRef| {
        grid.merged.iter().any(|range| {
            range.first != at
                && (range.first.row..=range.last.row).contains(&at.row)
                && (range.first.column..=range.last.column).contains(&at.column)
        })
    };
    let columns = behind.map_or(0, |column| column + 1)..width;
    columns.map(|column| CellRef::new(row, column)).filter(|at| !covered(*at)).map(|at| (at, grid.cell(at))).collect()
}

/// Whether a table's cells are words between separators, which may leave out merged cells, and no grid of their own.
fn is_text_grid(stream: &Stream<'_>, part: usize) -> bool {
    stream.cells.iter().any(|cell| cell.part == part && matches!(cell.cell.at, Location::Text { .. }))
}

/// Whether all figures of a line stand below the headers, so that the headers say which blank is which column. What stands
/// beside the table is no figure.
fn under_heads(cells: &[(CellRef, Option<&Cell>)], HeadColumns { columns, end }: &HeadColumns) -> bool {
    let within = cells.iter().filter(|(at, _)| at.column < *end);
    let mut filled = within.filter(|(_, cell)| cell.is_some_and(|cell| !cell.is_blank()));
    filled.all(|(at, _)| columns.contains(&at.column))
        && columns.iter().all(|column| cells.iter().any(|(at, _)| at.column == *column))
}

/// Where the figures of a table stand by its headers.
struct HeadColumns {
    /// The column of each header.
    columns: Vec<u32>,
    /// The column behind the table.
    end: u32,
}

/// The columns that the headers of a table's figures stand in, where all headers are found from left to right.
fn head_columns(stream: &Stream<'_>, chain: &Chain, table: &Table, place: usize, part: usize) -> Option<HeadColumns> {
    let grid = stream.grids.get(&part)?;
    let own = chain.matches.iter().filter(|found| found.row.0 == place && !found.is_text);
    let rows = own.map(|found| stream.cells[stream.cell_at(found.label.start)]);
    let first = rows.filter(|cell| cell.part == part).filter_map(|cell| cell.position).map(|at| at.row).min()?;
    // Not further up than the headers of one table reach.
    let above = first.saturating_sub(table.headers_in_reading_order().len() as u32 + 1)..=first;
    let headers: Vec<(CellRef, String)> = grid
        .cells
        .iter()
        .filter(|(at, _)| above.contains(&at.row))
        .map(|(at, cell)| (*at, crate::text::label::without_brackets(&crate::text::fold::fold(&cell.text))))
        .collect();
    let mut columns: Vec<u32> = Vec::new();
    let mut end = 0;
    for column in &table.columns {
        let names: Vec<String> = std::iter::once(&column.header)
            .chain(&column.aliases)
            .map(|name| crate::text::label::without_brackets(&crate::text::fold::fold(name)))
            .collect();
        let behind = columns.last().map_or(0, |last| last + 1);
        let found = headers.iter().filter(|(at, text)| at.column >= behind && names.contains(text)).map(|(at, _)| *at);
        let found = found.min_by_key(|at| at.column)?;
        columns.push(found.column);
        let merged = grid.merged.iter().find(|range| range.first == found);
        end = merged.map_or(found.column, |range| range.last.column) + 1;
    }
    Some(HeadColumns { columns, end })
}

/// Reads a line of cells. Blanks beyond the columns are those of merged labels before and of merged figures behind.
fn positioned(
    stream: &Stream<'_>,
    form: &FormRow<'_>,
    line: (usize, u32, Option<u32>, u32),
    headers: Option<&HeadColumns>,
    row: &mut RowReading,
) -> Vec<FigureReading> {
    let is_blank =
        |cell: Option<&(CellRef, Option<&Cell>)>| cell.is_some_and(|(_, cell)| cell.is_none_or(Cell::is_blank));
    let mut cells = cells_of(stream, line);
    if let Some(HeadColumns { columns, end }) = headers.filter(|headers| under_heads(&cells, headers)) {
        let beside = cells.iter().filter(|(at, _)| at.column >= *end).filter_map(|(_, cell)| *cell);
        let beside = beside.filter(|cell| !cell.is_blank());
        row.remarks.extend(beside.map(|cell| (cell.text.trim().to_owned(), Some(cell.at.clone()))));
        let own = |column: &u32| {
            let found = cells.iter().find(|(at, _)| at.column == *column);
            found.copied().unwrap_or((CellRef::new(line.1, *column), None))
        };
        cells = columns.iter().map(own).collect();
    }
    // With blanks at both ends and more cells than columns, nobody can tell which blank is which column.
    let blank_ends = is_blank(cells.first()) && is_blank(cells.last());
    let filled = cells.iter().any(|(_, cell)| cell.is_some_and(|cell| !cell.is_blank()));
    if cells.len() > form.count() && form.count() > 1 && blank_ends && filled && is_text_grid(stream, line.0) {
        return lost(form, row);
    }
    let is_blank =
        |cell: Option<&(CellRef, Option<&Cell>)>| cell.is_some_and(|(_, cell)| cell.is_none_or(Cell::is_blank));
    let mut leading = form.table.stubs.len().saturating_sub(form.row.stubs.len());
    while cells.len() > form.count() && leading > 0 && is_blank(cells.first()) {
        cells.remove(0);
        leading -= 1;
    }
    while cells.len() > form.count() && is_blank(cells.last()) {
        cells.pop();
    }
    while cells.len() > form.count() && is_blank(cells.first()) {
        cells.remove(0);
    }
    if cells.len() != form.count() {
        let texts: Vec<_> = cells.iter().filter_map(|(_, cell)| cell.map(|cell| cell.text.trim())).collect();
        let mut lost = lost(form, row);
        lost[0].text = texts.join(" ");
        return lost;
    }
    let neighbour = stream.cells.iter().find(|cell| cell.part == line.0).map(|cell| &cell.cell.at);
    let figures = cells.into_iter().zip(&form.kinds).map(|((at, cell), kind)| match cell {
        Some(cell) => {
            FigureReading { text: cell.text.trim().to_owned(), figure: figure(cell, *kind), at: Some(cell.at.clone()) }
        }
        None => FigureReading {
            text: String::new(),
            figure: ParsedValue::default(),
            at: neighbour.map(|place| beside(place, at)),
        },
    });
    figures.collect()
}

/// The place of a cell that was not kept, from that of another cell of its table.
fn beside(place: &Location, at: CellRef) -> Location {
    match place {
        Location::Sheet { sheet, .. } => Location::Sheet { sheet: sheet.clone(), cell: at },
        Location::Table { table, .. } => Location::Table { table: *table, row: at.row + 1, cell: at.column + 1 },
        other => other.clone(),
    }
}

fn figure(cell: &Cell, kind: ValueKind) -> ParsedValue {
    match cell.kind {
        CellKind::Text | CellKind::Number => value::parse(&cell.text, kind),
        CellKind::Date | CellKind::Boolean | CellKind::Error => ParsedValue::UNREADABLE,
    }
}

/// Reads the figures of a row in running text; returns the rows that the template does not know.
fn running_row(
    stream: &Stream<'_>,
    form: &FormRow<'_>,
    range: Range<usize>,
    row: &mut RowReading,
    run_together: &mut bool,
) -> Vec<RowReading> {
    let tokens = running::without_page_marks(stream, stream.tokens(range.clone()));
    let tokens: Vec<Token<'_>> = tokens.into_iter().map(without_next_label).collect();
    let is_figure = |token: &Token<'_>| !digits_of(token.text).is_empty() || is_mark(token.text);
    // Between a label and its figures stands at most the rest of the label; other text has figures of its own. A row
    // without a label has its headers there.
    let official = crate::text::fold::fold(&form.row.label);
    let is_residue = |token: &Token<'_>| {
        let folded = crate::text::fold::fold(token.text);
        let closes = folded.matches(')').count() > folded.matches('(').count();
        form.table.label.is_none() || token.glued || closes || running::shares_words(&official, &folded)
    };
    let start = tokens.iter().position(is_figure);
    if let Some(start) = start.filter(|start| !tokens[..*start].iter().all(is_residue)) {
        row.figures = lost(form, row);
        return extras(
            stream,
            form,
            &tokens[tokens[..start].iter().position(|token| !is_residue(token)).unwrap_or(0)..],
        );
    }
    let Some(start) = start else {
        let blanks = blank_cells(stream, &range);
        row.figures = match blanks >= form.count() {
            true => {
                vec![
                    FigureReading { text: String::new(), figure: ParsedValue::default(), at: row.at.clone() };
                    form.count()
                ]
            }
            false => lost(form, row),
        };
        return Vec::new();
    };
    let end = tokens[start..].iter().position(|token| !is_figure(token)).map_or(tokens.len(), |at| start + at);
    let figures = &tokens[start..end];
    row.figures = figures_of(stream, form, &range, figures, row, run_together);
    extras(stream, form, &tokens[end..])
}

/// Digits without the ordinal and label that run together with them: `0000000三、本年度办理结果` is `0000000`.
fn without_next_label(token: Token<'_>) -> Token<'_> {
    let digits = token.text.len() - token.text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = &token.text[digits..];
    let hanzi = rest.starts_with(|c: char| !c.is_ascii()) && label::ordinal_length(rest) > 0;
    if digits > 0 && hanzi { Token { text: &token.text[..digits], whole: false, glued: true, ..token } } else { token }
}

/// Whether a token stands for a figure without digits: `/`, 无.
fn is_mark(text: &str) -> bool {
    value::parse(text, ValueKind::Count).is_filled()
}

/// The digits and signs of a token that is nothing else; decimals and units are no digits that could run together.
fn digits_of(text: &str) -> String {
    let folded = crate::text::fold::fold(text);
    let plain = folded.chars().all(|c| c.is_ascii_digit() || "+-,.".contains(c));
    let number = value::parse(text, ValueKind::Signed).cell.is_number();
    if (plain && folded.contains(|c: char| c.is_ascii_digit())) || number { folded } else { String::new() }
}

fn figures_of(
    stream: &Stream<'_>,
    form: &FormRow<'_>,
    range: &Range<usize>,
    tokens: &[Token<'_>],
    row: &mut RowReading,
    run_together: &mut bool,
) -> Vec<FigureReading> {
    let one = |token: &Token<'_>, kind: ValueKind| FigureReading {
        text: token.text.to_owned(),
        figure: value::parse(token.text, kind),
        at: Some(stream.token_location(token)),
    };
    let count = form.count();
    if tokens.len() == count {
        *run_together |= tokens.iter().any(|token| token.glued);
        return tokens.iter().zip(&form.kinds).map(|(token, kind)| one(token, *kind)).collect();
    }
    let whole = tokens.iter().all(|token| token.whole);
    if whole && tokens.len() < count {
        // A cell a line: blank cells are lines too, and it is known which ones.
        if let Some(cells) = cells_with_blanks(stream, range, tokens, count) {
            let figures = cells.into_iter().zip(&form.kinds).map(|(token, kind)| match token {
                Some(token) => one(token, *kind),
                None => FigureReading { text: String::new(), figure: ParsedValue::default(), at: row.at.clone() },
            });
            return figures.collect();
        }
    } else if tokens.len() < count {
        let pieces: Vec<String> = tokens.iter().map(|token| crate::text::fold::fold(token.text)).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let signed: Vec<bool> = form.kinds.iter().map(|kind| *kind == ValueKind::Signed).collect();
        let mut splits = split::splits(&pieces, count, &signed, &form.sums, MOST_CANDIDATES);
        if splits.len() == 1 && form.kinds.iter().all(|kind| *kind != ValueKind::Decimal) {
            *run_together = true;
            let at = Some(stream.token_location(&tokens[0]));
            return splits
                .remove(0)
                .into_iter()
                .map(|number| FigureReading {
                    text: number.to_string(),
                    figure: ParsedValue::number(number),
                    at: at.clone(),
                })
                .collect();
        }
        let joined = |numbers: &Vec<i64>| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
        row.candidates = splits.iter().map(joined).collect();
    }
    let mut lost = lost(form, row);
    lost[0].text = tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
    lost[0].at = tokens.first().map(|token| stream.token_location(token));
    lost
}

/// How many blank cells stand between a label and what follows the row.
fn blank_cells(stream: &Stream<'_>, range: &Range<usize>) -> usize {
    let (first, last) = (stream.cell_at(range.start.saturating_sub(1)), stream.cell_at(range.end));
    stream.cells.get(first + 1..last).map_or(0, |cells| cells.iter().filter(|cell| cell.cell.is_blank()).count())
}

/// The cells of a row with its blank ones: those with a no-break space, or else all empty lines, where that makes the
/// row whole.
pub(super) fn cells_with_blanks<'t, 'd>(
    stream: &Stream<'_>,
    range: &Range<usize>,
    tokens: &'t [Token<'d>],
    count: usize,
) -> Option<Vec<Option<&'t Token<'d>>>> {
    let (first, last) = (stream.cell_at(range.start.saturating_sub(1)), stream.cell_at(range.end));
    let with = |is_cell: &dyn Fn(&str) -> bool| {
        let cells = (first + 1..last.max(first + 1)).filter_map(|cell| {
            let text = &stream.cells[cell].cell.text;
            match tokens.iter().find(|token| token.cell == cell) {
                Some(token) => Some(Some(token)),
                None => (text.trim().is_empty() && is_cell(text)).then_some(None),
            }
        });
        let cells: Vec<Option<&Token<'_>>> = cells.collect();
        (cells.len() == count && cells.iter().flatten().count() == tokens.len()).then_some(cells)
    };
    with(&|text| text.contains('\u{a0}')).or_else(|| with(&|text| text.is_empty()))
}

/// Rows of text and as many figures as the table has, behind a row that the template knows.
fn extras(stream: &Stream<'_>, form: &FormRow<'_>, tokens: &[Token<'_>]) -> Vec<RowReading> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let start = at;
        while at < tokens.len() && digits_of(tokens[at].text).is_empty() && !is_mark(tokens[at].text) {
            at += 1;
        }
        let figures = at;
        while at < tokens.len() && (!digits_of(tokens[at].text).is_empty() || is_mark(tokens[at].text)) {
            at += 1;
        }
        if at == figures {
            break;
        }
        let label: String = tokens[start..figures].iter().map(|token| token.text).collect();
        let location = tokens.get(start).map(|token| stream.token_location(token));
        let mut row = RowReading { label, at: location, ..RowReading::default() };
        let own = &tokens[figures..at];
        row.figures = match own.len() == form.count() {
            true => own
                .iter()
                .zip(&form.kinds)
                .map(|(token, kind)| FigureReading {
                    text: token.text.to_owned(),
                    figure: value::parse(token.text, *kind),
                    at: Some(stream.token_location(token)),
                })
                .collect(),
            false => {
                let mut lost = lost(form, &mut row);
                lost[0].text = own.iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
                lost
            }
        };
        rows.push(row);
    }
    rows
}

/// Lines of cells between the rows of a table that hold figures but none of its labels.
fn positioned_extras(
    stream: &Stream<'_>,
    chain: &Chain,
    template: &Template,
    sums: &[&ResolvedRule],
    reading: &mut Reading,
) {
    let lines_of = |found: &Match| {
        let cells = stream.cell_at(found.label.start)..=stream.cell_at(found.label.end - 1);
        cells.filter_map(|cell| Some((stream.cells[cell].part, stream.cells[cell].position?.row)))
    };
    let taken: std::collections::BTreeSet<(usize, u32)> = chain.matches.iter().flat_map(lines_of).collect();
    for (index, found) in chain.matches.iter().enumerate().filter(|(_, found)| !found.is_text) {
        let Some((part, row)) = lines_of(found).next_back() else { continue };
        let table = &template.tables()[found.row.0];
        let more = chain.matches[index + 1..].iter().find(|next| next.row.0 == found.row.0);
        let next = more.and_then(|next| lines_of(next).next()).filter(|line| line.0 == part);
        let stop = next.map_or(u32::MAX, |(_, row)| row);
        let end = stream.grids.get(&part).map_or(0, |grid| grid.size().0);
        let columns = head_columns(stream, chain, table, found.row.0, part);
        let form = FormRow::new(template, found.row, sums);
        // Below the table's last row, the first line that is none of its rows ends it.
        let below = next.is_none();
        for line in row + 1..stop.min(end) {
            if below && taken.contains(&(part, line)) {
                break;
            }
            let Some(grid) = stream.grids.get(&part).filter(|_| !taken.contains(&(part, line))) else { continue };
            let cells: Vec<_> = grid.cells.iter().filter(|(at, cell)| at.row == line && !cell.is_blank()).collect();
            let is_label = |cell: &Cell| !figure(cell, ValueKind::Signed).is_readable();
            let labels: Vec<_> = cells.iter().take_while(|(_, cell)| is_label(cell)).collect();
            let numbers =
                cells[labels.len()..].iter().any(|(_, cell)| figure(cell, ValueKind::Signed).cell.is_number());
            if below && (!numbers || labels.is_empty() || table.label.is_none()) {
                break;
            }
            if !numbers {
                continue;
            }
            // A merged label that is repeated in every row is no part of this one's.
            let is_stub = |text: &str| {
                table
                    .rows
                    .iter()
                    .flat_map(|row| &row.stubs)
                    .any(|stub| crate::text::fold::fold(stub) == crate::text::fold::fold(text))
            };
            let own = labels.iter().map(|(_, cell)| cell.text.trim()).filter(|text| !is_stub(text));
            let label: String = own.collect();
            let at = cells.first().map(|(_, cell)| cell.at.clone());
            let mut extra = RowReading { label, at, ..RowReading::default() };
            let behind = labels.last().map(|(at, _)| at.column);
            let width =
                cells.first().map_or(0, |(_, cell)| line_width(stream, chain, found.row.0, part, line, &cell.at));
            extra.figures = positioned(stream, &form, (part, line, behind, width), columns.as_ref(), &mut extra);
            reading.extras.push(ExtraReading { after: Some(index), row: extra });
        }
    }
}

/// Whether every line of a text stands there once only, although the form repeats many: the repeats were dropped.
fn repeats_are_lost(stream: &Stream<'_>, chain: &Chain, reading: &Reading) -> bool {
    let (Some(first), Some(last)) = (chain.matches.first(), chain.matches.last()) else { return false };
    let cells = &stream.cells[stream.cell_at(first.label.start)..=stream.cell_at(last.label.end - 1)];
    let mut texts: Vec<&str> = cells.iter().map(|cell| cell.cell.text.trim()).filter(|text| !text.is_empty()).collect();
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    count >= MANY_CELLS
        && texts.len() == count
        && cells.iter().all(|cell| cell.position.is_none())
        && reading.unreadable() > 0
}
