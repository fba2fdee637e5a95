//! Aligned columns of text for a terminal, where Chinese characters are two columns wide.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::console::clean;

/// A table of `N` columns with a header.
pub(super) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
    right: Range<usize>,
}

impl<const N: usize> Table<N> {
    /// A table with its header.
    pub(super) fn new(header: [String; N]) -> Self {
        Self { rows: vec![header], right: 0..0 }
    }

    /// Aligns columns to the right, as numbers need.
    pub(super) fn align_right(&mut self, columns: Range<usize>) {
        self.right = columns;
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(clean));
    }

    /// The lines, with two spaces between columns and none at the end of a line.
    pub(super) fn draw(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (at, cell) in row.iter().enumerate() {
                let width = self.rows.iter().map(|row| row[at].width()).max().unwrap_or(0);
                let space = " ".repeat(width - cell.width());
                let (before, behind) =
                    if self.right.contains(&at) { (space.as_str(), "") } else { ("", space.as_str()) };
                line += &format!("{before}{cell}{behind}  ");
            }
            text += line.trim_end();
            text += "\n";
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_under_chinese_heads() {
        let mut table = Table::new(["单位", "x"].map(str::to_owned));
        table.row(["a", "1"]);
        table.row(["万元以上", ""]);
        assert_eq!(table.draw(), "单位      x\na         1\n万元以上\n");
        let mut table = Table::new(["数", "x"].map(str::to_owned));
        table.align_right(0..1);
        table.row(["1234", "1"]);
        assert_eq!(table.draw(), "  数  x\n1234  1\n");
    }
}
