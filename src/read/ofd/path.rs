//! The outlines of paths. Source: GB/T 33190-2016, 9.

use crate::read::page::{Matrix, Subpath};

/// The subpaths of an abbreviated path, transformed.
///
/// `S`/`M x y` begins, `L x y` draws a line, `Q`, `B` and `A` draw curves, `C` closes.
pub(super) fn subpaths(text: &str, matrix: &Matrix) -> Vec<Subpath> {
    let mut subpaths: Vec<Subpath> = Vec::new();
    let mut words = text.split_whitespace().peekable();
    let mut numbers: Vec<f64> = Vec::new();
    while let Some(word) = words.next() {
        numbers.clear();
        while let Some(number) = words.peek().and_then(|word| word.parse::<f64>().ok()) {
            numbers.push(number);
            words.next();
        }
        let end = match numbers.as_slice() {
            [.., x, y] => Some(matrix.point(*x, *y)),
            _ => None,
        };
        match (word, end) {
            ("S" | "M", Some(point)) => subpaths.push(Subpath { points: vec![point], ..Subpath::default() }),
            ("L" | "Q" | "B" | "A", Some(point)) => {
                if let Some(subpath) = subpaths.last_mut() {
                    subpath.is_curved |= word != "L";
                    subpath.points.push(point);
                }
            }
            ("C", _) => subpaths.last_mut().into_iter().for_each(|subpath| subpath.is_closed = true),
            _ => {}
        }
    }
    subpaths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_their_points() {
        let found = subpaths("M 0 0 L 10 0 L 10 5 C S 1 1 Q 2 2 3 3", &Matrix([2.0, 0.0, 0.0, 2.0, 1.0, 0.0]));
        assert_eq!(found[0].points, [(1.0, 0.0), (21.0, 0.0), (21.0, 10.0)]);
        assert!(found[0].is_closed && !found[0].is_curved && found[1].is_curved);
        assert_eq!(found[1].points, [(3.0, 2.0), (7.0, 6.0)]);
        assert!(subpaths("L 1 1 nonsense C", &Matrix::IDENTITY).is_empty());
    }
}
