//! A fictitious département in the format of the beneficiary feed (`vrsb0801`): the first month from nothing, each
//! following month from the file of the one before.
//!
//! The same request gives the same bytes on every machine. A household follows from the seed and its rank alone; a
//! month of a household follows from the seed, its claim number and the month alone. Memory does not grow with the
//! number of households.
//!
//! Persons are fictitious: names are recombined or invented, and every NIR has a place of birth that does not exist.
//! Distributions are in [`hypotheses`], each with its mark.

mod adults;
mod dice;
mod evolution;
mod family;
mod figures;
mod happening;
mod homes;
mod households;
mod hypotheses;
mod inputs;
mod names;
mod persons;
mod rights;
mod sheet;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use base::fr;
use formats::caf::model::{FeedKind, Footer, Header, Household, RightStatus};
use formats::caf::write::Writer;
use formats::caf::{HouseholdError, Reader, Refusal};
use jiff::ToSpan;
use jiff::civil::{Date, time};

use dice::{Dice, Purpose, digest};
use evolution::{Month, Passed};
pub use homes::Place;
use homes::Places;
use households::{Rank, Setting};
use hypotheses as rates;
pub use inputs::{InputsRequest, InputsSummary, synthesize_inputs};
use sheet::Sheet;

/// How often progress is told, in households.
const PROGRESS_STEP: u64 = 256;
const BUFFER: usize = 1 << 18;

/// What to make.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Households of the first month; for a following month, the size that entries are proportional to.
    pub households: u64,
    pub seed: u64,
    /// Monthly file: the reference date is the last day of a month on or before this day.
    /// File between two months: the day itself.
    pub date: Date,
    /// The monthly file of the month before, made by this module. Needed by [`synthesize_daily`].
    pub previous: Option<&'a Path>,
    pub places: &'a [Place],
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// `DTREF`
    pub reference_date: Date,
    /// `DTCREAFLUX`
    pub created_on: Date,
    /// `InfosFoyerRSA` written: the announced total.
    pub records: u64,
    /// Different claim numbers among them.
    pub households: u64,
    pub persons: u64,
    /// Adults covered by the right (applicants and partners still attached).
    pub adults: u64,
    /// Households that were not in the previous file.
    pub entries: u64,
    /// Households in state 5.
    pub closed: u64,
    /// Households of the previous file that are not in this one.
    pub gone: u64,
}

/// Why nothing usable was made. The text is for a person.
#[derive(Debug, thiserror::Error)]
pub enum SynthesisError {
    #[error("écriture du fichier impossible : {0}")]
    Write(#[from] io::Error),
    #[error("fichier précédent « {} » illisible : {source}", path.display())]
    Open { path: PathBuf, source: io::Error },
    #[error("écriture du fichier « {} » impossible : {source}", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("fichier précédent refusé : {0}")]
    Refused(#[from] Refusal),
    #[error(
        "fichier précédent : un foyer ne suit pas le format ({0}) ; repartir d’un fichier écrit par cette commande"
    )]
    Household(#[from] Box<HouseholdError>),
    #[error("le fichier précédent n’est pas un fichier mensuel (TYPEFLUX {kind}) : donner celui du mois d’avant")]
    NotMonthly { kind: String },
    #[error(
        "le fichier précédent est arrêté au {} ; pour produire le fichier arrêté au {}, donner celui arrêté au {}",
        fr::date_long(*found), fr::date_long(*wanted), fr::date_long(*expected)
    )]
    WrongMonth { found: Date, wanted: Date, expected: Date },
    #[error("un fichier quotidien part du fichier mensuel du mois d’avant : l’indiquer")]
    PreviousNeeded,
    #[error("{asked} foyers demandés : en demander de 1 à {most}")]
    Households { asked: u64, most: u64 },
    #[error("aucune commune où loger les foyers : il faut des poids positifs et au moins un code postal par commune")]
    Places,
    #[error("date hors du RSA, {} : donner une date à partir du 31 juillet 2009", fr::date_long(*_0))]
    BeforeRsa(Date),
}

/// Writes the monthly file of a département.
///
/// `progress` gets what is done and the whole: households for a first month, bytes of the previous file otherwise.
///
/// # Errors
/// See [`SynthesisError`].
pub fn synthesize(
    request: &Request<'_>,
    out: impl Write,
    mut progress: impl FnMut(u64, u64),
) -> Result<Summary, SynthesisError> {
    let reference = last_month_end(request.date);
    let setting = request.setting(reference)?;
    let mut file = Output::monthly(&setting, out)?;
    match request.previous {
        None => {
            for index in 0..request.households {
                file.write(&setting.in_stock(index))?;
                tell(&mut progress, index, request.households);
            }
            progress(request.households, request.households);
        }
        Some(path) => {
            let mut month = Month::new(&setting);
            let mut previous = Previous::open(path, reference)?;
            while let Some(household) = previous.next(&mut progress)? {
                let [itself, made] = month.pass(household);
                match itself {
                    Some(passed) => file.write(&passed.household)?,
                    None => file.summary.gone += 1,
                }
                if let Some(made) = made {
                    file.enter(&made.household)?;
                }
            }
            for _ in 0..month.entries(request.households) {
                file.enter(&month.enter().household)?;
            }
            progress(previous.size, previous.size);
        }
    }
    file.finish()
}

/// Writes the file between two months of one day: the households whose situation is settled that day, in the state
/// that the next monthly file (same seed, same previous file) will show, with their events.
///
/// `progress` gets the bytes of the previous file read, and their total.
///
/// # Errors
/// See [`SynthesisError`].
pub fn synthesize_daily(
    request: &Request<'_>,
    out: impl Write,
    mut progress: impl FnMut(u64, u64),
) -> Result<Summary, SynthesisError> {
    let day = request.date;
    let reference = day.last_of_month();
    let setting = request.setting(reference)?;
    let path = request.previous.ok_or(SynthesisError::PreviousNeeded)?;
    let mut month = Month::new(&setting);
    let mut previous = Previous::open(path, reference)?;
    let mut file = Output::daily(&setting, day, out)?;
    let of_the_day = |passed: &Passed| passed.settled_on == day && passed.has_changed();
    while let Some(household) = previous.next(&mut progress)? {
        let [itself, made] = month.pass(household);
        if let Some(passed) = itself.filter(&of_the_day) {
            file.write(&passed.with_events())?;
        }
        if let Some(made) = made.filter(&of_the_day) {
            file.enter(&made.with_events())?;
        }
    }
    for _ in 0..month.entries(request.households) {
        let passed = month.enter();
        if of_the_day(&passed) {
            file.enter(&passed.with_events())?;
        }
    }
    progress(previous.size, previous.size);
    file.finish()
}

impl Request<'_> {
    fn setting(&self, reference: Date) -> Result<Setting<'_>, SynthesisError> {
        if !(1..=Rank::STOCK_AT_MOST).contains(&self.households) {
            return Err(SynthesisError::Households { asked: self.households, most: Rank::STOCK_AT_MOST });
        }
        if reference < Date::constant(2009, 7, 31) {
            return Err(SynthesisError::BeforeRsa(self.date));
        }
        let places = Places::new(self.places).ok_or(SynthesisError::Places)?;
        Ok(Setting { seed: self.seed, reference, places })
    }
}

/// First and last name of somebody who does not exist, the same for the same `thing`, in capitals.
pub fn fictitious_name(seed: u64, thing: &str, woman: bool) -> (&'static str, String) {
    let mut dice = Dice::of(seed, Purpose::Person, digest(&["name", thing]));
    let origin = names::Origin::draw(&mut dice);
    (origin.first_name(&mut dice, woman), origin.last_name(&mut dice))
}

/// The last day of a month, on or before this day.
fn last_month_end(day: Date) -> Date {
    if day == day.last_of_month() { day } else { day.first_of_month().saturating_sub(1.day()) }
}

fn tell(progress: &mut impl FnMut(u64, u64), done: u64, total: u64) {
    if done.is_multiple_of(PROGRESS_STEP) {
        progress(done, total);
    }
}

/// The monthly file of the month before, household by household, without those written twice.
struct Previous {
    reader: Reader<BufReader<File>>,
    size: u64,
    read: u64,
    ahead: Option<Household>,
}

impl Previous {
    /// Opens the file of the month before the one that ends on `reference`.
    fn open(path: &Path, reference: Date) -> Result<Self, SynthesisError> {
        let previous = Self::of(path)?;
        let found = previous.reader.header().reference_date;
        let expected = reference.first_of_month().saturating_sub(1.day());
        if found != expected {
            return Err(SynthesisError::WrongMonth { found, wanted: reference, expected });
        }
        Ok(previous)
    }

    /// Opens the file of any month.
    fn of(path: &Path) -> Result<Self, SynthesisError> {
        let cannot_open = |source| SynthesisError::Open { path: path.to_owned(), source };
        let file = File::open(path).map_err(cannot_open)?;
        let size = file.metadata().map_err(cannot_open)?.len();
        let reader = Reader::new(BufReader::with_capacity(BUFFER, file))?;
        let header = reader.header();
        if header.kind != FeedKind::Monthly {
            return Err(SynthesisError::NotMonthly { kind: header.kind.code().to_owned() });
        }
        let mut previous = Self { reader, size, read: 0, ahead: None };
        previous.ahead = previous.read_one()?;
        Ok(previous)
    }

    fn read_one(&mut self) -> Result<Option<Household>, SynthesisError> {
        let record = self.reader.next_household()?.transpose()?;
        Ok(record.map(|record| record.household))
    }

    /// The next household. When the same claim number comes twice in a row, the last one wins.
    fn next(&mut self, progress: &mut impl FnMut(u64, u64)) -> Result<Option<Household>, SynthesisError> {
        while let Some(household) = self.ahead.take() {
            self.ahead = self.read_one()?;
            self.read += 1;
            if self.read.is_multiple_of(PROGRESS_STEP) {
                progress(self.reader.position().offset.min(self.size), self.size);
            }
            if self.ahead.as_ref().is_none_or(|ahead| ahead.claim_number != household.claim_number) {
                return Ok(Some(household));
            }
        }
        Ok(None)
    }
}

/// A file being written, and what it holds.
struct Output<W: Write> {
    writer: Writer<BufWriter<W>>,
    sheet: Sheet,
    summary: Summary,
}

impl<W: Write> Output<W> {
    fn monthly(setting: &Setting<'_>, out: W) -> Result<Self, SynthesisError> {
        let month = setting.reference.strftime("%Y-%m").to_string();
        let mut dice = Dice::of(setting.seed, Purpose::Calendar, digest(&["creation", &month]));
        let created_on = setting.reference.saturating_add(dice.between(3, 7).days());
        Self::open(setting, FeedKind::Monthly, setting.reference, created_on, &mut dice, out)
    }

    fn daily(setting: &Setting<'_>, day: Date, out: W) -> Result<Self, SynthesisError> {
        let mut dice = Dice::of(setting.seed, Purpose::Calendar, digest(&["creation", &day.to_string()]));
        Self::open(setting, FeedKind::BetweenMonths, day, day.saturating_add(1.day()), &mut dice, out)
    }

    fn open(
        setting: &Setting<'_>,
        kind: FeedKind,
        reference_date: Date,
        created_on: Date,
        dice: &mut Dice,
        out: W,
    ) -> Result<Self, SynthesisError> {
        let mut writer = Writer::new(BufWriter::with_capacity(BUFFER, out))?;
        let sheet = Sheet { seed: setting.seed, reference: setting.reference, monthly: kind == FeedKind::Monthly };
        writer.header(&Header {
            application: "CRI".to_owned(),
            application_version: "6200".to_owned(),
            kind,
            nature: "D".to_owned(),
            created_on,
            created_at: time(dice.between(0, 5) as i8, dice.between(0, 59) as i8, dice.between(0, 59) as i8, 0),
            reference_date,
        })?;
        let summary = Summary {
            reference_date,
            created_on,
            records: 0,
            households: 0,
            persons: 0,
            adults: 0,
            entries: 0,
            closed: 0,
            gone: 0,
        };
        Ok(Self { writer, sheet, summary })
    }

    fn enter(&mut self, household: &Household) -> Result<(), SynthesisError> {
        self.summary.entries += 1;
        self.write(household)
    }

    fn write(&mut self, household: &Household) -> Result<(), SynthesisError> {
        let mut dice = Dice::of(self.sheet.seed, Purpose::Form, digest(&[&household.claim_number, "twice"]));
        if self.sheet.monthly && dice.chance(rates::WRITTEN_TWICE) {
            // The first one is older: the second corrects it.
            let older = Household { dependants: None, obligations: None, ..household.clone() };
            self.sheet.household(&mut self.writer, &older)?;
            self.summary.records += 1;
        }
        self.sheet.household(&mut self.writer, household)?;
        self.summary.records += 1;
        self.summary.households += 1;
        self.summary.persons += household.persons.len() as u64;
        self.summary.adults += household.adults().filter(|adult| family::is_present(adult)).count() as u64;
        self.summary.closed += u64::from(household.right.status == RightStatus::Closed);
        Ok(())
    }

    fn finish(self) -> Result<Summary, SynthesisError> {
        let households = u32::try_from(self.summary.records).unwrap_or(u32::MAX);
        self.writer.finish(&Footer { households, households_in_anomaly: 0 })?.flush()?;
        Ok(self.summary)
    }
}
