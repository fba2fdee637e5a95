//! Messages to the user: failures, findings and results, each on its stream.
//!
//! Standard output carries results and nothing else; messages go to standard error. Text from files and names is cleaned
//! before it reaches a terminal.

use std::io::{self, Write};

use crate::check::render::{alike, others_like};
use crate::finding::{Finding, Severity};
use crate::message::{self, Arguments, Lang};
use indicatif::ProgressBar;

use crate::batch::Failure;
use crate::batch::system_error::system_error;
pub(super) use crate::batch::terminal::clean;

/// The language and verbosity of one run.
pub(super) struct Console {
    pub lang: Lang,
    pub quiet: bool,
    pub verbose: bool,
    /// The progress bar on standard error, which is hidden while messages are printed.
    pub bar: Option<ProgressBar>,
}

impl Console {
    /// A word of the message catalogue.
    pub(super) fn word(&self, key: &str) -> String {
        self.text(key, &[])
    }

    /// A sentence of the message catalogue with its words.
    pub(super) fn text(&self, key: &str, words: &[(&str, &str)]) -> String {
        let words: Arguments = words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
        message::text(key, self.lang, &words)
    }

    /// A line on standard error.
    pub(super) fn line(&self, line: &str) {
        self.print(&(clean(line) + "\n"));
    }

    fn print(&self, lines: &str) {
        // If standard error is closed, nobody reads messages.
        self.beside_bar(|| drop(io::stderr().lock().write_all(lines.as_bytes())));
    }

    fn beside_bar<T>(&self, console: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(console),
            None => console(),
        }
    }

    /// A line that `-q` leaves out.
    pub(super) fn info(&self, line: &str) {
        if !self.quiet {
            self.line(line);
        }
    }

    /// Prints why a file or the call failed, and a hint.
    pub(super) fn failure(&self, file: Option<&str>, failure: &Failure) {
        let mut place = file.or(failure.file()).map(str::to_owned).unwrap_or_default();
        if let Some(at) = failure.place(self.lang) {
            place = if place.is_empty() { at } else { format!("{place}:{at}") };
        }
        let place = if place.is_empty() { place } else { format!("{place}: ") };
        self.line(&format!("xxgk: {place}{}: {}", self.word("word.error"), one_line(&failure.message(self.lang))));
        if let Some(source) = failure.source().filter(|_| self.verbose) {
            self.line(&format!("  {}: {}", self.word("word.cause_of_error"), one_line(&source)));
        }
        if let Some(hint) = failure.hint(self.lang) {
            self.line(&format!("  {}: {hint}", self.word("word.hint")));
        }
    }

    /// One finding in one line: `file:统计表!C31: warning[XG306]: …`.
    pub(super) fn finding(&self, file: &str, finding: &Finding) {
        self.findings([(file, finding)]);
    }

    /// Prints findings, one in a line, with the file that each is about.
    pub(super) fn findings<'f>(&self, findings: impl IntoIterator<Item = (impl AsRef<str>, &'f Finding)>) {
        let is_shown = |finding: &Finding| !self.quiet || finding.severity == Severity::Error;
        let findings = findings.into_iter().filter(|(_, finding)| is_shown(finding));
        let lines: String =
            findings.map(|(file, finding)| clean(&self.finding_line(file.as_ref(), finding)) + "\n").collect();
        if !lines.is_empty() {
            self.print(&lines);
        }
    }

    /// Prints the findings of one file, a line for each code: the first, with the number and the places of those like it.
    /// `-v` prints all.
    pub(super) fn collapsed<'f>(&self, file: &str, findings: impl IntoIterator<Item = &'f Finding>) {
        if self.verbose {
            return self.findings(findings.into_iter().map(|finding| (file, finding)));
        }
        let findings: Vec<&Finding> =
            findings.into_iter().filter(|finding| !self.quiet || finding.severity == Severity::Error).collect();
        let lines = alike(findings, |_| true)
            .into_iter()
            .map(|(first, others)| clean(&(self.finding_line(file, first) + &others_like(&others, self.lang))) + "\n");
        let lines: String = lines.collect();
        if !lines.is_empty() {
            self.print(&lines);
        }
    }

    fn finding_line(&self, file: &str, finding: &Finding) -> String {
        let at = finding.at.as_ref().map_or_else(String::new, |at| format!(":{}", at.to_text(self.lang)));
        let severity = self.word(&format!("word.{}", finding.severity.as_str()));
        let message = if self.verbose { finding.message(self.lang) } else { finding.brief_message(self.lang) };
        format!("{file}{at}: {severity}[{}]: {}", finding.code, one_line(&message))
    }

    /// Writes a result to standard output; false when nobody reads it any more, which is no failure.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<bool, Failure> {
        let mut out = io::stdout().lock();
        match self.beside_bar(|| out.write_all(bytes).and_then(|()| out.flush())) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(self.no_stdout(error)),
        }
    }

    /// Why standard output cannot be written.
    pub(super) fn no_stdout(&self, error: io::Error) -> Failure {
        Failure::new("fail.output").with("output", self.word("cli.stdout")).with("detail", system_error(&error))
    }
}

/// A message in one line: a line break in a quoted cell becomes a space.
pub(super) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The same for text of several lines.
pub(super) fn clean_lines(text: &str) -> String {
    text.split('\n').map(clean).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_files_cannot_control_the_terminal() {
        assert_eq!(clean(&one_line("（三）经费\r\n　　（万元）")), "（三）经费 （万元）");
        assert_eq!(clean("中庄镇.xls"), "中庄镇.xls");
        assert_eq!(clean("a\u{1b}[31m\n\u{202e}fdp"), "a\\u{1b}[31m\\u{a}\\u{202e}fdp");
    }
}
