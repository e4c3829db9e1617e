//! What a PDF holds, asked of Poppler: the text in reading order, pages, tags and norms.

use std::path::Path;
use std::process::Command;

use jiff::civil::date;
use print::{Block, Column, Document, Error, Signature, Table, Text};

/// The answer of a program of Poppler. `None` where it is not installed.
fn poppler(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let output = match Command::new(program).args(arguments).arg(file).arg("-").output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("{program} not found ({error}): skipped; install poppler-utils to run this check");
            return None;
        }
    };
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn written(document: &Document) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::with_suffix(".pdf").unwrap();
    std::fs::write(file.path(), document.render().unwrap()).unwrap();
    file
}

fn text(document: &Document) -> Option<String> {
    poppler("pdftotext", &["-layout"], written(document).path())
}

/// The tree of tags, one a line, with the text of each.
fn structure(document: &Document) -> Option<String> {
    info(document, &["-struct-text"])
}

fn info(document: &Document, arguments: &[&str]) -> Option<String> {
    let file = written(document);
    let output = match Command::new("pdfinfo").args(arguments).arg(file.path()).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("pdfinfo not found ({error}): skipped; install poppler-utils to run this check");
            return None;
        }
    };
    assert!(output.status.success(), "pdfinfo: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn sheet() -> Document {
    Document::new("Convention de mise à disposition", "École CIP", date(2026, 11, 22))
        .reference("CONV-0001")
        .block(Block::section("Parties"))
        .block(Block::pairs([("Apprentie", "Inès Morel"), ("Employeur", "Les Relais solidaires"), ("Tuteur", "")]))
        .block(Block::section("Ce qui est convenu"))
        .block(
            Text::new()
                .plain("L’accueil dure ")
                .bold("au plus la moitié")
                .plain(" du temps en entreprise\u{a0}: c’est «\u{a0}la règle\u{a0}»\u{202f}!"),
        )
        .block(Block::subsection("Horaires"))
        .block(Block::list(["35\u{a0}heures par semaine", "repos le samedi et le dimanche"]))
        .block(Block::numbered(["Premièrement", "Deuxièmement"]))
        .block(Block::notice("À vérifier auprès du certificateur."))
        .block(
            Table::new(
                "Semaines",
                [Column::new("Semaine", 2.0), Column::new("Lieu", 3.0), Column::number("Jours", 1.0)],
            )
            .row_headers()
            .row(["7 septembre 2026", "École", "5"])
            .row(["14 septembre 2026", "", "4"]),
        )
        .block(Block::Signatures(vec![
            Signature::new("L’employeur", "Nadia Bensaïd"),
            Signature::new("L’apprentie", "Inès Morel"),
            Signature::new("L’accueillant", "Paul Œuvrard"),
            Signature::new("Le CFA", ""),
        ]))
}

fn long_table(rows: usize) -> Document {
    let table = Table::new("Présences", [Column::new("Jour", 1.0), Column::new("Signature attendue", 2.0)])
        .rows((1..=rows).map(|row| [format!("Ligne {row}"), format!("Demi-journée numéro {row}")]));
    Document::new("Feuille", "École CIP", date(2026, 11, 22)).block(table)
}

#[test]
fn the_text_comes_out_as_it_went_in() {
    let Some(text) = text(&sheet()) else { return };
    for expected in [
        "École CIP",
        "Convention de mise à disposition",
        "Inès Morel",
        "Paul Œuvrard",
        "au plus la moitié",
        "35 heures par semaine",
        "Page 1 sur 1",
        "Convention de mise à disposition · 22 novembre 2026 · CONV-0001",
    ] {
        // Poppler's picture of the page has ordinary spaces only.
        assert!(text.replace('\u{a0}', " ").contains(expected), "« {expected} » is missing from:\n{text}");
    }
}

#[test]
fn the_file_says_what_it_conforms_to_and_is_tagged() {
    let Some(info) = info(&sheet(), &[]) else { return };
    let line = |name: &str| info.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("Title:").ends_with("Convention de mise à disposition"), "{info}");
    assert!(line("Author:").ends_with("École CIP"), "{info}");
    assert!(line("Tagged:").ends_with("yes"), "{info}");
    assert!(line("Page size:").contains("A4"), "{info}");
    assert!(line("PDF version:").ends_with("1.7"), "{info}");
    let metadata = crate::info(&sheet(), &["-meta"]).unwrap();
    for mark in
        ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>"]
    {
        assert!(metadata.contains(mark), "{mark} is missing from:\n{metadata}");
    }
}

#[test]
fn french_spaces_are_kept() {
    let Some(structure) = structure(&sheet()) else { return };
    for expected in ["temps en entreprise\u{a0}: c’est «\u{a0}la règle\u{a0}»\u{202f}!", "35\u{a0}heures par semaine"]
    {
        assert!(structure.contains(expected), "« {expected} » is missing from:\n{structure}");
    }
}

#[test]
fn a_screen_reader_finds_headings_lists_and_table_headers() {
    let Some(structure) = structure(&sheet()) else { return };
    let words = structure.lines().filter_map(|line| line.split_whitespace().next());
    let tags: Vec<&str> = words.map(|word| word.trim_end_matches(':')).collect();
    let count = |tag: &str| tags.iter().filter(|&&found| found == tag).count();
    assert_eq!((count("H1"), count("H2"), count("H3")), (1, 2, 1), "{structure}");
    assert_eq!((count("L"), count("LI"), count("Lbl"), count("LBody")), (3, 7, 7, 7), "{structure}");
    assert_eq!((count("Table"), count("TR"), count("TH"), count("TD")), (1, 3, 5, 4), "{structure}");
    let place =
        |words: &str| structure.find(words).unwrap_or_else(|| panic!("« {words} » is missing from:\n{structure}"));
    // In the order of reading, whatever the place on the page.
    let order = [
        "Parties",
        "Inès Morel",
        "Ce qui est convenu",
        "Horaires",
        "Premièrement",
        "À vérifier",
        "14 septembre",
        "L’employeur",
        "L’accueillant",
    ];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{structure}");
    // The foot of the page is for the eyes.
    assert!(!structure.contains("Page 1 sur"), "{structure}");
}

#[test]
fn a_table_takes_its_header_to_each_page_and_says_it_once() {
    let document = long_table(120);
    let Some(text) = text(&document) else { return };
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert!(pages.len() >= 3, "{} pages", pages.len());
    for (index, page) in pages.iter().enumerate() {
        assert_eq!(page.matches("Signature attendue").count(), 1, "page {}:\n{page}", index + 1);
        assert!(page.contains(&format!("Page {} sur {}", index + 1, pages.len())));
    }
    for row in 1..=120 {
        assert_eq!(text.matches(&format!("Demi-journée numéro {row}\n")).count(), 1, "row {row}");
    }
    assert_eq!(structure(&document).unwrap().matches("Signature attendue").count(), 1);
}

#[test]
fn a_heading_stays_with_what_it_announces() {
    // Wherever the foot of the page falls.
    for lines in 38..52 {
        let filled = || {
            let text = (0..lines).map(|line| format!("Ligne {line}")).collect::<Vec<_>>().join("\n");
            Document::new("Convention", "", date(2026, 11, 22)).block(Text::from(text))
        };
        let signed = filled().block(Block::section("Les accords")).block(Block::Signatures(vec![
            Signature::new("L’employeur", "Nadia Bensaïd"),
            Signature::new("L’apprentie", "Inès Morel"),
        ]));
        let tall = "une\n".repeat(8) + "dernière";
        let table = Table::new("Points", [Column::new("Point", 1.0), Column::new("Réponse", 1.0)])
            .row([tall, "Nadia Bensaïd".to_owned()]);
        let checked = filled().block(Block::section("Les accords")).block(Block::subsection("Tous")).block(table);
        for document in [signed, checked] {
            let Some(text) = text(&document) else { return };
            let announced = text.split('\u{c}').find(|page| page.contains("Les accords")).unwrap();
            assert!(announced.contains("Nadia Bensaïd"), "after {lines} lines:\n{text}");
        }
    }
}

#[test]
fn a_table_that_wants_to_stay_whole_is_not_cut() {
    let week = |number: usize| {
        let days = (1..=5).map(|day| [format!("Jour {day}"), format!("Semaine {number}, jour {day}")]);
        Table::new("Semaine", [Column::new("Jour", 1.0), Column::new("Cours", 1.0)]).whole().rows(days)
    };
    let weeks = (1..=20).flat_map(|number| [Block::section(format!("Titre {number}")), week(number).into()]);
    let Some(text) = text(&Document::new("Feuille", "", date(2026, 11, 22)).blocks(weeks)) else { return };
    for number in 1..=20 {
        let holds = |page: &&str, words: &str| page.contains(&format!("{words}\n"));
        let page = text.split('\u{c}').find(|page| holds(page, &format!("Titre {number}"))).unwrap();
        for day in 1..=5 {
            assert!(holds(&page, &format!("Semaine {number}, jour {day}")), "{number}:\n{text}");
        }
    }
}

#[test]
fn a_row_longer_than_a_page_is_cut_and_nothing_is_lost() {
    let words: Vec<String> = (0..3000).map(|number| format!("mot{number}")).collect();
    let table = Table::new("Longue", [Column::new("Nom", 1.0), Column::new("Texte", 3.0)])
        .row(["Courte".to_owned(), "texte".to_owned()])
        .row(["Longue".to_owned(), words.join(" ")]);
    let document = Document::new("Feuille", "", date(2026, 11, 22)).block(table);
    let Some(text) = text(&document) else { return };
    let found: Vec<&str> = text.split_whitespace().filter(|word| word.starts_with("mot")).collect();
    assert_eq!(found, words);
}

#[test]
fn the_watermark_is_on_every_page_and_outside_the_text_that_is_read_aloud() {
    let document = long_table(60).watermark("Projet – non officiel").landscape();
    let file = written(&document);
    let Some(text) = poppler("pdftotext", &["-raw"], file.path()) else { return };
    let pages = text.matches("Page ").count();
    assert!(pages >= 2);
    // On a slope, Poppler sees one line for each word or two.
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words.matches("Projet – non officiel").count(), pages, "{text}");
    assert!(!structure(&document).unwrap().contains("non officiel"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(sheet().render().unwrap(), sheet().render().unwrap());
}

#[test]
fn what_cannot_be_printed_is_said() {
    let blank = |title: &str| Document::new(title, "École CIP", date(2026, 11, 22));
    assert_eq!(blank(" ").render(), Err(Error::NoTitle));
    let error = blank("Reçu").block(Text::from("Merci 🎉 à tous")).render().unwrap_err();
    assert_eq!(error, Error::Character { character: '🎉', text: "🎉".to_owned() });
    assert!(error.to_string().contains("U+1F389"), "{error}");
    let table = Table::new("Semaines", [Column::new("A", 1.0), Column::new("B", 1.0)]).row(["seule"]);
    assert_eq!(
        blank("Reçu").block(table).render(),
        Err(Error::Cells { table: "Semaines".to_owned(), columns: 2, row: 1, cells: 1 })
    );
    assert_eq!(blank("Reçu").block(Table::new("Vide", [])).render(), Err(Error::NoColumns("Vide".to_owned())));
    assert_eq!(
        blank("Reçu").block(Block::subsection("Seule")).render(),
        Err(Error::SubsectionAlone("Seule".to_owned()))
    );
}

#[test]
fn a_document_without_blocks_has_a_page() {
    let Some(info) = info(&Document::new("Reçu", "École CIP", date(2026, 11, 22)), &[]) else { return };
    assert!(info.lines().any(|line| line.starts_with("Pages:") && line.ends_with(" 1")), "{info}");
}
