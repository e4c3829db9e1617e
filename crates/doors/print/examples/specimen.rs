//! A page with every block, to look at: `cargo run -p print --example specimen -- FILE.pdf`.

use jiff::civil::date;
use print::{Block, Column, Document, Signature, Table, Text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(path) = std::env::args().nth(1) else { return Err("Usage: specimen FILE.pdf".into()) };
    let weeks = Table::new(
        "Semaines",
        [Column::new("Semaine", 2.0), Column::new("Lieu et contenu", 4.0), Column::number("Demi-journées", 1.0)],
    )
    .row_headers()
    .rows(
        (1..=60).map(|week| [format!("Semaine {week}"), "Cours à l’école, puis pratique".to_owned(), week.to_string()]),
    );
    let document = Document::new("Spécimen des blocs imprimés", "Jonction", date(2026, 11, 22))
        .reference("SPEC-1")
        .watermark("Projet – non officiel")
        .block(Block::notice(Text::new().bold("Spécimen. ").plain("Chaque bloc y figure une fois.")))
        .block(Block::section("Textes"))
        .block(Text::new().plain("Un paragraphe avec ").bold("des mots en gras").plain(", et une suite assez longue pour aller à la ligne\u{a0}: les espaces insécables («\u{a0}ainsi\u{a0}») tiennent les signes à leur mot."))
        .block(Block::subsection("Listes"))
        .block(Block::list(["Premier élément", "Second élément"]))
        .block(Block::numbered(["D’abord", "Ensuite"]))
        .block(Block::pairs([("Nom", "Inès Morel"), ("Employeur", "")]))
        .block(Block::section("Tableau"))
        .block(weeks)
        .block(Block::Signatures(vec![
            Signature::new("L’apprentie", "Inès Morel"),
            Signature::new("L’employeur", "Nadia Bensaïd"),
            Signature::new("Le CFA", ""),
        ]));
    std::fs::write(path, document.render()?)?;
    Ok(())
}
