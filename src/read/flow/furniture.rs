//! Finds the lines of a page that are no part of its text: page numbers, and headers that many pages have.
//!
//! In: the lines of all pages. Out: whether to keep each. Called by [`super::flow`].

use crate::read::page::lines::Line;

/// The part of a page, at its top and bottom, where such lines are.
const MARGIN: f64 = 0.12;

/// A line that this many pages have in the same place is no part of the text.
const REPEATED: usize = 3;

/// The lines of a page, and its height.
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    pub(super) height: f64,
}

impl Lines {
    fn is_in_margin(&self, line: &Line) -> bool {
        let middle = line.rect.center().1;
        middle < self.height * MARGIN || middle > self.height * (1.0 - MARGIN)
    }
}

/// Drops the page numbers, and all but the first of lines that are repeated.
pub(super) fn drop(pages: &mut [Lines]) {
    let mut margins: Vec<(i64, &str)> = Vec::new();
    for page in pages.iter() {
        for line in page.lines.iter().filter(|line| page.is_in_margin(line)) {
            margins.push((line.rect.y0.round() as i64, &line.text));
        }
    }
    margins.sort_unstable();
    let repeated = margins.chunk_by(|one, other| one == other).filter(|group| group.len() >= REPEATED);
    let repeated: Vec<(i64, String)> = repeated.map(|group| (group[0].0, group[0].1.to_owned())).collect();
    let mut seen = vec![false; repeated.len()];
    for page in pages.iter_mut() {
        let lines = std::mem::take(&mut page.lines);
        for line in lines {
            let is_in_margin = page.is_in_margin(&line);
            let key = (line.rect.y0.round() as i64, line.text.clone());
            let place = repeated.binary_search(&key).ok().filter(|_| is_in_margin);
            let is_known = place.is_some_and(|at| std::mem::replace(&mut seen[at], true));
            let is_number = is_in_margin && is_page_number(&line.text);
            if !is_known && !is_number {
                page.lines.push(line);
            }
        }
    }
}

/// Whether a line is only the number of its page: `3`, `- 3 -`, `第 3 页 共 12 页`, `3/12`.
fn is_page_number(text: &str) -> bool {
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    has_digit
        && text.chars().count() <= 16
        && text.chars().all(|c| c.is_ascii_digit() || " -—–－·第页共/,，".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::page::Rect;

    fn line(text: &str, y: f64) -> Line {
        let rect = Rect { x0: 0.0, y0: y, x1: 10.0, y1: y + 10.0 };
        Line { text: text.to_owned(), rect, size: 10.0, fields: Vec::new() }
    }

    #[test]
    fn page_numbers_and_repeated_headers_are_no_text() {
        let page = |number: usize| Lines {
            lines: vec![line("年度报告", 20.0), line("12", 300.0), line(&format!("- {number} -"), 780.0)],
            height: 842.0,
        };
        let mut pages: Vec<Lines> = (1..=3).map(page).collect();
        drop(&mut pages);
        let texts: Vec<Vec<&str>> =
            pages.iter().map(|page| page.lines.iter().map(|line| &*line.text).collect()).collect();
        assert_eq!(texts, [vec!["年度报告", "12"], vec!["12"], vec!["12"]]);
    }
}
