//! Joins the pieces of ruling lines, and finds the lines that belong to one table.
//!
//! In: [`Ruling`]s. Out: [`Frame`]s: the places of columns and rows, and the lines between them.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::limit::PageBudget;
use crate::read::page::{Rect, Ruling};

/// Lines this near to each other are pieces of one line, and so are pieces with a gap of this length.
const NEAR: f64 = 1.6;
const GAP: f64 = 3.0;

/// Two lines meet if they end this near to each other.
const MEET: f64 = 3.0;

/// Columns and rows are at least this wide.
const NARROWEST: f64 = 2.5;

/// Lines that end this far beyond the last line across them bound another column or row.
const OPEN: f64 = 6.0;

/// The lines of one table.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The places of columns, from the left, and of rows, from the top: one more than there are of them.
    pub(super) xs: Vec<f64>,
    pub(super) ys: Vec<f64>,
    pub(super) horizontal: Vec<Ruling>,
    pub(super) vertical: Vec<Ruling>,
}

impl Frame {
    pub(super) fn rect(&self) -> Rect {
        let ends = |places: &[f64]| (places[0], places[places.len() - 1]);
        let ((x0, x1), (y0, y1)) = (ends(&self.xs), ends(&self.ys));
        Rect { x0, y0, x1, y1 }
    }

    /// The frame of some lines; none if they bound no table: fewer than two columns or two squares.
    fn new(horizontal: Vec<Ruling>, vertical: Vec<Ruling>) -> Option<Self> {
        if horizontal.len() < 2 || vertical.is_empty() {
            return None;
        }
        let places = |lines: &[Ruling], across: &[Ruling]| {
            let mut places: Vec<f64> = lines.iter().map(|line| line.at).collect();
            let from = across.iter().map(|line| line.from).fold(f64::MAX, f64::min);
            let to = across.iter().map(|line| line.to).fold(f64::MIN, f64::max);
            for end in [from, to] {
                if places.iter().all(|place| (place - end).abs() > OPEN) {
                    places.push(end);
                }
            }
            clustered(places, NARROWEST)
        };
        let (xs, ys) = (places(&vertical, &horizontal), places(&horizontal, &vertical));
        (xs.len() > 2 && ys.len() > 1).then_some(Self { xs, ys, horizontal, vertical })
    }
}

/// The frames of tables on a page.
pub(super) fn frames(rulings: &[Ruling], budget: &mut PageBudget) -> Result<Vec<Frame>> {
    let (horizontal, vertical) = (joined(rulings, true), joined(rulings, false));
    budget.compare(horizontal.len().saturating_mul(vertical.len()))?;
    let mut sets = Sets::new(horizontal.len() + vertical.len());
    for (index, across) in horizontal.iter().enumerate() {
        for (number, down) in vertical.iter().enumerate() {
            let meets = |line: &Ruling, at: f64| at >= line.from - MEET && at <= line.to + MEET;
            if meets(across, down.at) && meets(down, across.at) {
                sets.join(index, horizontal.len() + number);
            }
        }
    }
    let mut groups: BTreeMap<usize, (Vec<Ruling>, Vec<Ruling>)> = BTreeMap::new();
    for (index, line) in horizontal.iter().enumerate() {
        groups.entry(sets.find(index)).or_default().0.push(*line);
    }
    for (number, line) in vertical.iter().enumerate() {
        groups.entry(sets.find(horizontal.len() + number)).or_default().1.push(*line);
    }
    let mut frames = Vec::new();
    let mut alone = Vec::new();
    for (across, down) in groups.into_values() {
        match Frame::new(across, down.clone()) {
            Some(frame) => frames.push(frame),
            None => alone.extend(down),
        }
    }
    frames.extend(columns_only(alone));
    Ok(frames)
}

/// Tables with column rules only: lines beside each other from one height to another.
fn columns_only(mut vertical: Vec<Ruling>) -> Vec<Frame> {
    vertical.sort_by(|one, other| one.from.total_cmp(&other.from));
    let mut frames = Vec::new();
    let mut group: Vec<Ruling> = Vec::new();
    let is_like =
        |one: &Ruling, other: &Ruling| (one.from - other.from).abs() < OPEN && (one.to - other.to).abs() < OPEN;
    let mut close = |group: &mut Vec<Ruling>| {
        let group = std::mem::take(group);
        let (Some(first), true) = (group.first(), group.len() > 2) else { return };
        let end = |places: &mut dyn Iterator<Item = f64>, keep: fn(f64, f64) -> f64| places.reduce(keep).unwrap_or(0.0);
        let from = end(&mut group.iter().map(|line| line.at), f64::min);
        let to = end(&mut group.iter().map(|line| line.at), f64::max);
        let edge = |at: f64| Ruling { is_horizontal: true, at, from, to };
        frames.extend(Frame::new(vec![edge(first.from), edge(first.to)], group));
    };
    for line in vertical {
        if group.first().is_some_and(|first| !is_like(first, &line)) {
            close(&mut group);
        }
        group.push(line);
    }
    close(&mut group);
    frames
}

/// The lines of one direction, their pieces joined.
fn joined(rulings: &[Ruling], is_horizontal: bool) -> Vec<Ruling> {
    let mut lines: Vec<Ruling> = rulings.iter().filter(|line| line.is_horizontal == is_horizontal).copied().collect();
    lines.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut joined: Vec<Ruling> = Vec::new();
    let mut start = 0;
    while start < lines.len() {
        let mut end = start + 1;
        while end < lines.len() && lines[end].at - lines[end - 1].at <= NEAR && lines[end].at - lines[start].at <= GAP {
            end += 1;
        }
        let group = &mut lines[start..end];
        let length: f64 = group.iter().map(|line| line.to - line.from).sum();
        let at = group.iter().map(|line| line.at * (line.to - line.from)).sum::<f64>() / length.max(f64::MIN_POSITIVE);
        group.sort_by(|one, other| one.from.total_cmp(&other.from));
        let first = joined.len();
        for line in group {
            match joined[first..].last_mut().filter(|before| line.from <= before.to + GAP) {
                Some(before) => before.to = before.to.max(line.to),
                None => joined.push(Ruling { at, ..*line }),
            }
        }
        start = end;
    }
    joined
}

/// The middles of groups of places no further apart than `near`.
pub(super) fn clustered(mut places: Vec<f64>, near: f64) -> Vec<f64> {
    places.sort_by(f64::total_cmp);
    let mut middles = Vec::new();
    for group in places.chunk_by(|one, other| other - one <= near) {
        middles.push(group.iter().sum::<f64>() / group.len() as f64);
    }
    middles
}

/// Disjoint sets of numbers.
pub(super) struct Sets(Vec<usize>);

impl Sets {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The least member that stands for the set of a number.
    pub(super) fn find(&mut self, mut number: usize) -> usize {
        while self.0[number] != number {
            self.0[number] = self.0[self.0[number]];
            number = self.0[number];
        }
        number
    }

    pub(super) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        self.0[one.max(other)] = one.min(other);
    }
}
