//! Splits digits that run together so that the sums of the form hold.
//!
//! In: the digits of a row with the breaks that are certain, and its sums. Out: every split that fits. Called by
//! [`super::matrix`], which takes a split only if it is the only one.

/// A sum in a row: the values of both sides add up to the same. Positions count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSum {
    /// Positions on one side.
    pub total: Vec<usize>,
    /// Positions on the other side.
    pub parts: Vec<usize>,
}

/// The most steps to take: digits with more possible splits have more than one that fits.
const MAX_STEPS: usize = 300_000;

/// All splits of the digits of a row into `count` whole numbers without leading zeros that satisfy the sums.
///
/// `pieces` are runs of digits between certain breaks; a piece may start with a sign if the position is `signed`. Returns at
/// most `most` splits; none if a piece has other characters or there are too many splits to try.
pub fn splits(pieces: &[&str], count: usize, signed: &[bool], sums: &[RowSum], most: usize) -> Vec<Vec<i64>> {
    // A sign is a certain break as well.
    let mut runs: Vec<Run<'_>> = Vec::new();
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            let negative = rest.starts_with('-');
            let start = usize::from(negative || rest.starts_with('+'));
            let end = rest[start..].find(['-', '+']).map_or(rest.len(), |at| start + at);
            let digits = &rest.as_bytes()[start..end];
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return Vec::new();
            }
            runs.push(Run { digits, negative, has_sign: start == 1 });
            rest = &rest[end..];
        }
    }
    let mut search = Search { runs: &runs, count, signed, sums, most, steps: 0, found: Vec::new() };
    search.take(0, 0, &mut Vec::with_capacity(count));
    if search.steps > MAX_STEPS { Vec::new() } else { search.found }
}

/// Digits between two certain breaks.
#[derive(Clone, Copy)]
struct Run<'a> {
    digits: &'a [u8],
    /// Whether they follow a minus.
    negative: bool,
    /// Whether they follow a sign, which only a signed column has.
    has_sign: bool,
}

struct Search<'a> {
    runs: &'a [Run<'a>],
    count: usize,
    signed: &'a [bool],
    sums: &'a [RowSum],
    most: usize,
    steps: usize,
    found: Vec<Vec<i64>>,
}

impl Search<'_> {
    fn take(&mut self, run: usize, at: usize, numbers: &mut Vec<i64>) {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.found.len() >= self.most {
            return;
        }
        let Some(Run { digits, negative, has_sign }) = self.runs.get(run).copied() else {
            if numbers.len() == self.count && self.sums.iter().all(|sum| holds(sum, numbers)) {
                self.found.push(numbers.clone());
            }
            return;
        };
        let left = digits.len() - at + self.runs[run + 1..].iter().map(|run| run.digits.len()).sum::<usize>();
        if numbers.len() >= self.count || left < self.count - numbers.len() {
            return;
        }
        if at == 0 && has_sign && !self.signed.get(numbers.len()).copied().unwrap_or(false) {
            return;
        }
        for end in at + 1..=digits.len().min(at + 9) {
            if end > at + 1 && digits[at] == b'0' {
                break;
            }
            let number = digits[at..end].iter().fold(0i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
            numbers.push(if negative && at == 0 { -number } else { number });
            let next = if end == digits.len() { (run + 1, 0) } else { (run, end) };
            self.take(next.0, next.1, numbers);
            numbers.pop();
        }
    }
}

fn holds(sum: &RowSum, numbers: &[i64]) -> bool {
    let add = |positions: &[usize]| positions.iter().map(|position| numbers[*position]).sum::<i64>();
    add(&sum.total) == add(&sum.parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seven() -> Vec<RowSum> {
        vec![RowSum { total: vec![6], parts: (0..6).collect() }]
    }

    #[test]
    fn the_only_split_that_adds_up_is_found() {
        let plain = [false; 7];
        for (pieces, numbers) in [
            (vec!["521000053"], vec![52, 1, 0, 0, 0, 0, 53]),
            (vec!["0000000"], vec![0; 7]),
            (vec!["6000017"], vec![6, 0, 0, 0, 0, 1, 7]),
            (vec!["200", "000121"], vec![20, 0, 0, 0, 0, 1, 21]),
            (vec!["140000014"], vec![14, 0, 0, 0, 0, 0, 14]),
        ] {
            assert_eq!(splits(&pieces, 7, &plain, &seven(), 9), vec![numbers], "{pieces:?}");
        }
    }

    #[test]
    fn all_ways_to_split_are_found() {
        assert!(splits(&["396442278"], 3, &[false; 3], &[], 9).len() > 1);
        assert_eq!(splits(&["007"], 3, &[false; 3], &[], 9), [vec![0, 0, 7]]);
        assert_eq!(splits(&["35-15"], 2, &[false, true], &[], 9), [vec![35, -15]]);
        assert!(splits(&["35-15"], 2, &[false, false], &[], 9).is_empty());
        assert!(splits(&["12x"], 2, &[false; 2], &[], 9).is_empty());
        assert!(splits(&["00"], 3, &[false; 3], &[], 9).is_empty());
    }

    #[test]
    fn very_long_digits_are_given_up() {
        let digits = "1".repeat(400);
        assert!(splits(&[&digits], 15, &[false; 15], &seven(), 9).is_empty());
    }
}
