//! The headers of the cells of a table, for `headers` attributes.
//!
//! In: a table. Out: which header cells belong to each cell. A band over all columns, such as 第二十条第（一）项, is a header of
//! the rows below it up to the next; the headers of a column are those of the nearest header rows above.

use std::ops::Range;

use crate::layout::{CellLayout, CellRole, TableLayout};

/// A header cell: its row and its index in the row.
pub(super) type Header = (usize, usize);

/// The header cells of a cell in some row, those of its columns first.
pub(super) fn headers(table: &TableLayout, row: usize, cell: &CellLayout) -> Vec<Header> {
    let mut found = column_headers(table, row, columns(cell));
    found.extend(row_headers(table, row, cell));
    found
}

fn columns(cell: &CellLayout) -> Range<usize> {
    cell.column..cell.column + cell.column_span.max(1)
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Whether a row has headers of columns only.
pub(super) fn is_header_row(table: &TableLayout, row: usize) -> bool {
    let cells = &table.rows[row].cells;
    !cells.is_empty() && cells.iter().all(|cell| cell.role == CellRole::ColumnHeader)
}

fn column_headers(table: &TableLayout, row: usize, of: Range<usize>) -> Vec<Header> {
    let Some(last) = (0..row).rev().find(|above| is_header_row(table, *above)) else { return Vec::new() };
    let first = (0..=last).rev().take_while(|above| is_header_row(table, *above)).last().unwrap_or(last);
    let rows = first..=last;
    let cells =
        rows.flat_map(|row| table.rows[row].cells.iter().enumerate().map(move |(index, cell)| (row, index, cell)));
    cells.filter(|(_, _, cell)| overlap(&columns(cell), &of)).map(|(row, index, _)| (row, index)).collect()
}

/// The labels of a row: those in it, merged ones from above, and one in a row of its own above.
fn row_headers(table: &TableLayout, row: usize, of: &CellLayout) -> Vec<Header> {
    let mut found = Vec::new();
    for above in 0..=row {
        for (index, cell) in table.rows[above].cells.iter().enumerate() {
            let is_label = cell.role == CellRole::RowHeader && cell.column < of.column;
            if is_label && above + cell.row_span.max(1) > row {
                found.push((above, index));
            }
        }
    }
    let above = row.checked_sub(1).map(|above| (above, table.rows[above].cells.as_slice()));
    if let (true, Some((above, [label]))) = (found.is_empty(), above)
        && label.role == CellRole::RowHeader
    {
        found.push((above, 0));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Block, LayoutOptions, layout};
    use crate::template::shipped;
    use crate::write::sample;

    #[test]
    fn a_cell_has_the_headers_of_its_column_and_row() {
        let template = shipped().get("2021").unwrap();
        let layout = layout(&sample::matrix("2021", 1), template, LayoutOptions::default());
        let tables: Vec<&TableLayout> = layout
            .form
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Table(table) => Some(table),
                Block::Line(_) => None,
            })
            .collect();
        let texts = |table: &TableLayout, label: &str, column: usize| {
            let of_row = |row: &usize| table.rows[*row].cells.iter().any(|cell| layout.content(cell).text() == label);
            let row = (0..table.rows.len()).find(of_row).unwrap();
            let cells = table.rows[row].cells.iter().filter(|cell| cell.role == CellRole::Data);
            let headers = headers(table, row, cells.clone().nth(column).unwrap());
            headers
                .iter()
                .map(|(row, cell)| layout.content(&table.rows[*row].cells[*cell]).to_text())
                .collect::<Vec<_>>()
                .join("|")
        };
        assert_eq!(texts(tables[0], "行政处罚", 0), "第二十条第（六）项|本年处理决定数量|行政处罚");
        assert_eq!(
            texts(tables[1], "2.重复申请", 1),
            "申请人情况|法人或其他组织|商业企业|三、本年度办理结果|（五）不予处理|2.重复申请"
        );
    }
}
