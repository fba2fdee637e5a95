//! What each kind of damage must keep.

use crate::Tally;
use crate::kind::Kind;

/// Kinds that do not hold yet, with the silent and wrong values of the usual 2,000 cases. Wrong values may become silent
/// ones, not the reverse. A kind that is not here has none, in any number of cases. Lower the numbers with each fix.
const BOUNDS: &[(&str, usize, usize)] = &[
    ("none", 54, 0),
    ("permute columns with headers", 255, 2358),
    ("permute columns without headers", 229, 35),
    ("swap two columns with headers", 121, 821),
    ("drop column", 47, 96),
    ("blank column", 36, 0),
    ("blank header", 120, 17),
    ("duplicate column", 41, 64),
    ("fold rows side by side", 182, 308),
    ("fold rows with repeated headers", 34, 0),
    ("fold columns", 0, 7),
    ("join two rows", 51, 24),
    ("join columns", 136, 360),
    ("join columns in one row", 76, 20),
    ("drop row", 16, 0),
    ("blank row", 46, 0),
    ("blank label", 65, 0),
    ("lose cell", 69, 12),
    ("lose empty cells", 0, 3),
    ("duplicate row", 56, 0),
    ("duplicate row with other values", 53, 0),
    ("hide row", 99, 0),
    ("hide row beside a visible one", 62, 64),
    ("hide column", 546, 0),
    ("hide column beside a visible one", 92, 1131),
    ("hide sheet", 78, 4796),
    ("add code column", 125, 258),
    ("add serial column", 64, 272),
    ("add remark column", 34, 0),
    ("add last-year column", 114, 123),
    ("add text right", 50, 6),
    ("add text below", 26, 3),
    ("two reports", 666, 223),
    ("two damages", 189, 374),
];

/// Kinds of which less than 99 % of the values in grids are right, though they must be: the share of today.
const SHARES: &[(&str, f64)] = &[
    ("none", 67.29),
    ("permute columns with headers", 16.19),
    ("swap two columns with headers", 70.72),
    ("fold rows side by side", 56.92),
    ("fold rows with repeated headers", 90.26),
    ("fold columns", 92.47),
    ("blank row", 80.07),
    ("lose empty cells", 85.86),
    ("hide row", 96.59),
    ("hide row beside a visible one", 97.86),
    ("hide column beside a visible one", 64.42),
    ("hide sheet", 8.88),
    ("add code column", 63.22),
    ("add serial column", 96.97),
    ("add remark column", 68.64),
    ("add last-year column", 89.21),
    ("add text right", 62.3),
    ("add text below", 70.83),
];

/// Kind and seed of failures that were fixed.
pub const PINNED: &[(&str, u64)] = &[];

/// The share of right values, in percent, in grids.
const MUST_READ: f64 = 99.0;

/// What is worse than it was.
pub fn worse(kind: &Kind, all: &Tally, grids: &Tally, is_usual: bool) -> Vec<String> {
    let bound = BOUNDS.iter().find(|(name, ..)| *name == kind.name);
    let share = SHARES.iter().find(|(name, _)| *name == kind.name);
    let mut worse = Vec::new();
    let mut check = |what: &str, got: usize, most: usize| {
        if got > most {
            worse.push(format!("{}: {got} {what} values, {most} allowed", kind.name));
        }
    };
    match bound {
        None => {
            check("silent", all.silent, 0);
            check("wrong", all.wrong, 0);
        }
        Some((_, silent, wrong)) if is_usual => {
            check("wrong", all.wrong, *wrong);
            check("silent or wrong", all.silent + all.wrong, silent + wrong);
        }
        Some(_) => {}
    }
    let least = share.map_or(MUST_READ, |(_, share)| *share);
    if kind.must_read && (is_usual || share.is_none()) && grids.values() > 0 && grids.percent() < least {
        worse.push(format!(
            "{}: {:.2} % of the values in grids are right, {least} % required",
            kind.name,
            grids.percent()
        ));
    }
    worse
}
