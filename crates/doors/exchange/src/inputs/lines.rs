//! From the rows of a file to the lines of the house, one at a time. Nothing is judged here but what a cell means.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader};
use std::path::Path;
use std::vec;

use base::Date;
use db::Json;
use formats::france_travail::{self, Record};
use formats::questionnaire::{self as dsp, CODE_LENGTH, Question};
use formats::recommendation as wire;
use formats::table::value::{self, Read};
use formats::table::{Cell, Row};
use support::inputs::{
    Difficulties, InputKind, JobseekerRegistration, Keys, Line, NewIssue, Observed, Recommendation, SocioProfessional,
};

use super::Error;
use super::fields::Field;
use super::settings::{Settings, read_bounded};

/// What a row of a file gives.
pub(super) enum Item {
    Line(Box<Entry>),
    /// A row that cannot be read.
    Unreadable(NewIssue),
    /// A row about somebody not covered by RSA.
    NotConcerned,
}

/// A line, with what reading it had to say and what tells it from the others of the file.
pub(super) struct Entry {
    pub line: Line,
    pub remarks: Vec<NewIssue>,
    /// Equal for two rows that say the same.
    pub content: u64,
    /// Digests of the strong keys (with the day, where one person may have several lines).
    pub strong: Vec<u64>,
}

/// A file being read.
pub(super) enum Source {
    FranceTravail(Box<france_travail::Reader<BufReader<File>>>),
    Table(Box<Tabular>),
}

/// A table with what its columns hold.
pub(super) struct Tabular {
    kind: InputKind,
    columns: Vec<(usize, &'static Field)>,
    header: Vec<String>,
    rows: vec::IntoIter<Row>,
    since_1904: bool,
    reference_date: Date,
    pub remarks: Vec<String>,
}

impl Source {
    pub(super) fn open(path: &Path, kind: InputKind, settings: &Settings, reference_date: Date) -> Result<Self, Error> {
        if kind == InputKind::FranceTravail {
            let reader = france_travail::Reader::new(BufReader::with_capacity(1 << 18, File::open(path)?))?;
            return Ok(Self::FranceTravail(Box::new(reader)));
        }
        let bytes = read_bounded(path)?;
        let known: Vec<String> = settings.columns.keys().map(|header| formats::table::fold_header(header)).collect();
        let options = formats::table::Options { sheet: settings.sheet.as_deref(), known_headers: &known };
        let table = formats::table::read(&bytes, options)?;
        let columns = settings.resolve(kind, &table.header)?;
        Ok(Self::Table(Box::new(Tabular {
            kind,
            columns,
            header: table.header,
            rows: table.rows.into_iter(),
            since_1904: table.since_1904,
            reference_date,
            remarks: table.remarks.iter().map(ToString::to_string).collect(),
        })))
    }

    /// What there is to say of the file as a whole.
    pub(super) fn remarks(&self) -> Vec<String> {
        match self {
            Self::FranceTravail(_) => Vec::new(),
            Self::Table(table) => table.remarks.clone(),
        }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Item>> {
        match self {
            Self::FranceTravail(reader) => Ok(reader.next_line()?.map(|line| match line {
                Ok((line, record)) => of_record(number(line), record),
                Err(error) => Item::Unreadable(NewIssue::error(number(error.line), "line", error.message)),
            })),
            Self::Table(table) => Ok(table.next()),
        }
    }
}

fn number(line: u64) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}

fn digest(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn of_record(line: i64, record: Record) -> Item {
    if record.covered_by_rsa != Some(true) {
        return Item::NotConcerned;
    }
    let Some(registered) = record.registered else {
        return Item::Unreadable(NewIssue::error(line, "no_date", "la date d’inscription manque"));
    };
    let content = digest(format!("{record:?}"));
    let identifier = record.identifier.unwrap_or_default();
    let text = |text: Option<String>| text.unwrap_or_default();
    let keys = Keys {
        nir: None,
        identifier: identifier.clone(),
        family_names: record.last_name.into_iter().collect(),
        first_names: text(record.first_name),
        birth_date: record.birth_date.map(|moment| moment.date()),
        phones: Vec::new(),
        email: None,
    };
    if !keys.is_enough() {
        return Item::Unreadable(NewIssue::error(line, "nobody", NOBODY));
    }
    let names = [record.referent_first_name, record.referent_last_name];
    let referent: Vec<String> = names.into_iter().flatten().collect();
    let registration = JobseekerRegistration {
        identifier: identifier.clone(),
        registered_on: registered.date(),
        category: text(record.category),
        reason: text(record.reason),
        reason_label: text(record.reason_label),
        structure: text(record.structure),
        support_kind: text(record.support_kind),
        referent_name: referent.join(" "),
        difficulties: Json(Difficulties {
            financial: record.financial_difficulty,
            administrative: record.administrative_difficulty,
            health: record.health_difficulty,
            housing: record.housing_difficulty,
            transport: record.transport_difficulty,
            communication: record.communication_difficulty,
            family: record.family_difficulty,
        }),
    };
    let strong = if identifier.is_empty() { Vec::new() } else { vec![digest(&identifier)] };
    let line = Line { number: line, keys, observed: Observed::Registration(registration), ruled: None };
    Item::Line(Box::new(Entry { line, remarks: Vec::new(), content, strong }))
}

const NOBODY: &str = "la ligne ne dit pas de qui elle parle";

impl Tabular {
    fn next(&mut self) -> Option<Item> {
        let row = self.rows.next()?;
        let line = number(row.number);
        let mut cells = Cells { table: self, row: &row, line, remarks: Vec::new(), content: DefaultHasher::new() };
        let keys = cells.keys();
        let on = match cells.date() {
            Ok(on) => on,
            Err(issue) => return Some(Item::Unreadable(issue)),
        };
        let observed = match self.kind {
            InputKind::Recommendation => Observed::Recommendation { on, recommendation: cells.recommendation() },
            InputKind::Questionnaire | InputKind::FranceTravail => {
                Observed::Questionnaire { on, answers: cells.answers() }
            }
        };
        let says_nothing = match &observed {
            Observed::Questionnaire { answers, .. } => answers.is_empty(),
            Observed::Recommendation { recommendation, .. } => recommendation.path.is_empty(),
            Observed::Registration(_) => false,
        };
        let Cells { remarks, content, .. } = cells;
        if !keys.is_enough() {
            return Some(Item::Unreadable(NewIssue::error(line, "nobody", NOBODY)));
        }
        if says_nothing {
            let message = "la ligne ne contient aucune réponse ni préconisation";
            return Some(Item::Unreadable(NewIssue::error(line, "nothing", message)));
        }
        let mut strong = Vec::new();
        strong.extend(keys.nir.as_ref().map(|nir| digest(("nir", nir.as_str(), on.to_string()))));
        strong.extend((!keys.identifier.is_empty()).then(|| digest(("identifier", &keys.identifier, on.to_string()))));
        let line = Line { number: line, keys, observed, ruled: None };
        Some(Item::Line(Box::new(Entry { line, remarks, content: content.finish(), strong })))
    }
}

/// The cells of a row, read field by field; what there is to say is gathered.
struct Cells<'a> {
    table: &'a Tabular,
    row: &'a Row,
    line: i64,
    remarks: Vec<NewIssue>,
    content: DefaultHasher,
}

impl Cells<'_> {
    /// The columns of a field: their headers and cells.
    fn columns(&mut self, code: &str) -> Vec<(&str, &Cell)> {
        let (table, row) = (self.table, self.row);
        let found = table.columns.iter().filter(|(_, field)| field.code == code);
        let found: Vec<(&str, &Cell)> =
            found.filter_map(|(at, _)| Some((table.header.get(*at)?.as_str(), row.cells.get(*at)?))).collect();
        for (_, cell) in &found {
            (code, cell.text()).hash(&mut self.content);
        }
        found
    }

    /// The value of a field; what there is to say is told under the name of its column.
    fn read<T>(&mut self, code: &str, kind: &str, how: impl Fn(&Cell) -> Read<T>) -> Option<T> {
        let found: Option<(String, Read<T>)> =
            self.columns(code).first().map(|(header, cell)| ((*header).to_owned(), how(cell)));
        let (header, read) = found?;
        if let Some(remark) = read.remark() {
            self.tell(kind, &header, remark);
        }
        read.value()
    }

    fn tell(&mut self, kind: &str, header: &str, remark: &str) {
        let message = format!("colonne «\u{a0}{header}\u{a0}»\u{a0}: {remark}");
        self.remarks.push(NewIssue::warning(self.line, kind, message));
    }

    fn text(&mut self, code: &str) -> String {
        self.read(code, "cell", value::free_text).unwrap_or_default()
    }

    fn keys(&mut self) -> Keys {
        let (today, since_1904) = (self.table.reference_date, self.table.since_1904);
        let mut family_names = Vec::new();
        for code in ["family_name", "birth_name"] {
            if let Some(names) = self.read(code, "name", value::family_name) {
                family_names.push(names.usual);
                family_names.extend(names.birth);
            }
        }
        let born = self.read("birth_date", "birth_date", |cell| value::date(cell, since_1904, today));
        let phones = self.read("phone", "contact", value::phones);
        Keys {
            nir: self.read("nir", "nir", value::nir),
            identifier: self.read("identifier", "identifier", value::identifier).unwrap_or_default(),
            family_names,
            first_names: self.read("first_names", "name", value::free_text).unwrap_or_default(),
            birth_date: born.and_then(value::Day::full),
            phones: phones.map(|phones| phones.numbers).unwrap_or_default(),
            email: self.read("email", "contact", value::email),
        }
    }

    /// The day of the row, that of the file when the row has none.
    fn date(&mut self) -> Result<Date, NewIssue> {
        let (file, since_1904) = (self.table.reference_date, self.table.since_1904);
        let found = self.columns("date").first().map(|(_, cell)| value::date(cell, since_1904, file));
        let refused = |message: &str| Err(NewIssue::error(self.line, "date", message));
        match found {
            None | Some(Read::Empty) => Ok(file),
            Some(Read::Value(day) | Read::Doubtful(day, _)) => match day.full() {
                Some(day) if day > file => refused("la date de la ligne est postérieure à celle du fichier"),
                Some(day) => Ok(day),
                None => refused("la date de la ligne n’a que son année"),
            },
            Some(Read::Refused(reason)) => refused(reason),
        }
    }

    /// The codes of a question, over all its columns; `None` when none was given.
    fn codes(&mut self, code: &str, question: Question) -> Option<Vec<String>> {
        let read: Vec<(String, Read<Vec<String>>)> = self
            .columns(code)
            .into_iter()
            .map(|(header, cell)| (header.to_owned(), value::codes(cell, CODE_LENGTH)))
            .collect();
        let mut codes: Vec<String> = Vec::new();
        for (header, read) in read {
            if let Some(remark) = read.remark() {
                self.tell("code", &header, remark);
            }
            for code in read.value().unwrap_or_default() {
                if !question.knows(&code) {
                    let remark = format!("code «\u{a0}{code}\u{a0}» ({}) inconnu, gardé tel quel", question.name);
                    self.tell("unknown_code", &header, &remark);
                }
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        (!codes.is_empty()).then_some(codes)
    }

    /// The one code of a question.
    fn code(&mut self, code: &str, question: Question) -> String {
        let mut codes = self.codes(code, question).unwrap_or_default();
        if codes.len() > 1 {
            self.tell(
                "code",
                question.name,
                "plusieurs codes pour une question qui n’en attend qu’un\u{a0}: le premier est pris",
            );
        }
        if codes.is_empty() { String::new() } else { codes.swap_remove(0) }
    }

    fn answers(&mut self) -> SocioProfessional {
        SocioProfessional {
            housing: self.code("housing", dsp::HOUSING),
            social_difficulties: self.codes("social_difficulties", dsp::SOCIAL_DIFFICULTIES).map(Json),
            availability: self.codes("availability", dsp::AVAILABILITY).map(Json),
            work_history: self.code("work_history", dsp::WORK_HISTORY),
            education: self.code("education", dsp::EDUCATION),
            mobility: self.code("mobility", dsp::MOBILITY),
            quick_return: self.read("quick_return", "cell", value::boolean),
        }
    }

    /// A code of a list, in capitals; one outside the list is kept and told.
    fn listed(&mut self, code: &str, list: &[wire::Code]) -> String {
        let text = self.text(code).to_uppercase();
        if !text.is_empty() && wire::label(list, &text).is_none() {
            self.tell("unknown_code", code, &format!("code «\u{a0}{text}\u{a0}» inconnu, gardé tel quel"));
        }
        text
    }

    fn recommendation(&mut self) -> Recommendation {
        let named = |cells: &mut Self, prefix: &str| -> BTreeMap<String, String> {
            let codes: Vec<&'static str> = cells
                .table
                .columns
                .iter()
                .map(|(_, field)| field.code)
                .filter(|code| code.starts_with(prefix))
                .collect();
            codes
                .into_iter()
                .map(|code| (code[prefix.len()..].to_owned(), cells.text(code)))
                .filter(|(_, text)| !text.is_empty())
                .collect()
        };
        Recommendation {
            path: self.listed("path", &wire::PATHS),
            organ: self.listed("organ", &wire::ORGANS),
            status: self.listed("status", &wire::STATUSES),
            state: self.text("state"),
            origin: self.text("origin"),
            refusal_reason: self.text("refusal_reason"),
            constraints: Json(named(self, "constraint.")),
            criteria: Json(named(self, "criterion.")),
            project: self.text("project"),
        }
    }
}
