//! What each kind of damage must keep.

use crate::Tally;
use crate::kind::Kind;

/// Kinds that do not hold yet, with the silent and wrong values of the usual 2,000 cases. Wrong values may become silent
/// ones, not the reverse. A kind that is not here has none, in any number of cases. Lower the numbers with each fix.
const BOUNDS: &[(&str, usize, usize)] = &[
    ("none", 54, 0),
    ("permute columns with headers", 341, 2759),
    ("permute columns without headers", 134, 26),
    ("swap two columns with headers", 87, 571),
    ("drop column", 72, 108),
    ("blank column", 36, 0),
    ("blank header", 120, 9),
    ("duplicate column", 41, 42),
    ("fold rows side by side", 170, 336),
    ("fold rows with repeated headers", 34, 0),
    ("fold columns", 0, 2),
    ("join two rows", 46, 22),
    ("join columns", 106, 324),
    ("join columns in one row", 68, 9),
    ("drop row", 17, 0),
    ("blank row", 46, 0),
    ("blank label", 80, 0),
    ("lose cell", 80, 17),
    ("lose empty cells", 0, 3),
    ("duplicate row", 56, 0),
    ("duplicate row with other values", 76, 0),
    ("hide row", 40, 0),
    ("hide row beside a visible one", 47, 0),
    ("hide column", 668, 0),
    ("hide column beside a visible one", 125, 0),
    ("hide sheet", 82, 2413),
    ("tables on sheets", 5, 25),
    ("add code column", 144, 388),
    ("add serial column", 63, 214),
    ("add remark column", 34, 0),
    ("add last-year column", 78, 132),
    ("add text right", 50, 2),
    ("add text below", 26, 2),
    ("two reports", 676, 237),
    ("two damages", 166, 342),
];

/// Kinds of which less than 99 % of the values in grids are right, though they must be: the share of today.
const SHARES: &[(&str, f64)] = &[
    ("none", 67.29),
    ("permute columns with headers", 10.25),
    ("swap two columns with headers", 83.75),
    ("fold rows side by side", 58.45),
    ("fold rows with repeated headers", 81.57),
    ("fold columns", 92.46),
    ("blank row", 72.76),
    ("lose empty cells", 94.82),
    ("hide row", 96.54),
    ("hide column beside a visible one", 94.14),
    ("hide sheet", 55.25),
    ("add code column", 65.65),
    ("add serial column", 63.47),
    ("add remark column", 91.58),
    ("add last-year column", 61.88),
    ("add text right", 86.65),
    ("add text below", 92.14),
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
