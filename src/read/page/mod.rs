//! Pages of positioned glyphs and ruling lines, the common form of all paged formats.
//!
//! In: what [`super::pdf`] or [`super::ofd`] paint on a [`Canvas`]. Out: [`Page`]s, of which [`super::flow`] makes the
//! document. A page knows nothing of the format it came from.
//!
//! Coordinates are points from the top left corner of the page, downwards. [`turn`] rotates a page to the direction of
//! most of its text; [`lines`] makes lines of glyphs; [`super::lattice`] makes tables of ruling lines.

mod canvas;
mod geometry;
pub(super) mod lines;
mod matrix;
mod radical;
mod strike;
mod turn;

pub(super) use canvas::{Canvas, Ink, Subpath};
pub(super) use geometry::{Direction, Glyph, Page, Rect, Ruling, UNREADABLE};
pub(super) use matrix::Matrix;
