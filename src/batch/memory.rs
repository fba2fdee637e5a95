//! What to say when memory runs out.
//!
//! In: the words of the message and the file that each thread works on, both set in advance. Out: the message, made without
//! memory. Called by the allocator of the program, so nothing here may allocate after the failure.
//!
//! The thread that gets no memory need not be the one that took it: a thread without a file names the file of another.

use std::cell::RefCell;
use std::io::{Result, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

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

/// The file that any thread began last, written like [`FILE`].
static LAST_FILE: Mutex<String> = Mutex::new(String::new());

/// Sets the words, once for the process.
pub(crate) fn set_words(before: String, after: String) {
    // The first words stay: a process has one run.
    let _ = WORDS.set(Words { before, after });
}

/// Sets the file that this thread works on; empty for none.
pub(crate) fn set_file(file: &str) {
    let name = if file.is_empty() { String::new() } else { clean(file) + ": " };
    LAST_FILE.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&name);
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
    write_file(to)?;
    to.write_all(after.as_bytes())?;
    Ok(true)
}

/// Writes the file that this thread works on; without one, the file that any thread began last.
fn write_file(to: &mut impl Write) -> Result<()> {
    let own = |known: &RefCell<String>| {
        let Ok(file) = known.try_borrow() else { return Result::Ok(false) };
        to.write_all(file.as_bytes())?;
        Ok(!file.is_empty())
    };
    if FILE.try_with(own).unwrap_or(Ok(false))? {
        return Ok(());
    }
    // A thread that holds the lock now sets its file; waiting for it could take forever.
    LAST_FILE.try_lock().map_or(Ok(()), |file| to.write_all(file.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn the_message_names_the_file_once() {
        set_words("xxgk: ".to_owned(), "error: out of memory\n".to_owned());
        set_file("a.xls");
        let mut said = Vec::new();
        assert!(report(&mut said).unwrap());
        assert_eq!(String::from_utf8(said.clone()).unwrap(), "xxgk: a.xls: error: out of memory\n");
        assert!(!report(&mut said).unwrap());
        // This is a thread without a file.
        let other = thread::spawn(|| {
            let mut said = Vec::new();
            write_file(&mut said).unwrap();
            said
        });
        assert_eq!(other.join().unwrap(), b"a.xls: ");
        set_file("");
    }
}
