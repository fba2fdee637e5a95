//! Hostile documents of pages.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::files::{Fate, Hostile};
use super::pack::{Part, zip};

/// All of them.
pub const FILES: &[Hostile] = &[
    ("inflating.pdf", Fate::TooLarge, || pdf(&[("", &deflated("0 0 m ", 60 << 20), true)], "")),
    ("inflating-objects.pdf", Fate::TooLarge, || {
        pdf(&[("", b"", false), ("/Type/ObjStm/N 1/First 9", &deflated("1 0 null ", 40 << 20), true)], "")
    }),
    ("operators.pdf", Fate::TooLarge, || pdf(&[("", &deflated("0 0 1 1 re f ", 6 << 20), true)], "")),
    ("states.pdf", Fate::TooLarge, || pdf(&[("", &deflated("q ", 1 << 20), true)], "")),
    ("glyphs.pdf", Fate::TooLarge, || {
        pdf(
            &[(
                "",
                &deflated("BT /F 9 Tf (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET ", 40_000),
                true,
            )],
            "",
        )
    }),
    // Each form paints the next one ten times.
    ("forms-in-forms.pdf", Fate::TooLarge, || {
        let names: Vec<String> = (0..12).map(|level| "/X Do ".repeat(10) + &format!("% {level}")).collect();
        let mut streams: Vec<(String, Vec<u8>)> = vec![(String::new(), b"/X Do ".to_vec())];
        for (level, content) in names.iter().enumerate() {
            let next =
                if level + 1 < names.len() { format!("/XObject<</X {} 0 R>>", level + 6) } else { String::new() };
            let dictionary = format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{next}>>");
            streams.push((dictionary, content.as_bytes().to_vec()));
        }
        let streams: Vec<(&str, &[u8], bool)> =
            streams.iter().map(|(dictionary, data)| (dictionary.as_str(), data.as_slice(), false)).collect();
        pdf(&streams, "/XObject<</X 5 0 R>>")
    }),
    ("widths.pdf", Fate::TooLarge, || {
        let font = "/Font<</F<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2\
                    /W[0 4294967295 500]>>]>>>>";
        pdf(&[("", b"BT /F 9 Tf (aa) Tj ET", false)], font)
    }),
    // Lines without end, each of which meets all others.
    ("rulings.pdf", Fate::TooLarge, || {
        let lines = (0..20_000).map(|at| format!("0 {0} m 9000 {0} l {0} 0 m {0} 9000 l S ", f64::from(at) / 5.0));
        pdf(&[("", lines.collect::<String>().as_bytes(), false)], "")
    }),
    ("streams.pdf", Fate::TooLarge, || {
        let mut file = b"%PDF-1.4\n".to_vec();
        (0..300_000).for_each(|_| file.extend_from_slice(b"stream "));
        file
    }),
    ("inflating.ofd", Fate::TooLarge, || {
        ofd(Part::repeated(CONTENT, "<Page><Content><Layer>", "<PathObject/>", 14_000_000, "</Layer></Content></Page>"))
    }),
    ("deep.ofd", Fate::TooLarge, || ofd(Part::repeated(CONTENT, "<Page><Content>", "<PageBlock>", 400_000, ""))),
    ("steps.ofd", Fate::TooLarge, || {
        let text = "<TextObject Size='3'><TextCode X='0' Y='0' DeltaX='g 999999999 1'>".to_owned()
            + &"7".repeat(1_200_000)
            + "</TextCode></TextObject>";
        ofd(Part::new(CONTENT, format!("<Page><Content><Layer>{text}</Layer></Content></Page>").as_bytes()))
    }),
];

const CONTENT: &str = "Doc_0/Pages/Page_0/Content.xml";

fn ofd(content: Part) -> Vec<u8> {
    let document = "<Document><CommonData/><Pages><Page ID='1' BaseLoc='Pages/Page_0/Content.xml'/></Pages></Document>";
    let root = "<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>";
    zip(&[Part::new("OFD.xml", root.as_bytes()), Part::new("Doc_0/Document.xml", document.as_bytes()), content])
}

fn deflated(piece: &str, times: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let block = piece.repeat((1 << 16) / piece.len());
    for _ in 0..times * piece.len() / block.len() + 1 {
        encoder.write_all(block.as_bytes()).unwrap();
    }
    encoder.finish().unwrap()
}

/// A document of one page: entries, data and whether these are deflated, of its content and of further streams.
fn pdf(streams: &[(&str, &[u8], bool)], resources: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n".to_vec();
    let page = format!(
        "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000 9000]/Contents 4 0 R/Resources<<{resources}>>>>\nendobj\n"
    );
    file.extend_from_slice(page.as_bytes());
    for ((entries, data, is_deflated), number) in streams.iter().zip(4..) {
        let filter = if *is_deflated { "/Filter/FlateDecode" } else { "" };
        file.extend_from_slice(
            format!("{number} 0 obj\n<<{entries}{filter}/Length {}>>stream\n", data.len()).as_bytes(),
        );
        file.extend_from_slice(data);
        file.extend_from_slice(b"\nendstream\nendobj\n");
    }
    file.extend_from_slice(b"trailer<</Root 1 0 R/Size 99>>\n%%EOF\n");
    file
}
