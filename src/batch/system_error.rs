//! Errors of the operating system in the language of messages.

use std::io::{self, ErrorKind};

/// What went wrong, as an argument of a message: a key of the catalogue for errors that people meet, else the system's text.
pub(crate) fn system_error(error: &io::Error) -> String {
    let key = match error.kind() {
        ErrorKind::NotFound => "not_found",
        ErrorKind::PermissionDenied => "denied",
        ErrorKind::AlreadyExists => "exists",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "full",
        ErrorKind::IsADirectory => "folder",
        ErrorKind::NotADirectory => "no_folder",
        ErrorKind::DirectoryNotEmpty => "not_empty",
        ErrorKind::ReadOnlyFilesystem => "read_only",
        ErrorKind::InvalidFilename => "name",
        ErrorKind::FileTooLarge => "too_large",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy | ErrorKind::WouldBlock => "busy",
        ErrorKind::TimedOut => "timed_out",
        ErrorKind::OutOfMemory => "memory",
        ErrorKind::BrokenPipe => "pipe",
        ErrorKind::InvalidInput => "input",
        ErrorKind::UnexpectedEof => "end",
        ErrorKind::StaleNetworkFileHandle
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted => "network",
        // Errors of the `tempfile` crate name the temporary file, which says nothing to the user.
        kind => return error.get_ref().map_or_else(|| error.to_string(), |_| kind.to_string()),
    };
    format!("@system.{key}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{self, Lang};

    #[test]
    fn usual_errors_are_translated_and_others_keep_their_text() {
        let says = |error: io::Error, lang| {
            let words = [("output".to_owned(), "a".to_owned()), ("detail".to_owned(), system_error(&error))];
            message::text("fail.output", lang, &words.into())
        };
        assert!(says(ErrorKind::StorageFull.into(), Lang::EN).ends_with("the disk is full"));
        assert!(says(ErrorKind::StorageFull.into(), Lang::ZH).ends_with("磁盘已满"));
        assert!(says(io::Error::other("odd"), Lang::ZH).contains("other"));
    }
}
