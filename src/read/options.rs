//! Options of [`super::read`]: name, format, encoding and worksheet.
//!
//! In: what the user or a caller knows about a file. Out: [`ReadOptions`]. Used by all readers.

use super::Format;

/// The worksheet to read.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// use xxgk::read::SheetChoice;
///
/// let options = ReadOptions::default().sheet(SheetChoice::Number(2));
/// assert!(engine.read(&std::fs::read("fixtures/zhongzhuang-2017.xlsx")?, &options).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetChoice {
    /// The worksheet with this name.
    Name(String),
    /// The worksheet at this position in the workbook, counted from 1.
    Number(usize),
}

/// How to read a file.
///
/// ```
/// use xxgk::read::{Format, ReadOptions};
///
/// let options = ReadOptions::default().name("2021.xls").format(Format::Xls);
/// assert_eq!(options.name, "2021.xls");
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The file's name without folders. It appears in messages, and supplies organization and year if nothing else
    /// does.
    pub name: String,
    /// The name of the file's folder. It supplies organization and year if not even the file's name does.
    pub folder: Option<String>,
    /// The format. `None` detects it from the bytes.
    pub format: Option<Format>,
    /// The encoding of text, as a WHATWG label. `None` detects it.
    pub encoding: Option<String>,
    /// The only worksheet to read. `None` reads all.
    pub sheet: Option<SheetChoice>,
}

impl ReadOptions {
    /// Sets the name of the file.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Sets the name of the file's folder.
    #[must_use]
    pub fn folder(self, folder: impl Into<String>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// Sets the format, which is otherwise detected.
    #[must_use]
    pub fn format(self, format: Format) -> Self {
        Self { format: Some(format), ..self }
    }

    /// Sets the encoding of text, which is otherwise detected.
    #[must_use]
    pub fn encoding(self, label: impl Into<String>) -> Self {
        Self { encoding: Some(label.into()), ..self }
    }

    /// Reads only one worksheet.
    #[must_use]
    pub fn sheet(self, sheet: SheetChoice) -> Self {
        Self { sheet: Some(sheet), ..self }
    }
}
