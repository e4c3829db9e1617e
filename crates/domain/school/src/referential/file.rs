//! The file of a title (`docs/referentials.md`), read whole: every problem is told, nothing is kept if there is one.

use std::collections::BTreeSet;

use base::Date;
use toml::{Table, Value};

use super::model::{Activity, Competence, Evaluation, HEADER, Title};

/// Largest file taken, in bytes.
pub const MOST_BYTES: usize = 1 << 20;

/// Reads a title.
///
/// # Errors
/// What is wrong, one French sentence each, with the place and the way to mend it.
pub fn read(text: &str) -> Result<Title, Vec<String>> {
    if text.len() > MOST_BYTES {
        return Err(vec!["Le fichier dépasse un mégaoctet\u{a0}: ce n’est pas celui d’un titre.".to_owned()]);
    }
    let table: Table = toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|problem| {
        let start = problem.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
        vec![format!(
            "Ligne {line}\u{a0}: la syntaxe n’est pas celle d’un fichier TOML (guillemets, crochets, signe égal)."
        )]
    })?;
    let mut problems = Problems::default();
    let title = problems.title(&table);
    match title {
        Some(title) if problems.0.is_empty() => Ok(title),
        _ => Err(problems.0),
    }
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, place: &str, problem: &str) {
        self.0.push(format!("{place}\u{a0}: {problem}."));
    }

    fn text(&mut self, table: &Table, key: &str, place: &str) -> Option<String> {
        match table.get(key) {
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(Value::String(_)) | None => {
                self.add(place, &format!("la clé «\u{a0}{key}\u{a0}» manque ou est vide"));
                None
            }
            Some(_) => {
                self.add(place, &format!("la clé «\u{a0}{key}\u{a0}» doit être un texte entre guillemets"));
                None
            }
        }
    }

    fn optional_text(&mut self, table: &Table, key: &str, place: &str) -> String {
        if table.contains_key(key) { self.text(table, key, place).unwrap_or_default() } else { String::new() }
    }

    fn day(&mut self, table: &Table, key: &str, place: &str) -> Option<Date> {
        let read = match table.get(key) {
            Some(Value::Datetime(day)) => day.to_string().parse().ok(),
            Some(Value::String(day)) => day.parse().ok(),
            _ => None,
        };
        if read.is_none() {
            self.add(place, &format!("la clé «\u{a0}{key}\u{a0}» doit être une date, par exemple 2028-03-23"));
        }
        read
    }

    fn number(&mut self, table: &Table, key: &str, place: &str, least: i64, most: i64) -> Option<i64> {
        match table.get(key) {
            Some(Value::Integer(number)) if (least..=most).contains(number) => Some(*number),
            _ => {
                self.add(place, &format!("la clé «\u{a0}{key}\u{a0}» doit être un nombre entier de {least} à {most}"));
                None
            }
        }
    }

    fn yes(&mut self, table: &Table, key: &str, place: &str) -> bool {
        match table.get(key) {
            None => false,
            Some(Value::Boolean(yes)) => *yes,
            Some(_) => {
                self.add(place, &format!("la clé «\u{a0}{key}\u{a0}» vaut true ou false"));
                false
            }
        }
    }

    fn texts(&mut self, table: &Table, key: &str, place: &str) -> Vec<String> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let texts = value.as_array().and_then(|array| {
            array.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        });
        texts.unwrap_or_else(|| {
            self.add(
                place,
                &format!("la clé «\u{a0}{key}\u{a0}» doit être une liste de textes, par exemple [\"CCP1\"]"),
            );
            Vec::new()
        })
    }

    fn tables<'a>(&mut self, table: &'a Table, key: &str, place: &str) -> Vec<&'a Table> {
        let Some(value) = table.get(key) else { return Vec::new() };
        let tables = value.as_array().and_then(|array| array.iter().map(Value::as_table).collect::<Option<Vec<_>>>());
        tables.unwrap_or_else(|| {
            self.add(place, &format!("«\u{a0}{key}\u{a0}» doit être une suite de sections [[{key}]]"));
            Vec::new()
        })
    }

    fn only(&mut self, table: &Table, keys: &[&str], place: &str) {
        for key in table.keys().filter(|key| !keys.contains(&key.as_str())) {
            let known = keys.join(", ");
            self.add(
                place,
                &format!("la clé «\u{a0}{key}\u{a0}» n’est pas connue\u{a0}; celles qui le sont\u{a0}: {known}"),
            );
        }
    }

    fn title(&mut self, table: &Table) -> Option<Title> {
        const HEAD: &str = "En-tête";
        let keys = [
            "code",
            "version",
            "name",
            "level",
            "valid_from",
            "last_day",
            "source",
            "to_verify",
            "activity",
            "evaluation",
        ];
        self.only(table, &keys, HEAD);
        let header_to_verify: BTreeSet<String> = self.texts(table, "to_verify", HEAD).into_iter().collect();
        for unknown in header_to_verify.iter().filter(|code| HEADER.iter().all(|(known, _)| known != code)) {
            let known = HEADER.map(|(code, _)| code).join(", ");
            self.add(
                HEAD,
                &format!("«\u{a0}{unknown}\u{a0}» ne peut pas être marqué à vérifier\u{a0}; le peuvent\u{a0}: {known}"),
            );
        }
        let (code, version) = (self.text(table, "code", HEAD), self.text(table, "version", HEAD));
        let (name, source) = (self.text(table, "name", HEAD), self.text(table, "source", HEAD));
        let level = self.number(table, "level", HEAD, 3, 8);
        let (valid_from, last_day) = (self.day(table, "valid_from", HEAD), self.day(table, "last_day", HEAD));
        if let (Some(from), Some(last)) = (valid_from, last_day)
            && last < from
        {
            self.add(
                HEAD,
                "le dernier jour précède le premier\u{a0}: corrigez «\u{a0}valid_from\u{a0}» ou «\u{a0}last_day\u{a0}»",
            );
        }
        let mut activities = Vec::new();
        for (number, table) in (1..).zip(self.tables(table, "activity", HEAD)) {
            activities.extend(self.activity(table, &format!("Activité {number}")));
        }
        if activities.is_empty() {
            self.add(HEAD, "aucune section [[activity]]\u{a0}: un titre a au moins une activité");
        }
        let mut evaluations = Vec::new();
        for (number, table) in (1..).zip(self.tables(table, "evaluation", HEAD)) {
            evaluations.extend(self.evaluation(table, &format!("Épreuve {number}"), &activities));
        }
        let title = Title {
            code: code?,
            version: version?,
            name: name?,
            level: u8::try_from(level?).ok()?,
            valid_from: valid_from?,
            last_day: last_day?,
            source: source?,
            header_to_verify,
            activities,
            evaluations,
        };
        let mut codes = BTreeSet::new();
        for item in title.items() {
            if !codes.insert(item.code.clone()) {
                self.add(
                    "Codes",
                    &format!("«\u{a0}{}\u{a0}» est donné à deux éléments\u{a0}: chaque code est unique", item.code),
                );
            }
        }
        Some(title)
    }

    fn activity(&mut self, table: &Table, place: &str) -> Option<Activity> {
        self.only(table, &["code", "name", "to_verify", "competence"], place);
        let (code, name) = (self.text(table, "code", place), self.text(table, "name", place));
        let to_verify = self.yes(table, "to_verify", place);
        let mut competences = Vec::new();
        for (number, table) in (1..).zip(self.tables(table, "competence", place)) {
            let place = format!("{place}, compétence {number}");
            self.only(table, &["code", "name", "variant", "to_verify"], &place);
            let (code, name) = (self.text(table, "code", &place), self.text(table, "name", &place));
            let variant = self.optional_text(table, "variant", &place);
            let to_verify = self.yes(table, "to_verify", &place);
            if let (Some(code), Some(name)) = (code, name) {
                competences.push(Competence { code, name, variant, to_verify });
            }
        }
        if competences.is_empty() {
            self.add(place, "aucune section [[activity.competence]]\u{a0}: une activité a au moins une compétence");
        }
        Some(Activity { code: code?, name: name?, to_verify, competences })
    }

    fn evaluation(&mut self, table: &Table, place: &str, activities: &[Activity]) -> Option<Evaluation> {
        self.only(table, &["code", "name", "minutes", "activities", "to_verify"], place);
        let (code, name) = (self.text(table, "code", place), self.text(table, "name", place));
        let to_verify = self.yes(table, "to_verify", place);
        let minutes = table
            .contains_key("minutes")
            .then(|| self.number(table, "minutes", place, 1, 1_440))
            .flatten()
            .and_then(|minutes| u16::try_from(minutes).ok());
        let about = self.texts(table, "activities", place);
        for unknown in about.iter().filter(|code| activities.iter().all(|activity| activity.code != **code)) {
            self.add(place, &format!("l’activité «\u{a0}{unknown}\u{a0}» n’est pas décrite dans ce fichier"));
        }
        Some(Evaluation { code: code?, name: name?, minutes, activities: about, to_verify })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        code = "RNCP1"
        version = "1"
        name = "Titre d’essai"
        level = 5
        valid_from = 2023-01-01
        last_day = 2028-01-01
        source = "Essai"
        to_verify = ["level"]
        [[activity]]
        code = "A1"
        name = "Activité"
        [[activity.competence]]
        code = "C1"
        name = "Compétence"
        to_verify = true
        [[evaluation]]
        code = "E1"
        name = "Épreuve"
        minutes = 90
        activities = ["A1"]
    "#;

    #[test]
    fn a_title_is_read() {
        let title = read(SMALL).unwrap();
        assert_eq!((title.code.as_str(), title.level, title.competences().count()), ("RNCP1", 5, 1));
        assert_eq!(title.evaluations[0].minutes, Some(90));
        let unverified = |confirmed: &[&str], needed: &[&str]| {
            let confirmed = confirmed.iter().map(|code| (*code).to_owned()).collect();
            let needed: Vec<String> = needed.iter().map(|code| (*code).to_owned()).collect();
            title.unverified(&confirmed, &needed).into_iter().map(|item| item.code).collect::<Vec<_>>()
        };
        assert_eq!(unverified(&[], &[]), ["level", "C1"]);
        assert_eq!(unverified(&["C1"], &["C1", "A1"]), Vec::<String>::new());
        assert_eq!(unverified(&[], &["C1", "A1"]), ["C1"]);
    }

    #[test]
    fn each_problem_is_told_in_plain_french() {
        for (from, to, told) in [
            ("level = 5", "level = 9", "«\u{a0}level\u{a0}» doit être un nombre entier de 3 à 8"),
            ("level = 5", "level = \"cinq\"", "de 3 à 8"),
            ("2028-01-01", "2022-01-01", "précède le premier"),
            ("valid_from = 2023-01-01", "valid_from = \"hier\"", "doit être une date"),
            ("source = \"Essai\"", "", "«\u{a0}source\u{a0}» manque"),
            ("source = \"Essai\"", "source = \"Essai\"\nauteur = \"x\"", "n’est pas connue"),
            ("[\"level\"]", "[\"prix\"]", "ne peut pas être marqué"),
            ("[\"level\"]", "\"level\"", "liste de textes"),
            ("code = \"C1\"", "code = \"A1\"", "est donné à deux éléments"),
            ("activities = [\"A1\"]", "activities = [\"A2\"]", "n’est pas décrite"),
            ("minutes = 90", "minutes = 0", "de 1 à 1440"),
            ("to_verify = true", "to_verify = 1", "true ou false"),
            ("name = \"Compétence\"", "", "Activité 1, compétence 1"),
            ("[[activity]]", "[activity", "Ligne 10"),
        ] {
            let problems = read(&SMALL.replacen(from, to, 1)).unwrap_err();
            assert!(problems.iter().any(|problem| problem.contains(told)), "{told}: {problems:?}");
        }
        assert!(read(&"x".repeat(MOST_BYTES + 1)).is_err());
        assert!(read("").unwrap_err().len() > 5);
    }

    #[test]
    fn the_titles_that_come_with_the_program() {
        let [previous, current] = crate::referential::SHIPPED.map(|(_, text)| read(text).unwrap());
        assert_eq!((current.activities.len(), current.competences().count()), (3, 15));
        assert_eq!((current.valid_from, current.last_day), (Date::constant(2023, 3, 23), Date::constant(2028, 3, 23)));
        // Durations were found in no reliable source.
        assert!(current.evaluations.iter().all(|evaluation| evaluation.minutes.is_none() && evaluation.to_verify));
        // Nothing of the earlier registration was read in an official text.
        assert!(previous.items().iter().all(|item| item.to_verify));
        assert!(previous.last_day < current.valid_from);
    }
}
