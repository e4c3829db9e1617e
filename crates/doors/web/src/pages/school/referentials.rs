//! `/ecole/referentiels`: titles as versioned data, what of them is confirmed, and what the school is allowed to.

use axum::extract::{Multipart, Path, RawForm, State};
use axum::response::Response;
use base::Id;
use platform::Structure;
use platform::gate::ActionKind;
use school::referential::{self, Accreditation, AccreditationKind, AccreditationLine, Outcome, Shown};
use territory::Names;

use super::{Part, Parts, days, id, mendable, own_school, sites, tabs, typed};
use crate::app::App;
use crate::components::{
    ActionForm, Badge, Button, Choice, Column, Description, EmptyState, Field, Flash, Form, Fragment, Link, Notice,
    Query, Row, Table, Tone,
};
use crate::fr;
use crate::middleware::Problem;
use crate::pages::{page, to_mend};
use crate::session::{Signed, redirect_with};

pub const PATH: &str = "/ecole/referentiels";

/// A title's file is a page or two of text; what the form adds around it is small.
pub const LARGEST: usize = referential::MOST_BYTES + 64 * 1024;

/// What was typed and what is to be mended, form by form.
#[derive(Default)]
struct Sent {
    load_problem: Option<String>,
    accreditation: Query,
    accreditation_problem: Option<String>,
}

pub async fn list(State(app): State<App>, signed: Signed) -> Result<Response, Problem> {
    Ok(page(&list_page(&app, &signed, Sent::default()).await?))
}

async fn list_page(app: &App, signed: &Signed, sent: Sent) -> Result<Parts, Problem> {
    let school = own_school(signed)?;
    let referentials = referential::list(&app.platform, &signed.actor).await?;
    let accreditations = referential::accreditations(&app.platform, &signed.actor, school).await?;
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let today = app.platform.today();
    let rows = referentials.iter().map(|shown| {
        let title = shown.title();
        let registered = if title.is_registered_on(today) {
            Badge::ok("en vigueur")
        } else if today < title.valid_from {
            Badge::neutral("à venir")
        } else {
            Badge::neutral("échu")
        };
        let unverified = shown.unverified(today).len() as u64;
        Row::new([
            Fragment::with_detail(
                Link::new(format!("{PATH}/{}", shown.loaded.id), title.name.as_str()),
                title.code.as_str(),
            ),
            title.version.as_str().into(),
            Fragment::with_detail(
                registered,
                format!("du {} au {}", fr::date_long(title.valid_from), fr::date_long(title.last_day)),
            ),
            match unverified {
                0 => Badge::ok("tout est confirmé").into(),
                count => Badge::warning(fr::count(count, "élément à vérifier", "éléments à vérifier")).into(),
            },
            Fragment::with_detail(fr::date_long(shown.loaded.loaded_at.date()), shown.loaded.file_name.as_str()),
        ])
    });
    let columns = [
        Column::text("Titre"),
        Column::text("Version"),
        Column::text("Enregistrement"),
        Column::text("Confirmation"),
        Column::text("Chargé le"),
    ];
    let empty = EmptyState::new(
        "Aucun référentiel",
        "Chargez le fichier d’un titre\u{a0}: sa forme est décrite dans la documentation.",
    );
    let table = Table::new("referentiels", "Référentiels", columns, rows).caption_hidden().empty(empty);
    let mut titles: Vec<Fragment> = vec![table.into()];
    let mut allowed: Vec<Fragment> = vec![accreditation_table(&accreditations, &names).into()];
    if signed.may(ActionKind::ManageSchool) {
        titles.push(
            Form::post("/ecole/referentiels/charger")
                .without_focus()
                .problem(sent.load_problem)
                .field(
                    Field::file("fichier", "Fichier d’un titre", ".toml,application/toml,text/plain")
                        .hint("Au format TOML. Un fichier fautif est refusé en entier, avec ses raisons.")
                        .required(),
                )
                .button(Button::primary("Charger ce référentiel"))
                .into(),
        );
        allowed.push(accreditation_form(&referentials, &names, &sent.accreditation, sent.accreditation_problem).into());
    }
    let layout = signed
        .layout(app, PATH, "Référentiels et habilitations")
        .crumb("École", super::PATH)
        .lead("Ce que chaque titre demande, version par version. Rien d’incertain ne devient officiel sans avoir été confirmé.");
    let mut parts = Parts::new(
        layout,
        vec![
            Part::new("referentiels", "Référentiels", titles),
            Part::new("habilitations", "Habilitations, agréments, certification", allowed)
                .lead("Par titre et par site, avec leur fin de validité."),
        ],
    );
    parts.tabs = Some(tabs(signed, PATH));
    Ok(parts)
}

fn accreditation_table(lines: &[AccreditationLine], names: &Names) -> Table {
    let rows = lines.iter().map(|line| {
        let Accreditation { kind, title, site, number } = &line.fact.value;
        Row::new([
            kind.label().into(),
            (if title.is_empty() { "—" } else { title.as_str() }).into(),
            site.map_or("—", |site| names.name(site)).into(),
            number.as_str().into(),
            fr::capitalised(&fr::period(line.fact.valid)).into(),
            match &line.alert {
                Some(alert) => Fragment::with_detail(Badge::warning("à suivre"), alert.as_str()),
                None => Badge::ok("valable").into(),
            },
        ])
    });
    let columns = [
        Column::text("Nature"),
        Column::text("Titre"),
        Column::text("Site"),
        Column::text("Référence"),
        Column::text("Période"),
        Column::text("État"),
    ];
    Table::new("habilitations", "Habilitations, agréments, certification", columns, rows).caption_hidden().empty(
        EmptyState::new(
            "Rien de noté",
            "Notez l’habilitation à préparer chaque titre, l’agrément de chaque site et la certification qualité.",
        ),
    )
}

fn accreditation_form(referentials: &[Shown], names: &Names, sent: &Query, problem: Option<String>) -> Form {
    let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let kinds = AccreditationKind::ALL.iter().map(|kind| Choice::new(kind.as_code(), kind.label()));
    let mut codes: Vec<&str> = referentials.iter().map(|shown| shown.title().code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let none = || std::iter::once(Choice::new("", "Sans objet"));
    Form::post("/ecole/habilitations")
        .without_focus()
        .problem(problem)
        .field(Field::select("nature", "Nature", kinds).value(value("nature")).required())
        .field(
            Field::select("titre", "Titre", none().chain(codes.into_iter().map(|code| Choice::new(code, code))))
                .value(value("titre")),
        )
        .field(Field::select("site", "Site", none().chain(sites(names))).value(value("site")))
        .field(Field::text("numero", "Numéro ou référence de la décision").value(value("numero")).required())
        .field(Field::date("du", "Premier jour de validité").value(value("du")).required())
        .field(Field::date("au", "Dernier jour de validité").value(value("au")))
        .button(Button::primary("Noter cette habilitation"))
}

pub async fn load(State(app): State<App>, signed: Signed, mut parts: Multipart) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let unreadable = |_| Problem::unreadable("Le fichier n’est pas arrivé entier\u{a0}: envoyez-le à nouveau.");
    let mut file = None;
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.file_name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(unreadable)?;
        if !name.is_empty() {
            file = Some((name, bytes));
        }
    }
    let answer = match &file {
        None => Err("Choisissez le fichier d’un titre.".to_owned()),
        Some((name, bytes)) => {
            match referential::load(&app.platform, &signed.actor, school, name, bytes, false).await {
                Ok(loaded) => Ok(loaded),
                Err(error) => Err(mendable(error)?),
            }
        }
    };
    match answer {
        Ok((title, Outcome::Loaded(id))) => {
            let told = format!("{} (version {}) est chargé.", title.code, title.version);
            let href = id.map_or_else(|| PATH.to_owned(), |id| format!("{PATH}/{id}"));
            Ok(redirect_with(Flash::success(told), &href))
        }
        Ok((title, Outcome::Unchanged(id))) => {
            let told = format!("{} (version {}) était déjà chargé\u{a0}: rien n’a changé.", title.code, title.version);
            Ok(redirect_with(Flash::warning(told), &format!("{PATH}/{id}")))
        }
        Err(problem) => {
            let sent = Sent { load_problem: Some(problem), ..Sent::default() };
            Ok(to_mend(&list_page(&app, &signed, sent).await?))
        }
    }
}

pub async fn accredit(State(app): State<App>, signed: Signed, RawForm(body): RawForm) -> Result<Response, Problem> {
    let school = own_school(&signed)?;
    let form = typed(&body);
    let names = app.directory.names(&app.platform, app.tenant).await?;
    let site: Option<Id<Structure>> = form.get("site").and_then(|code| names.find(code));
    let read = form
        .get("nature")
        .and_then(AccreditationKind::from_code)
        .ok_or_else(|| "Choisissez la nature de la décision.".to_owned())
        .and_then(|kind| Ok((kind, days(&form)?)));
    let answer = match read {
        Err(problem) => Err(problem),
        Ok((kind, valid)) => {
            let accreditation = Accreditation {
                kind,
                title: form.get("titre").unwrap_or_default().to_owned(),
                site,
                number: form.get("numero").unwrap_or_default().to_owned(),
            };
            match referential::set_accreditation(&app.platform, &signed.actor, school, valid, accreditation).await {
                Ok(()) => Ok(()),
                Err(error) => Err(mendable(error)?),
            }
        }
    };
    match answer {
        Ok(()) => Ok(redirect_with(Flash::success("La décision est notée."), PATH)),
        Err(problem) => {
            let sent = Sent { accreditation: form, accreditation_problem: Some(problem), ..Sent::default() };
            Ok(to_mend(&list_page(&app, &signed, sent).await?))
        }
    }
}

pub async fn show(State(app): State<App>, signed: Signed, Path(own): Path<String>) -> Result<Response, Problem> {
    let shown = referential::show(&app.platform, &signed.actor, id(&own)?).await?;
    Ok(page(&title_page(&app, &signed, &shown, &Query::default(), None)))
}

fn title_page(app: &App, signed: &Signed, shown: &Shown, sent: &Query, problem: Option<String>) -> Parts {
    let today = app.platform.today();
    let title = shown.title();
    let own = format!("{PATH}/{}", shown.loaded.id);
    let unverified = shown.unverified(today);
    let may = signed.may(ActionKind::ManageSchool);
    let mark = |code: &str| mark(shown, &own, code, may, today);

    let mut parts = vec![Part::new(
        "titre",
        "Le titre",
        [Description::new()
            .line("Intitulé", Fragment::with_detail(title.name.as_str(), mark("name")))
            .line("Numéro d’enregistrement", title.code.as_str())
            .line("Version", title.version.as_str())
            .line("Niveau", Fragment::with_detail(title.level.to_string(), mark("level")))
            .line(
                "Enregistré",
                Fragment::with_detail(
                    format!("du {} au {}", fr::date_long(title.valid_from), fr::date_long(title.last_day)),
                    mark("validity"),
                ),
            )
            .line("Lu dans", title.source.as_str())
            .into()],
    )];
    if may && !unverified.is_empty() {
        let items =
            unverified.iter().map(|item| Choice::new(item.code.as_str(), format!("{} · {}", item.code, item.label)));
        let value = |name: &str| sent.get(name).unwrap_or_default().to_owned();
        let form = Form::post(format!("{own}/confirmer"))
            .without_focus()
            .problem(problem)
            .field(Field::select("element", "Élément", items).value(value("element")).required())
            .field(
                Field::text("par", "Qui confirme")
                    .value(sent.get("par").unwrap_or(&signed.account_name))
                    .hint("Prénom et nom.")
                    .required(),
            )
            .field(
                Field::text("texte", "Texte officiel où l’élément a été lu")
                    .value(value("texte"))
                    .hint("Comme «\u{a0}arrêté du 12 décembre 2022, annexe 1\u{a0}».")
                    .required(),
            )
            .button(Button::primary("Confirmer cet élément"));
        parts.push(
            Part::new("confirmer", "Confirmer un élément", [form.into()])
                .lead("Lisez-le dans le texte officiel. Tant qu’il reste à vérifier, les documents qui reposent sur lui sont des projets."),
        );
    }
    let competences = title.activities.iter().flat_map(|activity| {
        activity.competences.iter().map(|competence| {
            let name: Fragment = match competence.variant.as_str() {
                "" => competence.name.as_str().into(),
                variant => Fragment::with_detail(
                    competence.name.as_str(),
                    format!("Autre rédaction rencontrée\u{a0}: {variant}"),
                ),
            };
            Row::new([competence.code.as_str().into(), name, activity.code.as_str().into(), mark(&competence.code)])
        })
    });
    let columns =
        [Column::text("Code"), Column::text("Compétence"), Column::text("Activité"), Column::text("Confirmation")];
    let activities = title
        .activities
        .iter()
        .map(|activity| Row::new([activity.code.as_str().into(), activity.name.as_str().into(), mark(&activity.code)]));
    let evaluations = title.evaluations.iter().map(|evaluation| {
        let about =
            if evaluation.activities.is_empty() { "toutes".to_owned() } else { evaluation.activities.join(", ") };
        Row::new([
            Fragment::with_detail(evaluation.name.as_str(), evaluation.code.as_str()),
            evaluation
                .minutes
                .map_or_else(|| "non connue".to_owned(), |minutes| fr::count(minutes, "minute", "minutes"))
                .into(),
            about.into(),
            mark(&evaluation.code),
        ])
    });
    parts.push(Part::new(
        "activites",
        "Activités (CCP)",
        [Table::new(
            "activites",
            "Activités",
            [Column::text("Code"), Column::text("Activité"), Column::text("Confirmation")],
            activities,
        )
        .caption_hidden()
        .into()],
    ));
    parts.push(Part::new(
        "competences",
        "Compétences",
        [Table::new("competences", "Compétences", columns, competences).caption_hidden().into()],
    ));
    parts.push(Part::new(
        "epreuves",
        "Épreuves",
        [Table::new(
            "epreuves",
            "Épreuves",
            [Column::text("Épreuve"), Column::text("Durée"), Column::text("Activités"), Column::text("Confirmation")],
            evaluations,
        )
        .caption_hidden()
        .empty(EmptyState::new("Aucune épreuve décrite", "Le fichier du titre n’en donne pas."))
        .into()],
    ));
    let layout = signed
        .layout(app, &own, &title.name)
        .crumb("École", super::PATH)
        .crumb("Référentiels et habilitations", PATH)
        .lead(format!("{}, version {}", title.code, title.version));
    let mut page = Parts::new(layout, parts);
    if !unverified.is_empty() {
        let text = format!(
            "{} à vérifier dans le texte officiel. Les documents qui en dépendent portent la mention «\u{a0}Projet – non officiel\u{a0}».",
            fr::capitalised(&fr::count(unverified.len() as u64, "élément reste", "éléments restent"))
        );
        page.notices = vec![Notice::new(Tone::Warning, "Référentiel à confirmer", text)];
    }
    page
}

/// Whether an item is confirmed, by whom, and the way back.
fn mark(shown: &Shown, own: &str, code: &str, may: bool, today: base::Date) -> Fragment {
    let needed = shown.title().items().into_iter().any(|item| item.code == code && item.to_verify);
    if !needed {
        return Badge::ok("lu dans le texte").into();
    }
    let confirmation = shown.confirmations.iter().find(|fact| fact.value.item == code && fact.valid.contains(today));
    let Some(fact) = confirmation else { return Badge::warning("à vérifier").into() };
    let told = format!(
        "par {} le {}, d’après {}",
        fact.value.confirmed_by,
        fr::date_long(fact.valid.from),
        fact.value.source_text
    );
    let withdraw = may.then(|| {
        ActionForm::new(format!("{own}/elements/{code}/retirer"), Button::quiet("Revenir à «\u{a0}à vérifier\u{a0}»"))
    });
    Fragment::join([Fragment::with_detail(Badge::ok("confirmé"), told), withdraw.into()])
}

pub async fn confirm(
    State(app): State<App>,
    signed: Signed,
    Path(own): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Problem> {
    let referential = id(&own)?;
    let form = typed(&body);
    let text = |name: &str| form.get(name).unwrap_or_default();
    let element = text("element");
    match referential::confirm(&app.platform, &signed.actor, referential, element, text("par"), text("texte")).await {
        Ok(()) => {
            let flash = Flash::success(format!("«\u{a0}{element}\u{a0}» est confirmé."))
                .undo(format!("{PATH}/{own}/elements/{element}/retirer"));
            Ok(redirect_with(flash, &format!("{PATH}/{own}")))
        }
        Err(error) => {
            let problem = mendable(error)?;
            let shown = referential::show(&app.platform, &signed.actor, referential).await?;
            Ok(to_mend(&title_page(&app, &signed, &shown, &form, Some(problem))))
        }
    }
}

pub async fn withdraw(
    State(app): State<App>,
    signed: Signed,
    Path((own, code)): Path<(String, String)>,
) -> Result<Response, Problem> {
    referential::withdraw_confirmation(&app.platform, &signed.actor, id(&own)?, &code).await?;
    let flash = Flash::success(format!("«\u{a0}{code}\u{a0}» est de nouveau à vérifier."));
    Ok(redirect_with(flash, &format!("{PATH}/{own}")))
}
