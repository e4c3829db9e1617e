//! What is wrong with a feed: where, what, and how to mend it. The texts are in French: a user reads them.

use std::collections::BTreeMap;
use std::fmt;

/// How many faults of one file are kept with their line; the others are counted.
const KEPT: usize = 200;

/// How much it matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Gravity {
    /// The line, or the trip it belongs to, is left out.
    Error,
    /// Taken as it is, or completed by a rule.
    Remark,
}

/// One line that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What became of the line.
    pub gravity: Gravity,
    /// Name of the file in the feed: `stop_times.txt`.
    pub file: &'static str,
    /// From 1, the header included. None when the whole file is meant.
    pub line: Option<u64>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file)?;
        if let Some(line) = self.line {
            write!(f, ", ligne {line}")?;
        }
        write!(f, "\u{a0}: {}", self.message)
    }
}

/// All that was found while reading a feed.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Report {
    faults: Vec<Fault>,
    counts: BTreeMap<(Gravity, &'static str), u64>,
}

impl Report {
    pub(crate) fn add(&mut self, gravity: Gravity, file: &'static str, line: Option<u64>, message: impl fmt::Display) {
        let count = self.counts.entry((gravity, file)).or_default();
        *count += 1;
        if *count <= KEPT as u64 {
            self.faults.push(Fault { gravity, file, line, message: message.to_string() });
        }
    }

    pub(crate) fn error(&mut self, file: &'static str, line: u64, message: impl fmt::Display) {
        self.add(Gravity::Error, file, Some(line), message);
    }

    pub(crate) fn remark(&mut self, file: &'static str, line: u64, message: impl fmt::Display) {
        self.add(Gravity::Remark, file, Some(line), message);
    }

    /// The faults in the order of the reading, at most 200 of each gravity and file.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Number of faults of a gravity, those that are not kept included.
    pub fn count(&self, gravity: Gravity) -> u64 {
        self.counts.iter().filter(|((of, _), _)| *of == gravity).map(|(_, count)| count).sum()
    }

    /// No line was left out.
    pub fn is_sound(&self) -> bool {
        self.count(Gravity::Error) == 0
    }
}

/// Why a feed cannot be read at all.
#[expect(missing_docs, reason = "the fields are told by their variant")]
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The operating system does not let it be read.
    #[error("impossible de lire {place} ({problem}) : vérifiez le chemin et les droits")]
    Unreadable { place: String, problem: std::io::Error },
    /// What was given is neither a folder nor an archive.
    #[error("{place} n’est pas une archive zip lisible ({problem}) : redemandez le fichier, ou donnez un dossier")]
    NotZip { place: String, problem: String },
    /// A file that every feed has.
    #[error(
        "le fichier {0} manque : un flux GTFS contient au moins stops.txt, routes.txt, trips.txt, stop_times.txt et calendar.txt ou calendar_dates.txt"
    )]
    Missing(&'static str),
    /// A column without which the file says nothing.
    #[error("{file} : la colonne {column} manque dans la première ligne")]
    Column { file: &'static str, column: &'static str },
    /// More bytes than the limit, announced or read.
    #[error(
        "{file} : {bytes} octets annoncés ou lus, plus que la limite de {limit} ; si ce flux est vraiment de cette taille, relevez la limite"
    )]
    TooLarge { file: String, bytes: u64, limit: u64 },
    /// An archive that swells more than so many times.
    #[error("{file} se décompresse plus de {ratio} fois : archive refusée, redemandez-la à son éditeur")]
    Bomb { file: String, ratio: u64 },
    /// No line of a timetable is so long.
    #[error(
        "{file}, ligne {line} : ligne de plus de {limit} octets, ou guillemet jamais refermé : le fichier est abîmé"
    )]
    LongLine { file: &'static str, line: u64, limit: usize },
    /// The bytes of a line make no sense.
    #[error("{file}, ligne {line} : lecture impossible ({problem})")]
    Broken { file: &'static str, line: u64, problem: String },
    /// A file without any line of use.
    #[error("{0} ne contient aucune ligne utilisable : le flux est vide")]
    Empty(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_counted_beyond_those_kept() {
        let mut report = Report::default();
        for line in 0..1000 {
            report.error("stops.txt", line, "illisible");
        }
        report.remark("trips.txt", 2, "sans arrêt");
        assert_eq!((report.faults().len(), report.count(Gravity::Error)), (KEPT + 1, 1000));
        assert!(!report.is_sound());
        assert_eq!(report.faults()[3].to_string(), "stops.txt, ligne 3\u{a0}: illisible");
    }
}
