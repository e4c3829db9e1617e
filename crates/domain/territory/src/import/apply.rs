use std::collections::{HashMap, HashSet};

use base::{Id, Instant, fr};
use facts::{Fact, Import, Kind, Provenance, Source};
use platform::gate::{EditTerritory, permit};
use platform::{Actor, Platform};
use serde_json::json;

use super::merge::{Outcome, Said, merge};
use super::read::{Sheet, sheet};
use super::{Change, File, FileReport, Mode, Problem, Read, Report, What, new_subject, read};
use crate::changes::{Editor, Planned};
use crate::kind::{Described, with_kind};
use crate::names::{Named, Shown};
use crate::picture::Facts;
use crate::posts::Posts;
use crate::{Error, FactKind, Names, Result, store};

/// Reads a set of files and writes what they change, all of it or nothing; [`Mode::Preview`] goes the same
/// way and writes nothing. Refused lines are in the report, not in the error.
///
/// # Errors
/// [`Error::Refused`] by the gate, or the database's own.
pub async fn run(platform: &Platform, actor: &Actor, files: &[File], mode: Mode) -> Result<Report> {
    let permit = permit::<EditTerritory>(actor)?;
    let mut report = Report::default();
    let mut sheets = Vec::new();
    for file in files {
        match sheet(file) {
            Ok(sheet) => sheets.push(sheet),
            Err(problems) => report.problems.extend(problems),
        }
    }
    if !report.problems.is_empty() || sheets.is_empty() {
        return Ok(report);
    }
    // What bears a code comes before what points at it, whatever the order of the files.
    sheets.sort_by_key(|sheet| sheet.kind);
    let mut run = Run { editor: Editor::begin(platform, permit).await?, sheets, report, import: None, posts: None };
    run.create().await?;
    if run.report.problems.is_empty() {
        run.write().await?;
    }
    if !run.report.problems.is_empty() {
        // Dropped with its transaction.
        return Ok(Report { files: Vec::new(), ..run.report });
    }
    if mode == Mode::Preview || run.report.is_unchanged() {
        return Ok(run.report);
    }
    run.commit().await
}

struct Run {
    editor: Editor,
    sheets: Vec<Sheet>,
    report: Report,
    import: Option<Id<Import>>,
    /// As they stand after the change.
    posts: Option<Posts>,
}

impl Run {
    fn refuse(&mut self, file: &str, line: u64, column: &str, reason: String) {
        self.report.problems.push(Problem { file: file.to_owned(), line, column: column.to_owned(), reason });
    }

    /// Everything new that bears a code, so that any line of any file can point at it.
    async fn create(&mut self) -> Result<()> {
        let sheets = std::mem::take(&mut self.sheets);
        for sheet in &sheets {
            with_kind!(sheet.kind, K => self.create_of::<K>(sheet).await?);
        }
        self.sheets = sheets;
        Ok(())
    }

    async fn create_of<K: Described>(&mut self, sheet: &Sheet) -> Result<()> {
        let sort = <K::Subject as Named>::KIND;
        let mut new = Vec::new();
        let mut named = Vec::new();
        let mut seen = HashSet::new();
        for (line, cells) in &sheet.lines {
            match new_subject::<K>(&self.editor.names, cells) {
                Ok(Some(subject)) if seen.insert(subject.0.clone()) => {
                    named.push(cells.get("name").cloned());
                    new.push(subject);
                }
                Ok(_) => {}
                Err(problems) => {
                    for problem in problems {
                        self.refuse(&sheet.name, *line, &problem.column, problem.reason);
                    }
                }
            }
        }
        self.editor.create(sort, &new).await?;
        for ((code, _), name) in new.iter().zip(named) {
            if let (Some(id), Some(name)) = (self.editor.names.find::<K::Subject>(code), name) {
                self.editor.names.rename(sort, id.raw(), &name);
            }
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<()> {
        let author = self.editor.permit().account();
        self.import = Some(
            store::start_import(&self.editor.tx, self.editor.tenant, self.editor.now, author, &files_of(&self.sheets))
                .await?,
        );
        let sheets = std::mem::take(&mut self.sheets);
        for kind in FactKind::ALL {
            let of_kind: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.kind == *kind).collect();
            if !of_kind.is_empty() {
                with_kind!(*kind, K => self.write_of::<K>(&of_kind).await?);
            }
        }
        if self.report.problems.is_empty() {
            let (found, posts) = self.editor.contradictions().await?;
            self.posts = Some(posts);
            for (violation, origin) in found {
                let line = origin.and_then(|origin| origin.line).and_then(|line| u64::try_from(line).ok()).unwrap_or(0);
                let of_kind: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.kind == violation.kind).collect();
                let file = of_kind.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", ");
                let (file, column) = if origin.is_some() { (file, violation.column) } else { (files_of(&sheets), "") };
                self.refuse(&file, line, column, violation.reason);
            }
        }
        self.sheets = sheets;
        Ok(())
    }

    async fn write_of<K: Described>(&mut self, sheets: &[&Sheet]) -> Result<()> {
        let mut by_subject: HashMap<Id<<K as Kind>::Subject>, Vec<Said<K>>> = HashMap::new();
        for (sheet, one) in sheets.iter().enumerate() {
            for (line, cells) in &one.lines {
                match read::<K>(&self.editor.names, cells) {
                    Ok(Read { subject, valid, value }) => {
                        by_subject.entry(subject).or_default().push(Said { sheet, line: *line, valid, value });
                    }
                    Err(problems) => {
                        for problem in problems {
                            self.refuse(&one.name, *line, &problem.column, problem.reason);
                        }
                    }
                }
            }
        }
        let known: Facts<K> = Facts::load(&self.editor.tx, self.editor.tenant, Instant::MAX).await?;
        let report = |sheet: &&Sheet| FileReport {
            name: sheet.name.clone(),
            kind: K::KIND,
            lines: sheet.lines.len() as u64,
            unchanged: 0,
            changes: Vec::new(),
        };
        let mut reports: Vec<FileReport> = sheets.iter().map(report).collect();
        let mut planned: Vec<Planned<K>> = Vec::new();
        for (subject, said) in by_subject {
            let in_force = known.of(subject);
            let outcomes = match merge(in_force, &said) {
                Ok(outcomes) => outcomes,
                Err(refused) => {
                    let column = K::LAYOUT.from[K::LAYOUT.from.len() - 1];
                    for (position, reason) in refused {
                        let Said { sheet, line, .. } = said[position];
                        self.refuse(&sheets[sheet].name, line, column, reason);
                    }
                    continue;
                }
            };
            for (one, outcome) in said.iter().zip(&outcomes) {
                match describe(&self.editor.names, in_force, subject, one, outcome) {
                    Some(change) => reports[one.sheet].changes.push(change),
                    None => reports[one.sheet].unchanged += 1,
                }
                let provenance = Provenance {
                    source: Source::ReferenceFile,
                    import: self.import,
                    line: i64::try_from(one.line).ok(),
                    author: self.editor.permit().account(),
                };
                let plan = outcome.plan(one);
                if !plan.is_nothing() {
                    planned.push(Planned { subject, described_before: !in_force.is_empty(), plan, provenance });
                }
            }
        }
        for report in &mut reports {
            report.changes.sort_by_key(|change| change.line);
        }
        // Numbers follow the lines of the file, whatever order the subjects came in.
        planned.sort_by_key(|one| one.provenance.line);
        self.report.files.append(&mut reports);
        if self.report.problems.is_empty() {
            self.editor.write(planned).await?;
        }
        Ok(())
    }

    async fn commit(mut self) -> Result<Report> {
        let Some(posts) = self.posts else { return Ok(self.report) };
        let report = &mut self.report;
        let [added, corrected, unchanged] =
            [report.count(What::Added), report.count(What::Corrected), report.unchanged()]
                .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        if let Some(import) = self.import {
            store::finish_import(&self.editor.tx, import, added, corrected, unchanged).await?;
        }
        report.import = self.import;
        let payload =
            json!({ "files": files_of(&self.sheets), "added": added, "corrected": corrected, "unchanged": unchanged });
        let entry =
            self.editor.permit().entry("territory.imported", "reference_import", self.import.map(Id::raw), payload);
        self.editor.commit(&posts, entry).await.map_err(Error::from)?;
        Ok(self.report)
    }
}

fn files_of(sheets: &[Sheet]) -> String {
    sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What a line changes, in words; nothing when it changes nothing.
fn describe<K: Described>(
    names: &Names,
    in_force: &[Fact<K>],
    subject: Id<<K as Kind>::Subject>,
    said: &Said<K>,
    outcome: &Outcome<K>,
) -> Option<Change> {
    let (what, before) = match outcome {
        Outcome::Unchanged => return None,
        Outcome::Added => (What::Added, None),
        Outcome::Corrected(id) => (What::Corrected, in_force.iter().find(|fact| fact.id == *id)),
    };
    let period = |valid| Shown::Text(fr::period(valid));
    let mut values = vec![("Période", before.map_or(Shown::Nothing, |fact| period(fact.valid)), period(said.valid))];
    let old = before.map(|fact| fact.value.cells());
    for (place, (field, cell)) in K::FIELDS.iter().zip(said.value.cells()).enumerate() {
        let old = old.as_ref().map_or(Shown::Nothing, |cells| names.shown(&cells[place]));
        values.push((field.label, old, names.shown(&cell)));
    }
    let new = said.value.evidence();
    let known = before.map(|fact| fact.value.evidence());
    let text = |text: &str| if text.is_empty() { Shown::Nothing } else { Shown::Text(text.to_owned()) };
    let mut compare =
        |label, old: Option<&str>, new: &str| values.push((label, old.map_or(Shown::Nothing, text), text(new)));
    compare("Certitude", known.as_ref().map(|known| known.certainty.label()), new.certainty.label());
    compare(
        "Certitude des dates",
        known.as_ref().map(|known| known.dates_certainty.label()),
        new.dates_certainty.label(),
    );
    compare("Source", known.as_ref().map(|known| known.citation.as_str()), &new.citation);
    compare("Remarque", known.as_ref().map(|known| known.note.as_str()), &new.note);
    values.retain(|(_, old, new)| old != new);
    Some(Change { line: said.line, what, subject: names.name(subject).to_owned(), values })
}
