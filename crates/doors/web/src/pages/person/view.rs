//! A file as the page shows it. Plain functions of what was read: no clock, no database.

use askama::Template;
use base::{Date, Period};
use facts::{Provenance, Source as Origin};
use law::delays::Delays;
use law::publics::{Answer, Fact, Finding};
use support::labels::{self, Sex};
use support::person::{Activity, Contact, HouseholdMember, Membership, PersonFile};
use support::rights::{Address, RightState, Suspension, SuspensionKind};
use territory::Names;
use territory::communes::Commune;

use crate::components::{
    Badge, Column, Description, Event, Fragment, Help, Lane, Link, Look, Notice, Row, Segment, Source, Strip, Table,
    Timeline, Tone, Unknown,
};
use crate::fr;
use crate::pages::person_words as words;

mod inputs;

pub(super) struct View<'a> {
    pub(super) file: &'a PersonFile,
    pub(super) names: &'a Names,
    pub(super) today: Date,
    /// The legal times in force on the day looked at.
    pub(super) delays: Delays,
    /// Whether the reader may open the reports of imports.
    pub(super) opens_imports: bool,
}

impl View<'_> {
    /// The day the page speaks of.
    fn on(&self) -> Date {
        self.file.on
    }

    fn identity_on(&self) -> Option<&facts::Fact<support::person::Identity>> {
        self.file.identities.latest(self.on()).or(self.file.identities.0.first())
    }

    fn membership(&self) -> Option<&facts::Fact<Membership>> {
        self.file.memberships.on(self.on())
    }

    fn right_on(&self) -> Option<&facts::Fact<RightState>> {
        self.file.rights.latest(self.on())
    }

    pub(super) fn name(&self) -> String {
        self.identity_on()
            .map_or_else(|| "Personne inconnue à cette date".to_owned(), |fact| words::identity_name(&fact.value))
    }

    /// « née le 12 mars 1990, 36 ans · Stains · dossier n° 0912345 ».
    pub(super) fn lead(&self) -> String {
        let birth = self.identity_on().map(|fact| {
            let identity = &fact.value;
            let (day, precision) = (identity.birth_date, identity.birth_date_precision);
            let born = Sex::of(&identity.sex).agree("Né[/e]");
            let when = words::birth_date(day, precision);
            let word = if precision == support::person::Precision::Full { "le" } else { "en" };
            format!("{born} {word} {when}, {}", words::age(day, precision, self.on()))
        });
        let commune = self.file.addresses.latest(self.on()).map(|fact| self.commune(&fact.value));
        let number =
            self.file.claims.latest(self.on()).map(|fact| format!("dossier n°\u{a0}{}", fact.value.public_number()));
        birth.into_iter().chain(commune).chain(number).collect::<Vec<_>>().join(" · ")
    }

    /// The name of the commune today; the one the file gave when it is elsewhere.
    fn commune(&self, address: &Address) -> String {
        let known = self.names.find::<Commune>(&address.commune_code);
        known.map_or_else(|| words::capitalised(&address.commune_name), |commune| self.names.name(commune).to_owned())
    }

    pub(super) fn badges(&self) -> Vec<Fragment> {
        let status = self.right_on().map_or("", |fact| fact.value.status.as_str());
        let right = if status.is_empty() {
            Badge::new(Tone::Unknown, "droit inconnu").into()
        } else {
            words::right_badge(status)
        };
        let membership = self.membership();
        let role = words::role(membership.map_or("", |fact| fact.value.role.as_str()), self.file.sex());
        let obligations = match membership.and_then(|fact| fact.value.obligations) {
            Some(true) => Badge::info(&*self.file.sex().agree("soumis[/e] aux droits et devoirs")),
            Some(false) => Badge::neutral("hors droits et devoirs"),
            None => Badge::new(Tone::Unknown, "droits et devoirs inconnus"),
        };
        vec![right, obligations.into(), Badge::neutral(role).into()]
    }

    /// Where a record comes from: the file and its line, or the day it was typed in.
    fn source(&self, provenance: Provenance, recorded: Date) -> Source {
        if let Some(source) = self.source_of_table(provenance) {
            return source;
        }
        let file = provenance.import.and_then(|import| self.file.files.get(&import));
        match (provenance.source, file) {
            (Origin::BeneficiaryFeed, Some(file)) => {
                let line = provenance.line.map(|line| format!(", ligne {}", fr::number(line))).unwrap_or_default();
                let text = format!("Flux bénéficiaires du {}{line}", fr::date_long(file.reference_date));
                let source = Source::new(text);
                if self.opens_imports { source.href(format!("/imports/{}", file.id)) } else { source }
            }
            (Origin::BeneficiaryFeed, None) => {
                Source::new(format!("Flux bénéficiaires, reçu le {}", fr::date_long(recorded)))
            }
            (Origin::FranceTravailFile, _) => {
                Source::new(format!("Fichier de France Travail, reçu le {}", fr::date_long(recorded)))
            }
            (Origin::Questionnaire, _) => {
                Source::new(format!("Questionnaire de la demande, reçu le {}", fr::date_long(recorded)))
            }
            (Origin::RecommendationFile, _) => {
                Source::new(format!("Préconisations de France Travail, reçues le {}", fr::date_long(recorded)))
            }
            (Origin::CandidateFile, _) => {
                Source::new(format!("Fichier de candidatures, reçu le {}", fr::date_long(recorded)))
            }
            (Origin::ReferenceFile, _) => Source::new("Fichier de référence"),
            (Origin::Rules, _) => Source::new(format!("Règles appliquées le {}", fr::date_long(recorded))),
            (Origin::Hand, _) => Source::new(format!("Saisi le {}", fr::date_long(recorded))),
        }
    }

    fn source_of<K: facts::Kind>(&self, fact: &facts::Fact<K>) -> Source {
        self.source(fact.provenance, fact.recorded_at.date())
    }

    /// Whether the moment looked at is before anything was known of the person.
    pub(super) fn is_unknown_then(&self) -> bool {
        self.file.identities.0.is_empty()
    }

    /// Why the page is empty, and where it no longer is.
    fn unknown_then(&self) -> Option<Notice> {
        let first = self.file.first_known.filter(|_| self.is_unknown_then())?.date();
        let known = self.file.known.date();
        let told = format!(
            "Le {}, aucun fichier reçu ne parlait encore de cette personne\u{a0}: le premier est arrivé le {}. Choisissez ce jour ou un jour plus récent sous «\u{a0}Telle qu’on la connaissait le\u{a0}».",
            fr::date_long(known),
            fr::date_long(first)
        );
        let href = format!("{}?au={first}&connu={first}", words::href(self.file.person));
        let link = Link::new(href, format!("Voir ce que l’on savait le {}", fr::date_long(first)));
        Some(Notice::new(
            Tone::Info,
            "Rien n’était connu de cette personne à cette date",
            Fragment::join([told.into(), link.into()]),
        ))
    }

    /// Why most of the page is empty on a day before every known fact.
    fn before_everything(&self) -> Option<Notice> {
        let first = self.file.timeline.iter().map(|entry| entry.on).min()?;
        (self.on() < first).then(|| {
            let told = format!(
                "Les fichiers reçus ne disent rien d’avant le {}\u{a0}: ce qui est «\u{a0}inconnu\u{a0}» ci-dessous n’a pas été transmis.",
                fr::date_long(first)
            );
            let link = Link::new(
                format!("{}?au={first}", words::href(self.file.person)),
                format!("Voir la situation du {}", fr::date_long(first)),
            );
            Notice::new(Tone::Info, "Aucun fait ne vaut encore ce jour-là", Fragment::join([told.into(), link.into()]))
        })
    }

    /// What the reader must know before anything else.
    pub(super) fn notices(&self) -> Vec<Notice> {
        let mut notices: Vec<Notice> = self.unknown_then().or_else(|| self.before_everything()).into_iter().collect();
        if let Some(file) = self.file.absent_from.and_then(|absent| self.file.files.get(&absent)) {
            let seen = self.file.last_seen.and_then(|seen| self.file.files.get(&seen));
            let seen = seen.map(|seen| {
                format!(" Le dernier fichier qui en parle est celui du {}.", fr::date_long(seen.reference_date))
            });
            notices.push(Notice::new(
                Tone::Warning,
                format!("Absent du fichier du {}", fr::date_long(file.reference_date)),
                format!(
                    "Le dernier fichier mensuel ne parle plus de ce foyer. Ce n’est pas une fin de droit\u{a0}: la situation affichée est la dernière connue.{}",
                    seen.unwrap_or_default()
                ),
            ));
        }
        if !self.file.same_person.is_empty() {
            let others = self.file.same_person.iter().map(|card| {
                let detail =
                    format!("dossier n°\u{a0}{}, {}", card.public_number, words::role(&card.role, Sex::of(&card.sex)));
                Fragment::with_detail(Link::new(words::href(card.person), words::card_name(card)), detail)
            });
            let title = if self.file.same_person.len() == 1 {
                "Une autre fiche de la même personne"
            } else {
                "D’autres fiches de la même personne"
            };
            notices.push(Notice::new(Tone::Info, title, Fragment::join(others)));
        }
        notices.extend(self.clock());
        notices
    }

    /// The legal time of the orientation, when it runs.
    fn clock(&self) -> Option<Notice> {
        let entered = self
            .file
            .memberships
            .0
            .iter()
            .rev()
            .find(|fact| fact.valid.from <= self.on() && fact.value.entering_obligations == Some(true))?;
        // The département is informed on the day the file is made.
        let file = entered.provenance.import.and_then(|import| self.file.files.get(&import));
        let informed = file.and_then(|file| file.created.get(..10)?.parse().ok()).unwrap_or(entered.valid.from);
        let deadline = self.delays.orientation(informed);
        (deadline.last_day >= self.on()).then(|| {
            let left = fr::relative(deadline.last_day, self.on());
            Notice::new(
                Tone::Info,
                format!("Entrée dans les droits et devoirs\u{a0}: délai d’orientation, terme {left}"),
                deadline.why,
            )
        })
    }

    pub(super) fn identity(&self) -> Description {
        let Some(fact) = self.identity_on() else { return Description::new() };
        let identity = &fact.value;
        let text = |text: &str| (!text.is_empty()).then(|| words::capitalised(text));
        let first_names = format!("{} {}", identity.first_name, identity.other_first_names);
        Description::new()
            .line(
                "Nom de naissance",
                Unknown::MASCULINE.or((!identity.birth_name.is_empty()).then(|| identity.birth_name.to_uppercase())),
            )
            .line("Prénoms", words::capitalised(first_names.trim()))
            .line("Naissance", words::birth_date(identity.birth_date, identity.birth_date_precision))
            .line("Lieu de naissance", Unknown::MASCULINE.or(text(&identity.birth_place)))
            .line(
                "Sexe",
                match Sex::of(&identity.sex) {
                    Sex::Man => "homme".into(),
                    Sex::Woman => "femme".into(),
                    Sex::Unknown => Fragment::from(Unknown::MASCULINE),
                },
            )
            .line("Identifiant France Travail", Unknown::MASCULINE.or(identity.france_travail_id.clone()))
            .line("État civil certifié", words::known(identity.civil_status_validated))
            .line("Source", self.source_of(fact))
    }

    pub(super) fn has_nir(&self) -> bool {
        !self.file.registration.0.is_empty()
    }

    pub(super) fn contact(&self) -> Option<&Contact> {
        self.file.contacts.on(self.on()).map(|fact| &fact.value)
    }

    pub(super) fn contact_lines(&self) -> Description {
        let contact = self.file.contacts.on(self.on());
        let phone = contact.and_then(|fact| fact.value.phone.as_ref()).map(|phone| fr::phone(phone.as_str()));
        let email = contact.and_then(|fact| fact.value.email.as_ref()).map(ToString::to_string);
        let lines = Description::new()
            .line("Téléphone", Unknown::MASCULINE.or(phone))
            .line("Courriel", Unknown::MASCULINE.or(email));
        match contact {
            Some(fact) => lines.line("Source", self.source_of(fact)),
            None => lines,
        }
    }

    /// Everybody of the household: two adults may have two referents, so each adult has a line.
    pub(super) fn household(&self) -> Table {
        let columns = [
            Column::text("Personne"),
            Column::text("Place dans le foyer"),
            Column::text("Âge"),
            Column::text("Droits et devoirs"),
        ];
        let mut members: Vec<&HouseholdMember> = self.file.members.iter().collect();
        let order = |member: &HouseholdMember| {
            ["DEM", "CJT", "RDO", "AUT", "ENF"].iter().position(|role| *role == member.membership.role)
        };
        members
            .sort_by_key(|member| (!member.present, order(member).unwrap_or(usize::MAX), member.identity.birth_date));
        let rows = members.into_iter().map(|member| {
            let name = words::identity_name(&member.identity);
            let person: Fragment = if member.person == self.file.person {
                Fragment::with_detail(name, "cette fiche")
            } else {
                Link::new(words::href(member.person), name).into()
            };
            let role = words::role(&member.membership.role, Sex::of(&member.identity.sex));
            let place: Fragment = match (member.present, member.membership.attached_until) {
                (true, _) => role.into(),
                (false, Some(until)) => {
                    Fragment::with_detail(role, format!("parti du foyer le {}", fr::date_long(until)))
                }
                (false, None) => Fragment::with_detail(role, "plus dans le foyer"),
            };
            let obligations: Fragment = match (member.membership.is_adult_of_the_right(), member.membership.obligations)
            {
                (true, value) => words::known(value),
                (false, Some(true)) => "oui".into(),
                (false, _) => "—".into(),
            };
            let (day, precision) = (member.identity.birth_date, member.identity.birth_date_precision);
            Row::new([person, place, words::age(day, precision, self.on()).into(), obligations])
        });
        Table::new("foyer", "Foyer", columns, rows).caption_hidden()
    }

    /// The right in force that day and all that explains it.
    pub(super) fn right(&self) -> Description {
        let mut lines = Description::new();
        match self.right_on() {
            None => lines = lines.line("Droit au RSA", Unknown::MASCULINE),
            Some(fact) => {
                let right = &fact.value;
                lines = lines.line(
                    "Droit au RSA",
                    Fragment::with_detail(
                        fr::capitalised(&labels::right_status(&right.status).long),
                        format!("constaté {}", fr::period(fact.valid)),
                    ),
                );
                if !right.suspensions.0.is_empty() {
                    let reasons =
                        right.suspensions.0.iter().map(|suspension| Fragment::from(self::suspension(suspension)));
                    lines = lines.line("Motif de suspension", lines_of(reasons));
                }
                if let Some(closure) = &right.closure {
                    let reason = fr::capitalised(&labels::closure_reason(&closure.0.reason).long);
                    lines = lines.line(
                        "Fin de droit",
                        Fragment::with_detail(reason, format!("effet au {}", fr::date_long(closure.0.on))),
                    );
                }
                if let Some(refusal) = &right.refusal {
                    let reason = fr::capitalised(&labels::refusal_reason(&refusal.0.reason).long);
                    lines = lines
                        .line("Refus", Fragment::with_detail(reason, format!("le {}", fr::date_long(refusal.0.on))));
                }
                if !right.natures.0.is_empty() {
                    let natures = right.natures.0.iter().map(|nature| {
                        let period =
                            Period { from: nature.since, to: nature.until.and_then(|last| last.tomorrow().ok()) };
                        Fragment::with_detail(
                            labels::right_nature(&nature.nature).short.into_owned(),
                            fr::period(period),
                        )
                    });
                    lines = lines.line("Nature du droit", lines_of(natures));
                }
                lines = lines.line("Source", self.source_of(fact));
            }
        }
        if let Some(fact) = self.file.claims.latest(self.on()) {
            let claim = &fact.value;
            lines = lines
                .line("Organisme payeur", claim.paying_body.clone())
                .line("N° de dossier (allocataire)", claim.public_number().to_owned())
                .line(
                    "Demande de RSA",
                    Fragment::with_detail(
                        format!("le {}", fr::date_long(claim.claimed_on)),
                        format!("n°\u{a0}{}", self.file.claim_number),
                    ),
                );
            if let Some(transfer) = &claim.incoming_transfer {
                lines = lines.line("Arrivé de", transferred(&transfer.0.paying_body, transfer.0.since));
            }
            if let Some(transfer) = &claim.outgoing_transfer {
                lines = lines.line("Parti vers", transferred(&transfer.0.paying_body, transfer.0.since));
            }
        }
        if let Some(fact) = self.file.families.latest(self.on()) {
            let family = &fact.value;
            lines = lines.line(
                "Situation familiale",
                Fragment::with_detail(
                    fr::capitalised(
                        &labels::family_situation(&family.situation, self.file.sex_of_the_applicant()).long,
                    ),
                    format!("depuis le {}", fr::date_long(family.situation_since)),
                ),
            );
        }
        lines
    }

    /// The right and the obligations through time.
    pub(super) fn rights(&self) -> Option<Strip> {
        let right = self.file.rights.0.iter().map(|fact| {
            let label = labels::right_status(&fact.value.status).short.into_owned();
            Segment::new(fact.valid, right_look(&fact.value.status), label).source(self.source_of(fact))
        });
        let sex = self.file.sex();
        let obligations =
            self.file.memberships.0.iter().filter(|fact| fact.value.is_adult_of_the_right()).map(|fact| {
                let (look, label) = match fact.value.obligations {
                    Some(true) => (Look::Full, sex.agree("soumis[/e]")),
                    Some(false) => (Look::Empty, sex.agree("non soumis[/e]")),
                    None => (Look::Unknown, "inconnu".into()),
                };
                Segment::new(fact.valid, look, label).source(self.source_of(fact))
            });
        let natures = self.right_on().into_iter().flat_map(|fact| &fact.value.natures.0).map(|nature| {
            let period = Period { from: nature.since, to: nature.until.and_then(|last| last.tomorrow().ok()) };
            Segment::new(period, Look::Full, labels::right_nature(&nature.nature).short.into_owned())
        });
        let lanes = [
            ("Droit au RSA", right.collect::<Vec<_>>()),
            ("Nature du droit", natures.collect()),
            ("Droits et devoirs", obligations.collect()),
        ];
        let earliest = self.file.rights.0.first().map(|fact| fact.valid.from)?;
        let lanes = lanes
            .into_iter()
            .filter(|(_, segments)| !segments.is_empty())
            .map(|(label, segments)| Lane::new(label, segments));
        Some(Strip::new(
            "ligne-des-droits",
            "Le droit et les obligations dans le temps",
            Strip::window_of(earliest, self.today),
            self.today,
            lanes,
        ))
    }

    pub(super) fn address(&self) -> Fragment {
        let Some(fact) = self.file.addresses.latest(self.on()) else {
            return Fragment::with_detail(Unknown::FEMININE, "le flux n’a donné aucune adresse");
        };
        let homeless = self.file.families.latest(self.on()).is_some_and(|family| family.value.without_fixed_home);
        let mut lines: Vec<Fragment> = address_lines(&fact.value, homeless.then_some(self.file.sex_of_the_applicant()))
            .into_iter()
            .map(Into::into)
            .collect();
        lines.push(Fragment::with_detail("", format!("Adresse {}", fr::period(fact.valid))));
        lines.push(self.source_of(fact).into());
        lines_of(lines)
    }

    /// The former addresses, and the one to come.
    pub(super) fn addresses(&self) -> Option<Help> {
        let current = self.file.addresses.latest(self.on()).map(|fact| fact.id);
        let others: Vec<Row> = self
            .file
            .addresses
            .0
            .iter()
            .rev()
            .filter(|fact| Some(fact.id) != current)
            .map(|fact| {
                let address = &fact.value;
                Row::new([
                    address_lines(address, None).join(", ").into(),
                    fr::period(fact.valid).into(),
                    self.source_of(fact).into(),
                ])
            })
            .collect();
        let n = u64::try_from(others.len()).unwrap_or(u64::MAX);
        (n > 0).then(|| {
            let columns = [Column::text("Adresse"), Column::text("Période"), Column::text("Source")];
            let table = Table::new("adresses", "Autres adresses", columns, others).caption_hidden();
            Help::new(fr::count(n, "autre adresse", "autres adresses"), table)
        })
    }

    pub(super) fn activities(&self) -> Fragment {
        let Some(fact) = self.file.occupations.latest(self.on()) else { return Unknown::FEMININE.into() };
        if fact.value.activities.0.is_empty() {
            return Fragment::join([Fragment::from(Unknown::FEMININE), self.source_of(fact).into()]);
        }
        let activities = fact.value.activities.0.iter().map(|activity| {
            let period = Period { from: activity.since, to: activity.until.and_then(|last| last.tomorrow().ok()) };
            Fragment::with_detail(activity_name(activity, self.file.sex()), fr::period(period))
        });
        lines_of(activities.chain([Fragment::from(self.source_of(fact))]))
    }

    fn findings(&self, answer: Answer) -> Vec<&Finding> {
        self.file
            .publics
            .iter()
            .flat_map(law::publics::Findings::iter)
            .filter(|finding| finding.answer == answer)
            .collect()
    }

    /// The publics the person belongs to.
    pub(super) fn publics(&self) -> Table {
        let columns =
            [Column::text("Public"), Column::text("Pourquoi"), Column::text("Jusqu’au"), Column::text("D’après")];
        let rows = self.findings(Answer::Yes).into_iter().map(|finding| {
            // The day found is the first on which the answer may be another.
            let last = finding.until.map(|until| until.yesterday().unwrap_or(until));
            let until = last.map(|last| format!("{}, à vérifier ensuite", fr::date_long(last)));
            Row::new([
                Link::new(format!("/regles#{}", finding.rule()), finding.public.label()).into(),
                finding.why().into(),
                until.map_or_else(|| "tant que les faits ne changent pas".into(), Fragment::from),
                sources(finding.decided_by.iter()).into(),
            ])
        });
        Table::new("publics", "Publics dont la personne fait partie", columns, rows).empty(crate::components::EmptyState::new(
            "Aucun public reconnu",
            "Les faits connus n’en montrent aucun. Ce qui est inconnu est listé dessous\u{a0}: ce n’est pas «\u{a0}non\u{a0}».",
        ))
    }

    /// The publics of which nobody can tell, with what would answer.
    pub(super) fn unanswered(&self) -> Option<Table> {
        let unknown = self.findings(Answer::Unknown);
        if unknown.is_empty() {
            return None;
        }
        let columns = [
            Column::text("Public"),
            Column::text("Réponse"),
            Column::text("Ce qui manque pour répondre"),
            Column::text("Où le trouver"),
        ];
        let rows = unknown.into_iter().map(|finding| {
            let missing: Vec<&str> = finding.missing.iter().map(Fact::label).collect();
            let missing = if missing.is_empty() { finding.why() } else { fr::capitalised(&missing.join(", ou ")) };
            Row::new([
                Link::new(format!("/regles#{}", finding.rule()), finding.public.label()).into(),
                Unknown::MASCULINE.into(),
                missing.into(),
                fr::capitalised(&sources(finding.missing.iter())).into(),
            ])
        });
        Some(Table::new("inconnus", "Publics pour lesquels on ne sait pas répondre", columns, rows))
    }

    /// The same in one sentence, for paper.
    pub(super) fn unanswered_in_short(&self) -> String {
        let unknown = self.findings(Answer::Unknown);
        let labels: Vec<String> = unknown.iter().map(|finding| lower_first(finding.public.label())).collect();
        format!("Inconnu (ni oui ni non)\u{a0}: {}.", labels.join(", "))
    }

    /// The publics the person does not belong to.
    pub(super) fn other_publics(&self) -> Option<Help> {
        let no = self.findings(Answer::No);
        let n = u64::try_from(no.len()).unwrap_or(u64::MAX);
        (n > 0).then(|| {
            let rows = no.into_iter().map(|finding| Row::new([finding.public.label().into(), finding.why().into()]));
            let table = Table::new(
                "autres-publics",
                "Publics dont la personne ne fait pas partie",
                [Column::text("Public"), Column::text("Pourquoi")],
                rows,
            );
            Help::new(
                format!("{} dont la personne ne fait pas partie", fr::count(n, "public", "publics")),
                table.caption_hidden(),
            )
        })
    }

    pub(super) fn timeline(&self) -> Timeline {
        Timeline::new(self.file.timeline.iter().map(|entry| {
            let recorded = entry.recorded_at.date();
            Event::new(entry.on, entry.what.clone()).source(self.source(entry.provenance, recorded)).known(recorded)
        }))
    }
}

/// How a state of the right is drawn.
fn right_look(status: &str) -> Look {
    match status {
        "2" => Look::Full,
        "3" | "4" => Look::Hatched,
        "1" | "5" | "6" => Look::Empty,
        _ => Look::Unknown,
    }
}

/// « le montant est inférieur au seuil de versement, depuis le 3 mars 2026 ».
fn suspension(suspension: &Suspension) -> String {
    let reason = match suspension.kind {
        SuspensionKind::Right => labels::right_suspension_reason(&suspension.reason),
        SuspensionKind::Payment => labels::payment_suspension_reason(&suspension.reason),
    };
    format!("{}, depuis le {}", fr::capitalised(&reason.long), fr::date_long(suspension.since))
}

fn transferred(paying_body: &str, since: Date) -> Fragment {
    Fragment::with_detail(paying_body.to_owned(), format!("le {}", fr::date_long(since)))
}

/// The lines of an envelope. `homeless`: whoever has no fixed home; the complement is then the association that gives
/// the address.
fn address_lines(address: &Address, homeless: Option<Sex>) -> Vec<String> {
    let text = |text: &str| (!text.trim().is_empty()).then(|| words::capitalised(text.trim()));
    let host = address.place_complement.trim();
    let place = match (homeless, host.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("chez "))) {
        _ if host.is_empty() => homeless.map(|_| "Sans domicile fixe".to_owned()),
        (Some(sex), true) => Some(format!("{} {}", sex.agree("Domicilié[/e]"), lower_first(&words::capitalised(host)))),
        (Some(sex), false) => Some(format!("{} chez {}", sex.agree("Domicilié[/e]"), words::capitalised(host))),
        (None, _) => text(host),
    };
    let town = format!("{} {}", address.postcode, words::capitalised(&address.commune_name));
    let abroad = (address.country == "HOR").then(|| "Hors de France".to_owned());
    [text(&address.addressee_complement), place, text(&address.street), text(&address.locality), text(&town), abroad]
        .into_iter()
        .flatten()
        .collect()
}

/// The activity in words; a health-related one shows no code and no detail.
fn activity_name(activity: &Activity, sex: Sex) -> String {
    let (group, label) = labels::activity(activity.code.as_deref(), sex);
    if *label.long == *group.label() {
        fr::capitalised(group.label())
    } else {
        format!("{} ({})", fr::capitalised(&label.long), group.label())
    }
}

/// « flux bénéficiaires (CAF, MSA), justificatif ».
fn sources(facts: impl Iterator<Item = Fact>) -> String {
    let mut labels: Vec<&str> = facts.map(|fact| fact.source().label()).collect();
    labels.dedup();
    labels.join(", ")
}

/// One under the other.
fn lines_of(lines: impl IntoIterator<Item = Fragment>) -> Fragment {
    #[derive(Template)]
    #[template(source = "{% for line in lines %}<div>{{ line }}</div>{% endfor %}", ext = "html")]
    struct Lines {
        lines: Vec<Fragment>,
    }
    Fragment::render(&Lines { lines: lines.into_iter().collect() })
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

#[cfg(test)]
mod tests;
