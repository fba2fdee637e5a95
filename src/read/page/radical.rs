//! Radicals of the Kangxi dictionary, which some programs write in place of the ideographs they look like.
//!
//! Chrome on Windows maps glyphs of ideographs to these characters, since both have the same glyph. Source: Unicode,
//! EquivalentUnifiedIdeograph.txt; NFKC knows all of U+2F00–2FD5, but only two of U+2E80–2EFF.

use unicode_normalization::char::decompose_compatible;

/// For each character from U+2E80 on, the ideograph; `　` where there is none with a single code point of 16 bits.
const SUPPLEMENT: &str = "　厂乛乚乙亻冂　刀刂卜㔾小小兀尣\
尢　巳幺彑彐忄心扌攵　旡日月歺母\
民氵氺灬爫爫丬牛犭王　目示礻　糹\
纟罓罒罒罒　羊　　耂肀聿肉　艹艹\
艹虎衤覀西见角　讠贝足车辶辶辶阝\
钅長镸长门　阝雨青韦页风飞食　飠\
饣　马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜\
龙龜亀龟";

/// The ideograph that a character looks like, or the character.
pub(crate) fn unified(c: char) -> char {
    match c {
        '\u{2e80}'..='\u{2eff}' => {
            let place = c as usize - 0x2e80;
            SUPPLEMENT.chars().nth(place).filter(|found| *found != '　').unwrap_or(c)
        }
        '\u{2f00}'..='\u{2fd5}' => {
            let mut found = c;
            decompose_compatible(c, |own| found = own);
            found
        }
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_become_the_ideographs_they_look_like() {
        let text = "⼈⽅⾏⻓⻔⺠⻅⻚⻋⻛⻘⻩⻢⻬⻰⻳⺟⻄⺝⻝⻥⻦⺎";
        let folded: String = text.chars().map(unified).collect();
        assert_eq!(folded, "人方行长门民见页车风青黄马齐龙龟母西月食鱼鸟兀");
        assert_eq!(unified('长'), '长');
    }
}
