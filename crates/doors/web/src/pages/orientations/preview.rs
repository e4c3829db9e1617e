//! `/orientations/apercu`: what deciding a list would do, structure by structure. Nothing is written here.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{RawForm, RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use base::Id;
use platform::Structure;
use support::orientation::{self, Chosen, OrderedLine, ProposalKind, QueueLine, Selection, Taken};
use support::person::Person;
use territory::Names;

use super::{Asked, batches, file, words};
use crate::app::App;
use crate::components::{
    Button, ButtonKind, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Notice, Query, Row, Table, Tone,
};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::{page, person_words};
use crate::routes::{Policy, Route};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/orientations/apercu";

pub fn routes() -> Vec<Route> {
    let decide = Policy::May(platform::gate::ActionKind::DecideOrientations);
    vec![Route::new(PATH, decide, get(filtered).post(ticked))]
}

/// The page.
#[derive(Template)]
#[template(path = "orientation_preview.html")]
struct Preview {
    layout: Layout,
    notices: Vec<Notice>,
    structures: Table,
    by_hand: Table,
    form: Option<Form>,
    back: Link,
}

/// The whole list of the filters.
async fn filtered(State(app): State<App>, signed: Signed, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref());
    let asked = Asked::read(&query, app.platform.today());
    let back = query.without("apres").href(super::PATH);
    show(&app, &signed, &Chosen::Filtered(asked.filter), &back, None).await
}

/// The lines ticked on the list.
async fn ticked(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let persons: Vec<Id<Person>> = form_urlencoded::parse(&body)
        .filter(|(name, _)| name == "choix")
        .filter_map(|(_, id)| id.parse().ok())
        .collect();
    if persons.is_empty() {
        let flash = Flash::warning("Aucune ligne n’était choisie\u{a0}: cochez au moins une personne.");
        return Ok(redirect_with(flash, super::PATH));
    }
    show(&app, &signed, &Chosen::Persons(persons), super::PATH, None).await
}

/// Draws the preview; `changed` says that what was confirmed is not what would be decided any more.
pub(super) async fn show(
    app: &App,
    signed: &Signed,
    chosen: &Chosen,
    back: &str,
    changed: Option<Notice>,
) -> Result<Response, Problem> {
    let plan = Plan::make(app, signed, chosen).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let layout = signed
        .layout(app, PATH, "Aperçu de la décision")
        .lead("Rien n’est encore décidé. Vérifiez les places, puis confirmez\u{a0}: chaque personne aura son résultat.")
        .crumb("Orientations", super::PATH);
    let drawn = Preview {
        layout,
        notices: changed.into_iter().chain(plan.notices()).collect(),
        structures: plan.structures(&names),
        by_hand: plan.by_hand(&names),
        form: plan.form(&names),
        back: Link::new(back, "Revenir à la liste").button(ButtonKind::Secondary),
    };
    Ok(page(&drawn))
}

/// What a list would decide.
pub(super) struct Plan {
    /// Decided as proposed, in the order of their deadlines.
    decided: Vec<(QueueLine, OrderedLine)>,
    /// A fact is missing: only who is ticked is decided.
    conditional: Vec<(QueueLine, OrderedLine)>,
    /// Left to a decision by hand, with why.
    left: Vec<(QueueLine, String)>,
    taken: BTreeMap<Id<Structure>, Taken>,
    cut: bool,
    /// Chosen, and no longer waiting.
    gone: BTreeSet<Id<Person>>,
}

impl Plan {
    pub async fn make(app: &App, signed: &Signed, chosen: &Chosen) -> Result<Self, Problem> {
        let selection = orientation::select(&app.platform, &signed.actor, chosen).await?;
        let taken = orientation::capacities(&app.platform, &signed.actor).await?;
        Ok(Self::of(selection, taken))
    }

    /// Whoever is proposed without reserve fills the structures first.
    fn of(selection: Selection, taken: BTreeMap<Id<Structure>, Taken>) -> Self {
        let (cut, gone) = (selection.cut, selection.gone.into_iter().collect());
        let reserved = |line: &QueueLine| line.line.proposal_kind == Some(ProposalKind::Conditional);
        let (conditional, sure): (Vec<_>, Vec<_>) = selection.lines.into_iter().partition(reserved);
        let mut plan = Self { decided: Vec::new(), conditional: Vec::new(), left: Vec::new(), taken, cut, gone };
        let sure_count = sure.len();
        let all: Vec<QueueLine> = sure.into_iter().chain(conditional).collect();
        let people: Vec<_> = all.iter().map(|line| line.line.clone()).collect();
        let prepared = orientation::prepare(&people, &plan.taken);
        for (position, (line, prepared)) in all.into_iter().zip(prepared).enumerate() {
            let prepared = prepared.map(|mut ordered| {
                ordered.choice.with_interview |= words::left_to_interview(line.rule);
                ordered
            });
            match prepared {
                Ok(ordered) if position < sure_count => plan.decided.push((line, ordered)),
                Ok(ordered) => plan.conditional.push((line, ordered)),
                Err((_, why)) => plan.left.push((line, why)),
            }
        }
        plan
    }

    /// The lines that were confirmed, if whoever still waits would be decided as it was shown. Whoever waits no more goes
    /// along: the list then tells who has decided.
    pub fn confirmed(&self, tokens: &BTreeSet<String>, names: &Names) -> Option<Vec<OrderedLine>> {
        let shown: BTreeMap<String, &OrderedLine> =
            self.decided.iter().chain(&self.conditional).map(|(_, ordered)| (token(ordered), ordered)).collect();
        tokens
            .iter()
            .map(|token| match shown.get(token) {
                Some(ordered) => Some((*ordered).clone()),
                None => ordered_as(token, names).filter(|ordered| self.gone.contains(&ordered.person)),
            })
            .collect()
    }

    fn notices(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        if !self.gone.is_empty() {
            let people = fr::count(self.gone.len() as u64, "personne choisie", "personnes choisies");
            notices.push(Notice::new(
                Tone::Info,
                format!("{people} n’attend{} plus d’orientation", if self.gone.len() > 1 { "ent" } else { "" }),
                "Quelqu’un a décidé entre-temps, ou leur droit a changé\u{a0}: elles ne sont pas dans cet aperçu.",
            ));
        }
        if self.cut {
            let most = fr::count(Selection::AT_MOST as u64, "personne", "personnes");
            notices.push(Notice::new(
                Tone::Info,
                format!("Une décision porte sur {most} au plus"),
                "Les échéances les plus proches sont retenues\u{a0}; revenez ensuite à la liste pour les suivantes.",
            ));
        }
        if self.decided.is_empty() && self.conditional.is_empty() {
            notices.push(Notice::new(
                Tone::Warning,
                "Aucune de ces personnes ne peut être orientée en lot",
                "Voyez ci-dessous pourquoi, et décidez une par une, ou calculez d’abord les propositions.",
            ));
        }
        notices
    }

    fn structures(&self, names: &Names) -> Table {
        // Those decided, and those that wait to be ticked.
        let mut here: BTreeMap<Id<Structure>, (u64, u64)> = BTreeMap::new();
        for (_, ordered) in &self.decided {
            here.entry(ordered.choice.structure).or_default().0 += 1;
        }
        for (_, ordered) in &self.conditional {
            here.entry(ordered.choice.structure).or_default().1 += 1;
        }
        let mut rows: Vec<(String, Row)> = here
            .into_iter()
            .map(|(structure, (people, conditional))| {
                let taken = self.taken.get(&structure).copied().unwrap_or_default();
                let name = names.name(structure).to_owned();
                let kind = names.kind(structure).map_or("", |kind| kind.label());
                let unknown = || Fragment::from("inconnue");
                let left = taken.free().map(|free| free - i64::try_from(people).unwrap_or(i64::MAX));
                let row = Row::new([
                    Fragment::with_detail(name.as_str(), kind),
                    taken.capacity.map_or_else(unknown, |capacity| fr::number(capacity).into()),
                    fr::number(taken.people).into(),
                    fr::number(people).into(),
                    fr::number(conditional).into(),
                    left.map_or_else(unknown, |left| fr::number(left.max(0)).into()),
                ]);
                (base::fold(&name), row)
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let columns = [
            Column::text("Structure"),
            Column::number("Capacité"),
            Column::number("Places prises"),
            Column::number("Cette liste"),
            Column::number("Sous réserve, à cocher"),
            Column::number("Places restantes"),
        ];
        Table::new("structures", "Structures et places", columns, rows.into_iter().map(|(_, row)| row))
            .caption_hidden()
            .empty(EmptyState::new(
                "Aucune structure ne recevrait de personne",
                "Personne de cette liste ne peut être décidé en lot.",
            ))
    }

    fn by_hand(&self, names: &Names) -> Table {
        let rows = self.left.iter().map(|(queued, why)| {
            let line = &queued.line;
            Row::new([
                Link::new(file::href(line.person), name(queued)).into(),
                words::proposed(line, names),
                fr::capitalised(why).into(),
            ])
        });
        let columns = [Column::text("Personne"), Column::text("Proposition"), Column::text("Pourquoi à la main")];
        Table::new("a-la-main", "À décider à la main", columns, rows).caption_hidden().empty(EmptyState::new(
            "Personne",
            "Toutes les personnes de la liste ont une place dans la structure proposée.",
        ))
    }

    fn form(&self, names: &Names) -> Option<Form> {
        if self.decided.is_empty() && self.conditional.is_empty() {
            return None;
        }
        let mut form = Form::post(batches::PATH);
        for (_, ordered) in &self.decided {
            form = form.hidden("choix", token(ordered));
        }
        if !self.conditional.is_empty() {
            let choices = self.conditional.iter().map(|(queued, ordered)| {
                let label = format!("{}\u{a0}: {}", name(queued), names.name(ordered.choice.structure));
                Choice::new(token(ordered), label).hint(fr::capitalised(&words::missing(queued)))
            });
            let legend = format!(
                "Ajouter des propositions sous réserve ({})",
                fr::count(self.conditional.len() as u64, "personne", "personnes")
            );
            let hint = "Une information manque qui pourrait changer la proposition. Cochez celles que vous décidez quand même.";
            form = form.field(Field::checkboxes("choix", legend, choices).hint(hint));
        }
        let label = match self.decided.len() {
            0 => "Décider pour les personnes cochées".to_owned(),
            people => format!("Décider pour {}", fr::count(people as u64, "personne", "personnes")),
        };
        Some(form.button(Button::primary(label)))
    }
}

fn name(queued: &QueueLine) -> String {
    person_words::name(&queued.line.usual_name, &queued.line.first_name)
}

/// One line as it was shown: what is confirmed is what is decided, or nothing is.
fn token(ordered: &OrderedLine) -> String {
    let choice = &ordered.choice;
    let interview = if choice.with_interview { "entretien" } else { "direct" };
    format!("{}.{}.{}.{interview}", ordered.person, choice.structure, choice.path.as_code())
}

/// The person of a line as it was shown.
pub(super) fn person_of(token: &str) -> Option<Id<Person>> {
    token.split('.').next()?.parse().ok()
}

/// The line as it was shown.
fn ordered_as(token: &str, names: &Names) -> Option<OrderedLine> {
    let [person, structure, path, interview] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
    let structure: Id<Structure> = structure.parse().ok()?;
    Some(OrderedLine {
        person: person.parse().ok()?,
        choice: orientation::Choice {
            path: orientation::Path::from_code(path)?,
            structure_kind: names.kind(structure)?,
            structure,
            with_interview: interview == "entretien",
            reason: String::new(),
        },
    })
}
