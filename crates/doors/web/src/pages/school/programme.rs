//! `/ecole/promotions/{id}/programme`: modules, what they cover, and what the field sees beside.

use axum::extract::{Path, RawForm, State};
use axum::response::Response;
use law::publics::Public;
use platform::gate::ActionKind;
use school::cohort::{self, Attended, CohortView, Coverage, CoverageLine, FieldShare, Module};
use school::referential;

use super::{Part, Parts, cohort_path, cohort_tabs, day, id, mendable, typed, whole};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Bar, Button, Choice, Column, EmptyState, Field, Flash, Form, Fragment, Link, Query, Row, Table,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

/// Hundredths of an hour: « 3,5 ».
pub(super) fn hours(hundredths: i64) -> String {
    let (whole, rest) = (hundredths / 100, (hundredths % 100).abs());
    match rest {
        0 => fr::number(whole),
        rest if rest % 10 == 0 => format!("{},{}", fr::number(whole), rest / 10),
        rest => format!("{},{rest:02}", fr::number(whole)),
    }
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    Ok(page(&draw(&app, &signed, &cohort, &Query::default(), None).await?))
}

async fn draw(
    app: &App,
    signed: &Signed,
    cohort: &CohortView,
    sent: &Query,
    problem: Option<String>,
) -> Result<Parts, Problem> {
    let (platform, actor) = (&app.platform, &signed.actor);
    let modules = cohort::modules(platform, actor, cohort.record.id).await?;
    let coverage = cohort::coverage(platform, actor, cohort.record.id).await?;
    let path = format!("{}/programme", cohort_path(cohort));
    let may = signed.may(ActionKind::ManageSchool);

    let rows = modules.iter().map(|fact| {
        let module = &fact.value;
        let publics: Vec<&str> = module.publics.0.iter().map(|code| public_name(code)).collect();
        let remove =
            may.then(|| ActionForm::new(format!("{path}/modules/{}/retirer", module.code), Button::quiet("Retirer")));
        Row::new([
            Fragment::with_detail(module.name.as_str(), module.code.as_str()),
            fr::number(module.half_days).into(),
            or_dash(module.competences.0.join(", ")),
            or_dash(fr::list(&publics)),
            or_dash(module.after.0.join(", ")),
            module.exam_on.map_or_else(|| "—".to_owned(), fr::date_long).into(),
            remove.into(),
        ])
    });
    let columns = [
        Column::text("Module"),
        Column::number("Demi-journées"),
        Column::text("Compétences"),
        Column::text("Publics"),
        Column::text("Après"),
        Column::text("Avant l’examen du"),
        Column::actions("Retirer"),
    ];
    let empty = EmptyState::new(
        "Aucun module",
        "Ajoutez les modules un à un\u{a0}: chacun dit ses compétences et les publics dont il parle.",
    );
    let table = Table::new("modules", "Modules", columns, rows).caption_hidden().empty(empty);
    let mut programme: Vec<Fragment> = vec![table.into()];
    if may {
        let shown = referential::show(platform, actor, cohort.profile.value.referential).await?;
        let competences: Vec<(String, String)> =
            shown.title().competences().map(|competence| (competence.code.clone(), competence.name.clone())).collect();
        programme.push(module_form(&path, &competences, sent, problem).into());
    }
    let own = cohort_path(cohort);
    let who = signed.may(ActionKind::ReadLearners).then_some(own.as_str());
    let layout = signed
        .layout(app, &path, "Programme")
        .crumb("École", super::PATH)
        .crumb(cohort.profile.value.name.as_str(), cohort_path(cohort))
        .lead("Un module compte en entier pour chacune de ses compétences et chacun de ses publics.");
    let mut parts = Parts::new(
        layout,
        vec![
            Part::new("modules", "Modules", programme),
            Part::new("competences", "Chaque compétence du titre", [competence_table(&coverage, who).into()]),
            Part::new(
                "publics",
                "Chaque public, au programme et sur le terrain",
                [public_table(&coverage, who).into()],
            )
            .lead(
                "Part de chaque public parmi les personnes accompagnées par les structures qui emploient la promotion. \
                 En dessous du seuil du secret statistique, une structure ne dit rien.",
            ),
        ],
    );
    parts.tabs = Some(cohort_tabs(signed, cohort, &path));
    Ok(parts)
}

fn or_dash(text: String) -> Fragment {
    if text.is_empty() { "—".into() } else { text.into() }
}

fn public_name(code: &str) -> &str {
    Public::ALL.into_iter().find(|public| public.code() == code).map_or(code, |public| public.label())
}

fn module_form(path: &str, competences: &[(String, String)], sent: &Query, problem: Option<String>) -> Form {
    let value = |name: &str, other: &str| sent.get(name).unwrap_or(other).to_owned();
    let chosen = |name: &str, code: &str| sent.all(name).any(|typed| typed == code);
    let competences = competences
        .iter()
        .map(|(code, name)| Choice::new(code.as_str(), format!("{code} · {name}")).chosen(chosen("competences", code)));
    let publics = Public::ALL.into_iter().map(|public| {
        Choice::new(public.code(), fr::capitalised(public.label())).chosen(chosen("publics", public.code()))
    });
    Form::post(format!("{path}/modules"))
        .without_focus()
        .problem(problem)
        .field(
            Field::text("code", "Code du module")
                .value(value("code", ""))
                .hint("Celui d’un module du programme le remplace.")
                .required(),
        )
        .field(Field::text("nom", "Nom").value(value("nom", "")).required())
        .field(Field::digits("duree", "Demi-journées").value(value("duree", "")).required())
        .field(Field::checkboxes("competences", "Compétences travaillées", competences))
        .field(Field::checkboxes("publics", "Publics dont il parle", publics))
        .field(
            Field::text("apres", "Vient après les modules")
                .value(value("apres", ""))
                .hint("Leurs codes, séparés par des virgules."),
        )
        .field(Field::date("examen", "À finir avant l’examen du").value(value("examen", "")))
        .field(Field::digits("par-jour", "Demi-journées par jour, au plus").value(value("par-jour", "2")).required())
        .field(
            Field::digits("par-semaine", "Demi-journées par semaine, au plus")
                .value(value("par-semaine", "4"))
                .required(),
        )
        .button(Button::primary("Enregistrer le module"))
}

fn hour_columns(first: &str) -> [Column; 6] {
    [
        Column::text(first),
        Column::text("Modules"),
        Column::number("Heures au programme"),
        Column::number("Heures prévues"),
        Column::number("Heures tenues"),
        Column::text("Qui était présent"),
    ]
}

fn hour_cells(path: Option<&str>, line: &CoverageLine) -> [Fragment; 5] {
    let modules: Fragment =
        if line.modules.is_empty() { Badge::warning("aucun module").into() } else { line.modules.join(", ").into() };
    let attended = attended(path, line);
    [modules, hours(line.programmed).into(), hours(line.planned).into(), hours(line.done).into(), attended]
}

/// How many people followed it, and for how long; who they are is a page further.
fn attended(path: Option<&str>, line: &CoverageLine) -> Fragment {
    let Attended { called, people, followed } = line.attended;
    if line.done == 0 {
        return "—".into();
    }
    if called == 0 {
        return Badge::warning("aucun appel").into();
    }
    let told = fr::count(people.unsigned_abs(), "personne", "personnes");
    let mut detail = format!("{}\u{a0}h suivies en tout", hours(followed));
    if called < line.done {
        detail = format!("{detail}\u{a0}; appel fait pour {}\u{a0}h sur {}", hours(called), hours(line.done));
    }
    match path {
        Some(path) => {
            let href = Query::default().with("quoi", line.code.as_str()).href(&format!("{path}/presences"));
            Fragment::with_detail(Link::new(href, told).context(line.label.as_str()), detail)
        }
        None => Fragment::with_detail(told, detail),
    }
}

fn competence_table(coverage: &Coverage, path: Option<&str>) -> Table {
    let rows = coverage.competences.iter().map(|line| {
        let name = Fragment::with_detail(line.label.as_str(), line.code.as_str());
        Row::new(std::iter::once(name).chain(hour_cells(path, line)))
    });
    Table::new("couverture", "Chaque compétence du titre", hour_columns("Compétence"), rows).caption_hidden()
}

fn public_table(coverage: &Coverage, path: Option<&str>) -> Table {
    let rows = coverage.publics.iter().map(|line| {
        let name: Fragment = fr::capitalised(&line.label).into();
        let cells = std::iter::once(name)
            .chain(hour_cells(path, line))
            .chain([field(line.field.as_ref(), !line.modules.is_empty())]);
        Row::new(cells)
    });
    let columns = hour_columns("Public").into_iter().chain([Column::text("Sur le terrain")]);
    Table::new("publics", "Chaque public, au programme et sur le terrain", columns, rows)
        .caption_hidden()
        .empty(EmptyState::new("Aucun public", "Ni le programme ni le terrain n’en nomment encore."))
}

/// The share of a public, its base and its day; a word where field and programme disagree.
fn field(share: Option<&FieldShare>, taught: bool) -> Fragment {
    let Some(share) = share else { return "le terrain ne dit rien".into() };
    if share.total == 0 {
        return "trop peu de personnes pour être dit".into();
    }
    let part = share.people as f64 / share.total as f64;
    let mut detail = format!("{} sur {} personnes", fr::number(share.people), fr::number(share.total));
    if let Some(day) = share.on {
        detail = format!("{detail}, au {}", fr::date_long(day));
    }
    if share.silent > 0 {
        let silent = fr::count(share.silent.unsigned_abs(), "structure ne dit", "structures ne disent");
        detail = format!("{detail}\u{a0}; {silent} rien");
    }
    let bar = Fragment::with_detail(Bar::new(fr::percent(part, 0), part), detail);
    match taught {
        true => bar,
        false => Fragment::join([bar, Badge::warning("sur le terrain, pas au programme").into()]),
    }
}

fn read_module(form: &Query) -> Result<Module, String> {
    let codes = |name: &str| -> Vec<String> { form.all(name).map(str::to_owned).collect() };
    let after = form.get("apres").unwrap_or_default().split(',').map(str::trim).filter(|code| !code.is_empty());
    let exam_on = match form.get("examen") {
        None | Some("") => None,
        Some(_) => Some(day(form, "examen", "le jour de l’examen")?),
    };
    Ok(Module {
        code: form.get("code").unwrap_or_default().trim().to_owned(),
        name: form.get("nom").unwrap_or_default().trim().to_owned(),
        half_days: whole(form, "duree", "le nombre de demi-journées")?,
        competences: codes("competences").into(),
        publics: codes("publics").into(),
        after: after.map(str::to_owned).collect::<Vec<_>>().into(),
        exam_on,
        most_per_day: whole(form, "par-jour", "le nombre de demi-journées par jour")?,
        most_per_week: whole(form, "par-semaine", "le nombre de demi-journées par semaine")?,
    })
}

pub async fn set(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let form = typed(&body);
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let answer = match read_module(&form) {
        Err(problem) => Err(problem),
        Ok(module) => {
            let told = format!("Le module «\u{a0}{}\u{a0}» est au programme.", module.code);
            match cohort::set_modules(&app.platform, &signed.actor, cohort.record.id, vec![module]).await {
                Ok(()) => Ok(told),
                Err(error) => Err(mendable(error)?),
            }
        }
    };
    match answer {
        Ok(told) => Ok(redirect_with(Flash::success(told), &format!("{}/programme", cohort_path(&cohort)))),
        Err(problem) => Ok(to_mend(&draw(&app, &signed, &cohort, &form, Some(problem)).await?)),
    }
}

pub async fn remove(
    State(app): State<App>,
    signed: Signed,
    Path((own, code)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let cohort = cohort::show(&app.platform, &signed.actor, id(&own)?).await?;
    let flash = match cohort::remove_module(&app.platform, &signed.actor, cohort.record.id, &code).await {
        Ok(()) => Flash::success(format!("Le module «\u{a0}{code}\u{a0}» est retiré.")),
        Err(error) => Flash::failure(mendable(error)?),
    };
    Ok(redirect_with(flash, &format!("{}/programme", cohort_path(&cohort))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn hours_are_written_with_a_comma() {
        assert_eq!(hours(350), "3,5");
        assert_eq!(hours(700), "7");
        assert_eq!(hours(325), "3,25");
        assert_eq!(hours(120_005), "1\u{202f}200,05");
    }

    #[test]
    fn a_public_of_the_field_that_no_module_speaks_of_stands_out() {
        let share = FieldShare { people: 30, total: 120, silent: 1, on: Some(date(2026, 11, 1)) };
        let told = field(Some(&share), false);
        assert!(told.as_str().contains("25\u{202f}%") || told.as_str().contains("25\u{a0}%"), "{}", told.as_str());
        assert!(told.as_str().contains("pas au programme"));
        assert!(!field(Some(&share), true).as_str().contains("pas au programme"));
        assert!(field(None, true).as_str().contains("ne dit rien"));
    }

    #[test]
    fn a_module_is_read_from_its_form() {
        let form = Query::parse(Some(
            "code=M1&nom=Accueil&duree=4&competences=C1&competences=C2&apres=M0,+M2&par-jour=2&par-semaine=4",
        ));
        let module = read_module(&form).unwrap();
        assert_eq!(module.competences.0, ["C1", "C2"]);
        assert_eq!(module.after.0, ["M0", "M2"]);
        assert_eq!(module.exam_on, None);
        assert!(read_module(&form.with("duree", "quatre")).unwrap_err().contains("demi-journées"));
    }
}
