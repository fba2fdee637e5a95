//! Whether a color is white. Nothing else of colors matters here.
//!
//! In: color spaces and components. Out: [`Paint`].

use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::object::{Array, Name, Object};

use crate::read::page::Ink;

/// How a color space counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Space {
    /// All components are 1 in white.
    #[default]
    Additive,
    /// All components are 0 in white.
    Subtractive,
    /// Not known without tables.
    Other,
    /// A pattern, which may leave parts blank.
    Pattern,
}

/// The color in which something is painted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    space: Space,
    is_white: bool,
    /// How much it hides.
    pub(super) alpha: f64,
}

impl Default for Paint {
    fn default() -> Self {
        Self { space: Space::Additive, is_white: false, alpha: 1.0 }
    }
}

/// A component this near to white counts as white.
const NEAR: f64 = 0.04;

impl Paint {
    /// Sets a color of gray, red-green-blue or cyan-magenta-yellow-black, by the number of components.
    pub(super) fn device(&mut self, components: &[f64]) {
        self.space = if components.len() == 4 { Space::Subtractive } else { Space::Additive };
        self.components(components);
    }

    /// Sets the components of the current color space.
    pub(super) fn components(&mut self, components: &[f64]) {
        self.is_white = !components.is_empty()
            && match self.space {
                Space::Additive => components.iter().all(|value| *value > 1.0 - NEAR),
                Space::Subtractive => components.iter().all(|value| *value < NEAR),
                Space::Other | Space::Pattern => false,
            };
    }

    /// Sets the color space; its first color is not white, except of subtractive ones.
    pub(super) fn space(&mut self, name: &Name<'_>, spaces: &Dict<'_>) {
        self.space = match spaces.get::<Object<'_>>(name) {
            Some(object) => space(&object),
            None => by_name(name),
        };
        self.is_white = false;
    }

    /// The ink for text and ruling lines.
    pub(super) fn ink(&self) -> Ink {
        match () {
            () if self.alpha < 0.05 => Ink::None,
            () if self.is_white => Ink::White,
            () => Ink::Color,
        }
    }

    /// The ink for areas: what lets something show through is clear.
    pub(super) fn area_ink(&self, is_blended: bool) -> Ink {
        match self.ink() {
            Ink::None => Ink::None,
            _ if is_blended || self.alpha < 0.95 || self.space == Space::Pattern => Ink::Clear,
            ink => ink,
        }
    }
}

fn by_name(name: &[u8]) -> Space {
    match name {
        b"DeviceGray" | b"G" | b"DeviceRGB" | b"RGB" | b"CalGray" | b"CalRGB" => Space::Additive,
        b"DeviceCMYK" | b"CMYK" => Space::Subtractive,
        b"Pattern" => Space::Pattern,
        _ => Space::Other,
    }
}

fn space(object: &Object<'_>) -> Space {
    match object {
        Object::Name(name) => by_name(name),
        Object::Array(array) => of_array(array),
        _ => Space::Other,
    }
}

fn of_array(array: &Array<'_>) -> Space {
    let mut items = array.iter::<Object<'_>>();
    let Some(Object::Name(name)) = items.next() else { return Space::Other };
    match &*name {
        b"Separation" | b"DeviceN" => Space::Subtractive,
        b"ICCBased" => {
            let profile = items.next().and_then(Object::into_stream);
            let count = profile.and_then(|profile: Stream<'_>| profile.dict().get::<i32>(b"N"));
            if count == Some(4) { Space::Subtractive } else { Space::Additive }
        }
        name => by_name(name),
    }
}
