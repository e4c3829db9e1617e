use base::{Id, Instant};
use facts::{Conflict, Fact, Kind, Plan};
use platform::gate::{EditTerritory, permit};
use platform::{Actor, Platform};
use serde_json::json;

use super::{Editor, Planned};
use crate::kind::{Described, with_kind};
use crate::line::Line;
use crate::names::{Named, SubjectKind};
use crate::{CellProblem, Cells, Certainty, Error, FactKind, Result, import, store};

/// A change that was made; enough to undo it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Done {
    pub kind: FactKind,
    pub subject_kind: SubjectKind,
    pub subject: i64,
    /// When it was recorded.
    pub at: Instant,
}

/// Adds a fact. The cells are those of a line of the file of its kind; an unknown code in a file that
/// describes things creates the thing.
///
/// # Errors
/// [`Error::Invalid`] with the column of each value refused, [`Error::Conflict`] when another value holds.
pub async fn add(platform: &Platform, actor: &Actor, kind: FactKind, cells: &Cells) -> Result<Done> {
    with_kind!(kind, K => add_one::<K>(platform, actor, cells).await)
}

async fn add_one<K: Described>(platform: &Platform, actor: &Actor, cells: &Cells) -> Result<Done> {
    let mut editor = Editor::begin(platform, permit::<EditTerritory>(actor)?).await?;
    let new = import::new_subject::<K>(&editor.names, cells).map_err(Error::Invalid)?;
    let created = new.is_some();
    if let Some(new) = new {
        editor.create(<K::Subject as Named>::KIND, &[new]).await?;
    }
    let import::Read { subject, valid, value } = import::read::<K>(&editor.names, cells).map_err(Error::Invalid)?;
    let in_force = if created { Vec::new() } else { facts::current::<K>(&editor.tx, editor.tenant, subject).await? };
    let plan = Plan::add(&in_force, valid, value)?;
    finish(editor, "territory.added", subject, &in_force, plan).await
}

/// Puts another value or period in place of a fact in force.
///
/// # Errors
/// As [`add`]; [`Conflict::Outdated`] when somebody else changed it meanwhile.
pub async fn correct(platform: &Platform, actor: &Actor, kind: FactKind, id: i64, cells: &Cells) -> Result<Done> {
    with_kind!(kind, K => correct_one::<K>(platform, actor, Id::new(id), cells).await)
}

async fn correct_one<K: Described>(platform: &Platform, actor: &Actor, id: Id<K>, cells: &Cells) -> Result<Done> {
    let editor = Editor::begin(platform, permit::<EditTerritory>(actor)?).await?;
    let known = store::one::<K>(&editor.tx, editor.tenant, id).await?.ok_or(Error::NotFound)?;
    // A correction stays with its subject.
    let mut cells = cells.clone();
    cells.insert(K::LAYOUT.subject.to_owned(), editor.names.code(known.subject).to_owned());
    let import::Read { subject, valid, value } = import::read::<K>(&editor.names, &cells).map_err(Error::Invalid)?;
    let in_force = facts::current::<K>(&editor.tx, editor.tenant, subject).await?;
    let plan = Plan::correct(&in_force, id, valid, value)?;
    finish(editor, "territory.corrected", subject, &in_force, plan).await
}

/// Ends a fact in force. `cells` holds the first day on which it no longer holds (under the column of the
/// end of its kind) and the source of that end; the certainty of the dates if it changes.
///
/// # Errors
/// As [`correct`].
pub async fn close(platform: &Platform, actor: &Actor, kind: FactKind, id: i64, cells: &Cells) -> Result<Done> {
    with_kind!(kind, K => close_one::<K>(platform, actor, Id::new(id), cells).await)
}

async fn close_one<K: Described>(platform: &Platform, actor: &Actor, id: Id<K>, cells: &Cells) -> Result<Done> {
    let editor = Editor::begin(platform, permit::<EditTerritory>(actor)?).await?;
    let known = store::one::<K>(&editor.tx, editor.tenant, id).await?.ok_or(Error::NotFound)?;
    let mut line = Line::new(&editor.names, cells);
    let column = K::LAYOUT.to[0];
    let to = line.day(column);
    if to == Some(None) {
        line.problem(column, "Donnez le premier jour où cela ne vaut plus.");
    } else if to.flatten().is_some_and(|to| to <= known.valid.from) {
        line.problem(
            column,
            "La fin vient après le début\u{a0}: si cela n’a jamais été vrai, retirez l’enregistrement.",
        );
    }
    let citation = line.required_text("source");
    let certainty = line.choice("dates_certainty", Certainty::from_code, &Certainty::choices());
    let (Some(Some(to)), Some(citation), Some(certainty)) = (to, citation, certainty) else {
        return Err(Error::Invalid(line.into_problems()));
    };
    let problems = line.into_problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut value = known.value.clone();
    let mut evidence = value.evidence();
    evidence.dates_certainty = certainty.unwrap_or(evidence.dates_certainty);
    if !evidence.citation.contains(&citation) {
        evidence.citation = format!("{}\u{202f}; fin\u{a0}: {citation}", evidence.citation);
    }
    value.set_evidence(evidence);
    let valid = known.valid.until(to).ok_or(Conflict::Empty)?;
    let in_force = facts::current::<K>(&editor.tx, editor.tenant, known.subject).await?;
    let plan = Plan::correct(&in_force, id, valid, value)?;
    finish(editor, "territory.closed", known.subject, &in_force, plan).await
}

/// Takes back a fact that was never true.
///
/// # Errors
/// As [`correct`].
pub async fn withdraw(platform: &Platform, actor: &Actor, kind: FactKind, id: i64) -> Result<Done> {
    with_kind!(kind, K => withdraw_one::<K>(platform, actor, Id::new(id)).await)
}

async fn withdraw_one<K: Described>(platform: &Platform, actor: &Actor, id: Id<K>) -> Result<Done> {
    let editor = Editor::begin(platform, permit::<EditTerritory>(actor)?).await?;
    let known = store::one::<K>(&editor.tx, editor.tenant, id).await?.ok_or(Error::NotFound)?;
    let in_force = facts::current::<K>(&editor.tx, editor.tenant, known.subject).await?;
    let plan = Plan::withdraw(&in_force, id)?;
    finish(editor, "territory.withdrawn", known.subject, &in_force, plan).await
}

/// Undoes the change recorded at a moment: by other facts, never by erasing.
///
/// # Errors
/// [`Conflict::Outdated`] when what it had written has been changed since, [`Conflict::Overlap`] when
/// something else took the place of what it had retired.
pub async fn undo(platform: &Platform, actor: &Actor, done: Done) -> Result<Done> {
    with_kind!(done.kind, K => undo_one::<K>(platform, actor, Id::new(done.subject), done.at).await)
}

async fn undo_one<K: Described>(
    platform: &Platform,
    actor: &Actor,
    subject: Id<<K as Kind>::Subject>,
    at: Instant,
) -> Result<Done> {
    let editor = Editor::begin(platform, permit::<EditTerritory>(actor)?).await?;
    let history = facts::history::<K>(&editor.tx, editor.tenant, subject).await?;
    let added: Vec<&Fact<K>> = history.iter().filter(|fact| fact.recorded_at == at).collect();
    let retired: Vec<&Fact<K>> =
        history.iter().filter(|fact| fact.replaced_at == Some(at) && fact.recorded_at != at).collect();
    if added.is_empty() && retired.is_empty() {
        return Err(Error::NotFound);
    }
    if added.iter().any(|fact| fact.replaced_at.is_some()) {
        return Err(Conflict::Outdated.into());
    }
    let in_force: Vec<Fact<K>> = history.iter().filter(|fact| fact.replaced_at.is_none()).cloned().collect();
    let mut plan = Plan::nothing();
    plan.retire = added.iter().map(|fact| fact.id).collect();
    let others: Vec<Fact<K>> = in_force.iter().filter(|fact| !plan.retire.contains(&fact.id)).cloned().collect();
    for fact in retired {
        let mut back = Plan::add(&others, fact.valid, fact.value.clone())?;
        for addition in &mut back.add {
            addition.corrects = plan.retire.first().copied();
        }
        plan.add.append(&mut back.add);
    }
    finish(editor, "territory.undone", subject, &in_force, plan).await
}

/// Writes the plan, looks at the whole, journals and commits.
async fn finish<K: Described>(
    mut editor: Editor,
    action: &'static str,
    subject: Id<<K as Kind>::Subject>,
    in_force: &[Fact<K>],
    plan: Plan<K>,
) -> Result<Done> {
    let done =
        Done { kind: K::KIND, subject_kind: <K::Subject as Named>::KIND, subject: subject.raw(), at: editor.now };
    if plan.is_nothing() {
        return Ok(done);
    }
    let retired: Vec<i64> = plan.retire.iter().map(|id| id.raw()).collect();
    let provenance = editor.permit().provenance();
    // What comes back by an undo had opened before.
    let described_before = !in_force.is_empty() || action != "territory.added";
    let added = editor.write(vec![Planned { subject, described_before, plan, provenance }]).await?;
    let (found, posts) = editor.contradictions().await?;
    if !found.is_empty() {
        let problems = found.into_iter().map(|(violation, origin)| CellProblem {
            // What another fact says has no field in this form.
            column: if origin.is_some() { violation.column.to_owned() } else { String::new() },
            reason: violation.reason,
        });
        return Err(Error::Invalid(problems.collect()));
    }
    let written: Vec<serde_json::Value> = added
        .iter()
        .map(|fact| {
            let values =
                K::FIELDS.iter().zip(fact.value.cells()).map(|(field, cell)| (field.column, editor.names.raw(&cell)));
            json!({
                "id": fact.id,
                "valid": fact.valid,
                "values": values.collect::<std::collections::BTreeMap<_, _>>(),
                "citation": fact.value.evidence().citation,
            })
        })
        .collect();
    let payload = json!({ "kind": K::KIND, "added": written, "retired": retired });
    let entry = editor.permit().entry(action, done.subject_kind.as_code(), Some(done.subject), payload);
    editor.commit(&posts, entry).await?;
    Ok(done)
}
