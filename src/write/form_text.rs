//! A text that all reports of a form share, with places for what each report has of its own.
//!
//! In: the text, and a slot for each place. Out: the text of one report. Called by the writers of marked-up text.

/// Room for what a slot is filled with, most of which are values.
const ROOM: usize = 48;

/// The text of a form.
pub(super) struct FormText<S> {
    text: String,
    /// The slots in order, with the bytes of the text before each.
    slots: Vec<(usize, S)>,
}

impl<S> FormText<S> {
    pub(super) fn new(text: String, slots: Vec<(usize, S)>) -> Self {
        Self { text, slots }
    }

    /// The text of a report. `fill` appends what a slot holds.
    pub(super) fn fill(&self, mut fill: impl FnMut(&S, &mut String)) -> String {
        let mut out = String::with_capacity(self.text.len() + ROOM * self.slots.len());
        let mut done = 0;
        for (at, slot) in &self.slots {
            out.push_str(&self.text[done..*at]);
            done = *at;
            fill(slot, &mut out);
        }
        out.push_str(&self.text[done..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_in_their_places() {
        let text = FormText::new("<a></a><b/>".to_owned(), vec![(3, 'x'), (7, 'y'), (11, 'z')]);
        assert_eq!(text.fill(|slot, out| out.push(*slot)), "<a>x</a>y<b/>z");
    }
}
