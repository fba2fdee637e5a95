//! Columns of text that line up on a terminal, Chinese characters being two wide.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::console::clean;

/// A table of `N` columns with a head.
pub struct Table<const N: usize> {
    rows: Vec<[String; N]>,
    right: Range<usize>,
}

impl<const N: usize> Table<N> {
    /// A table with its head.
    pub fn new(head: [String; N]) -> Self {
        Self { rows: vec![head], right: 0..0 }
    }

    /// Sets columns that end on one line instead of beginning there, as numbers do.
    pub fn align_right(&mut self, columns: Range<usize>) {
        self.right = columns;
    }

    /// Adds a row.
    pub fn row(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(clean));
    }

    /// The lines, columns two spaces apart, nothing behind the last text of a line.
    pub fn draw(&self) -> String {
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
