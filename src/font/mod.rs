//! The fonts that documents are measured with and embed: the shipped ones, the user's own, the system's.
//!
//! In: a role and a character. Out: the glyph that shows it, in the user's own font, else the shipped one, else one of
//! the system's. `layout` measures with them and `write::pdf` embeds them. Each is opened when first needed.

mod face;
mod prebuilt;
mod sfnt;
mod subset;
mod system;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

pub(crate) use face::{Face, FaceKey, Outlines};
pub(crate) use subset::Subset;

use crate::cache::Cache;
use crate::deflate::{Effort, deflated};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::text::Measure;
use crate::template::FontRole;

/// A shipped font of `templates/fonts`. The build removes the tables that no document needs.
macro_rules! shipped {
    ($role:ident, $file:literal, $name:literal) => {
        LazyLock::new(|| {
            let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/", $file));
            Arc::new(Face::shipped(FontRole::$role, $name, bytes))
        })
    };
}

static TITLE: LazyLock<Arc<Face>> = shipped!(Title, "title.ttf", "NotoSerifSC-Bold");
static HEADING: LazyLock<Arc<Face>> = shipped!(Heading, "heading.ttf", "NotoSansSC-Regular");
static BODY: LazyLock<Arc<Face>> = shipped!(Body, "body.ttf", "NotoSerifSC-Regular");

/// What prints in place of a character that no font has: 〓, the sign for this in Chinese type.
const SUBSTITUTE: char = '〓';

fn shipped(role: FontRole) -> &'static Arc<Face> {
    match role {
        FontRole::Title => &TITLE,
        FontRole::Heading => &HEADING,
        FontRole::Body => &BODY,
    }
}

/// How a character shows.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// Not at all: an invisible character, such as a zero-width joiner.
    Nothing,
    /// As a character of a face: itself, or a space in place of other white space.
    Character(Arc<Face>, char),
    /// As a substitute, to be reported: no font has it.
    Missing(Arc<Face>, char),
}

/// The identity of a set of fonts.
#[derive(Clone, Debug, Default)]
pub(crate) struct FontsId(Arc<()>);

impl PartialEq for FontsId {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Fonts by role, with fallbacks for characters they lack.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let report = engine.examine(&bytes, &ReadOptions::default())?.remove(0).report;
/// use xxgk::font::Fonts;
/// use xxgk::write::{Format, WriteOptions};
///
/// let options = WriteOptions::default().fonts(Fonts::shipped());
/// let output = engine.write(&[&report], Format::Pdf, &options)?;
/// assert!(output.findings.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Fonts {
    own: BTreeMap<FontRole, Arc<Face>>,
    system: Option<system::System>,
    subsets: Cache<(FaceKey, Arc<Subset>), 64>,
    id: FontsId,
}

impl Fonts {
    /// The shipped fonts, without the system's as fallback.
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Fonts> = LazyLock::new(Fonts::default);
        &SHIPPED
    }

    /// The shipped fonts, each replaced where `own` has font bytes (with the name to use in messages) for its role, with the
    /// system's as fallback.
    ///
    /// # Errors
    /// [`ErrorKind::Font`] when the bytes are not a font with TrueType or CFF outlines that may be embedded.
    pub fn new(own: BTreeMap<FontRole, (String, Vec<u8>)>) -> Result<Self> {
        let mut faces = BTreeMap::new();
        for (role, (path, bytes)) in own {
            let face = Face::load(FaceKey::Own(role), bytes, 0)
                .map_err(|detail| Error::new(ErrorKind::Font { path, detail: detail.to_string() }))?;
            faces.insert(role, Arc::new(face));
        }
        Ok(Self { own: faces, system: Some(system::System::default()), ..Self::default() })
    }

    /// The same fonts without the system's, so that the result is the same on every machine.
    #[must_use]
    pub fn without_system_fonts(mut self) -> Self {
        self.system = None;
        self.id = FontsId::default();
        self
    }

    /// The identity of this set of fonts, for caches of what was made with it.
    pub(crate) fn id(&self) -> FontsId {
        self.id.clone()
    }

    /// The face that shows a character in a role; none where no font has it.
    pub fn face(&self, role: FontRole, character: char) -> Option<Arc<Face>> {
        let has = |face: &&Arc<Face>| face.glyph(character).is_some();
        if let Some(face) = self.own.get(&role).into_iter().chain([shipped(role)]).find(has) {
            return Some(Arc::clone(face));
        }
        self.system.as_ref()?.face(role, character)
    }

    /// How a character shows in a role.
    pub(crate) fn show(&self, role: FontRole, character: char) -> Shown {
        if is_invisible(character) {
            return Shown::Nothing;
        }
        let character = if character.is_control() { ' ' } else { character };
        if character.is_whitespace() && shipped(role).glyph(character).is_none() {
            return self.show(role, ' ');
        }
        match self.face(role, character) {
            Some(face) => Shown::Character(face, character),
            None => Shown::Missing(Arc::clone(shipped(role)), SUBSTITUTE),
        }
    }

    /// The subset of a face with some characters, each of which it has; made once and shared.
    ///
    /// # Errors
    /// [`ErrorKind::Font`] when the font's tables are damaged.
    pub fn subset(&self, face: &Face, characters: &BTreeSet<char>) -> Result<Arc<Subset>> {
        let characters: Vec<char> = characters.iter().copied().collect();
        if let FaceKey::Shipped(role) = face.key()
            && let Some(subset) = prebuilt::find(role, &characters)
        {
            return Ok(subset);
        }
        let deflate = |bytes: &[u8]| deflated(bytes, Effort::Thorough);
        let make = || Ok(Arc::new((face.key(), Arc::new(Subset::new(face, &characters, deflate)?))));
        let fits = |(key, subset): &(FaceKey, Arc<Subset>)| *key == face.key() && subset.characters == characters;
        let cached = self.subsets.get(fits, make).map_err(|detail| damaged(face, detail))?;
        Ok(Arc::clone(&cached.1))
    }

    /// The same for the characters that a single report adds; not cached.
    ///
    /// # Errors
    /// As [`Fonts::subset`].
    pub fn subset_once(&self, face: &Face, characters: &BTreeSet<char>) -> Result<Arc<Subset>> {
        let characters: Vec<char> = characters.iter().copied().collect();
        Subset::once(face, &characters).map(Arc::new).map_err(|detail| damaged(face, detail))
    }
}

fn damaged(face: &Face, detail: String) -> Error {
    Error::new(ErrorKind::Font { path: face.name().to_owned(), detail })
}

impl Measure for Fonts {
    fn advance(&self, font: FontRole, character: char) -> f64 {
        match self.show(font, character) {
            Shown::Nothing => 0.0,
            Shown::Character(face, character) | Shown::Missing(face, character) => face
                .glyph(character)
                .map_or(0.0, |glyph| f64::from(face.advance(glyph)) / f64::from(face.metrics().units_per_em)),
        }
    }
}

/// Characters that control the text around them and show nothing themselves.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charset() -> impl Iterator<Item = char> {
        include_str!("../../templates/fonts/charset.txt")
            .lines()
            .map(|line| char::from_u32(u32::from_str_radix(&line[2..], 16).unwrap()).unwrap())
    }

    #[test]
    fn shipped_fonts_have_the_whole_character_set() {
        for role in FontRole::ALL {
            let lacking: String = charset().filter(|c| shipped(role).glyph(*c).is_none()).collect();
            assert_eq!(lacking, "☐☑☒", "{role:?}");
        }
    }

    #[test]
    fn widths_are_those_of_the_em() {
        let fonts = Fonts::default();
        for role in FontRole::ALL {
            for full in ['政', '（', '：', '　', '〓'] {
                assert_eq!(fonts.advance(role, full), 1.0, "{role:?} {full}");
            }
            for half in ['1', '.', ' '] {
                let width = fonts.advance(role, half);
                assert!(width > 0.1 && width < 0.7, "{role:?} {half} {width}");
            }
            assert_eq!(fonts.advance(role, '\u{200b}'), 0.0);
            assert_eq!(fonts.advance(role, '\t'), fonts.advance(role, ' '));
        }
    }

    #[test]
    fn a_character_no_font_has_is_missing_and_not_a_box() {
        let fonts = Fonts::default();
        assert!(matches!(fonts.show(FontRole::Body, '\u{e000}'), Shown::Missing(_, SUBSTITUTE)));
        assert!(matches!(fonts.show(FontRole::Body, '政'), Shown::Character(_, '政')));
    }

    #[test]
    fn shipped_fonts_have_the_names_of_their_files() {
        for role in FontRole::ALL {
            let path = format!("templates/fonts/{}.ttf", format!("{role:?}").to_lowercase());
            let file = Face::load(FaceKey::System(0), std::fs::read(path).unwrap(), 0).unwrap();
            assert_eq!(shipped(role).name(), file.name());
        }
    }

    #[test]
    fn own_fonts_come_before_the_shipped_ones() {
        let bytes = include_bytes!("../../templates/fonts/heading.ttf").to_vec();
        let fonts = Fonts::new(BTreeMap::from([(FontRole::Body, ("hei.ttf".to_owned(), bytes))])).unwrap();
        assert_eq!(fonts.face(FontRole::Body, '政').unwrap().key(), FaceKey::Own(FontRole::Body));
        assert_eq!(fonts.face(FontRole::Title, '政').unwrap().key(), FaceKey::Shipped(FontRole::Title));
        let wrong = Fonts::new(BTreeMap::from([(FontRole::Body, ("a.ttf".to_owned(), b"no font".to_vec()))]));
        assert!(matches!(wrong.unwrap_err().kind(), ErrorKind::Font { .. }));
    }

    #[test]
    fn subsets_are_small_shared_and_know_their_characters() {
        let fonts = Fonts::default();
        let face = fonts.face(FontRole::Body, '政').unwrap();
        // About as many as a template has.
        let characters: BTreeSet<char> = charset().filter(|c| ('一'..='京').contains(c)).collect();
        assert!((64..200).contains(&characters.len()), "{}", characters.len());
        let first = fonts.subset(&face, &characters).unwrap();
        let second = fonts.subset(&face, &characters).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert!(first.length < 50_000 && first.program.len() < 35_000, "{}", first.length);
        assert!(first.name.ends_with("+NotoSerifSC-Regular"), "{}", first.name);
        assert_eq!(first.code(first.characters[0]), Some(1));
        assert_eq!(first.code('人'), None);
        let again = Fonts::default().subset(&face, &characters).unwrap();
        assert_eq!((&again.name, &again.program), (&first.name, &first.program));
    }

    #[test]
    fn characters_that_share_a_glyph_keep_codes_of_their_own() {
        let fonts = Fonts::default();
        let face = fonts.face(FontRole::Body, 'a').unwrap();
        let pair = charset().filter_map(|c| face.glyph(c).map(|glyph| (glyph, c))).fold(
            (BTreeMap::new(), None),
            |(mut seen, pair), (glyph, c)| {
                let pair = pair.or(seen.get(&glyph).map(|other| (*other, c)));
                seen.insert(glyph, c);
                (seen, pair)
            },
        );
        let (one, two) = pair.1.expect("space and no-break space");
        let subset = fonts.subset(&face, &BTreeSet::from([one, two])).unwrap();
        assert_ne!(subset.code(one), subset.code(two));
        assert_eq!(subset.glyphs.as_deref(), Some(&[0u8, 0, 0, 1, 0, 1][..]));
    }
}
