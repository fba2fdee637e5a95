//! Metadata of a document: title, language, conformance, colours, time, identity.

use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use super::object::text_string;
use crate::deflate::{Effort, deflated};
use crate::layout::Layout;
use crate::write::time::Time;

/// The colour space of black and white. `templates/icc/make.py` computes it.
const SRGB: &[u8] = include_bytes!("../../../templates/icc/srgb.icc");

const PRODUCER: &str = concat!("xxgk ", env!("CARGO_PKG_VERSION"));

/// Sets the entries of a document's catalogue that are the same for all reports.
///
/// `metadata` is the id of the metadata, which each report has of its own: [`Description::xmp`].
pub(super) fn add(document: &mut Document, metadata: ObjectId) -> lopdf::Result<()> {
    let profile = Stream::new(dictionary! { "N" => 3, "Filter" => "FlateDecode" }, deflated(SRGB, Effort::Quick)?);
    let profile = document.add_object(profile);
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => text_string("sRGB IEC61966-2.1"),
        "Info" => text_string("sRGB IEC61966-2.1"),
        "DestOutputProfile" => Object::Reference(profile),
    };
    let catalog = document.catalog_mut()?;
    catalog.set("Lang", text_string("zh-CN"));
    catalog.set("Metadata", Object::Reference(metadata));
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("OutputIntents", Object::Array(vec![Object::Dictionary(intent)]));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.remove(b"PageLayout");
    Ok(())
}

/// Title, author and time of a document.
pub(super) struct Description {
    pub(super) title: String,
    author: Option<String>,
    time: Option<Time>,
    /// Whether a file is attached, which PDF/A-2 does not allow.
    has_attachment: bool,
}

impl Description {
    /// The description of a report.
    pub(super) fn new(layout: &Layout, timestamp: Option<i64>, has_attachment: bool) -> Self {
        let title = match one_line(&layout.title) {
            title if title.is_empty() => PRODUCER.to_owned(),
            title => title,
        };
        let author = layout.organization.as_deref().map(one_line).filter(|author| !author.is_empty());
        Self { title, author, time: timestamp.map(Time::new), has_attachment }
    }

    /// The time of creation as PDF writes it.
    pub(super) fn pdf_time(&self) -> Option<String> {
        self.time.as_ref().map(Time::compact)
    }

    /// The document information.
    pub(super) fn information(&self) -> Object {
        let title = text_string(&self.title);
        let mut information = dictionary! { "Title" => title, "Producer" => text_string(PRODUCER) };
        if let Some(author) = &self.author {
            information.set("Author", text_string(author));
        }
        if let Some(time) = &self.time {
            information.set("CreationDate", text_string(&time.compact()));
            information.set("ModDate", text_string(&time.compact()));
        }
        Object::Dictionary(information)
    }

    /// The metadata packet.
    pub(super) fn xmp(&self) -> String {
        let part = if self.has_attachment { 3 } else { 2 };
        xmp(part, &self.title, self.author.as_deref(), self.time.as_ref())
    }
}

/// A text without control characters and line ends.
fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() || is_no_xml(c) { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters besides control characters that XML 1.0 does not allow.
fn is_no_xml(character: char) -> bool {
    matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// A hash of a document's content, after FNV-1a of 128 bits, over words of sixteen bytes.
#[derive(Clone, Copy)]
pub(super) struct Identity(u128);

impl Identity {
    /// The identity of nothing yet.
    pub(super) fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Adds a part of the content.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(16) {
            let mut word = [0; 16];
            word[..part.len()].copy_from_slice(part);
            let mixed = (self.0 ^ u128::from_le_bytes(word)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
            // A product carries upwards only.
            self.0 = mixed ^ (mixed >> 64);
        }
    }

    /// As the entry of a trailer: permanent and changing identifier are the same.
    pub(super) fn to_object(self) -> Object {
        let identity = Object::string_literal(self.0.to_be_bytes().to_vec());
        Object::Array(vec![identity.clone(), identity])
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The metadata packet of a part of PDF/A, which requires a description of the properties that it does not define, those
/// of PDF/UA.
fn xmp(part: u8, title: &str, author: Option<&str>, time: Option<&Time>) -> String {
    let title = escape(title);
    let author = author.map_or_else(String::new, |author| {
        format!("<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>\n", escape(author))
    });
    let time = time.map_or_else(String::new, |time| {
        let time = time.iso();
        format!("<xmp:CreateDate>{time}</xmp:CreateDate>\n<xmp:ModifyDate>{time}</xmp:ModifyDate>\n")
    });
    format!(
        r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li><rdf:li xml:lang="zh-CN">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<dc:format>application/pdf</dc:format>
{author}{time}<pdf:Producer>{PRODUCER}</pdf:Producer>
<pdfaid:part>{part}</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"#,
        bom = '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_line_of_xml() {
        assert_eq!(one_line(" 2017年度\n中庄镇\u{0} "), "2017年度 中庄镇");
        assert_eq!(escape("A & <B>"), "A &amp; &lt;B&gt;");
    }
}
