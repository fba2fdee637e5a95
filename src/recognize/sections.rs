//! Divides a stream where the title of another report stands above a table.
//!
//! In: a stream. Out: its sections. Called by [`super::Recognizer`], so that a row of one report is never taken for one
//! that another report lacks.

use std::ops::Range;
use std::sync::LazyLock;

use super::stream::Stream;
use super::value;
use crate::template::{ValueKind, shipped};
use crate::text::find;
use crate::text::fold::fold;
use crate::text::words::words;

/// Longer texts are no titles, in characters.
const MAX_TITLE: usize = 60;

/// At most this many cells with text are between a title and the headers of its table.
const MAX_BETWEEN: usize = 10;

/// The parts of a stream between titles of different organizations or years, each above the headers of a table.
pub fn sections(stream: &Stream<'_>) -> Vec<Range<usize>> {
    let mut sections = Vec::new();
    let mut start = 0;
    let mut open: Option<Subject> = None;
    for (index, cell) in stream.cells.iter().enumerate() {
        let Some(subject) = subject(&cell.cell.text, &stream.folded[stream.bytes(index)]) else { continue };
        if !is_above_headers(stream, index) {
            continue;
        }
        let at = stream.bytes(index).start;
        if open.as_ref().is_some_and(|open| open.differs(&subject)) && at > start {
            sections.push(start..at);
            start = at;
        }
        open = Some(subject);
    }
    sections.push(start..stream.folded.len());
    sections
}

/// Whose report a title is of, and of which year, as far as it says.
struct Subject {
    organization: String,
    year: Option<String>,
}

impl Subject {
    /// Whether two titles are of different reports. A title may leave out the year, or a part of the name.
    fn differs(&self, other: &Self) -> bool {
        let (one, two) = (&self.organization, &other.organization);
        let is_other_name =
            !one.is_empty() && !two.is_empty() && !one.contains(two.as_str()) && !two.contains(one.as_str());
        is_other_name || self.year.as_ref().zip(other.year.as_ref()).is_some_and(|(one, two)| one != two)
    }
}

/// A title has at least this many bytes.
const MIN_TITLE_BYTES: usize = 18;

/// A character that all subjects of titles have, if there is one. Few texts have it, and looking for one character takes
/// little time.
static TITLE_MARK: LazyLock<Option<char>> = LazyLock::new(|| {
    let subjects = &words().title_subjects;
    let mut marks = subjects.first()?.chars();
    marks.find(|mark| subjects.iter().all(|subject| subject.contains(*mark)))
});

/// The subject of a title, which is `folded` too; none if the text is no title or does not say.
fn subject(text: &str, folded: &str) -> Option<Subject> {
    // A hanzi has three bytes.
    if folded.len() < MIN_TITLE_BYTES || folded.len() > MAX_TITLE * 3 {
        return None;
    }
    if TITLE_MARK.is_some_and(|mark| !folded.contains(mark)) {
        return None;
    }
    let words = words();
    let at = words.title_subjects.iter().filter_map(|subject| find(folded, subject)).min()?;
    let mut endings = words.title_endings.iter().chain(&words.narrative_endings);
    let subject = folded[..at].trim_end_matches("政府").trim_end_matches("人民");
    if !endings.any(|ending| folded.contains(ending.as_str())) || subject.is_empty() {
        return None;
    }
    if text.chars().count() > MAX_TITLE || text.contains(['。', '，', '：', ':']) {
        return None;
    }
    let digits = subject.find(|c: char| c.is_ascii_digit()).unwrap_or(subject.len());
    let behind = subject[digits..].trim_start_matches(|c: char| c.is_ascii_digit());
    let year = &subject[digits..subject.len() - behind.len()];
    let behind = behind.strip_prefix('年').map_or(behind, |rest| rest.strip_prefix('度').unwrap_or(rest));
    let year = (year.len() == 4).then(|| year.to_owned());
    Some(Subject { organization: format!("{}{behind}", &subject[..digits]), year })
}

/// Whether the headers of a table follow a cell closely.
fn is_above_headers(stream: &Stream<'_>, index: usize) -> bool {
    let behind = stream.cells[index + 1..].iter().filter(|cell| !cell.cell.is_blank()).take(MAX_BETWEEN);
    let mut texts = behind.map(|cell| cell.cell.text.as_str());
    texts.any(|text| {
        let folded = fold(text);
        words().label_headers.contains(&folded) || words().unit_headers.contains(&folded) || is_form_header(&folded)
    })
}

/// Whether a text heads the labels of a shipped form.
fn is_form_header(folded: &str) -> bool {
    let mut tables = shipped().0.iter().flat_map(|template| template.tables());
    !value::parse(folded, ValueKind::Signed).is_readable()
        && tables.any(|table| table.label.as_ref().is_some_and(|label| fold(&label.header) == folded))
}
