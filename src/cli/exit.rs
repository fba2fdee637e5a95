//! The exit status.

use crate::ErrorKind;
use crate::batch::Failure;
use crate::finding::Severity;

/// How a run ends. The numbers are exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All done.
    Done = 0,
    /// `check`, `merge` or `compare` found something at or above `--fail-on`.
    Found = 1,
    /// The call itself is wrong.
    Usage = 2,
    /// Some input could not be read or some output not written.
    Failed = 3,
    /// The user interrupted it.
    Interrupted = 130,
}

impl Exit {
    /// The status of a run that a failure ended: that of a wrong call, or of a file that could not be read or written.
    pub(super) fn of_failure(failure: &Failure) -> Self {
        match failure {
            Failure::Message(key, _) if key.starts_with("fail.") => Self::Failed,
            Failure::Library(error) if !is_of_call(error.kind()) => Self::Failed,
            Failure::OfFile(_, failure) => Self::of_failure(failure),
            _ => Self::Usage,
        }
    }

    /// The status of a run that looks for findings. `failed` says that some input or output failed, `fail_on` is the word of
    /// `--fail-on`, and `found` whether there is a finding of at least a severity.
    pub(super) fn of_findings(failed: bool, fail_on: &str, found: impl Fn(Severity) -> bool) -> Self {
        let level = match fail_on {
            "error" => Some(Severity::Error),
            "warning" => Some(Severity::Warning),
            "note" => Some(Severity::Note),
            _ => None,
        };
        match level {
            _ if failed => Self::Failed,
            Some(level) if found(level) => Self::Found,
            _ => Self::Done,
        }
    }
}

/// Whether an error is about the words of the call, not about a file.
fn is_of_call(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Template { .. }
            | ErrorKind::TemplateNotFound { .. }
            | ErrorKind::UnknownEncoding { .. }
            | ErrorKind::EncodingNotFound { .. }
    )
}
