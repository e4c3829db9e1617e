//! What cells mean: the published tables of values, one row a case.

use formats::table::Cell;
use formats::table::value::{
    Day, Read, address, affiliation, boolean, codes, date, email, family_name, first_name_key, free_text, identifier,
    is_damaged, name_key, nir, phones, postcode, same_phone,
};
use jiff::civil::{Date, date as day};
use proptest::prelude::*;

const TODAY: Date = day(2026, 11, 22);

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn said<T>(read: Read<T>) -> (Option<T>, bool) {
    let warned = read.remark().is_some();
    (read.value(), warned)
}

#[test]
fn dates() {
    let first = Some(Day::Full(day(1990, 2, 1)));
    for (cell, since_1904, expected, warned) in [
        (Cell::Number(32905.0), false, first, false),
        (Cell::Number(32905.75), false, first, false),
        (Cell::Number(45658.0), false, Some(Day::Full(day(2025, 1, 1))), false),
        (Cell::Number(31443.0), true, first, false),
        (Cell::Date(day(1990, 2, 1)), false, first, false),
        (text("01/02/1990"), false, first, false),
        (text("1/2/1990"), false, first, false),
        (text("13/2/1990"), false, Some(Day::Full(day(1990, 2, 13))), false),
        (text("2/13/1990"), false, None, true),
        (text("01-02-1990"), false, first, false),
        (text("01.02.1990"), false, first, false),
        (text("1990-02-01"), false, first, false),
        (text("1990-02-01T00:00:00"), false, first, false),
        (text("01/02/1990 00:00:00"), false, first, false),
        (text("1er février 1990"), false, first, false),
        (text("1 févr. 1990"), false, first, false),
        (text("12 août 2001"), false, Some(Day::Full(day(2001, 8, 12))), false),
        (text("01/02/90"), false, first, true),
        (text("01/02/26"), false, Some(Day::Full(day(2026, 2, 1))), true),
        (text("01/12/26"), false, Some(Day::Full(day(1926, 12, 1))), true),
        (text("19900201"), false, first, false),
        (text("32905"), false, first, true),
        (text("00/00/1990"), false, Some(Day::Year(1990)), true),
        (text("31/02/1990"), false, None, true),
        (text("30/00/1990"), false, Some(Day::Year(1990)), true),
        // The 1900 system believes in 29 February 1900: told, never converted.
        (Cell::Number(60.0), false, None, true),
        (Cell::Number(0.0), false, None, true),
        (text("hier"), false, None, true),
        (text("1 février"), false, None, true),
        (text("01/02"), false, None, true),
        (text("NULL"), false, None, false),
        (Cell::Broken("#REF!".to_owned()), false, None, true),
        (Cell::Empty, false, None, false),
    ] {
        assert_eq!(said(date(&cell, since_1904, TODAY)), (expected, warned), "{cell:?}");
    }
}

#[test]
fn telephones() {
    let paris = "+33639980123";
    for (cell, expected, warned) in [
        ("06 39 98 01 23", vec![paris], false),
        ("06.39.98.01.23", vec![paris], false),
        ("06-39-98-01-23", vec![paris], false),
        ("06/39/98/01/23", vec![paris], false),
        ("06\u{a0}39\u{202f}98 01 23", vec![paris], false),
        ("'0639980123", vec![paris], false),
        ("+33 6 39 98 01 23", vec![paris], false),
        ("+33 (0)6 39 98 01 23", vec![paris], false),
        ("0033639980123", vec![paris], false),
        ("33639980123", vec![paris], false),
        ("639980123", vec![paris], true),
        ("199001234", vec!["+33199001234"], true),
        ("0690001234", vec!["+590690001234"], false),
        ("0696001234", vec!["+596696001234"], false),
        ("0692001234", vec!["+262692001234"], false),
        ("0639981234", vec!["+33639981234"], false),
        ("0639001234", vec!["+262639001234"], false),
        ("0639980123/0199001234", vec![paris, "+33199001234"], false),
        ("0639980123 0199001234", vec![paris, "+33199001234"], false),
        ("0639980123, 0199001234", vec![paris, "+33199001234"], false),
        ("0639980123\n0199001234", vec![paris, "+33199001234"], false),
        ("0639980123 ou 0199001234", vec![paris, "+33199001234"], false),
        ("+32 470 12 34 56", vec!["+32470123456"], false),
        ("06 39 98 01 2", vec![], true),
        ("06 39 98 01 234", vec![], true),
        ("O639980123", vec![], true),
        ("3949", vec![], true),
        ("00 00 00 00 00", vec![], true),
        ("6,39980123E+08", vec![], true),
        ("NULL", vec![], false),
        ("-", vec![], false),
        ("néant", vec![], false),
        ("/", vec![], false),
    ] {
        let (read, told) = said(phones(&text(cell)));
        let numbers: Vec<String> =
            read.iter().flat_map(|phones| &phones.numbers).map(|phone| phone.as_str().to_owned()).collect();
        assert_eq!((numbers, told), (expected.iter().map(|number| (*number).to_owned()).collect(), warned), "{cell}");
    }
    let (commented, told) = said(phones(&text("0639980123 (mère)")));
    let commented = commented.unwrap();
    assert!(told && commented.comment.as_deref() == Some("mère"), "{commented:?}");
    let both = phones(&text("0199001234 ou 0639980123")).value().unwrap();
    assert_eq!(both.preferred().unwrap().as_str(), paris);
    let number = |cell: &str| phones(&text(cell)).value().unwrap().numbers.remove(0);
    assert!(same_phone(&number("+33690001234"), &number("0690001234")));
    assert!(!same_phone(&number("+32470123456"), &number("0470123456")));
}

#[test]
fn addresses_of_mail() {
    for (cell, expected, warned) in [
        (" Lea.ESSAI@Exemple.test ", Some("lea.essai@exemple.test"), false),
        ("lea.essai@exemple.test;autre@exemple.test", Some("lea.essai@exemple.test"), true),
        ("mailto:lea.essai@exemple.test", Some("lea.essai@exemple.test"), false),
        ("<lea.essai@exemple.test>", Some("lea.essai@exemple.test"), false),
        ("a@exemple.test", Some("a@exemple.test"), false),
        ("lea.essai@exemple", None, true),
        ("lea.essai@exemple.t", None, true),
        ("lea.essai@exemple..test", None, true),
        (".lea@exemple.test", None, true),
        ("léa@exemple.test", None, true),
        ("x@x.xx", None, true),
        ("aucun", None, true),
        ("NULL", None, false),
    ] {
        let (read, told) = said(email(&text(cell)));
        assert_eq!((read.as_ref().map(base::Email::as_str), told), (expected, warned), "{cell}");
    }
}

#[test]
fn registration_numbers() {
    for (number, key) in [
        ("2900393999001", 13),
        ("1851099350999", 9),
        ("2881293999777", 61),
        ("1791199999002", 82),
        ("1010193999005", 23),
        ("178012A999003", 93),
        ("284112B999004", 32),
        ("1850593999050", 97),
        ("1850593999049", 1),
        ("3900393999001", 60),
        ("7900393999001", 54),
        ("8900393999001", 4),
        ("2902093999006", 86),
    ] {
        let read = nir(&text(number)).value().unwrap_or_else(|| panic!("{number}"));
        assert_eq!(read.key(), key, "{number}");
        let whole = format!("{number}{key:02}");
        assert_eq!(nir(&text(&whole)).value().as_ref(), Some(&read), "{whole}");
    }
    let spaced = nir(&text("2 90 03 93 999 001 13")).value().unwrap();
    assert_eq!(spaced.as_str(), "2900393999001");
    assert_eq!(nir(&Cell::Number(2_900_393_999_001.0)).value().unwrap().as_str(), "2900393999001");
    // A false key, wrong lengths, a Corsica that does not exist, a month that cannot be, a number shown short.
    for wrong in [
        "290039399900114",
        "290139399900",
        "29003939990011",
        "290033A999001",
        "2901393999001",
        "2,90039E+12",
        "2.90039E+12",
    ] {
        assert_eq!(said(nir(&text(wrong))), (None, true), "{wrong}");
    }
}

#[test]
fn file_numbers() {
    for (cell, expected, warned) in [
        ("1234567", "1234567", false),
        ("123456700000000", "1234567", false),
        ("00012345670000", "1234567", false),
        ("000234500000000", "0002345", false),
        ("234567", "0234567", false),
        ("234567.0", "0234567", false),
        ("12345670008", "12345670008", true),
        ("2900393999001", "2900393999001", true),
        ("93A12345", "93A12345", true),
    ] {
        assert_eq!(said(affiliation(&text(cell))), (Some(expected.to_owned()), warned), "{cell}");
    }
    assert_eq!(affiliation(&Cell::Number(234_567.0)).value().as_deref(), Some("0234567"));
    assert_eq!(identifier(&text(" D-1001 ")).value().as_deref(), Some("D-1001"));
    assert_eq!(identifier(&text("1,2E+11")).value(), None);
}

#[test]
fn towns() {
    for (cell, expected) in [
        ("12 RUE DES ESSAIS 93160 NOISY LE GRAND", Some(("93160", "NOISY LE GRAND"))),
        ("10500 ROUTE DU TEST 26400 CREST", Some(("26400", "CREST"))),
        ("BP 12345 93000 BOBIGNY CEDEX", Some(("93000", "BOBIGNY CEDEX"))),
        ("RES LES TESTS APT 10203 93100 MONTREUIL", Some(("93100", "MONTREUIL"))),
        ("3 PLACE INVENTEE 1000 BOURG EN BRESSE", None),
    ] {
        let read = address(&text(cell)).value();
        let found = read.as_ref().map(|town| (town.postcode.as_str(), town.name.as_str()));
        assert_eq!(found, expected, "{cell}");
    }
    assert_eq!(said(postcode(&text("1000"))), (Some("01000".to_owned()), true));
    assert_eq!(said(postcode(&Cell::Number(93160.0))), (Some("93160".to_owned()), false));
    assert_eq!(said(postcode(&text("00123"))), (None, true));
}

#[test]
fn names_and_answers() {
    for (a, b) in [("Cœur-Noël", "COEUR NOEL"), ("D’Almeida", "d'almeida"), ("  Jean-Luc ", "jean luc")] {
        assert_eq!(name_key(a), name_key(b));
    }
    assert_eq!(first_name_key("Jean-Luc Marie"), "jean");
    for (cell, usual, birth, warned) in [
        ("MARTIN", "MARTIN", None, false),
        ("DUPONT épouse MARTIN", "MARTIN", Some("DUPONT"), true),
        ("MARTIN née DUPONT", "MARTIN", Some("DUPONT"), true),
        ("N?MES", "N?MES", None, true),
    ] {
        let (names, told) = said(family_name(&text(cell)));
        let names = names.unwrap();
        assert_eq!((names.usual.as_str(), names.birth.as_deref(), told), (usual, birth, warned), "{cell}");
    }
    assert!(is_damaged("B\u{fffd}jaia") && !is_damaged("Béjaïa"));
    for yes in ["oui", "O", "Yes", "VRAI", "1", "x"] {
        assert_eq!(boolean(&text(yes)), Read::Value(true), "{yes}");
    }
    for no in ["non", "n", "No", "faux", "0"] {
        assert_eq!(boolean(&text(no)), Read::Value(false), "{no}");
    }
    for nothing in ["", " ", "NULL", "N/A", "-", "?", "Néant", "NC"] {
        assert_eq!(boolean(&text(nothing)), Read::Empty, "{nothing}");
        assert_eq!(free_text(&text(nothing)), Read::Empty, "{nothing}");
    }
    assert_eq!(said(boolean(&text("peut-être"))), (None, true));
    assert_eq!(said(free_text(&Cell::Broken("#N/A".to_owned()))), (None, true));
}

#[test]
fn codes_of_questionnaires() {
    for (cell, expected, warned) in [
        (text("0401"), vec!["0401"], false),
        (text("0402 ; 0405;0402"), vec!["0402", "0405"], false),
        (text("0402 0405"), vec!["0402", "0405"], false),
        (text("0901 - Propriétaire"), vec!["0901"], false),
        (Cell::Number(901.0), vec!["0901"], true),
        (text("1201a"), vec!["1201a"], false),
        (text("Locataire HLM"), vec!["Locataire HLM"], false),
        (text("NULL"), vec![], false),
    ] {
        let (read, told) = said(codes(&cell, 4));
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!((read.unwrap_or_default(), told), (expected, warned), "{cell:?}");
    }
}

proptest! {
    #[test]
    fn any_day_is_read_back_from_every_way_of_writing_it(serial in 61i64..73_000) {
        let expected = Day::Full(day(1899, 12, 30).checked_add(jiff::Span::new().days(serial)).unwrap());
        let Day::Full(date_of) = expected else { unreachable!("made full above") };
        prop_assert_eq!(date(&Cell::Number(serial as f64), false, TODAY).value(), Some(expected));
        for format in ["%d/%m/%Y", "%-d-%-m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y-%m-%dT00:00:00", "%Y%m%d"] {
            let written = date_of.strftime(format).to_string();
            prop_assert_eq!(date(&text(&written), false, TODAY).value(), Some(expected), "{}", written);
        }
    }

    #[test]
    fn no_cell_makes_a_reader_panic(content in "\\PC{0,24}") {
        let cell = text(&content);
        let _ = (date(&cell, false, TODAY), phones(&cell), email(&cell), nir(&cell), affiliation(&cell));
        let _ = (address(&cell), postcode(&cell), family_name(&cell), boolean(&cell), codes(&cell, 4), identifier(&cell));
    }
}
