use proptest::prelude::*;

use super::*;

/// An event in a form that both parsers can produce.
type Drawn = Result<(&'static str, String), String>;

fn text(bytes: &[u8]) -> &str {
    from_utf8(bytes).unwrap()
}

fn drawn(part: &[u8]) -> Vec<Drawn> {
    let mut events = Events::of(part);
    let mut all = Vec::new();
    loop {
        let event = events.next().map_err(|error| error.to_string());
        let is_last = matches!(event, Err(_) | Ok(Event::Eof));
        all.push(event.map(|event| match event {
            Event::Start(Element { name, written, name_length, .. }) => {
                ("start", format!("{}|{}", text(name), text(&written[name_length..])))
            }
            Event::End(name) => ("end", text(name).to_owned()),
            Event::Text(text) => ("text", text.into_owned()),
            Event::Other => ("other", String::new()),
            Event::Eof => ("eof", String::new()),
        }));
        if is_last {
            return all;
        }
    }
}

fn through_quick_xml(part: &[u8]) -> Vec<Drawn> {
    use quick_xml::events::Event as Read;
    let mut reader = Reader::from_reader(part);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_end_names = false;
    let mut all = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| corrupt_by(error).to_string());
        let is_last = matches!(event, Err(_) | Ok(Read::Eof));
        all.push(event.map(|event| match event {
            Read::Start(start) => ("start", format!("{}|{}", start.local_name().as_ref(), start.attributes_raw())),
            Read::End(end) => ("end", end.local_name().as_ref().to_owned()),
            Read::Text(text) => ("text", text.xml10_content().into_owned()),
            Read::CData(text) => ("text", text.xml10_content().into_owned()),
            Read::GeneralRef(reference) => ("text", resolved(&reference).into_owned()),
            Read::Eof => ("eof", String::new()),
            _ => ("other", String::new()),
        }));
        if is_last {
            return all;
        }
    }
}

#[test]
fn attributes_are_found_however_they_are_written() {
    let part = br#"<x:c r = "A1" a:t='>"' s=" 1"id="&amp;&x;"	a="" b = '5' odd/>"#;
    let Event::Start(element) = Events::of(part).next().unwrap() else { panic!("an element") };
    assert_eq!(element.name, b"c");
    let all: Vec<_> = element.raw_attributes().map(|(name, value)| (text(name), text(value))).collect();
    assert_eq!(all, [("r", "A1"), ("t", ">\""), ("s", " 1"), ("id", "&amp;&x;"), ("a", ""), ("b", "5")]);
    assert_eq!((element.attribute(b"id").as_deref(), element.attribute(b"v")), (Some("&amp;&x;"), None));
}

#[test]
fn content_is_the_text_up_to_the_end() {
    for (part, content, behind) in [
        ("<v>12</v>34", "12", "34"),
        ("<v></v>34", "", "34"),
        ("<v/>34", "", "34"),
        ("<v>1&amp;<!-- 3 -->2</v >34", "1&2", "34"),
        ("<v>1<a>2</a></v>34", "12", "34"),
        ("<x:v>1\r\n2</x:v>34", "1\n2", "34"),
        ("<v><vv>1</vv></v>34", "1", "34"),
    ] {
        let mut events = Events::of(part.as_bytes());
        assert!(matches!(events.next(), Ok(Event::Start(_))), "{part}");
        assert_eq!(events.content(b"v").unwrap(), content, "{part}");
        assert_eq!(events.next().unwrap(), Event::Text(behind.into()), "{part}");
    }
    let mut events = Events::of(b"<v>1</v><v a='2'>3</v>");
    assert_eq!((events.plain_element(b"t"), events.plain_element(b"v")), (None, Some("1".into())));
    assert!(events.plain_element(b"v").is_none() && matches!(events.next(), Ok(Event::Start(_))));
    for part in ["<v>12", "<v>12</v", "<v>12</w>"] {
        let mut events = Events::of(part.as_bytes());
        events.next().unwrap();
        assert!(events.content(b"v").is_err(), "{part}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn events_are_those_of_quick_xml(
        pieces in prop::collection::vec(prop_oneof![
            Just("<c r=\"A1\" s='2'>"), Just("</c>"), Just("<x:v>"), Just("</x:v >"), Just("<c\tt=\">\"/>"), Just("甲乙"),
            Just(" 1 "), Just("\r\n"), Just("&lt;"), Just("&#x4e00;"), Just("&no;"), Just("&"), Just("<!--"), Just("-->"),
            Just("<!-->"), Just("<![CDATA["), Just("]]>"), Just("<?xml"), Just("?>"), Just("<!DOCTYPE a"), Just("["), Just("]"),
            Just("<"), Just(">"), Just("/"), Just("\""), Just("'"), Just("!"), Just("?"), Just("="), Just(":"),
        ], 0..12),
        marked in any::<bool>(),
        broken in prop::option::of(0usize..40),
    ) {
        let mut part = [if marked { "\u{feff}" } else { "" }, &pieces.concat()].concat().into_bytes();
        if let Some(at) = broken.filter(|at| (3..=part.len()).contains(at)) {
            part.insert(at, 0xff);
        }
        prop_assert_eq!(drawn(&part), through_quick_xml(&part));
    }
}
