use super::*;
use crate::read::page::{Direction, Rect, Ruling};

/// A page with the rulings of a grid and a text in each cell.
struct Sheet(Page);

impl Sheet {
    fn new() -> Self {
        Self(Page { width: 600.0, height: 800.0, ..Page::default() })
    }

    fn across(mut self, at: f64, from: f64, to: f64) -> Self {
        self.0.rulings.push(Ruling { is_horizontal: true, at, from, to });
        self
    }

    fn down(mut self, at: f64, from: f64, to: f64) -> Self {
        self.0.rulings.push(Ruling { is_horizontal: false, at, from, to });
        self
    }

    fn text(mut self, text: &str, x: f64, y: f64) -> Self {
        for (index, c) in text.chars().enumerate() {
            let x0 = x + 6.0 * index as f64;
            let rect = Rect { x0, y0: y, x1: x0 + 6.0, y1: y + 10.0 };
            let glyph = Glyph { c, rect, size: 10.0, direction: Direction::Right, is_hidden: false, mark: None };
            self.0.glyphs.push(glyph);
        }
        self
    }

    /// The tables, drawn: each cell with its size if it is merged.
    fn drawn(&self) -> Vec<String> {
        self.tables().iter().map(drawn).collect()
    }

    fn tables(&self) -> Vec<Table> {
        tables(&self.0, 1, &mut PageBudget::default()).unwrap().0
    }
}

fn drawn(table: &Table) -> String {
    let cell = |cell: &Cell| {
        let size =
            if cell.rows * cell.columns > 1 { format!("[{}x{}]", cell.rows, cell.columns) } else { String::new() };
        format!("{}{}{size} {}", cell.row, cell.column, cell.text.replace('\n', "/"))
    };
    table.cells.iter().map(cell).collect::<Vec<_>>().join(", ")
}

/// Three columns and three rows of 100 × 20 points from (50, 100) on.
fn ruled() -> Sheet {
    let sheet = (0..4).fold(Sheet::new(), |sheet, row| sheet.across(100.0 + 20.0 * f64::from(row), 50.0, 350.0));
    (0..4).fold(sheet, |sheet, column| sheet.down(50.0 + 100.0 * f64::from(column), 100.0, 160.0))
}

#[test]
fn rulings_bound_cells_and_missing_ones_merge_them() {
    let full = ruled().text("a", 60.0, 105.0).text("12", 270.0, 145.0);
    assert_eq!(full.drawn(), ["00 a, 01 , 02 , 10 , 11 , 12 , 20 , 21 , 22 12"]);
    let mut merged = Sheet::new().text("title", 180.0, 105.0).text("7", 160.0, 125.0);
    merged = (0..4).fold(merged, |sheet, row| sheet.across(100.0 + 20.0 * f64::from(row), 50.0, 350.0));
    merged =
        merged.down(50.0, 100.0, 160.0).down(350.0, 100.0, 160.0).down(150.0, 120.0, 160.0).down(250.0, 120.0, 160.0);
    assert_eq!(merged.drawn(), ["00[1x3] title, 10 , 11 7, 12 , 20 , 21 , 22 "]);
}

#[test]
fn an_area_that_is_no_rectangle_is_doubtful() {
    let mut sheet = ruled().text("5", 60.0, 105.0);
    // The lines to the right of the first square and below it are missing.
    sheet.0.rulings.retain(|line| line.is_horizontal || line.at != 150.0);
    sheet.0.rulings.retain(|line| !line.is_horizontal || line.at != 120.0);
    let sheet = sheet.down(150.0, 120.0, 160.0).across(120.0, 150.0, 350.0);
    assert_eq!(
        sheet.drawn(),
        ["00 5, 01 \u{fffd}, 02 , 10 \u{fffd}, 11 , 12 , 20 , 21 , 22 "],
        "the first square, the one beside it and the one below"
    );
}

#[test]
fn a_number_that_a_line_cuts_is_unreadable() {
    let sheet = ruled().text("123", 143.0, 105.0);
    assert_eq!(sheet.drawn(), ["00 \u{fffd}, 01 \u{fffd}3, 02 , 10 , 11 , 12 , 20 , 21 , 22 "]);
}

#[test]
fn a_drawing_in_place_of_a_value_is_unreadable() {
    let mut sheet =
        ruled().text("a", 60.0, 105.0).text("12", 160.0, 105.0).text("3", 260.0, 105.0).across(131.0, 90.0, 110.0);
    sheet.0.drawings.push(Rect { x0: 180.0, y0: 122.0, x1: 210.0, y1: 138.0 });
    // A minus before the number, and an underline.
    let sheet = sheet.across(110.0, 154.0, 158.0).across(114.5, 260.0, 266.0);
    assert_eq!(sheet.drawn(), ["00 a, 01 12\u{fffd}, 02 3, 10 \u{fffd}, 11 \u{fffd}, 12 , 20 , 21 , 22 "]);
}

#[test]
fn a_number_beside_two_labels_is_unreadable() {
    let labels = |sheet: Sheet| sheet.text("1.ab", 55.0, 105.0).text("2.cd", 55.0, 125.0).text("7", 155.0, 125.0);
    let mut sheet = labels(ruled());
    assert_eq!(sheet.drawn(), ["00 1.ab, 01 , 02 , 10 2.cd, 11 7, 12 , 20 , 21 , 22 "]);
    // The line between the labels is missing; a label of two rows has two numbers.
    let one =
        ruled().text("abcdef", 55.0, 105.0).text("gh", 55.0, 125.0).text("7", 155.0, 105.0).text("8", 155.0, 125.0);
    let mut one = one;
    one.0.rulings.retain(|line| !line.is_horizontal || line.at != 120.0);
    let one = one.across(120.0, 150.0, 350.0);
    assert_eq!(one.drawn(), ["00[2x1] abcdef/gh, 01 7\u{fffd}, 02 , 11 8\u{fffd}, 12 , 20 , 21 , 22 "]);
    // The line between the rows is missing, first in the second column, then everywhere.
    sheet.0.rulings.retain(|line| !line.is_horizontal || line.at != 120.0);
    let gap = Sheet(sheet.0.clone()).across(120.0, 50.0, 150.0).across(120.0, 250.0, 350.0);
    assert_eq!(gap.drawn(), ["00 1.ab, 01[2x1] 7\u{fffd}, 02 , 10 2.cd, 12 , 20 , 21 , 22 "]);
    assert_eq!(sheet.drawn(), ["00 1.ab/2.cd, 01 7\u{fffd}, 02 , 10 , 11 , 12 "]);
}

#[test]
fn rows_without_lines_are_the_lines_of_text() {
    let sheet = Sheet::new().across(100.0, 50.0, 250.0).across(200.0, 50.0, 250.0);
    let sheet = (0..3).fold(sheet, |sheet, column| sheet.down(50.0 + 100.0 * f64::from(column), 100.0, 200.0));
    let sheet = sheet.text("ab", 55.0, 105.0).text("1", 180.0, 105.0).text("cdefghijklmnop", 55.0, 125.0);
    let sheet = sheet.text("2", 180.0, 125.0).text("qr", 55.0, 140.0).text("st", 55.0, 160.0).text("3", 180.0, 160.0);
    assert_eq!(sheet.drawn(), ["00 ab, 01 1, 10 cdefghijklmnop/qr, 11 2, 20 st, 21 3"]);
    let mut bare = sheet;
    bare.0.rulings.retain(|line| !line.is_horizontal);
    assert_eq!(bare.drawn(), ["00 ab, 01 1, 10 cdefghijklmnop/qr, 11 2, 20 st, 21 3"]);
}

#[test]
fn parts_on_several_pages_are_one_table() {
    let part = |sheet: Sheet, page: u32| tables(&sheet.0, page, &mut PageBudget::default()).unwrap().0.remove(0);
    let first =
        ruled().text("head", 55.0, 105.0).text("n", 155.0, 105.0).text("a", 55.0, 125.0).text("1", 155.0, 125.0);
    let first = first.text("labelsthatgoeson", 52.0, 145.0).text("2", 155.0, 145.0);
    let second = ruled().text("head", 55.0, 105.0).text("n", 155.0, 105.0).text("hereitends", 55.0, 125.0);
    let second = second.text("c", 55.0, 145.0).text("3", 155.0, 145.0);
    let mut table = part(first, 1);
    assert!(join(&mut table, part(second, 2)).is_none());
    assert_eq!(
        drawn(&table),
        "00 head, 01 n, 02 , 10 a, 11 1, 12 , 20[2x1] labelsthatgoeson/hereitends, 21[2x1] 2, 22[2x1] , 40 c, 41 3, 42 "
    );
    assert_eq!(table.rows[4], RowPlace { page: 2, table: 1, row: 3 });
    let apart = part(ruled().text("x", 55.0, 105.0), 4);
    assert!(join(&mut table, apart).is_some(), "a page is between them");
}
