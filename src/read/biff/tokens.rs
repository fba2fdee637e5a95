//! The tokens of a formula in a BIFF record.
//!
//! In: the tokens. Out: whether the result of the formula is always a number or an error. Called by [`super`].
//!
//! Source: MS-XLS 2.5.198, `Ptg`.

/// The number of the function `SUM`.
const SUM: [u8; 2] = [4, 0];

/// Whether a formula has only numbers, cells, the four operations and sums, and at least one of these. Its text never is its
/// result. A formula that several cells share is not here, so that nothing is known of it.
pub(super) fn is_numeric(mut rest: &[u8]) -> bool {
    let mut operations = 0;
    while let [kind, data @ ..] = rest {
        let length = match (*kind, data) {
            // + - * / and signs.
            (0x03..=0x06 | 0x12 | 0x13, _) => {
                operations += 1;
                0
            }
            // Parentheses.
            (0x15, _) => 0,
            (0x19, [flags, ..]) if flags & 0x10 != 0 => {
                operations += 1;
                3
            }
            // White space.
            (0x19, [flags, ..]) if flags & 0x40 != 0 => 3,
            // A whole number, any number.
            (0x1E, _) => 2,
            (0x1F, _) => 8,
            // A function with any number of arguments: a sum.
            (0x22 | 0x42 | 0x62, [_, low, high, ..]) if [*low, *high] == SUM => {
                operations += 1;
                3
            }
            // A cell, a range of cells.
            (0x24 | 0x44 | 0x64, _) => 4,
            (0x25 | 0x45 | 0x65, _) => 8,
            _ => return false,
        };
        let Some(behind) = data.get(length..) else { return false };
        rest = behind;
    }
    operations > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_differences_are_numbers() {
        let cell = |column: u8| [0x44, 1, 0, column, 0xC0];
        let sum = [&[0x25][..], &[0, 0, 3, 0, 1, 0xC0, 1, 0xC0], &[0x19, 0x10, 0, 0]].concat();
        assert!(is_numeric(&sum));
        assert!(is_numeric(&[&cell(1)[..], &cell(2), &[0x04]].concat()));
        assert!(is_numeric(&[&cell(1)[..], &cell(2), &[0x42, 2, 4, 0]].concat()));
        // A cell alone may be a text; so may 1 of IF, and a text joined to a cell.
        assert!(!is_numeric(&cell(1)));
        assert!(!is_numeric(&[&cell(1)[..], &[0x42, 3, 1, 0]].concat()));
        assert!(!is_numeric(&[&cell(1)[..], &cell(2), &[0x08]].concat()));
        assert!(!is_numeric(&[]) && !is_numeric(&[0x24, 1]) && !is_numeric(&[0x01, 0, 0, 0, 0]));
    }
}
