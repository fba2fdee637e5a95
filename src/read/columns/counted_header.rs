//! The headers of a table in text that a program counted out.
//!
//! In: the lines above the first row, and the rows. Out: the lines with each header in one line and above its column, and the
//! rows with columns for the headers without values. Called by [`super::counted_drafts`], before [`super::header`].
//!
//! Between two lines of a header there may be a line of another one. A header is above its values or beside them, as far as
//! a character is wider than a digit; those that meet no values have columns of their own.

use std::ops::Range;

use super::block::Block;
use super::item::Item;
use super::label::Body;

/// Lines of a header have at most one line of other headers between them.
const MAX_APART: usize = 2;

/// A header with no other below it is at most this many lines above the last line of headers.
const MAX_ABOVE: usize = 3;

/// A header of several lines is at most this wide, unless most columns have one in its line.
const NARROW: usize = 5;

/// A label is at most this many sizes of the font above the next line.
const NEAR: f64 = 2.0;

/// A header is at most this many sizes of the font beside its values.
const BESIDE: f64 = 6.0;

/// A header of a column: the lines and numbers of its fields, from the top down.
struct Header {
    fields: Vec<(usize, usize)>,
    x: Range<f64>,
    size: f64,
}

/// A block with the lines of the first label in its body, and a column for each value of lines with equally many.
pub(super) fn divided(mut block: Block, rows: &[Vec<Item>]) -> Block {
    let Some(first_value) = block.values.first().map(|column| column.start) else { return block };
    while block.body.start > block.headers.start {
        let (line, below) = (&rows[block.body.start - 1], &rows[block.body.start]);
        let is_label = line.iter().all(|item| item.x.end <= first_value && !item.is_value);
        let is_near =
            line.first().zip(below.first()).is_some_and(|(line, below)| below.y.start - line.y.end < NEAR * line.size);
        // One line of several texts is not a label.
        if !is_label || !is_near || line.len() > 2 {
            break;
        }
        block.body.start -= 1;
    }
    block.headers.end = block.headers.end.min(block.body.start);
    // Titles and the line of the organization are above the headers.
    let is_other = |line: &usize| {
        let line = &rows[*line];
        line.iter().any(is_filing) || line.len() == 1 && line[0].x.end <= first_value
    };
    let others = block.headers.clone().take_while(is_other).count();
    if others < block.headers.len() {
        block.headers.start += others;
    }
    let text_end =
        rows[block.body.clone()].iter().flatten().filter(|item| item.x.end <= first_value).map(|item| item.x.end);
    let rows = &spaced_apart(&block, rows);
    let count = headers(&block, rows, text_end.fold(f64::MIN, f64::max)).len();
    if count < block.values.len()
        && let Some(columns) = counted_columns(&rows[block.body.clone()], count)
    {
        block.values = columns;
    }
    block
}

/// Whether a text is the name of an organization or a date with what it is before a colon.
fn is_filing(item: &Item) -> bool {
    item.text.contains(['：', ':']) && !item.text.starts_with(['（', '('])
}

/// The lines with the headers that single spaces separate apart from each other.
pub(super) fn spaced_apart(block: &Block, rows: &[Vec<Item>]) -> Vec<Vec<Item>> {
    let mut rows = rows.to_vec();
    let first_value = block.values.first().map_or(f64::MAX, |column| column.start);
    for line in &mut rows[block.headers.clone()] {
        let items = std::mem::take(line);
        for item in items {
            let words: Vec<&str> = item.text.split(' ').collect();
            if words.len() < 2 || item.x.end <= first_value || words.iter().any(|word| word.chars().count() < 2) {
                line.push(item);
                continue;
            }
            let width = (item.x.end - item.x.start) / item.text.chars().count() as f64;
            let mut start = item.x.start;
            for word in words {
                let end = start + width * word.chars().count() as f64;
                line.push(Item { text: word.to_owned(), x: start..end, ..item.clone() });
                start = end + width;
            }
        }
    }
    rows
}

/// The columns of the values of some lines if each has as many values as there are headers.
fn counted_columns(lines: &[Vec<Item>], count: usize) -> Option<Vec<Range<f64>>> {
    let mut columns: Vec<Range<f64>> = vec![f64::MAX..f64::MIN; count];
    for line in lines {
        let values: Vec<&Item> = line.iter().filter(|item| item.is_value).collect();
        if !values.is_empty() && values.len() != count {
            return None;
        }
        for (column, item) in columns.iter_mut().zip(values) {
            *column = column.start.min(item.x.start)..column.end.max(item.x.end);
        }
    }
    let is_apart = columns.windows(2).all(|pair| pair[0].end <= pair[1].start);
    (count > 0 && is_apart).then_some(columns)
}

/// The lines with each header in one line and above its column, and the rows with columns for all headers; none if a header
/// has values of two columns, or if it is not certain which header values have.
pub(super) fn aligned(block: &Block, rows: &[Vec<Item>], body: Body) -> Option<(Vec<Vec<Item>>, Body)> {
    let is_value = |column: &Range<f64>| block.values.contains(column);
    let text_end =
        body.columns.iter().filter(|column| !is_value(column)).map(|column| column.end).fold(f64::MIN, f64::max);
    let headers = headers(block, rows, text_end);
    let values: Vec<usize> = (0..body.columns.len()).filter(|at| is_value(&body.columns[*at])).collect();
    let owners = owners(&headers, &block.values)?;
    let mut columns: Vec<(Range<f64>, Option<usize>)> =
        body.columns.iter().cloned().enumerate().map(|(at, x)| (x, Some(at))).collect();
    let mut rows = rows.to_vec();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    let is_own = |place: (usize, usize)| headers.iter().any(|header| header.fields.contains(&place));
    for line in block.headers.clone() {
        // Headers of several columns are no lines of those below them.
        for (at, item) in rows[line].iter_mut().enumerate() {
            if item.center() > text_end && !is_own((line, at)) {
                item.y = item.y.start - item.size..item.y.end - item.size;
            }
        }
    }
    for (header, owner) in headers.iter().zip(owners) {
        let x = match owner {
            Some(value) => body.columns[values[value]].clone(),
            None => {
                columns.push((header.x.clone(), None));
                header.x.clone()
            }
        };
        join(header, x, &mut rows, &mut taken);
    }
    columns.sort_by(|one, other| one.0.start.total_cmp(&other.0.start));
    for (line, items) in rows.iter_mut().enumerate() {
        let mut at = 0..;
        items.retain(|_| at.next().is_none_or(|at| !taken.contains(&(line, at))));
    }
    let mut cells = body.cells;
    for cell in &mut cells {
        let place = |old: usize| columns.iter().position(|(_, at)| *at == Some(old));
        let end = place(cell.column + cell.columns - 1)? + 1;
        cell.column = place(cell.column)?;
        cell.columns = end - cell.column;
    }
    let columns = columns.into_iter().map(|(x, _)| x).collect();
    Some((rows, Body { columns, cells, ..body }))
}

/// Puts all lines of a header into its first field.
fn join(header: &Header, x: Range<f64>, rows: &mut [Vec<Item>], taken: &mut Vec<(usize, usize)>) {
    let (line, at) = header.fields[0];
    for (other, field) in &header.fields[1..] {
        let below = rows[*other][*field].clone();
        rows[line][at].text.push('\n');
        rows[line][at].text.push_str(&below.text);
        rows[line][at].y.end = below.y.end;
        taken.push((*other, *field));
    }
    rows[line][at].x = x;
}

/// The headers that are above no other header, from the left.
fn headers(block: &Block, rows: &[Vec<Item>], text_end: f64) -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    let count = block.values.len();
    // Before the end of the labels, the header of the first column is behind that of the labels.
    let is_early = |line: usize, at: usize| {
        at == 1 && !is_over(&rows[line][1], &rows[block.body.clone()]) && rows[line][0].x.start < rows[line][1].x.start
    };
    let is_header = |line: usize, at: usize| rows[line][at].center() > text_end || is_early(line, at);
    for line in block.headers.clone().rev() {
        let mut found = Vec::new();
        let above = || line.saturating_sub(MAX_APART).max(block.headers.start)..line;
        let is_below = |item: &Item| {
            above().any(|above| rows[above].len() > 1 && is_early(above, 1) && rows[above][1].meets(&item.x))
        };
        let own: Vec<usize> =
            (0..rows[line].len()).filter(|at| is_header(line, *at) || is_below(&rows[line][*at])).collect();
        for at in own.iter().copied() {
            let item = &rows[line][at];
            let below: Vec<usize> = (0..headers.len()).filter(|header| item.meets(&headers[*header].x)).collect();
            match below.as_slice() {
                [] if block.headers.end - line <= MAX_ABOVE && !(own.len() == 1 && is_between(item, &headers)) => {
                    found.push(Header { fields: vec![(line, at)], x: item.x.clone(), size: item.size });
                }
                [only] => {
                    let header = &mut headers[*only];
                    let fields = std::iter::once((line, at)).chain(header.fields.iter().copied());
                    let lines: Vec<&Item> = fields.map(|(line, at)| &rows[line][at]).collect();
                    let is_near = header.fields[0].0 - line <= MAX_APART;
                    if is_near && is_one_header(&lines, own.len() * 2 > count) {
                        header.fields.insert(0, (line, at));
                        header.x = header.x.start.min(item.x.start)..header.x.end.max(item.x.end);
                    }
                }
                _ => {}
            }
        }
        headers.extend(found);
        headers.sort_by(|one, other| one.x.start.total_cmp(&other.x.start));
    }
    headers
}

/// Whether a header is wide and between others: it is over several columns.
fn is_between(item: &Item, headers: &[Header]) -> bool {
    let is_wide = item.text.chars().count() >= NARROW;
    is_wide
        && headers.iter().any(|one| one.x.end <= item.x.start)
        && headers.iter().any(|one| one.x.start >= item.x.end)
}

/// Whether a header is over a column of units: short texts that begin where it does.
fn is_over(header: &Item, lines: &[Vec<Item>]) -> bool {
    let is_unit = |item: &&Item| !item.is_value && item.text.chars().count() <= 3 && item.meets(&header.x);
    lines.iter().flatten().filter(is_unit).count() > 1
}

/// Whether lines above each other are one text that was broken: none has room for the next.
fn is_one_header(lines: &[&Item], is_usual: bool) -> bool {
    let length = |item: &Item| item.text.chars().count();
    let widest = lines.iter().map(|item| length(item)).max().unwrap_or(0);
    (widest <= NARROW || is_usual) && lines.windows(2).all(|pair| length(pair[0]) + length(pair[1]) > widest)
}

/// For each header, the number of its column of values, if it has values; none if that is not certain.
fn owners(headers: &[Header], values: &[Range<f64>]) -> Option<Vec<Option<usize>>> {
    let middle = |x: &Range<f64>| (x.start + x.end) / 2.0;
    let is_beside =
        |header: &Header, value: &Range<f64>| (middle(&header.x) - middle(value)).abs() < BESIDE * header.size;
    let meets = |header: &Header, value: &Range<f64>| header.x.start < value.end && value.start < header.x.end;
    // Long labels move the values, but not the header of the first column.
    let is_first = |at: usize| at == 0 && headers[0].x.end < values[0].start;
    let is_owner = |at: usize| {
        let is_other = (0..values.len()).any(|other| other != at && meets(&headers[at], &values[other]));
        !is_other && (is_beside(&headers[at], &values[at]) || is_first(at))
    };
    if headers.len() == values.len() && (0..values.len()).all(is_owner) {
        return Some((0..values.len()).map(Some).collect());
    }
    let mut owners: Vec<Option<usize>> = vec![None; headers.len()];
    for (at, header) in headers.iter().enumerate() {
        let mut own = (0..values.len()).filter(|value| meets(header, &values[*value]));
        owners[at] = own.next();
        if own.next().is_some() || at > 0 && owners[at].is_some() && owners[at] == owners[at - 1] {
            return None;
        }
    }
    // Values without a header above them have the only one between those of their neighbors.
    for value in (0..values.len()).filter(|value| !owners.clone().contains(&Some(*value))).collect::<Vec<_>>() {
        let from = owners.iter().rposition(|owner| owner.is_some_and(|owner| owner < value)).map_or(0, |at| at + 1);
        let to = owners.iter().position(|owner| owner.is_some_and(|owner| owner > value)).unwrap_or(owners.len());
        let is_only = value == 0 && to == 1 && headers[0].x.end < values[0].start;
        let mut free = (from..to).filter(|at| is_only || is_beside(&headers[*at], &values[value]));
        match (free.next(), free.next()) {
            (Some(only), None) => owners[only] = Some(value),
            _ if headers.is_empty() => {}
            _ => return None,
        }
    }
    Some(owners)
}
