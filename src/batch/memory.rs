//! What to say when memory runs out.
//!
//! In: the words of the message and the file that each thread works on, both set in advance. Out: the message, made without
//! memory. Called by the allocator of the program, so nothing here may allocate after the failure.

use std::cell::RefCell;
use std::io::{Result, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::terminal::clean;

/// The words before and after the name of the file.
struct Words {
    before: String,
    after: String,
}

static WORDS: OnceLock<Words> = OnceLock::new();

thread_local! {
    /// The file that this thread works on, with what separates it from the message.
    static FILE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Sets the words, once for the process.
pub(crate) fn set_words(before: String, after: String) {
    // The first words stay: a process has one run.
    let _ = WORDS.set(Words { before, after });
}

/// Sets the file that this thread works on; empty for none.
pub(crate) fn set_file(file: &str) {
    let name = if file.is_empty() { String::new() } else { clean(file) + ": " };
    let _ = FILE.try_with(|known| *known.borrow_mut() = name);
}

/// Writes the message; false where another thread does already.
pub(crate) fn report(to: &mut impl Write) -> Result<bool> {
    static REPORTED: AtomicBool = AtomicBool::new(false);
    if REPORTED.swap(true, Ordering::AcqRel) {
        return Ok(false);
    }
    let (before, after) = WORDS.get().map_or(("", "out of memory\n"), |words| (&words.before, &words.after));
    to.write_all(before.as_bytes())?;
    let file = |known: &RefCell<String>| known.try_borrow().map_or(Ok(()), |file| to.write_all(file.as_bytes()));
    FILE.try_with(file).unwrap_or(Ok(()))?;
    to.write_all(after.as_bytes())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_the_file_once() {
        set_words("xxgk: ".to_owned(), "error: out of memory\n".to_owned());
        set_file("a.xls");
        let mut said = Vec::new();
        assert!(report(&mut said).unwrap());
        assert_eq!(String::from_utf8(said.clone()).unwrap(), "xxgk: a.xls: error: out of memory\n");
        assert!(!report(&mut said).unwrap());
        set_file("");
    }
}
