//! Chooses page breaks.
//!
//! In: the items of a form with their heights. Out: the items of each page. Called by [`super::pages`]. Dynamic
//! programming from the end finds the cheapest of all ways.

use std::cmp::Ordering;
use std::ops::Range;

use super::fit::TOLERANCE;
use super::flow::Item;

/// The part of the last page that may stay empty at no cost.
const LAST_PAGE_MAY_BE_EMPTY: f64 = 0.4;

/// The cost of a break inside a section, in mm² of empty space: less than five empty rows, more than two.
const INSIDE_SECTION: f64 = 150.0;

/// The additional cost for each character of indent of the row after the break.
const INSIDE_GROUP: f64 = 50.0;

/// The cost of a way to break, the most important part first.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    /// Headings at the foot of a page and items higher than a page.
    wrong: u32,
    /// Merged cells without space for their text.
    strain: u32,
    pages: u32,
    /// Empty space, squared, in mm².
    badness: f64,
}

impl Cost {
    fn compare(&self, other: &Self) -> Ordering {
        (self.wrong, self.strain, self.pages)
            .cmp(&(other.wrong, other.strain, other.pages))
            .then(self.badness.total_cmp(&other.badness))
    }
}

/// The items of each page, for a type area of `capacity` mm.
pub(super) fn pages(flow: &[Item], capacity: f64, strain: &dyn Fn(Range<usize>) -> u32) -> Vec<Range<usize>> {
    let count = flow.len();
    let mut best = vec![(Cost::default(), count); count + 1];
    for start in (0..count).rev() {
        let mut chosen: Option<(Cost, usize)> = None;
        let mut used = flow[start].headers;
        for end in start + 1..=count {
            let item = &flow[end - 1];
            // Space before an item is dropped at the top of a page, except on the first page.
            used += item.height + if end - 1 > start || start == 0 { item.space_before } else { 0.0 };
            let over = used > capacity + TOLERANCE;
            if over && end > start + 1 {
                break;
            }
            let rest = best[end].0;
            let last = end == count;
            let free = (capacity - used).max(0.0);
            let empty = if last { (free - capacity * LAST_PAGE_MAY_BE_EMPTY).max(0.0) } else { free };
            let depth = flow.get(end).and_then(|next| next.depth);
            let inside = depth.map_or(0.0, |depth| INSIDE_SECTION + INSIDE_GROUP * depth);
            let cost = Cost {
                wrong: rest.wrong + u32::from(!last && item.keep_with_next) + u32::from(over),
                strain: rest.strain + strain(start..end),
                pages: rest.pages + 1,
                badness: rest.badness + empty * empty + inside,
            };
            if chosen.as_ref().is_none_or(|(known, _)| cost.compare(known) == Ordering::Less) {
                chosen = Some((cost, end));
            }
        }
        best[start] = chosen.unwrap_or((Cost::default(), count));
    }
    let mut pages = Vec::new();
    let mut start = 0;
    while start < count {
        let end = best[start].1.max(start + 1);
        pages.push(start..end);
        start = end;
    }
    if pages.is_empty() {
        pages.push(0..0);
    }
    pages
}
