//! Writes the cells of each workbook of a folder into a new one with borders, in one loop: `cells_to_xlsx FROM TO`.

use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{Format, FormatBorder, Workbook};

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = folders.as_slice() else { return Err("cells_to_xlsx FROM TO".into()) };
    fs::create_dir_all(to)?;
    let format = Format::new().set_border(FormatBorder::Thin);
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let mut workbook = Xlsx::new(Cursor::new(fs::read(&path)?))?;
        let mut written = Workbook::new();
        for (name, cells) in workbook.worksheets() {
            let sheet = written.add_worksheet();
            sheet.set_name(name)?;
            for (row, line) in (0u32..).zip(cells.rows()) {
                for (column, cell) in (0u16..).zip(line) {
                    match cell {
                        Data::Empty => sheet.write_blank(row, column, &format)?,
                        Data::Float(number) => sheet.write_number_with_format(row, column, *number, &format)?,
                        Data::Int(number) => sheet.write_number_with_format(row, column, *number as f64, &format)?,
                        cell => sheet.write_string_with_format(row, column, cell.to_string(), &format)?,
                    };
                }
            }
        }
        fs::write(to.join(path.file_name().unwrap_or_default()), written.save_to_buffer()?)?;
    }
    Ok(())
}
