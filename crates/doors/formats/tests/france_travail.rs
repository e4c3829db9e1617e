//! The monthly file of France Travail: there and back, and what a broken line or header is told.

use formats::france_travail::{COLUMNS, Reader, Record, Refusal, Writer};
use jiff::civil::{DateTime, datetime};
use proptest::prelude::*;

fn written(records: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes).unwrap();
    for record in records {
        writer.line(record).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Vec<Result<(u64, Record), String>> {
    let mut reader = Reader::new(bytes).unwrap();
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        lines.push(line.map_err(|error| error.to_string()));
    }
    lines
}

fn somebody() -> Record {
    Record {
        identifier: Some("00012345678".to_owned()),
        last_name: Some("ESSAI".to_owned()),
        first_name: Some("Léa".to_owned()),
        birth_date: Some(datetime(2001, 1, 3, 0, 0, 0, 0)),
        registered: Some(datetime(2025, 3, 4, 0, 0, 0, 0)),
        category: Some("1".to_owned()),
        health_difficulty: Some(true),
        transport_difficulty: Some(false),
        covered_by_rsa: Some(true),
        ..Record::default()
    }
}

#[test]
fn the_file_is_written_as_described() {
    let text = String::from_utf8(written(&[somebody()])).unwrap();
    let (header, rest) = text.split_once("\r\n").unwrap();
    assert_eq!(COLUMNS.len(), 44);
    assert!(
        header.starts_with("identifiant_unique_de;civilite;nom;prenom;") && header.ends_with(";dif_familiale;brsa")
    );
    assert!(header.contains(";appelation_rome_1;") && header.contains(";mrech.axetravailprincipal;"), "{header}");
    let cells: Vec<&str> = rest.trim_end().split(';').collect();
    assert_eq!(cells.len(), 44);
    assert_eq!(
        (cells[0], cells[1], cells[6], cells[22]),
        ("00012345678", "NULL", "2001-01-03 00:00:00.0", "2025-03-04 00:00:00.0")
    );
    assert_eq!((cells[38], cells[40], cells[43]), ("O", "N", "O"));
}

#[test]
fn broken_lines_are_told_and_the_rest_goes_on() {
    let good = String::from_utf8(written(&[somebody(), somebody()])).unwrap();
    let mut lines: Vec<&str> = good.lines().collect();
    let bad_flag = lines[1].replacen(";O;", ";peut-être;", 1);
    let bad_date = lines[1].replace("2001-01-03", "03/01/2001");
    lines.insert(2, "trop;court");
    lines.insert(3, &bad_flag);
    lines.insert(4, &bad_date);
    lines.insert(5, "");
    let found = read(lines.join("\n").as_bytes());
    let told: Vec<String> =
        found.iter().map(|line| line.clone().map_or_else(|error| error, |(line, _)| line.to_string())).collect();
    assert_eq!(
        told,
        [
            "2",
            "ligne 3 : 2 colonnes au lieu de 44",
            "ligne 4 : la colonne dif_sante attend O ou N",
            "ligne 5 : la colonne date_naissance attend une date comme 2026-10-20 00:00:00.0",
            "7"
        ]
    );
}

#[test]
fn another_file_is_refused_with_what_differs() {
    let refused = |text: &str| Reader::new(text.as_bytes()).err().unwrap();
    assert!(matches!(refused(""), Refusal::Empty));
    assert!(matches!(refused("nom,prenom\n"), Refusal::ColumnCount { found: 1 }));
    let header = COLUMNS.join(";").replacen("nom;", "name;", 1);
    let told = refused(&header).to_string();
    assert!(told.contains("colonne 3") && told.contains("« name »") && told.contains("« nom »"), "{told}");
    // A mark at the start, capitals and blanks are no difference.
    let marked = format!("\u{feff}{}\n", COLUMNS.join(" ; ").to_uppercase());
    assert!(Reader::new(marked.as_bytes()).is_ok());
}

#[test]
fn accents_of_the_older_encoding_are_read() {
    let bytes: Vec<u8> = String::from_utf8(written(&[somebody()])).unwrap().chars().map(|sign| sign as u8).collect();
    assert_eq!(read(&bytes)[0].as_ref().unwrap().1.first_name.as_deref(), Some("Léa"));
}

fn moments() -> impl Strategy<Value = Option<DateTime>> {
    prop::option::of(
        (1920i16..2100, 1i8..13, 1i8..29, 0i8..24, 0i32..1_000_000_000)
            .prop_map(|(year, month, day, hour, nanos)| datetime(year, month, day, hour, 5, 9, nanos)),
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        texts in prop::collection::vec(prop::option::of("[A-Za-zÀ-ÿ0-9;\"' -]{0,10}[A-Za-z]"), 4),
        flags in prop::collection::vec(prop::option::of(any::<bool>()), 8),
        registered in moments(),
        born in moments(),
    ) {
        let text = |at: usize| texts[at].clone().map(|text| text.trim().to_owned()).filter(|text| text != "NULL");
        let record = Record {
            identifier: text(0), last_name: text(1), referent_email: text(2), structure: text(3),
            registered, birth_date: born,
            financial_difficulty: flags[0], administrative_difficulty: flags[1], health_difficulty: flags[2],
            housing_difficulty: flags[3], transport_difficulty: flags[4], communication_difficulty: flags[5],
            family_difficulty: flags[6], covered_by_rsa: flags[7],
            ..Record::default()
        };
        prop_assert_eq!(read(&written(std::slice::from_ref(&record))), [Ok((2, record))]);
    }
}
