//! Prints the cells of each workbook of a folder, in one loop: `cells_to_csv FROM TO`.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;

use calamine::{Data, Reader, Xlsx};

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [from, to] = folders.as_slice() else { return Err("cells_to_csv FROM TO".into()) };
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let mut workbook = Xlsx::new(Cursor::new(fs::read(&path)?))?;
        let mut csv = Vec::new();
        for (_, cells) in workbook.worksheets() {
            for row in cells.rows() {
                for (column, cell) in row.iter().enumerate() {
                    let comma = if column > 0 { "," } else { "" };
                    match cell {
                        Data::Empty => csv.extend_from_slice(comma.as_bytes()),
                        cell => write!(csv, "{comma}{cell}")?,
                    }
                }
                csv.push(b'\n');
            }
        }
        fs::write(to.join(path.file_name().unwrap_or_default()).with_extension("csv"), csv)?;
    }
    Ok(())
}
