//! Aligned columns of text for a terminal, where Chinese characters are two columns wide.

use std::ops::Range;

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment};

use super::console::clean;

/// A table of `N` columns with a header.
pub(super) struct Table<const N: usize>(comfy_table::Table);

impl<const N: usize> Table<N> {
    /// A table with its header.
    pub(super) fn new(header: [String; N]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING).set_header(header.map(Cell::new_owned));
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self(table)
    }

    /// Aligns columns to the right, as numbers need.
    pub(super) fn align_right(&mut self, columns: Range<usize>) {
        for column in self.0.column_iter_mut().take(columns.end).skip(columns.start) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: [&str; N]) {
        self.0.add_row(cells.map(|cell| Cell::new_owned(clean(cell))));
    }

    /// The lines, with two spaces between columns and none at the end of a line.
    pub(super) fn draw(&self) -> String {
        self.0.trim_fmt() + "\n"
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

    #[test]
    fn nothing_of_long_and_empty_cells_is_lost() {
        let long = "长".repeat(70_000);
        let mut table = Table::new(["a", "b"].map(str::to_owned));
        table.row([&long, ""]);
        table.row(["", "  x"]);
        let drawn = table.draw();
        // Widths are u16, so a longer cell goes on in the next line.
        assert_eq!(drawn.matches('长').count(), 70_000);
        assert!(drawn.starts_with("a "));
        assert!(drawn.ends_with("  x\n"));
    }
}
