//! What each kind of damage must keep.

use crate::Tally;
use crate::kind::Kind;

/// Kinds that do not hold yet, with the silent and wrong values of the usual cases. Wrong values may become silent
/// ones, not the reverse. A kind that is not here has none, in any number of cases. Lower the numbers with each fix.
const BOUNDS: &[(&str, usize, usize)] = &[
    ("two damages", 1, 0),
    ("pages: cells", 0, 0),
    ("pages: shift column", 0, 0),
    ("pages: two columns near", 0, 0),
    ("pages: digits apart", 0, 0),
    ("pages: no line between columns", 0, 0),
    ("pages: no line between rows", 0, 0),
    ("pages: gap in a line", 0, 0),
    ("pages: line through row", 0, 0),
    ("pages: tables side by side", 0, 0),
    ("pages: two damages", 0, 0),
];

/// Kinds of which less than 99 % of the values in grids are right, though they must be: the share of today.
const SHARES: &[(&str, f64)] = &[
    ("fold columns", 97.62),
    ("hide row", 98.91),
    ("hide column beside a visible one", 98.3),
    // A worksheet does not store blank cells. Where the last table has one row, without a label, nothing says that it is there.
    ("blank row", 98.7),
];

/// Kind and seed of failures that were fixed.
pub const PINNED: &[(&str, u64)] = &[
    ("duplicate row", 90_009_504),
    ("duplicate row with other values", 90_019_620),
    ("two damages", 90_002_029),
    ("two damages", 784_811),
    ("two damages", 789_641),
    ("two damages", 794_191),
    ("two damages", 778_371),
    ("two damages", 797_306),
    ("two damages", 50_001_996),
    ("two damages", 50_005_923),
    ("two damages", 60_000_144),
    ("two damages", 60_000_375),
    ("two damages", 60_000_525),
    ("two damages", 60_001_689),
    ("two damages", 60_003_017),
    ("two damages", 60_003_780),
    ("two damages", 50_000_014),
    ("two damages", 50_000_096),
    ("two damages", 50_000_303),
    ("two damages", 50_000_316),
    ("two damages", 50_000_642),
    ("two damages", 50_000_796),
    ("two damages", 50_000_839),
    ("two damages", 50_001_432),
    ("two damages", 50_001_675),
    ("two damages", 50_001_856),
    ("two damages", 50_001_870),
    ("two damages", 50_002_035),
    ("two damages", 50_002_321),
    ("two damages", 50_002_693),
    ("two damages", 50_002_706),
    ("two damages", 50_002_808),
    ("two damages", 50_002_961),
    ("two damages", 50_003_001),
    ("two damages", 50_003_092),
    ("two damages", 50_003_387),
    ("two damages", 50_003_465),
    ("two damages", 50_003_570),
    ("two damages", 50_004_040),
    ("two damages", 50_004_223),
    ("two damages", 50_004_257),
    ("two damages", 50_004_352),
    ("two damages", 50_004_451),
    ("two damages", 50_004_485),
    ("two damages", 50_005_244),
    ("two damages", 50_005_251),
    ("two damages", 50_005_342),
    ("two damages", 50_005_417),
    ("two damages", 50_005_558),
    ("two damages", 50_005_887),
    ("two damages", 50_005_902),
    ("two damages", 50_006_239),
    ("two damages", 50_006_504),
    ("two damages", 50_006_510),
    ("two damages", 50_006_645),
    ("two damages", 50_006_651),
    ("two damages", 50_007_395),
    ("two damages", 50_007_618),
    ("two damages", 50_007_671),
    ("two damages", 50_007_891),
    ("two damages", 50_007_903),
    ("two damages", 50_007_950),
    ("add text right", 788_588),
    ("add text right", 793_733),
    ("add text right", 796_568),
    ("add code column", 5_007_132),
    ("add code column", 5_008_847),
    ("add code column", 5_011_227),
    ("add code column", 5_013_432),
    ("add code column", 7_004_087),
    ("add code column", 7_014_937),
    ("add code column", 7_015_847),
    ("add code column", 7_016_127),
    ("add last-year column", 1_004_720),
    ("add last-year column", 1_006_155),
    ("add last-year column", 1_017_740),
    ("add text below", 1_011_197),
    ("add text below", 5_003_847),
    ("add text right", 1_007_136),
    ("add text right", 1_012_141),
    ("add text right", 1_017_741),
    ("add text right", 1_019_561),
    ("add text right", 7_018_581),
    ("blank column", 4_129),
    ("blank column", 4_584),
    ("blank column", 5_529),
    ("blank column", 6_824),
    ("blank column", 9_764),
    ("blank column", 15_294),
    ("blank label", 42_378),
    ("blank label", 44_688),
    ("blank label", 44_933),
    ("blank label", 46_438),
    ("blank label", 1_013_001),
    ("blank label", 5_003_411),
    ("blank label", 7_000_261),
    ("blank label", 7_005_511),
    ("blank label", 7_015_976),
    ("drop column", 1_363),
    ("drop column", 3_953),
    ("drop column", 5_003),
    ("drop column", 5_353),
    ("drop column", 5_983),
    ("drop column", 14_663),
    ("drop column", 15_188),
    ("drop column", 15_398),
    ("fold rows side by side", 18_390),
    ("hide column", 21_065),
    ("hide column", 22_010),
    ("hide column", 1_008_878),
    ("hide column beside a visible one", 4_896),
    ("hide column beside a visible one", 8_361),
    ("hide column beside a visible one", 16_341),
    ("hide column beside a visible one", 1_006_464),
    ("hide column beside a visible one", 1_013_114),
    ("hide column beside a visible one", 1_018_364),
    ("hide row", 1_003_031),
    ("hide row", 1_004_431),
    ("hide row", 1_009_401),
    ("hide row", 1_010_521),
    ("join columns", 1_301),
    ("join columns", 2_351),
    ("join columns", 4_836),
    ("join columns", 6_936),
    ("join columns", 7_951),
    ("join columns", 10_261),
    ("join columns", 14_776),
    ("join columns", 5_004_142),
    ("join columns", 20_172_958),
    ("join columns in one row", 5_550),
    ("join columns in one row", 7_160),
    ("join columns in one row", 12_340),
    ("join columns in one row", 13_180),
    ("join columns in one row", 16_610),
    ("join columns in one row", 20_845),
    ("join columns in one row", 21_055),
    ("join columns in one row", 21_160),
    ("join columns in one row", 38_665),
    ("join columns in one row", 44_755),
    ("join two rows", 5_968),
    ("join two rows", 9_433),
    ("join two rows", 11_743),
    ("join two rows", 19_268),
    ("join two rows", 21_368),
    ("join two rows", 23_503),
    ("join two rows", 1_000_606),
    ("join two rows", 1_012_541),
    ("lose cell", 1_017_307),
    ("permute columns with headers", 6_448),
    ("permute columns with headers", 6_833),
    ("permute columns with headers", 11_943),
    ("permute columns with headers", 19_993),
    ("permute columns with headers", 1_009_206),
    ("permute columns without headers", 5_018_622),
    ("two damages", 5_746),
    ("two damages", 5_816),
    ("two damages", 7_741),
    ("two damages", 10_926),
    ("two damages", 13_026),
    ("two damages", 13_726),
    ("two damages", 16_421),
    ("two damages", 24_086),
    ("two damages", 32_771),
    ("two damages", 38_791),
    ("two damages", 41_696),
    ("two damages", 43_691),
    ("two damages", 46_806),
    ("two damages", 1_008_084),
    ("two damages", 1_009_029),
    ("two damages", 1_012_704),
    ("two damages", 5_001_154),
    ("two damages", 5_002_484),
    ("two damages", 5_004_619),
    ("two damages", 5_004_829),
    ("two damages", 5_007_384),
    ("two damages", 5_015_889),
    ("two damages", 5_015_959),
    ("two damages", 5_019_214),
    ("two reports", 7_635),
    ("two reports", 9_525),
    ("two reports", 10_750),
    ("two reports", 11_275),
    ("two reports", 12_150),
    ("two reports", 14_320),
    ("two reports", 16_315),
    ("two reports", 22_440),
    ("two damages", 2_476_552),
    ("two damages", 2_481_557),
];

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
