//! The rows of a table in text that a program counted out.
//!
//! In: a [`Block`] of lines of text. Out: its rows, like those of [`super::label`]. Such text keeps the order of lines, not
//! their height: the values of a label of several lines are beside one of them, between two, or in the line below all.
//!
//! A text with an ordinal begins a label; others go on with the label above them. Texts to the left of the labels that begin
//! with digits are headings beside several rows, or labels of their own rows. Values that two labels may have make the block
//! none.

use std::ops::Range;

use super::block::Block;
use super::item::{DraftCell, Item, starts_anew};
use super::label::{self, Body};
use crate::read::page::UNREADABLE;

/// Places that differ by less than this part of the font's size are the same column.
const SAME: f64 = 0.8;

/// A unit of values has at most this many characters.
const UNIT: usize = 3;

/// A line with texts or values. Lines with nothing but parts of a heading written downwards are none.
struct BodyLine<'i> {
    /// Its line in the block's text.
    at: usize,
    texts: Vec<&'i Item>,
    values: Vec<&'i Item>,
}

/// A label: its texts with the number of their line, and that of its values.
struct Label<'i> {
    texts: Vec<(usize, &'i Item)>,
    is_heading: bool,
    values: Option<usize>,
}

impl Label<'_> {
    fn first(&self) -> usize {
        self.texts[0].0
    }

    fn last(&self) -> usize {
        self.texts[self.texts.len() - 1].0
    }

    /// Whether values in a line of their own may belong to it: they do to labels of several lines only.
    fn is_open(&self) -> bool {
        self.values.is_none() && self.first() != self.last()
    }

    /// The number that it begins with.
    fn number(&self) -> Option<u32> {
        let text = &self.texts[0].1.text;
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        text[..end].parse().ok()
    }

    fn text(&self) -> String {
        self.texts.iter().map(|(_, item)| item.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn starts_anew(&self) -> bool {
        starts_anew(&self.texts[0].1.text)
    }

    /// Whether its ordinal is 1.
    fn is_first(&self) -> bool {
        let rest = self.texts[0].1.text.strip_prefix('1');
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    }
}

/// The rows of a block; none if two labels may have the same values.
pub(super) fn body(block: &Block, rows: &[Vec<Item>]) -> Option<Body> {
    let own = &rows[block.body.clone()];
    let first_value = block.values.first()?.start;
    let is_text = |item: &Item| item.x.end <= first_value && !item.is_value;
    if !own.iter().flatten().any(is_text) {
        return label::body(block, rows);
    }
    let units = units(own, is_text);
    let is_unit = |item: &Item| units.as_ref().is_some_and(|units| is_short(item) && units.contains(&item.x.start));
    let is_label = |item: &Item| is_text(item) && !is_unit(item);
    let leaf = leaf_start(own, is_label).filter(|_| units.is_none());
    let lines: Vec<BodyLine<'_>> = own.iter().filter_map(|line| body_line(line, leaf.is_some(), is_label)).collect();
    let labels = match leaf {
        Some(leaf) => in_order(beside_headings(&lines, leaf)?),
        None => one_below_another(&lines)?,
    };
    let end = lines.iter().flat_map(|line| &line.texts).map(|item| item.x.end).fold(f64::MIN, f64::max);
    let rows = placed(labels);
    let mut columns = match leaf.filter(|_| rows.iter().any(|row| row.heading.is_some())) {
        Some(leaf) => vec![f64::MIN..leaf - 1.0, leaf..end],
        None => vec![f64::MIN..end],
    };
    let before = columns.len();
    columns.extend(units.clone());
    columns.extend(block.values.iter().cloned());
    let cells = cells(&lines, &rows, &columns, before, is_unit)?;
    let lines = rows.iter().map(|row| lines[row.label.first()].at).collect();
    Some(Body { columns, cells, rows: rows.len(), lines })
}

/// A label with the heading that begins beside it, and the number of rows that the heading is beside.
struct Row<'i> {
    label: Label<'i>,
    heading: Option<(Label<'i>, usize)>,
}

fn placed(labels: Vec<Label<'_>>) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut labels = labels.into_iter().peekable();
    while let Some(mut label) = labels.next() {
        let mut heading = None;
        if let Some(next) = labels.next_if(|next| label.is_heading && label.values.is_none() && !next.is_heading) {
            heading = Some((std::mem::replace(&mut label, next), 1));
        } else if !label.is_heading
            && !label.is_first()
            && let Some(at) = rows.iter().rposition(|row| row.heading.is_some() || row.label.is_heading)
            && let Some((_, count)) = &mut rows[at].heading
        {
            *count += 1;
        }
        rows.push(Row { label, heading });
    }
    rows
}

/// The cells of some rows. Units and values are behind the columns `before`.
fn cells(
    lines: &[BodyLine<'_>],
    rows: &[Row<'_>],
    columns: &[Range<f64>],
    before: usize,
    is_unit: impl Fn(&Item) -> bool,
) -> Option<Vec<DraftCell>> {
    let last_valued = rows.iter().rposition(|row| row.label.values.is_some())?;
    let has_ordinals = rows.iter().any(|row| row.label.starts_anew());
    let mut cells = Vec::new();
    for (row, Row { label, heading }) in rows.iter().enumerate() {
        let mut add = |column, (rows, columns), text, line| {
            cells.push(DraftCell { row, column, rows, columns, text, line: Some(line) });
        };
        let line = lines[label.first()].at;
        if let Some((heading, count)) = heading {
            add(0, (*count, 1), heading.text(), lines[heading.first()].at);
        }
        let first = if label.is_heading { 0 } else { before - 1 };
        add(first, (1, before - first), label.text(), line);
        // At an end of the lines, a part of the label may be beyond, and its values with it.
        let is_behind = row > last_valued && !label.is_heading;
        // A label behind which one is missing may have its text and its values.
        let next = rows.get(row + 1).and_then(|next| next.label.number());
        let is_joined = label.number().zip(next).is_some_and(|(own, next)| next > own + 1);
        let is_before = row == 0 && has_ordinals && !label.starts_anew() && label.values != Some(label.first());
        if is_behind || is_before || is_joined {
            (before..columns.len()).for_each(|column| add(column, (1, 1), UNREADABLE.to_string(), line));
            continue;
        }
        for item in label.values.map_or(&[][..], |values| &lines[values].values) {
            let column = match is_unit(item) {
                true => before,
                false => (before..columns.len()).rfind(|column| item.meets(&columns[*column]))?,
            };
            add(column, (1, 1), item.text.clone(), item.line);
        }
    }
    Some(cells)
}

fn is_short(item: &Item) -> bool {
    item.text.chars().count() <= UNIT
}

/// The column of units: short texts before most values. Some of them have a label before them.
fn units(lines: &[Vec<Item>], is_text: impl Fn(&Item) -> bool) -> Option<Range<f64>> {
    let valued = || lines.iter().filter(|line| line.iter().any(|item| item.is_value));
    let unit = |line: &'_ Vec<Item>| {
        line.iter()
            .rposition(&is_text)
            .filter(|at| is_short(&line[*at]))
            .map(|at| (at, line[at].x.start, line[at].size))
    };
    let mut units: Vec<(usize, f64, f64)> = valued().filter_map(unit).collect();
    units.sort_by(|one, other| one.1.total_cmp(&other.1));
    let (_, middle, size) = *units.get(units.len() / 2)?;
    let is_usual = units.len() * 2 > valued().count() && units.iter().any(|(at, ..)| *at > 0);
    is_usual.then_some(middle - size..middle + size + 1.0)
}

/// Where labels that begin with a digit begin, if there are some.
fn leaf_start(lines: &[Vec<Item>], is_text: impl Fn(&Item) -> bool) -> Option<f64> {
    let has_digit = |item: &&Item| is_text(item) && item.text.starts_with(|c: char| c.is_ascii_digit());
    let mut starts: Vec<f64> = lines.iter().flatten().filter(has_digit).map(|item| item.x.start).collect();
    starts.sort_by(f64::total_cmp);
    starts.get(starts.len() / 2).copied()
}

fn body_line<'i>(line: &'i [Item], has_leaf: bool, is_text: impl Fn(&Item) -> bool) -> Option<BodyLine<'i>> {
    // A part of a heading that is written downwards.
    let is_downwards = |item: &Item| has_leaf && item.text.trim_end_matches('、').chars().count() <= 1;
    let (texts, values): (Vec<&Item>, Vec<&Item>) =
        line.iter().filter(|item| !is_text(item) || !is_downwards(item)).partition(|item| is_text(item));
    let at = texts.first().or(values.first())?.line;
    Some(BodyLine { at, texts, values })
}

/// The labels of some lines with headings beside them, in the order of their first lines; none if it is unclear whose some
/// values are.
fn beside_headings<'i>(lines: &[BodyLine<'i>], leaf: f64) -> Option<Vec<Label<'i>>> {
    let mut labels: Vec<Label<'i>> = Vec::new();
    // The last heading, and the last other label.
    let mut last: [Option<usize>; 2] = [None; 2];
    let mut apart: Vec<usize> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let has_values = !line.values.is_empty();
        let mut owner = None;
        for item in &line.texts {
            let is_heading = item.x.start < leaf - SAME * item.size;
            let last = &mut last[usize::from(is_heading)];
            let goes_on = |label: &Label<'_>| {
                !starts_anew(&item.text) && label.last() < number && !(has_values && label.values.is_some())
            };
            let at = last.filter(|at| goes_on(&labels[*at])).unwrap_or(labels.len());
            if at == labels.len() {
                labels.push(Label { texts: Vec::new(), is_heading, values: None });
            }
            labels[at].texts.push((number, *item));
            (*last, owner) = (Some(at), Some(at));
        }
        match owner.filter(|_| has_values) {
            Some(at) if labels[at].values.is_some() => return None,
            Some(at) => {
                let is_other = |other: usize| labels[other].is_open() && labels[other].last() + 1 == number;
                // They may as well be the values of the label above that is beside the heading.
                if labels[at].is_heading && last[0].is_some_and(is_other) {
                    return None;
                }
                labels[at].values = Some(number);
            }
            None if has_values => apart.push(number),
            None => {}
        }
    }
    place(&mut labels, &apart)?;
    let beside: Vec<usize> = labels.iter().filter(|label| !label.is_heading).flat_map(line_numbers).collect();
    let is_contradiction = |label: &Label<'_>| {
        label.is_heading && label.values.is_some() && line_numbers(label).any(|line| beside.contains(&line))
    };
    (!labels.iter().any(is_contradiction)).then_some(labels)
}

/// Lines of a label, and that of its values.
type LabelLines = (Range<usize>, Option<usize>);

/// The labels of lines without headings beside them; none if it is unclear whose some values are.
///
/// Where labels have no ordinals, the others show whether values are beside the first line of a label or at its middle.
fn one_below_another<'i>(lines: &[BodyLine<'i>]) -> Option<Vec<Label<'i>>> {
    let begins = |line: &BodyLine<'_>| line.texts.first().is_some_and(|item| starts_anew(&item.text));
    let starts: Vec<usize> = (0..lines.len()).filter(|at| *at == 0 || begins(&lines[*at])).collect();
    let ends = starts[1..].iter().copied().chain([lines.len()]);
    let groups: Vec<(Range<usize>, Vec<usize>)> = starts
        .iter()
        .zip(ends)
        .map(|(from, to)| (*from..to, (*from..to).filter(|at| !lines[*at].values.is_empty()).collect()))
        .collect();
    let wrapped = || groups.iter().filter(|(lines, valued)| lines.len() > 1 && valued.len() == 1);
    let on_top = wrapped().filter(|(lines, valued)| valued[0] == lines.start).count();
    // Values at the middle of two lines may be beside the first.
    let is_certain = wrapped().any(|(lines, valued)| valued[0] == lines.start && lines.len() > 2);
    let lower = wrapped().count() - on_top;
    let mut labels = Vec::new();
    for (group, valued) in &groups {
        let rows = match valued.as_slice() {
            [] | [_] => vec![(group.clone(), valued.first().copied())],
            several => match (topped(lines, group, several), centered(lines, group, several)) {
                (Some(top), None) if lower == 0 && on_top > 0 => top,
                (Some(top), Some(other)) if lower == 0 && (is_certain || other == top) => top,
                (other, Some(center)) if on_top == 0 && (lower > 0 || other.is_none()) => center,
                _ => return None,
            },
        };
        for (range, values) in rows {
            let texts: Vec<(usize, &Item)> =
                range.flat_map(|at| lines[at].texts.iter().map(move |item| (at, *item))).collect();
            if texts.is_empty() {
                return None;
            }
            labels.push(Label { texts, is_heading: false, values });
        }
    }
    Some(labels)
}

/// The labels of some lines that each begin beside their values.
fn topped(lines: &[BodyLine<'_>], range: &Range<usize>, valued: &[usize]) -> Option<Vec<LabelLines>> {
    let ends = valued[1..].iter().copied().chain([range.end]);
    let rows = valued.iter().zip(ends).map(|(from, to)| (*from..to, Some(*from))).collect();
    (valued[0] == range.start && valued.iter().all(|at| !lines[*at].texts.is_empty())).then_some(rows)
}

/// The labels of some lines with values at the middle of each: as many lines are above as below.
fn centered(lines: &[BodyLine<'_>], range: &Range<usize>, valued: &[usize]) -> Option<Vec<LabelLines>> {
    let mut rows = Vec::new();
    let mut from = range.start;
    for values in valued {
        let end = values + 1 + values.checked_sub(from)?;
        if end > range.end || (*values == from && lines[from].texts.is_empty()) {
            return None;
        }
        rows.push((from..end, Some(*values)));
        from = end;
    }
    (from == range.end).then_some(rows)
}

fn line_numbers(label: &Label<'_>) -> impl Iterator<Item = usize> {
    label.texts.iter().map(|(line, _)| *line)
}

/// Gives values in lines of their own to the labels that they are within, or else all to those above or all to those below
/// them; none if it is not certain which.
fn place(labels: &mut [Label<'_>], apart: &[usize]) -> Option<()> {
    let only = |labels: &[Label<'_>], is_owner: &dyn Fn(&Label<'_>) -> bool| {
        let mut own: Vec<usize> =
            (0..labels.len()).filter(|at| labels[*at].is_open() && is_owner(&labels[*at])).collect();
        // A heading beside the label has none.
        if own.len() > 1 {
            own.retain(|at| !labels[*at].is_heading);
        }
        own
    };
    let mut left = Vec::new();
    for line in apart {
        match only(labels, &|label| label.first() < *line && *line < label.last()).as_slice() {
            [] => left.push(*line),
            [at] => labels[*at].values = Some(*line),
            _ => return None,
        }
    }
    let all = |is_owner: &dyn Fn(&Label<'_>, usize) -> bool| -> Option<Vec<usize>> {
        let owner = |line: &usize| match only(labels, &|label| is_owner(label, *line)).as_slice() {
            [at] => Some(*at),
            _ => None,
        };
        left.iter().map(owner).collect()
    };
    let owners = match (all(&|label, line| label.last() + 1 == line), all(&|label, line| label.first() == line + 1)) {
        (Some(above), below) if above.is_empty() || below.is_none() => above,
        (None, Some(below)) => below,
        _ => return None,
    };
    for (at, line) in owners.into_iter().zip(left) {
        if labels[at].values.replace(line).is_some() {
            return None;
        }
    }
    Some(())
}

/// The labels with each heading above the rows that it is beside: those back to the one with the first ordinal.
fn in_order(labels: Vec<Label<'_>>) -> Vec<Label<'_>> {
    let mut ordered: Vec<Label<'_>> = Vec::new();
    let mut labels = labels.into_iter().peekable();
    while let Some(label) = labels.next() {
        let is_above = labels.peek().is_none_or(|next| next.is_heading || next.is_first());
        let mut to = ordered.len();
        if label.is_heading && label.values.is_none() && !is_above {
            while to > 0 && !ordered[to - 1].is_heading {
                to -= 1;
                if ordered[to].is_first() {
                    break;
                }
            }
        }
        ordered.insert(to, label);
    }
    ordered
}
