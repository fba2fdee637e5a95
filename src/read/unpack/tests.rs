use super::*;
use crate::limit;

fn crc(bytes: &[u8]) -> u32 {
    crate::deflate::crc32(bytes)
}

/// A zip archive of stored files: raw name, flags, content.
fn zip(files: &[(&[u8], u16, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, flags, content) in files {
        let at = out.len() as u32;
        let mut head = vec![20, 0];
        head.extend(flags.to_le_bytes());
        head.extend([0, 0, 0, 0, 0x21, 0]);
        head.extend(crc(content).to_le_bytes());
        head.extend((content.len() as u32).to_le_bytes());
        head.extend((content.len() as u32).to_le_bytes());
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(*name);
        out.extend(*content);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(*name);
    }
    let (at, length, count) = (out.len() as u32, directory.len() as u32, files.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(name, content)| (*name, b'0', *content)).collect();
    tar_of(&files)
}

/// A tar archive of files with their types.
fn tar_of(files: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, kind, content) in files {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[148..156].copy_from_slice(b"        ");
        header[156] = *kind;
        header[257..263].copy_from_slice(b"ustar\0");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        out.extend(header);
        out.extend(*content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.extend([0; 1024]);
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

/// The files as `name=content`, or `name!error`.
fn listed(name: &str, bytes: &[u8]) -> Vec<String> {
    let shown = |member: Member| match member.content {
        Ok(bytes) => format!("{}={}", member.name, String::from_utf8_lossy(&bytes)),
        Err(error) => format!("{}!{}", member.name, error.name()),
    };
    let unpacked = unpack(name, bytes).unwrap();
    let error = unpacked.error.map(|error| format!("!{}", error.name()));
    unpacked.members.into_iter().map(shown).chain(error).collect()
}

#[test]
fn zip_names_are_decoded_and_encrypted_files_named() {
    let bytes = zip(&[
        (b"\xb6\xab\xba\xd3\xd5\xf2.xls", 0, b"1"),
        ("西镇.xls".as_bytes(), 0x800, b"2"),
        (b"x/", 0, b""),
        (b"locked.doc", 1, b"3"),
        (b"../up.xls", 0, b"4"),
        (b"a.txt", 0, b"5"),
        (b"a.txt", 0, b"6"),
    ]);
    let expected = ["东河镇.xls=1", "西镇.xls=2", "locked.doc!encrypted", "up.xls=4", "a.txt=5", "a-2.txt=6"];
    assert_eq!(listed("a.zip", &bytes), expected);
    let renamed: Vec<bool> = unpack("a.zip", &bytes).unwrap().members.iter().map(|member| member.is_renamed).collect();
    assert_eq!(renamed, [false, false, false, true, false, true]);
}

#[test]
fn archives_in_archives_are_unpacked_three_deep() {
    let inner = zip(&[(b"t.csv", 0, b"1")]);
    let two = tar(&[("in.zip", &inner), ("b.csv", b"2")]);
    let three = zip(&[(b"two.tar.gz", 0, &gzip(&two)), (b"c.csv", 0, b"3")]);
    // The gzip file counts as one with the tar archive in it.
    assert_eq!(listed("a.zip", &three), ["two.tar.gz/in.zip/t.csv=1", "two.tar.gz/b.csv=2", "c.csv=3"]);
    let four = zip(&[(b"three.zip", 0, &three)]);
    let found = listed("a.zip", &four);
    assert_eq!(found, ["three.zip/two.tar.gz/in.zip!too_large", "three.zip/two.tar.gz/b.csv=2", "three.zip/c.csv=3"]);
    assert_eq!(listed("报表.csv.gz", &gzip(b"1,2")), ["报表.csv=1,2"]);
}

#[test]
fn what_an_archive_expands_to_is_limited() {
    let zeros = vec![0u8; 70 << 20];
    assert_eq!(listed("a.gz", &gzip(&zeros)), ["a!too_large"]);
    let packed = gzip(&zeros[..60 << 20]);
    let names: Vec<String> = (0..5).map(|at| format!("{at}.gz")).collect();
    let files: Vec<(&[u8], u16, &[u8])> = names.iter().map(|name| (name.as_bytes(), 0, &packed[..])).collect();
    let unpacked = unpack("bomb.zip", &zip(&files)).unwrap();
    let fitting = unpacked.members.iter().filter(|member| member.content.is_ok()).count();
    assert_eq!((unpacked.members.len(), fitting), (5, 3));
    let many: Vec<(&[u8], u16, &[u8])> = (0..limit::MEMBERS + 5).map(|_| (&b"a"[..], 0, &b""[..])).collect();
    assert_eq!(unpack("a.zip", &zip(&many)).unwrap().error.map(|error| error.name()), Some("too_large"));
}

#[test]
fn what_was_unpacked_in_vain_counts_too() {
    let mut collector = Collector::default();
    let damage = opened::corrupt("gzip", "@detail.deflate");
    let zeros = || std::io::Read::take(std::io::repeat(0), limit::FILE as u64 + 9);
    assert!(collector.read(zeros(), &damage).is_err());
    assert!(collector.read(std::io::Read::take(std::io::repeat(0), 9), &damage).is_ok());
    collector.spend(limit::UNPACKED - limit::FILE as u64 - 9);
    assert!(collector.room() < 9);
    assert!(collector.spend_slowly(limit::SLOWLY_PACKED).is_ok());
    assert!(collector.spend_slowly(1).is_err());
}

#[test]
fn links_and_unusual_methods_are_named() {
    let said = |name: &str, bytes: &[u8]| -> Vec<String> {
        let shown = |member: Member| match member.content {
            Ok(bytes) => format!("{}={}", member.name, String::from_utf8_lossy(&bytes)),
            Err(ErrorKind::Unsupported { found }) => format!("{}!{found}", member.name),
            Err(error) => format!("{}!{}", member.name, error.name()),
        };
        unpack(name, bytes).unwrap().members.into_iter().map(shown).collect()
    };
    let links = [("a.csv", b'0', &b"1"[..]), ("hard.csv", b'1', b""), ("soft.csv", b'2', b""), ("dir/", b'5', b"")];
    let expected = ["a.csv=1", "hard.csv!@format.link", "soft.csv!@format.link"];
    assert_eq!(said("a.tar", &tar_of(&links)), expected);
    assert_eq!(said("a.tgz", &gzip(&tar_of(&links))), expected);
    let mut bytes = zip(&[(b"a.csv", 0, b"a link")]);
    let directory = bytes.windows(4).position(|found| found == b"PK\x01\x02").unwrap();
    (bytes[directory + 5], bytes[directory + 41]) = (3, 0xa1);
    assert_eq!(said("a.zip", &bytes), ["a.csv!@format.link"]);
    for (method, name) in [(9, "packed_deflate64"), (12, "packed_bzip2"), (93, "packed_zstd"), (1, "packed_otherwise")]
    {
        let mut bytes = zip(&[(b"a.csv", 0, b"1")]);
        bytes[8] = method;
        let directory = bytes.windows(4).position(|found| found == b"PK\x01\x02").unwrap();
        bytes[directory + 10] = method;
        assert_eq!(said("a.zip", &bytes), [format!("a.csv!@format.{name}")]);
    }
}

#[test]
fn attachments_are_files_and_pages_stay_pages() {
    let mail = |parts: &[(&str, &str)]| {
        let mut out = "From: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_owned();
        for (head, body) in parts {
            out += &format!("--b\r\n{head}\r\n\r\n{body}\r\n");
        }
        out + "--b--\r\n"
    };
    let attached =
        "Content-Type: application/msword; name=\"=?GB2312?B?tqu60w==?=.doc\"\r\nContent-Disposition: attachment";
    let text = ("Content-Type: text/plain", "见附件");
    let picture = ("Content-Type: image/png; name=\"logo.png\"\r\nContent-ID: <1>", "x");
    let bytes = mail(&[text, (attached, "1"), picture]);
    assert_eq!(listed("m.eml", bytes.as_bytes()), ["东河.doc=1"]);
    let bare = mail(&[("Content-Type: x/y; name=\"@.xls\"\r\nContent-Disposition: attachment", "3")]);
    let (before, after) = bare.split_once('@').unwrap();
    let bytes = [before.as_bytes(), b"\xb6\xab\xba\xd3", after.as_bytes()].concat();
    assert_eq!(listed("m.eml", &bytes), ["东河.xls=3"]);
    assert!(unpack("m.eml", mail(&[text]).as_bytes()).is_none());
    let page = ("Content-Type: text/html\r\nContent-Location: a.htm", "<table><tr><td>1</table>");
    assert!(
        unpack("a.mht", mail(&[page, ("Content-Type: image/png; name=x\r\nContent-Location: x.png", "y")]).as_bytes())
            .is_none()
    );
    let inner = mail(&[(attached, "2")]).replace("=b\r", "=c\r").replace("--b", "--c");
    let forwarded = mail(&[text, ("Content-Type: message/rfc822", &format!("Subject: 转发\r\n{inner}"))]);
    assert_eq!(listed("m.eml", forwarded.as_bytes()), ["转发.eml/东河.doc=2"]);
}

#[test]
fn other_files_are_no_archives_and_damaged_ones_say_so() {
    for bytes in [
        &b"PK\x03\x04cut"[..],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"text",
        b"",
        &zip(&[(b"word/document.xml", 0, b"x")]),
    ] {
        assert!(unpack("a.zip", bytes).is_none());
    }
    let whole = tar(&[("a.csv", b"1"), ("b.csv", &[b'x'; 2000])]);
    assert_eq!(listed("a.tar", &whole[..1700]), ["a.csv=1", "!corrupt"]);
    assert_eq!(listed("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04cut"), ["!corrupt"]);
    let packed = gzip(&whole);
    assert_eq!(listed("a.tgz", &packed[..packed.len() - 9]).last().unwrap(), "!corrupt");
}

#[test]
fn a_cut_archive_is_not_read_as_one_stored_in_it() {
    let inner = zip(&[(b"a.csv", 0, b"1")]);
    let whole = zip(&[(b"inner.zip", 0, &inner), (b"b.csv", 0, b"2")]);
    let directory = whole.windows(9).rposition(|found| found == b"inner.zip").unwrap() - 46;
    for end in [directory, directory + 5, whole.len() - 30, whole.len() - 22] {
        assert!(unpack("a.zip", &whole[..end]).is_none());
        assert_eq!(archive::sniff(&whole[..end]), Sniffed::NotATable("damaged_zip"));
    }
    let prefixed = [b"PK prefix".as_slice(), &inner].concat();
    assert_eq!(listed("a.zip", &prefixed), ["a.csv=1"]);
    let office = zip(&[(b"word/embeddings/inner.zip", 0, &inner), (b"b.xml", 0, b"2")]);
    let cut = &office[..office.len() - 100];
    assert_eq!(archive::sniff(cut), Sniffed::Readable(crate::read::Format::Docx));
    assert!(archive::Archive::open(cut, crate::read::Format::Docx).is_err());
}

#[test]
fn an_archive_without_files_is_empty() {
    let unpacked = unpack("空.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0").unwrap();
    assert!(unpacked.members.is_empty());
    assert!(matches!(unpacked.error, Some(ErrorKind::Empty)), "{:?}", unpacked.error);
}
