//! What the tests of the feed share: the example file and an independent judge.

#![allow(dead_code, reason = "each test binary uses its share")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use formats::caf::schema::{Content, Element, MANY, ROOT};

/// Two households, four persons, windows-1252.
pub const EXAMPLE: &[u8] = include_bytes!("../data/example.xml");

/// The example as text.
pub fn example() -> String {
    encoding_rs::WINDOWS_1252.decode(EXAMPLE).0.into_owned()
}

/// Text to the bytes of a file.
pub fn bytes(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

/// The example with its first `from` replaced by `to`.
pub fn changed(from: &str, to: &str) -> String {
    let example = example();
    assert!(example.contains(from), "the example contains {from:?}");
    example.replacen(from, to, 1)
}

pub const OWN_SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/vrsb0801-own.xsd");

/// What `xmllint` says of a document, against the schema written from our table. `None` where it is not installed.
pub fn xmllint_accepts(document: &[u8]) -> Option<bool> {
    let child = Command::new("xmllint")
        .args(["--noout", "--schema", OWN_SCHEMA, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            eprintln!("xmllint not found ({error}): skipped; install libxml2-utils to run this check");
            return None;
        }
    };
    let mut input = child.stdin.take().unwrap();
    let document = document.to_vec();
    let feeder = std::thread::spawn(move || drop(input.write_all(&document)));
    let accepted = child.wait().unwrap().success();
    feeder.join().unwrap();
    Some(accepted)
}

/// An XML Schema that says what the table says.
pub fn own_schema() -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    out.push_str(
        "<!-- Written from the table of formats::caf::schema, to have the table judged by another reader. -->\n",
    );
    out.push_str("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n");
    element(&ROOT, true, 1, &mut out);
    out.push_str("</xs:schema>\n");
    out
}

fn element(element: &Element, root: bool, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let mut times = String::new();
    if !root && (element.min, element.max) != (1, 1) {
        let max = if element.max == MANY { "unbounded".to_owned() } else { element.max.to_string() };
        times = format!(" minOccurs=\"{}\" maxOccurs=\"{max}\"", element.min);
    }
    let start = format!("{indent}<xs:element name=\"{}\"{times}", element.name);
    let restricted = |base: &str, facets: &[(&str, usize)]| {
        let facets: String = facets.iter().map(|(name, value)| format!("<xs:{name} value=\"{value}\"/>")).collect();
        format!(
            "{start}><xs:simpleType><xs:restriction base=\"xs:{base}\">{facets}</xs:restriction></xs:simpleType></xs:element>\n"
        )
    };
    match element.content {
        Content::Block(children) => {
            out.push_str(&format!("{start}><xs:complexType><xs:sequence>\n"));
            for child in children {
                self::element(child, false, depth + 1, out);
            }
            out.push_str(&format!("{indent}</xs:sequence></xs:complexType></xs:element>\n"));
        }
        Content::Text(max) => out.push_str(&restricted("string", &[("maxLength", max)])),
        Content::Integer(max) => out.push_str(&restricted("integer", &[("totalDigits", max)])),
        Content::Decimal(total, fraction) => {
            out.push_str(&restricted("decimal", &[("totalDigits", total), ("fractionDigits", fraction)]));
        }
        Content::Date => out.push_str(&format!("{start} type=\"xs:date\"/>\n")),
        Content::Time => out.push_str(&format!("{start} type=\"xs:time\"/>\n")),
        Content::Boolean => out.push_str(&format!("{start} type=\"xs:boolean\"/>\n")),
    }
}
