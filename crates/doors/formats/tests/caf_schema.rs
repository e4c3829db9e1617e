//! The table of the feed against the published rules, line by line, with `xmllint` as a second judge.

mod caf_common;

use caf_common::{EXAMPLE, OWN_SCHEMA, bytes, changed, example, own_schema, xmllint_accepts};
use formats::caf::schema::{Content, Element, ROOT};
use formats::caf::{Reader, Reason, Refusal};

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Valid,
    /// At least one household in error.
    Household,
    /// The file is refused.
    File,
}

fn outcome(document: &[u8]) -> Outcome {
    fn read(document: &[u8]) -> Result<bool, Refusal> {
        let mut reader = Reader::new(document)?;
        let mut valid = true;
        while let Some(entry) = reader.next_household()? {
            valid &= entry.is_ok();
        }
        Ok(valid)
    }
    match read(document) {
        Ok(true) => Outcome::Valid,
        Ok(false) => Outcome::Household,
        Err(_) => Outcome::File,
    }
}

const NIR: &str = "<NIR>2900399999017</NIR>";
const BIRTH: &str = "<DTNAI>1990-03-15</DTNAI>";
const POSTCODE: &str = "<CODEPOS>93500</CODEPOS>";
const STATE: &str = "<ETATDOSRSA>2</ETATDOSRSA>";
const FILE_NUMBER: &str = "<MATRICULE>094567800000000</MATRICULE>";
const AMOUNT: &str = "<MTTOTDRORSA>746.67</MTTOTDRORSA>";
const FLAG: &str = "<TOPPERSDRODEVORSA>1</TOPPERSDRODEVORSA>";
const SECOND_NAME: &str = "<PRENOM2>JEAN</PRENOM2>";
const END: &str = "<DFACT>2026-06-30</DFACT>";

#[test]
fn what_the_published_schema_accepts_or_refuses() {
    let french_form = {
        let example = example();
        let start = example.find("<AdresseDetailleeFrance>").unwrap();
        let end = example.find("</AdresseDetailleeFrance>").unwrap() + "</AdresseDetailleeFrance>".len();
        example[start..end].to_owned()
    };
    let names = "<NOM>DUVERGER</NOM>\n        <NOMNAI>LALANDE</NOMNAI>";
    let footer = {
        let example = example();
        example[example.find("<TransmissionFlux>").unwrap()..example.find("</Racine>").unwrap()].to_owned()
    };
    let prestations = {
        let example = example();
        let start = example.find("<Prestations>").unwrap();
        let end = example.find("</Prestations>").unwrap() + "</Prestations>".len();
        example[start..end].to_owned()
    };
    let cases: &[(&str, &str, &str, Outcome)] = &[
        ("postcode with a zero", POSTCODE, "<CODEPOS>01000</CODEPOS>", Outcome::Valid),
        ("postcode of six digits with a zero", POSTCODE, "<CODEPOS>093500</CODEPOS>", Outcome::Valid),
        ("empty postcode", POSTCODE, "<CODEPOS/>", Outcome::Household),
        ("postcode with a letter", POSTCODE, "<CODEPOS>2A004</CODEPOS>", Outcome::Household),
        ("empty NIR", NIR, "<NIR></NIR>", Outcome::Valid),
        ("NIR of 15 characters", NIR, "<NIR>290039999901746</NIR>", Outcome::Valid),
        ("NIR of letters", NIR, "<NIR>ABCDEFGHIJKLM</NIR>", Outcome::Valid),
        ("NIR of 16 characters", NIR, "<NIR>2900399999017461</NIR>", Outcome::Household),
        ("empty PRENOM2", SECOND_NAME, "<PRENOM2/>", Outcome::Valid),
        ("empty RGNAI", "<RGNAI>1</RGNAI>", "<RGNAI/>", Outcome::Household),
        ("empty DFACT", END, "<DFACT/>", Outcome::Household),
        ("empty flag", FLAG, "<TOPPERSDRODEVORSA/>", Outcome::Household),
        ("birth date with Z", BIRTH, "<DTNAI>1990-03-15Z</DTNAI>", Outcome::Valid),
        ("birth date with an offset", BIRTH, "<DTNAI>1990-03-15+02:00</DTNAI>", Outcome::Valid),
        ("birth date with zeros", BIRTH, "<DTNAI>1985-00-00</DTNAI>", Outcome::Household),
        ("birth year alone", BIRTH, "<DTNAI>1985</DTNAI>", Outcome::Household),
        ("flag in letters", FLAG, "<TOPPERSDRODEVORSA>true</TOPPERSDRODEVORSA>", Outcome::Valid),
        ("flag between blanks", FLAG, "<TOPPERSDRODEVORSA> 1\n </TOPPERSDRODEVORSA>", Outcome::Valid),
        ("state 9", STATE, "<ETATDOSRSA>9</ETATDOSRSA>", Outcome::Valid),
        ("empty state", STATE, "<ETATDOSRSA></ETATDOSRSA>", Outcome::Valid),
        ("state after a blank", STATE, "<ETATDOSRSA> 2</ETATDOSRSA>", Outcome::Household),
        ("file number of 7 digits", FILE_NUMBER, "<MATRICULE>0945678</MATRICULE>", Outcome::Valid),
        ("file number of 16 digits", FILE_NUMBER, "<MATRICULE>0945678000000000</MATRICULE>", Outcome::Valid),
        ("16 significant digits", FILE_NUMBER, "<MATRICULE>9456780000000000</MATRICULE>", Outcome::Household),
        ("file number with a letter", FILE_NUMBER, "<MATRICULE>0945678A</MATRICULE>", Outcome::Household),
        ("amount with zeros", AMOUNT, "<MTTOTDRORSA>0000746.67</MTTOTDRORSA>", Outcome::Valid),
        ("negative amount", AMOUNT, "<MTTOTDRORSA>-746.67</MTTOTDRORSA>", Outcome::Valid),
        ("amount with a comma", AMOUNT, "<MTTOTDRORSA>746,67</MTTOTDRORSA>", Outcome::Household),
        ("amount with three decimals", AMOUNT, "<MTTOTDRORSA>746.675</MTTOTDRORSA>", Outcome::Household),
        ("address without its detail", &french_form, "", Outcome::Valid),
        ("no COMPLADR", "<COMPLADR/>", "", Outcome::Household),
        ("NUMVOIE of 7 characters", "<NUMVOIE>12 B</NUMVOIE>", "<NUMVOIE>12 BIS </NUMVOIE>", Outcome::Household),
        ("wrong total", "<NBTOTDOSRSATRANSM>00000002", "<NBTOTDOSRSATRANSM>00000001", Outcome::Valid),
        ("unknown kind of feed", "<TYPEFLUX>M</TYPEFLUX>", "<TYPEFLUX>Q</TYPEFLUX>", Outcome::Valid),
        (
            "state 2 with a closure",
            "</EtatDossierRSA>",
            "</EtatDossierRSA><FinDroit><MOTICLORSA>ECH</MOTICLORSA><DTCLORSA>2026-08-01</DTCLORSA></FinDroit>",
            Outcome::Valid,
        ),
        ("no footer", &footer, "", Outcome::File),
        ("one Prestations", &prestations, "", Outcome::Household),
        ("three Prestations", &prestations, &prestations.repeat(2), Outcome::Household),
        ("NOMNAI before NOM", names, "<NOMNAI>LALANDE</NOMNAI><NOM>DUVERGER</NOM>", Outcome::Household),
        ("unknown element", NIR, "<NIA>2900399999017</NIA>", Outcome::Household),
        ("time without seconds", "<HEUCREAFLUX>01:18:36.0000", "<HEUCREAFLUX>01:18", Outcome::File),
        ("attribute", "<NIR>", "<NIR a=\"1\">", Outcome::Household),
        ("text between elements", NIR, "x", Outcome::Household),
        ("element in a value", NIR, "<NIR><A/></NIR>", Outcome::Household),
        ("comment in a value", NIR, "<NIR>29003<!-- </InfosFoyerRSA> -->99999017</NIR>", Outcome::Valid),
        ("CDATA", "<NOM>DUVERGER</NOM>", "<NOM>DU<![CDATA[VER<GER]]></NOM>", Outcome::Valid),
        ("character references", "<NOM>DUVERGER</NOM>", "<NOM>D&#201;&amp;</NOM>", Outcome::Valid),
        ("household without end", "</InfosFoyerRSA>", "", Outcome::File),
        ("crossed tags", "</NOMNAI>", "</NOM>", Outcome::File),
        ("lone ampersand", "<NOM>DUVERGER</NOM>", "<NOM>A & B</NOM>", Outcome::File),
        ("nested household", STATE, "<InfosFoyerRSA></InfosFoyerRSA>", Outcome::Household),
        ("empty household", "<InfosFoyerRSA>", "<InfosFoyerRSA/>\n<InfosFoyerRSA>", Outcome::Household),
        ("blank in a closing tag", "</InfosFoyerRSA>", "</InfosFoyerRSA\n >", Outcome::Valid),
        ("comment between households", "</InfosFoyerRSA>", "</InfosFoyerRSA><!-- <b> -->", Outcome::Valid),
        ("text between households", "</InfosFoyerRSA>", "</InfosFoyerRSA>x", Outcome::File),
        ("second header", "</InfosFoyerRSA>", "</InfosFoyerRSA><IdentificationFlux/>", Outcome::File),
        ("something after the end", "</Racine>", "</Racine><Racine/>", Outcome::File),
        (
            "schema location on the root",
            "<Racine>",
            "<Racine xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"v.xsd\">",
            Outcome::Valid,
        ),
        ("attribute on the root", "<Racine>", "<Racine a=\"1\">", Outcome::File),
    ];
    for (name, from, to, expected) in cases {
        let document = bytes(&changed(from, to));
        assert_eq!(&outcome(&document), expected, "{name}");
        if let Some(accepted) = xmllint_accepts(&document) {
            assert_eq!(accepted, *expected == Outcome::Valid, "{name}, by xmllint");
        }
    }
}

#[test]
fn the_example_is_valid() {
    assert_eq!(outcome(EXAMPLE), Outcome::Valid);
    assert_ne!(xmllint_accepts(EXAMPLE), Some(false));
}

#[test]
fn any_other_root_is_refused() {
    for root in ["EtatDossierRSA", "InfosFoyerRSA", "html"] {
        let document = format!("<{root}><ETATDOSRSA>2</ETATDOSRSA></{root}>");
        let refusal = Reader::new(document.as_bytes()).map(|_| ()).unwrap_err();
        assert!(matches!(refusal.reason, Reason::Root(found) if found == root));
    }
}

/// Every element the table knows, as often as it allows (three times when there is no limit).
fn full(element: &Element, out: &mut String) {
    for _ in 0..element.max.min(3) {
        out.push_str(&format!("<{}>", element.name));
        match element.content {
            Content::Block(children) => children.iter().for_each(|child| full(child, out)),
            Content::Text(max) => out.push_str(&"X".repeat(max)),
            Content::Integer(max) => out.push_str(&"7".repeat(max)),
            Content::Decimal(total, fraction) => {
                out.push_str(&format!("{}.{}", "8".repeat(total - fraction), "9".repeat(fraction)));
            }
            Content::Date => out.push_str("2026-02-28"),
            Content::Time => out.push_str("23:59:59.5"),
            Content::Boolean => out.push_str("false"),
        }
        out.push_str(&format!("</{}>", element.name));
    }
}

#[test]
fn every_element_at_its_most_and_at_its_least() {
    let mut document = String::new();
    full(&ROOT, &mut document);
    assert_eq!(outcome(document.as_bytes()), Outcome::Valid);
    assert_ne!(xmllint_accepts(document.as_bytes()), Some(false));
    let count = document.matches("</").count();
    assert!(count > 1000, "{count} elements");
    let mut reader = Reader::new(document.as_bytes()).unwrap();
    let record = reader.next_household().unwrap().unwrap().unwrap();
    assert_eq!(record.household.persons.len(), 3);
    assert_eq!(record.household.persons[2].links.len(), 2);
    assert_eq!(record.household.addresses.len(), 3);
    assert_eq!(record.household.right.suspensions.len(), 6);
    assert_eq!(record.household.anomalies.len(), 3);
}

/// Removes each element of the example in turn, then doubles each in turn: both judges must agree.
#[test]
fn same_judgement_as_xmllint_on_every_small_change() {
    if xmllint_accepts(EXAMPLE).is_none() {
        return;
    }
    let example = example();
    let lines: Vec<&str> = example.lines().collect();
    // The second household holds the same elements: the first one is enough.
    let last = lines.iter().position(|line| line.contains("</InfosFoyerRSA>")).unwrap();
    for (index, line) in lines[..last].iter().enumerate() {
        if !line.contains("</") && !line.ends_with("/>") || line.trim_start().starts_with("</") {
            continue;
        }
        for times in [0, 2] {
            let mut changed = lines.clone();
            let repeated = vec![*line; times];
            changed.splice(index..=index, repeated);
            let document = bytes(&changed.join("\n"));
            let valid = outcome(&document) == Outcome::Valid;
            assert_eq!(xmllint_accepts(&document), Some(valid), "{times} × line {}: {line}", index + 1);
        }
    }
}

/// Set `UPDATE_SCHEMA` to write the file again after a change of the table.
#[test]
#[expect(clippy::disallowed_methods, reason = "a switch for the person who changes the table, not configuration")]
fn the_schema_file_says_what_the_table_says() {
    let schema = own_schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(OWN_SCHEMA, &schema).unwrap();
    }
    let written = std::fs::read_to_string(OWN_SCHEMA).unwrap();
    assert!(written == schema, "{OWN_SCHEMA} is out of date: run this test with UPDATE_SCHEMA=1");
}
