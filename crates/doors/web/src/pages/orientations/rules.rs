//! `/orientations/regles`: both lists of rules in their order, their text, and who has set what, since when.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use base::{Date, Period};
use law::Certainty;
use law::orientation::{OrientationRule, PARAMETERS, RuleSet, Settings};
use platform::gate::{ActionKind, ReadTerritory, permit};
use platform::parameter::{Parameter, Parameters};
use support::orientation;

use crate::app::App;
use crate::components::{Badge, Column, Fragment, Link, Notice, Row, Table, Tone};
use crate::fr;
use crate::layout::Layout;
use crate::middleware::Problem;
use crate::pages::page;
use crate::routes::{Policy, Route};
use crate::session::Signed;

pub const PATH: &str = "/orientations/regles";

pub fn routes() -> Vec<Route> {
    // Whoever is oriented by rules may ask for them (CRPA, art. L.311-3-1): nothing here is hidden.
    vec![Route::new(PATH, Policy::May(ActionKind::ReadTerritory), get(show))]
}

/// The page.
#[derive(Template)]
#[template(path = "orientation_rules.html")]
struct RulesPage {
    layout: Layout,
    notice: Notice,
    sets: Vec<(&'static str, Table, Table)>,
    may_simulate: bool,
}

async fn show(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    let permit = permit::<ReadTerritory>(&signed.actor)?;
    let (today, now) = (app.platform.today(), app.platform.now());
    let parameters = Parameters::known_at(&app.platform.db, permit.tenant(), now).await?;
    let settings = orientation::settings(&app.platform, permit.tenant(), today, now).await?;
    let set_by: Vec<_> = parameters.all().iter().filter_map(|fact| fact.provenance.author).collect();
    let authors = orientation::authors(&app.platform, &permit, &set_by).await?;
    let view = View {
        parameters: &parameters,
        authors: authors.iter().map(|(id, name)| (id.raw(), name.as_str())).collect(),
        settings: &settings,
        today,
        may_change: signed.may(ActionKind::ManageAccounts),
    };
    let in_force = settings.rule_set(today);
    let told = Fragment::join([
        "Les deux listes se lisent dans l’ordre, la première règle remplie décide.".into(),
        view.change(PARAMETERS[0].name, "Changer de liste"),
    ]);
    let notice = Notice::new(Tone::Info, format!("En vigueur\u{a0}: {}", in_force.label().to_lowercase()), told);
    let layout = signed
        .layout(&app, PATH, "Règles d’orientation")
        .lead("Chaque règle, son texte, ses dates, et si le département l’applique.")
        .crumb("Orientations", super::PATH);
    let sets = RuleSet::ALL.map(|set| (set.label(), view.rules(set), view.numbers(set))).into();
    Ok(page(&RulesPage { layout, notice, sets, may_simulate: signed.may(ActionKind::DecideOrientations) }))
}

struct View<'a> {
    parameters: &'a Parameters,
    authors: BTreeMap<i64, &'a str>,
    settings: &'a Settings,
    today: Date,
    may_change: bool,
}

impl View<'_> {
    /// The value in force of a parameter.
    fn fact(&self, name: &str) -> Option<&facts::Fact<Parameter>> {
        self.parameters.all().iter().find(|fact| fact.value.name == name && fact.valid.contains(self.today))
    }

    /// « depuis le 1er juin 2009, d’origine », or who has set it and when.
    fn since(&self, name: &str) -> String {
        let Some(fact) = self.fact(name) else { return String::new() };
        let author = fact.provenance.author.and_then(|author| self.authors.get(&author.raw()));
        let since = format!("depuis le {}", fr::date_long(fact.valid.from));
        match author {
            Some(author) => format!("{since}, par {author} le {}", fr::date_short(fact.recorded_at.date())),
            None => format!("{since}, d’origine"),
        }
    }

    /// The page where it is changed, for whoever may.
    fn change(&self, name: &str, label: &str) -> Fragment {
        if !self.may_change {
            return Fragment::default();
        }
        Link::new(format!("/administration/parametres/{name}"), label.to_owned()).into()
    }

    fn rules(&self, set: RuleSet) -> Table {
        let listed = OrientationRule::listed(set).chain([OrientationRule::last_resort(set)]);
        let rows = listed.zip(1..).map(|(rule, number)| {
            let text = rule.rule();
            let state: Fragment = match rule.switch() {
                None => Badge::info("toujours appliquée").into(),
                Some(switch) => {
                    let on = self.settings.applies(rule, self.today);
                    let badge = if on { Badge::ok("appliquée") } else { Badge::neutral("non appliquée") };
                    let change = self.change(switch.name, if on { "Ne plus appliquer" } else { "Appliquer" });
                    Fragment::with_detail(badge, Fragment::join([self.since(switch.name).into(), change]))
                }
            };
            let where_to = rule.target().map_or("", |target| target.label());
            Row::new([
                Fragment::with_detail(format!("{number}. {}", rule.label()), text.summary_fr),
                where_to.into(),
                Fragment::with_detail(text.citation, fr::period(Period { from: text.since, to: text.until })),
                match text.certainty {
                    Certainty::Confirmed => Badge::ok(text.certainty.label_fr()).into(),
                    Certainty::Uncertain => Badge::warning(text.certainty.label_fr()).into(),
                },
                state,
            ])
        });
        let columns = [
            Column::text("Règle, dans l’ordre"),
            Column::text("Conduit à"),
            Column::text("Texte"),
            Column::text("Certitude"),
            Column::text("État"),
        ];
        Table::new(format!("regles-{}", set.code()), set.label(), columns, rows).caption_hidden()
    }

    fn numbers(&self, set: RuleSet) -> Table {
        let rows = self.settings.numbers(set).into_iter().map(|(parameter, value)| {
            let fact = self.fact(parameter.name);
            let citation = fact.map_or(parameter.citation, |fact| fact.value.citation.as_str());
            let certain = match fact {
                Some(fact) => fact.value.certainty == platform::parameter::Certainty::Confirmed,
                None => parameter.certainty == Certainty::Confirmed,
            };
            Row::new([
                parameter.label_fr.into(),
                Fragment::with_detail(
                    parameter.unit.count(value),
                    Fragment::join([self.since(parameter.name).into(), self.change(parameter.name, "Changer")]),
                ),
                citation.into(),
                if certain { Badge::ok("confirmé").into() } else { Badge::warning("à confirmer").into() },
            ])
        });
        let columns = [
            Column::text("Nombre"),
            Column::text("Valeur"),
            Column::text("Texte ou décision"),
            Column::text("Certitude"),
        ];
        Table::new(format!("nombres-{}", set.code()), format!("Nombres\u{a0}: {}", set.label()), columns, rows)
            .caption_hidden()
    }
}
