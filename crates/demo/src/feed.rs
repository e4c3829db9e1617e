//! The months of the feed: written one after the other, brought in like any file that a département receives.
//! Why in this order: docs/decisions/0014-demonstration-fills-behind.md.

use std::fs::File;
use std::path::{Path, PathBuf};

use base::{Date, Instant};
use exchange::caf;
use jiff::ToSpan;
use platform::{Actor, Platform};
use tokio::task::JoinHandle;

use crate::{Error, Result, SEED, Size, accompaniment, inputs, places, synth, timeline};

/// Whether a month is in, all of it.
pub(crate) async fn is_in(platform: &Platform, actor: &Actor, month: Date) -> Result<bool> {
    let files = support::feed::files(platform, actor, 1_000).await?;
    Ok(files.iter().any(|file| file.kind == "M" && file.reference_date == month && file.completed_at.is_some()))
}

/// Where the file of a month waits until it is in.
pub(crate) fn path(folder: &Path, month: Date) -> PathBuf {
    folder.join("flux").join(format!("{}.xml", month.strftime("%Y-%m")))
}

/// Writes a month if it is not there, from the one before, written first in its turn. Takes seconds: for a thread of
/// its own.
fn write_month(folder: &Path, size: Size, month: Date) -> Result<PathBuf> {
    let path = path(folder, month);
    if path.exists() {
        return Ok(path);
    }
    let previous = match month {
        timeline::FIRST_MONTH => None,
        _ => Some(write_month(folder, size, month.first_of_month().saturating_sub(1.day()))?),
    };
    let failed = |path: &Path, problem| Error::Folder { path: path.to_owned(), problem };
    let flux = folder.join("flux");
    std::fs::create_dir_all(&flux).map_err(|problem| failed(&flux, problem))?;
    let unfinished = path.with_extension("en-cours");
    let out = File::create(&unfinished).map_err(|problem| failed(&unfinished, problem))?;
    let places = places();
    let request = synth::Request {
        households: size.households(),
        seed: SEED,
        date: month,
        previous: previous.as_deref(),
        places: &places,
    };
    synth::synthesize(&request, out, |_, _| {})?;
    std::fs::rename(&unfinished, &path).map_err(|problem| failed(&path, problem))?;
    Ok(path)
}

/// A month being written on a thread of its own.
struct Writing(JoinHandle<Result<PathBuf>>);

impl Writing {
    fn start(folder: &Path, size: Size, month: Date) -> Self {
        let folder = folder.to_owned();
        Self(tokio::task::spawn_blocking(move || write_month(&folder, size, month)))
    }

    async fn end(self) -> Result<PathBuf> {
        self.0.await.map_err(|problem| caf::Error::Interrupted(problem.to_string()))?
    }
}

/// Where a month is on its way from the file to the meetings.
#[derive(Clone, Copy)]
pub(crate) enum MonthStage {
    File,
    Tables,
    Orientations,
    Meetings,
}

impl MonthStage {
    const ALL: [Self; 4] = [Self::File, Self::Tables, Self::Orientations, Self::Meetings];

    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "fichier mensuel",
            Self::Tables => "France Travail, questionnaires, préconisations",
            Self::Orientations => "orientations et référents",
            Self::Meetings => "rendez-vous",
        }
    }
}

/// How far a month is.
pub(crate) struct MonthStep {
    pub number: usize,
    pub month: Date,
    pub stage: MonthStage,
    /// Of the whole month, all stages together.
    pub done: u64,
    pub total: u64,
}

impl MonthStep {
    /// `done` of `total` within the stage; stages weigh the same.
    fn new(number: usize, month: Date, stage: MonthStage, done: u64, total: u64) -> Self {
        const PARTS: u64 = 1_000;
        let before = MonthStage::ALL[..stage as usize].len() as u64 * PARTS;
        let within = (done.min(total) * PARTS).checked_div(total).unwrap_or(0);
        Self { number, month, stage, done: before + within, total: MonthStage::ALL.len() as u64 * PARTS }
    }
}

/// Brings in the months that are not in yet, each at the moment of its arrival and followed by the tables about its
/// persons and by what counsellors do; the next file is written meanwhile. The last month that is in is gone through again: a stop may have come between
/// its file and its meetings, and each step finds what it has already done.
pub(crate) async fn bring_months_in(
    platform: &Platform,
    actor: &Actor,
    folder: &Path,
    size: Size,
    progress: &mut (impl FnMut(MonthStep) + Send),
) -> Result<()> {
    let mut complete = 0;
    for month in timeline::MONTHS {
        if !is_in(platform, actor, month).await? || !inputs::are_in(platform, actor, month).await? {
            break;
        }
        complete += 1;
    }
    let months: Vec<(usize, Date)> = timeline::MONTHS.into_iter().enumerate().skip(complete.max(1) - 1).collect();
    let mut next = months.first().map(|(_, month)| Writing::start(folder, size, *month));
    for (place, (number, month)) in months.iter().copied().enumerate() {
        let mut tell = |stage, done, total| progress(MonthStep::new(number, month, stage, done, total));
        tell(MonthStage::File, 0, 1);
        let Some(writing) = next.take() else { break };
        let path = writing.end().await?;
        next = months.get(place + 1).map(|(_, month)| Writing::start(folder, size, *month));
        let created_on = created_on(&path)?;
        let then = crate::at(platform, timeline::arrival(created_on).instant());
        bring_in(&then, actor, &path, &file_name('M', created_on), &mut |done, total| {
            tell(MonthStage::File, done, total)
        })
        .await?;
        let tables = crate::at(platform, timeline::arrival_of_tables(created_on).instant());
        let before = timeline::MONTHS.get(number.wrapping_sub(1)).copied();
        tell(MonthStage::Tables, 0, 1);
        inputs::bring_in(&tables, actor, folder, month, before).await?;
        let last = place + 1 == months.len();
        accompaniment::follow(&then, actor, created_on, last, &mut tell).await?;
    }
    Ok(())
}

/// Brings in, now, the month that was mislaid.
pub(crate) async fn bring_late_month_in(
    platform: &Platform,
    actor: &Actor,
    folder: &Path,
    size: Size,
    progress: &mut (impl FnMut(u64, u64) + Send),
) -> Result<()> {
    if is_in(platform, actor, timeline::LATE_MONTH).await? {
        return Ok(());
    }
    let path = Writing::start(folder, size, timeline::LATE_MONTH).end().await?;
    let created_on = created_on(&path)?;
    bring_in(platform, actor, &path, &file_name('M', created_on), progress).await
}

pub(crate) async fn bring_in(
    platform: &Platform,
    actor: &Actor,
    path: &Path,
    file_name: &str,
    progress: &mut (impl FnMut(u64, u64) + Send),
) -> Result<()> {
    let request = caf::Import {
        path: path.to_owned(),
        file_name: file_name.to_owned(),
        dry_run: false,
        accept_count_mismatch: false,
    };
    // Checking takes a small part of the time of applying: only the latter is told.
    let told = |told: caf::Progress| {
        if told.stage == caf::Stage::Applying {
            progress(told.done, told.total);
        }
    };
    caf::import(platform, actor, &request, told).await?;
    Ok(())
}

/// As the paying body names its files.
pub(crate) fn file_name(kind: char, created_on: Date) -> String {
    format!("CAF93_RSABE{kind}_{}.RCV", created_on.strftime("%Y%m%d"))
}

fn created_on(path: &Path) -> Result<Date> {
    let file = File::open(path).map_err(|problem| Error::Folder { path: path.to_owned(), problem })?;
    let reader = formats::caf::Reader::new(file).map_err(caf::Error::from)?;
    Ok(reader.header().created_on)
}

/// The files between two months: one whose households are partly broken, and the same mended and sent again.
pub(crate) struct Daily {
    pub broken: PathBuf,
    pub mended: PathBuf,
    /// The mended one, cut: refused as a whole.
    pub cut: PathBuf,
    pub created_on: Date,
}

/// Households that make a file between two months worth showing.
const WORTH_SHOWING: u64 = 8;

/// Writes them from the last known month: those of the day of the script, or of a fuller day before it when the
/// département is small.
pub(crate) fn write_daily(folder: &Path, size: Size) -> Result<Daily> {
    let previous = write_month(folder, size, timeline::PRESENT_MONTH)?;
    let places = places();
    let mut fullest: Option<(synth::Summary, Vec<u8>)> = None;
    let mut day = timeline::DAILY;
    while day.month() == timeline::DAILY.month()
        && fullest.as_ref().is_none_or(|(summary, _)| summary.records < WORTH_SHOWING)
    {
        let request = synth::Request {
            households: size.households(),
            seed: SEED,
            date: day,
            previous: Some(&previous),
            places: &places,
        };
        let mut bytes = Vec::new();
        let summary = synth::synthesize_daily(&request, &mut bytes, |_, _| {})?;
        if fullest.as_ref().is_none_or(|(known, _)| known.records < summary.records) {
            fullest = Some((summary, bytes));
        }
        day = day.saturating_sub(1.day());
    }
    let (summary, bytes) = fullest.expect("the day of the script was looked at");
    let daily = Daily {
        broken: folder.join("flux/quotidien-1.xml"),
        mended: folder.join("flux/quotidien-2.xml"),
        // Where deposited files wait: the job that refuses it removes it.
        cut: folder.join("reception/quotidien-3.xml"),
        created_on: summary.created_on,
    };
    let mended = sent_again(&bytes);
    let cut = &mended[..mended.len() * 2 / 3];
    let reception = folder.join("reception");
    std::fs::create_dir_all(&reception).map_err(|problem| Error::Folder { path: reception, problem })?;
    for (path, bytes) in [(&daily.broken, broken(&bytes).as_slice()), (&daily.mended, &mended), (&daily.cut, cut)] {
        std::fs::write(path, bytes).map_err(|problem| Error::Folder { path: path.clone(), problem })?;
    }
    Ok(daily)
}

/// What goes wrong in households, one after the other: element, value put in its place.
const FAULTS: [(&str, &str); 3] = [("DTNAI", "1985-02-30"), ("SEXE", "9"), ("DTDEMRSA", "12/02/2024")];

/// One household in four is broken, in three ways.
fn broken(bytes: &[u8]) -> Vec<u8> {
    // windows-1252 has one byte a sign: positions survive a reading as latin-1.
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let mut faults = FAULTS.iter().cycle();
    let households = text.split_inclusive("</InfosFoyerRSA>").enumerate();
    let written: String = households
        .map(|(number, household)| match number % 4 {
            0 => faults
                .next()
                .map_or_else(|| household.to_owned(), |(element, value)| with_value(household, element, value)),
            _ => household.to_owned(),
        })
        .collect();
    written.chars().map(|sign| sign as u8).collect()
}

/// Another sending has another hour of creation.
fn sent_again(bytes: &[u8]) -> Vec<u8> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    with_value(&text, "HEUCREAFLUX", "18:40:07.0000").chars().map(|sign| sign as u8).collect()
}

/// The text with another value in its first element of this name.
fn with_value(text: &str, element: &str, value: &str) -> String {
    let (begins, ends) = (format!("<{element}>"), format!("</{element}>"));
    let place = text.find(&begins).map(|at| at + begins.len());
    match place.and_then(|from| Some((from, from + text[from..].find(&ends)?))) {
        Some((from, to)) => format!("{}{value}{}", &text[..from], &text[to..]),
        None => text.to_owned(),
    }
}

/// Removes the files of the feed: everything is in.
pub(crate) fn sweep(folder: &Path) -> Result<()> {
    let flux = folder.join("flux");
    match std::fs::remove_dir_all(&flux) {
        Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => Err(Error::Folder { path: flux, problem }),
        _ => Ok(()),
    }
}

/// When the mended file comes.
pub(crate) fn arrival_again(created_on: Date) -> Instant {
    timeline::arrival(created_on.saturating_add(1.day())).instant()
}

#[cfg(test)]
mod tests {
    use super::*;
    use formats::caf::{PrescanOptions, prescan};

    #[test]
    fn the_daily_files_are_broken_mended_and_cut() {
        let folder = tempfile::tempdir().unwrap();
        let daily = write_daily(folder.path(), Size::Small).unwrap();
        let read = |path: &Path| prescan(File::open(path).unwrap(), PrescanOptions::default());
        let (broken, mended) = (read(&daily.broken).unwrap(), read(&daily.mended).unwrap());
        assert!(broken.errors_total > 0 && mended.errors_total == 0, "{} households", mended.households);
        assert_eq!(broken.households, mended.households);
        assert_ne!(broken.header.created_at, mended.header.created_at);
        assert!(read(&daily.cut).is_err());
        let month = read(&path(folder.path(), timeline::PRESENT_MONTH)).unwrap();
        assert_eq!(month.header.reference_date, timeline::PRESENT_MONTH);
        assert_eq!(month.header.created_on, jiff::civil::date(2026, 11, 5));
    }
}
