//! The codes of the beneficiary feed in French. Source of the lists: national schema `vrsb0801` and the code lists of
//! the software that reads it. A code outside the lists is shown as it is, marked « non répertorié ».
//!
//! What is said of a person agrees with their sex: the tables write both endings, `divorcé[/e]`, `veu[f/ve]`.

use std::borrow::Cow;

/// What a code means: a few words for a column, a phrase for a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub short: Cow<'static, str>,
    pub long: Cow<'static, str>,
}

/// What words about a person agree with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sex {
    Man,
    Woman,
    Unknown,
}

impl Sex {
    /// Reads the code of a civil status (`1` man, `2` woman).
    pub fn of(code: &str) -> Self {
        match code {
            "1" => Self::Man,
            "2" => Self::Woman,
            _ => Self::Unknown,
        }
    }

    /// A text whose endings are written `[man/woman]`: « divorcé », « divorcée », « divorcé·e » when nothing is known.
    pub fn agree(self, text: &'static str) -> Cow<'static, str> {
        if !text.contains('[') {
            return Cow::Borrowed(text);
        }
        let mut agreed = String::with_capacity(text.len());
        for piece in text.split('[') {
            match piece.split_once(']') {
                Some((endings, rest)) => {
                    let (man, woman) = endings.split_once('/').unwrap_or((endings, endings));
                    match self {
                        Self::Man => agreed.push_str(man),
                        Self::Woman => agreed.push_str(woman),
                        Self::Unknown => {
                            agreed.push_str(man);
                            agreed.push('·');
                            agreed.push_str(woman);
                        }
                    }
                    agreed.push_str(rest);
                }
                None => agreed.push_str(piece),
            }
        }
        Cow::Owned(agreed)
    }
}

/// Code, short label, long label.
type Row = (&'static str, &'static str, &'static str);

/// The rows of a table, looked up by trimmed code.
fn look_up(table: &[Row], code: &str) -> Label {
    let code = code.trim();
    match table.iter().find(|(known, ..)| *known == code) {
        Some((_, short, long)) => Label { short: Cow::Borrowed(short), long: Cow::Borrowed(long) },
        None => unlisted(code),
    }
}

fn unlisted(code: &str) -> Label {
    let text = if code.is_empty() { "code vide".to_owned() } else { format!("code {code} (non répertorié)") };
    Label { short: Cow::Owned(text.clone()), long: Cow::Owned(text) }
}

macro_rules! labels {
    ($($(#[$doc:meta])* $function:ident = $table:ident { $(($code:literal, $short:literal, $long:literal),)+ })+) => { $(
        const $table: &[Row] = &[$(($code, $short, $long)),+];

        $(#[$doc])*
        pub fn $function(code: &str) -> Label {
            look_up($table, code)
        }
    )+ };
}

/// The same for codes that describe a person.
macro_rules! personal_labels {
    ($($(#[$doc:meta])* $function:ident = $table:ident { $(($code:literal, $short:literal, $long:literal),)+ })+) => { $(
        const $table: &[Row] = &[$(($code, $short, $long)),+];

        $(#[$doc])*
        pub fn $function(code: &str, sex: Sex) -> Label {
            let code = code.trim();
            match $table.iter().find(|(known, ..)| *known == code) {
                Some((_, short, long)) => Label { short: sex.agree(short), long: sex.agree(long) },
                None => unlisted(code),
            }
        }
    )+ };
}

labels! {
    /// `ETATDOSRSA`, the state of the right.
    right_status = RIGHT_STATUS {
        ("0", "demande en attente", "nouvelle demande, en attente de décision"),
        ("1", "refusé", "demande refusée"),
        ("2", "ouvert et versable", "droit ouvert et versable"),
        ("3", "droit suspendu", "droit ouvert mais suspendu\u{a0}: son existence est en question"),
        ("4", "versement suspendu", "droit ouvert, versement suspendu\u{a0}: le montant ne peut pas être calculé"),
        ("5", "clos", "droit clos"),
        ("6", "clos antérieurement", "droit clos un mois antérieur, avec un contrôle ou une régularisation ce mois-ci"),
    }

    /// `MOTISUSVERSRSA`, why the payment is suspended. The reasons tied to health or disability stay general.
    payment_suspension_reason = PAYMENT_SUSPENSION_REASONS {
        ("01", "ressources trop élevées", "les ressources dépassent le plafond"),
        ("02", "moins de 25 ans", "moins de 25\u{a0}ans sans personne à charge"),
        ("03", "activité non conforme", "l’activité ne remplit pas les conditions"),
        ("04", "titre de séjour non valide", "le titre de séjour n’est plus valide"),
        ("05", "sous le seuil de versement", "le montant est inférieur au seuil de versement"),
        ("06", "déclaration manquante", "la déclaration trimestrielle de ressources manque"),
        ("09", "résidence non conforme", "la condition de résidence n’est pas remplie"),
        ("19", "isolement non reconnu", "la personne ne vit pas seule"),
        ("31", "prestation exclue", "prestation exclue, affiliation partielle"),
        ("34", "régime non conforme", "le régime de sécurité sociale n’est pas conforme"),
        ("35", "retraite non demandée", "l’avantage vieillesse n’est pas demandé, ou l’est trop tard"),
        ("36", "titre de séjour absent", "le titre de séjour manque"),
        ("44", "séjour en établissement", "séjour en établissement"),
        ("70", "action non engagée", "l’action d’insertion n’est pas engagée"),
        ("78", "surface agricole", "la surface agricole pondérée est inconnue ou dépasse le plafond"),
        ("84", "droit éteint", "le droit est éteint"),
        ("85", "aucun allocataire", "aucun allocataire dans le dossier"),
        ("97", "autre allocation", "autre allocation à taux réduit"),
        ("AB", "absence du foyer", "l’allocataire est absent du foyer"),
        ("CG", "sanction appliquée", "une sanction décidée par le département est appliquée"),
        ("CV", "décision attendue", "une décision du président du conseil départemental est attendue"),
        ("CZ", "activité antérieure insuffisante", "RSA Jeune\u{a0}: l’activité antérieure est insuffisante"),
        ("DA", "activité antérieure absente", "RSA Jeune\u{a0}: l’activité antérieure n’est pas justifiée"),
        ("DB", "étudiant", "étudiant dont le salaire est trop faible"),
        ("DC", "activité antérieure non conforme", "RSA Jeune\u{a0}: l’activité antérieure n’est pas conforme"),
    }

    /// `MOTISUSDRORSA`, why the right is suspended.
    right_suspension_reason = RIGHT_SUSPENSION_REASONS {
        ("DA", "situation familiale", "dossier suspendu\u{a0}: situation familiale à vérifier"),
        ("DB", "ressources", "dossier suspendu\u{a0}: ressources à vérifier"),
        ("DC", "enquête administrative", "dossier suspendu\u{a0}: enquête administrative en cours"),
        ("DD", "enquête sociale", "dossier suspendu\u{a0}: enquête sociale en cours"),
        ("DE", "contrôle sans réponse", "dossier suspendu\u{a0}: le formulaire de contrôle manque"),
        ("DF", "changement de caisse", "dossier suspendu\u{a0}: l’avis de changement de caisse manque"),
        ("DG", "décès de Madame", "dossier suspendu\u{a0}: décès de Madame"),
        ("DH", "décès de Monsieur", "dossier suspendu\u{a0}: décès de Monsieur"),
        ("DI", "autre motif", "dossier suspendu pour un autre motif"),
        ("DJ", "paiement revenu", "dossier suspendu\u{a0}: paiement retourné ou arrêté"),
        ("DK", "chômage non confirmé", "dossier suspendu\u{a0}: pas de réponse à la vérification du chômage"),
        ("DL", "courrier non distribué", "dossier suspendu\u{a0}: le courrier n’a pas pu être distribué"),
        ("DM", "résidence inconnue", "dossier suspendu\u{a0}: la résidence est inconnue"),
        ("DN", "droits divergents", "dossier suspendu\u{a0}: droits divergents (ancien modèle, DN)"),
        ("DO", "droits divergents", "dossier suspendu\u{a0}: droits divergents (ancien modèle, DO)"),
        ("DP", "contrôle de l’ASF", "dossier suspendu\u{a0}: contrôle de l’allocation de soutien familial"),
        ("DQ", "domiciliation à renouveler", "dossier suspendu\u{a0}: la domiciliation n’est pas renouvelée"),
        ("DR", "gestion de la personne", "dossier suspendu\u{a0}: gestion de l’identité de la personne"),
        ("GF", "situation familiale", "prestations suspendues\u{a0}: situation familiale à vérifier"),
        ("GR", "activité ou ressources", "prestations suspendues\u{a0}: contrôle de l’activité ou des ressources"),
        ("GA", "enquête administrative", "prestations suspendues\u{a0}: enquête administrative en cours"),
        ("GS", "enquête sociale", "prestations suspendues\u{a0}: enquête sociale en cours"),
        ("GC", "contrôle sans réponse", "prestations suspendues\u{a0}: le formulaire de contrôle manque"),
        ("GI", "changement de caisse", "prestations suspendues\u{a0}: le formulaire de changement de caisse manque"),
        ("GX", "autre motif", "prestations suspendues pour un autre motif"),
        ("GE", "forfait d’indépendant", "prestations suspendues\u{a0}: le forfait de travailleur indépendant manque"),
        ("GJ", "décision du département", "suspension décidée par le président du conseil départemental"),
        ("GK", "contrat d’insertion", "prestations suspendues au titre du contrat d’insertion"),
        ("GL", "action non engagée", "prestations suspendues\u{a0}: l’action d’insertion n’est pas engagée"),
    }

    /// `MOTICLORSA`, why the right is closed. A file that moves or is grouped with another has not left the RSA.
    closure_reason = CLOSURE_REASONS {
        ("PCG", "décision du département", "décision du président du conseil départemental"),
        ("ECH", "quatre mois sans droit", "quatre mois sans droit, quelle qu’en soit la cause"),
        ("EFF", "reprise annulée", "reprise d’un ancien droit (RMI ou API) annulée"),
        ("MUT", "départ vers une autre caisse", "dossier transféré à un autre organisme\u{a0}: ce n’est pas une sortie du RSA"),
        ("RGD", "dossiers regroupés", "dossiers regroupés\u{a0}: ce n’est pas une sortie du RSA"),
        ("RFD", "radié, fin de droit", "radiation à la fin du droit"),
        ("RAU", "radié, autre motif", "radiation pour un autre motif"),
        ("RST", "option d’outre-mer (RST)", "option propre à l’outre-mer (RST)"),
        ("RSO", "option d’outre-mer (RSO)", "option propre à l’outre-mer (RSO)"),
    }

    /// `MOTIREFURSA`, why a claim is refused.
    refusal_reason = REFUSAL_REASONS {
        ("F02", "moins de 25 ans", "moins de 25\u{a0}ans et sans personne à charge"),
        ("F04", "titre de séjour non valide", "le titre de séjour n’est pas valide"),
        ("F09", "résidence non conforme", "la condition de résidence n’est pas remplie"),
        ("F85", "aucun allocataire", "aucun allocataire dans le dossier (décès ou autre cause)"),
        ("F97", "autre allocation", "autre allocation à taux réduit"),
        ("FDD", "indépendant sans droit", "travailleur indépendant sans droit ouvert"),
        ("FDB", "étudiant", "étudiant dont le salaire est trop faible"),
        ("DSD", "pièces manquantes", "demande sans droit\u{a0}: des pièces manquent"),
        ("PCG", "décision du département", "décision du président du conseil départemental"),
    }

    /// `NATPF`, the nature of the right.
    right_nature = RIGHT_NATURES {
        ("RSD", "RSA socle", "RSA socle"),
        ("RSI", "RSA majoré", "RSA socle majoré (parent isolé ou grossesse)"),
        ("RSU", "RSA contrat aidé", "RSA socle à la charge de l’État (contrat aidé)"),
        ("RSB", "RSA socle local", "RSA socle local"),
        ("RSJ", "RSA Jeune", "RSA socle Jeune"),
        ("RCD", "RSA activité", "part «\u{a0}activité\u{a0}» du RSA (ancien droit)"),
        ("RCI", "RSA activité majoré", "part «\u{a0}activité\u{a0}» du RSA majoré (ancien droit)"),
        ("RCU", "RSA activité, contrat aidé", "part «\u{a0}activité\u{a0}» du RSA contrat aidé (ancien droit)"),
        ("RCB", "RSA activité local", "part «\u{a0}activité\u{a0}» du RSA local (ancien droit)"),
        ("RCJ", "RSA activité Jeune", "part «\u{a0}activité\u{a0}» du RSA Jeune (ancien droit)"),
    }

    /// `ETATADR`, outcome of the postal control of an address.
    postal_check = POSTAL_CHECKS {
        ("CO", "vérifiée", "adresse vérifiée par le contrôle postal"),
        ("VO", "voie forcée", "voie saisie telle quelle, sans correspondance postale"),
        ("VC", "voie et commune forcées", "voie et commune saisies telles quelles, sans correspondance postale"),
        ("NC", "non contrôlée", "adresse non contrôlée"),
        ("AU", "autre contrôle", "autre issue du contrôle postal"),
    }

    /// `TYPEADR`
    address_kind = ADDRESS_KINDS {
        ("D", "définitive", "adresse définitive"),
        ("P", "provisoire", "adresse provisoire"),
        ("R", "retour au domicile", "retour au domicile principal"),
    }

    /// `TYPEPAR`, what the child or other person is to the adult.
    kinship = KINSHIPS {
        ("LEG", "enfant légitime", "enfant né dans le mariage"),
        ("NAT", "enfant naturel", "enfant né hors mariage"),
        ("ADP", "adoption simple", "enfant adopté (adoption simple)"),
        ("REA", "accueil en vue d’adoption", "enfant accueilli en vue de son adoption"),
        ("REC", "enfant recueilli", "enfant recueilli"),
        ("DES", "descendant", "autre descendant"),
        ("ASC", "ascendant", "ascendant"),
        ("FRE", "frère ou sœur", "frère ou sœur"),
        ("NEV", "neveu ou nièce", "neveu ou nièce"),
        ("ONC", "oncle ou tante", "oncle ou tante"),
        ("BFI", "gendre ou belle-fille", "gendre ou belle-fille"),
        ("COL", "collatéral", "parent collatéral jusqu’au quatrième degré"),
        ("AUT", "autre", "autre lien"),
    }
}

personal_labels! {
    /// `SITFAM`, the situation of the person responsible for the household.
    family_situation = FAMILY_SITUATIONS {
        ("ABA", "conjoint absent", "seul[/e], conjoint ou conjointe en absence déclarée"),
        ("CEL", "célibataire", "célibataire"),
        ("DIV", "divorcé[/e]", "divorcé[/e]"),
        ("ISO", "seul[/e] après une vie de couple", "seul[/e] après une vie de couple ou un PACS"),
        ("MAR", "marié[/e]", "marié[/e]"),
        ("PAC", "pacsé[/e]", "lié[/e] par un PACS"),
        ("RPA", "PACS repris", "reprise de la vie commune après un PACS"),
        ("RVC", "vie de couple reprise", "reprise de la vie de couple"),
        ("RVM", "vie maritale reprise", "reprise de la vie commune entre époux"),
        ("SEF", "séparé[/e] de fait", "séparé[/e] de fait"),
        ("SEL", "séparé[/e] légalement", "séparé[/e] légalement"),
        ("VEU", "veu[f/ve]", "veu[f/ve]"),
        ("VIM", "en couple", "vie de couple sans mariage ni PACS"),
    }

    /// `ROLEPERS`, the role of a person in a benefit.
    role = ROLES {
        ("DEM", "demandeu[r/se]", "demandeu[r/se]"),
        ("CJT", "conjoint[/e]", "conjoint[/e] de la personne qui a demandé le droit"),
        ("ENF", "enfant", "enfant du foyer"),
        ("AUT", "autre personne à charge", "autre personne à charge du foyer"),
        ("RDO", "responsable du dossier", "responsable du dossier, non couvert[/e] par le droit"),
    }
}

/// The families of activities: what a counsellor needs to know of a code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ActivityGroup {
    Work,
    Unemployed,
    /// Training, studies, school.
    Training,
    Inactive,
    /// Not available for work, for a reason that is not kept.
    Unavailable,
    /// Known code that tells nothing of work.
    Other,
    Unlisted,
}

impl ActivityGroup {
    /// French name of the family.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Work => "en emploi",
            Self::Unemployed => "sans emploi",
            Self::Training => "en formation ou en études",
            Self::Inactive => "sans activité",
            Self::Unavailable => "indisponible",
            Self::Other => "activité non précisée",
            Self::Unlisted => "activité non répertoriée",
        }
    }
}

/// `ACT`, with its family. `None` and every health-related code give « indisponible » without the code, which must
/// not be shown.
pub fn activity(code: Option<&str>, sex: Sex) -> (ActivityGroup, Label) {
    let plain = |group: ActivityGroup| {
        (group, Label { short: Cow::Borrowed(group.label()), long: Cow::Borrowed(group.label()) })
    };
    let Some(code) = code.map(str::trim).filter(|code| !HEALTH_ACTIVITIES.contains(code)) else {
        return plain(ActivityGroup::Unavailable);
    };
    if let Some((group, _, long)) = ACTIVITIES.iter().find(|(_, known, _)| *known == code) {
        return (*group, Label { short: Cow::Borrowed(group.label()), long: sex.agree(long) });
    }
    match GENERAL_ACTIVITIES.iter().find(|(_, codes)| codes.contains(&code)) {
        Some((group, _)) => {
            let long = format!("{} (code {code})", group.label());
            (*group, Label { short: Cow::Borrowed(group.label()), long: Cow::Owned(long) })
        }
        None => (ActivityGroup::Unlisted, unlisted(code)),
    }
}

/// Codes whose meaning is published.
const ACTIVITIES: &[(ActivityGroup, &str, &str)] = {
    use ActivityGroup::{Inactive, Other, Training, Unemployed, Work};
    &[
        (Work, "SAL", "salarié[/e]"),
        (Work, "CDI", "salarié[/e] en CDI"),
        (Work, "CDD", "salarié[/e] en CDD"),
        (Work, "INT", "intérimaire ou intermittent[/e]"),
        (Work, "TSA", "travailleu[r/se] saisonni[er/ère]"),
        (Work, "AMA", "assistant[/e] maternel[/le]"),
        (Work, "VRP", "représentant[/e] de commerce (VRP)"),
        (Work, "GSA", "gérant[/e] salarié[/e]"),
        (Work, "ETI", "travailleu[r/se] indépendant[/e]"),
        (Work, "AEN", "auto-entrepreneu[r/se]"),
        (Work, "EXP", "exploitant[/e] agricole"),
        (Work, "AFA", "aide familial[/e] agricole"),
        (Work, "CJT", "conjoint[/e] collaborat[eur/rice] d’une activité indépendante"),
        (Work, "APP", "apprenti[/e]"),
        (Work, "DET", "travailleu[r/se] détaché[/e]"),
        (Work, "VDI", "vendeu[r/se] à domicile indépendant[/e]"),
        (Work, "DNL", "salarié[/e] en dessous de la durée légale"),
        (Work, "AMT", "mi-temps après un temps plein"),
        (Unemployed, "CHO", "au chômage, sans justificatif"),
        (Unemployed, "ANP", "inscrit[/e] comme demandeu[r/se] d’emploi"),
        (Unemployed, "CNI", "au chômage, non indemnisé[/e]"),
        (Training, "SFP", "stagiaire de la formation professionnelle"),
        (Training, "PIL", "programme local d’insertion"),
        (Training, "SNR", "stagiaire non rémunéré[/e]"),
        (Training, "SCO", "élève"),
        (Training, "DEG", "fin de la scolarité obligatoire"),
        (Training, "NOB", "enfant non soumis à l’obligation scolaire"),
        (Inactive, "SAC", "sans activité"),
        (Inactive, "SSA", "sans activité, ou service civique ou garantie jeunes"),
        (Inactive, "RET", "retraité[/e]"),
        (Inactive, "PRE", "préretraité[/e]"),
        (Inactive, "RSA", "pension militaire de retraite"),
        (Inactive, "CAC", "activité arrêtée pour un enfant"),
        (Inactive, "ABS", "absent[/e]"),
        (Other, "SIN", "situation inconnue"),
        (Other, "DSF", "situation inconnue"),
    ]
};

/// Codes of which only the family is published.
const GENERAL_ACTIVITIES: &[(ActivityGroup, &[&str])] = &[
    // Aided contracts and sheltered work.
    (ActivityGroup::Work, &["CUI", "CES", "CEA", "CEN", "CSA", "CIA", "CIS", "RMA", "CAT", "AAP"]),
    // Kinds of unemployment benefit.
    (
        ActivityGroup::Unemployed,
        &[
            "CHR", "ABA", "ADA", "ADN", "AFC", "AFD", "AIN", "ASP", "ASS", "CAP", "CAR", "CDA", "CDN", "CHA", "CPL",
            "FDA", "FDN", "ANI",
        ],
    ),
    // Students, and children of the household.
    (ActivityGroup::Training, &["ETU", "ETS", "EBO", "IAD", "MMA", "NAS", "NCH", "JNF", "INF", "SCI"]),
    // Leaves.
    (ActivityGroup::Inactive, &["CSS", "SAB", "CGP", "CCV"]),
    (ActivityGroup::Other, &["MAR", "MOA", "MOC", "SNA", "EXS"]),
];

/// Codes that tell something about health.
const HEALTH_ACTIVITIES: &[&str] =
    &["SAV", "MAL", "MLD", "MAT", "INV", "INP", "HAN", "RAT", "SUR", "CBS", "CLD", "RAC", "MMC", "MMI", "MNE"];

#[cfg(test)]
mod tests {
    use super::*;

    /// The published lists, as the specification of the feed gives them.
    const LISTS: &[(&[Row], &str)] = &[
        (RIGHT_STATUS, "0 1 2 3 4 5 6"),
        (PAYMENT_SUSPENSION_REASONS, "01 02 03 04 05 06 09 19 31 34 35 36 44 70 78 84 85 97 AB CG CV CZ DA DB DC"),
        (
            RIGHT_SUSPENSION_REASONS,
            "DA DB DC DD DE DF DG DH DI DJ DK DL DM DN DO DP DQ DR GF GR GA GS GC GI GX GE GJ GK GL",
        ),
        (CLOSURE_REASONS, "PCG ECH EFF MUT RGD RFD RAU RST RSO"),
        (REFUSAL_REASONS, "F02 F04 F09 F85 F97 FDD FDB DSD PCG"),
        (FAMILY_SITUATIONS, "ABA CEL DIV ISO MAR PAC RPA RVC RVM SEF SEL VEU VIM"),
        (ROLES, "DEM CJT ENF AUT RDO"),
        (RIGHT_NATURES, "RSD RSI RSU RSB RSJ RCD RCI RCU RCB RCJ"),
        (POSTAL_CHECKS, "CO VO VC NC AU"),
        (ADDRESS_KINDS, "D P R"),
        (KINSHIPS, "LEG NAT ADP REA REC DES ASC FRE NEV ONC BFI COL AUT"),
    ];

    const PUBLISHED_ACTIVITIES: &[(ActivityGroup, &str)] = &[
        (
            ActivityGroup::Work,
            "SAL CDI CDD INT TSA AMA VRP GSA ETI AEN EXP AFA CJT CUI CES CEA CEN CSA CIA CIS RMA APP CAT AAP DET VDI \
             DNL AMT",
        ),
        (
            ActivityGroup::Unemployed,
            "CHO CHR ANP CNI ABA ADA ADN AFC AFD AIN ASP ASS CAP CAR CDA CDN CHA CPL FDA FDN ANI",
        ),
        (ActivityGroup::Training, "SFP PIL SNR ETU ETS EBO SCO DEG NOB IAD MMA NAS NCH JNF INF SCI"),
        (ActivityGroup::Inactive, "SAC SSA RET PRE RSA CAC ABS CSS SAB CGP CCV"),
        (ActivityGroup::Unavailable, "SAV MAL MLD MAT INV INP HAN RAT SUR CBS CLD RAC MMC MMI MNE"),
        (ActivityGroup::Other, "SIN DSF MAR MOA MOC SNA EXS"),
    ];

    #[track_caller]
    fn assert_typography(text: &str) {
        for wrong in [" :", " ;", " !", " ?", " »", "« ", "'", "  "] {
            assert!(!text.contains(wrong), "{wrong:?} in {text:?}");
        }
        assert!(!text.is_empty() && !text.ends_with('.'), "{text:?}");
    }

    #[test]
    fn every_published_code_has_its_label_and_no_other() {
        for (table, published) in LISTS {
            let mut codes: Vec<&str> = table.iter().map(|(code, ..)| *code).collect();
            let mut published: Vec<&str> = published.split_whitespace().collect();
            codes.sort_unstable();
            published.sort_unstable();
            assert_eq!(codes, published);
            for (_, short, long) in *table {
                for sex in [Sex::Man, Sex::Woman, Sex::Unknown] {
                    let (short, long) = (sex.agree(short), sex.agree(long));
                    assert_typography(&short);
                    assert_typography(&long);
                    assert!(!long.contains(['[', ']', '/']), "{long:?}");
                    assert!(short.chars().count() <= 32, "{short} is too long for a column");
                }
            }
        }
    }

    #[test]
    fn every_published_activity_has_its_family() {
        let mut count = 0;
        for (group, published) in PUBLISHED_ACTIVITIES {
            for code in published.split_whitespace() {
                let (found, label) = activity(Some(code), Sex::Unknown);
                assert_eq!(found, *group, "{code}");
                assert_typography(&label.short);
                assert_typography(&label.long);
                count += 1;
            }
        }
        let known = ACTIVITIES.len() + HEALTH_ACTIVITIES.len();
        assert_eq!(count, known + GENERAL_ACTIVITIES.iter().map(|(_, codes)| codes.len()).sum::<usize>());
    }

    #[test]
    fn a_health_related_activity_shows_no_code() {
        for code in HEALTH_ACTIVITIES.iter().copied().map(Some).chain([None]) {
            let (group, label) = activity(code, Sex::Woman);
            assert_eq!(group, ActivityGroup::Unavailable);
            assert_eq!((label.short.as_ref(), label.long.as_ref()), ("indisponible", "indisponible"));
        }
    }

    #[test]
    fn unknown_and_padded_codes() {
        assert_eq!(right_status("9").short, "code 9 (non répertorié)");
        assert_eq!(family_situation("", Sex::Woman).long, "code vide");
        assert_eq!(role("DEM ", Sex::Man).short, "demandeur");
        assert_eq!(activity(Some("ZZZ"), Sex::Unknown).0, ActivityGroup::Unlisted);
        // The same code does not mean the same in the two kinds of suspension.
        assert_ne!(payment_suspension_reason("DA"), right_suspension_reason("DA"));
    }

    #[test]
    fn words_agree_with_the_person() {
        let divorced = |code: &str| family_situation("DIV", Sex::of(code)).short;
        assert_eq!([divorced("1"), divorced("2"), divorced("")], ["divorcé", "divorcée", "divorcé·e"]);
        assert_eq!(family_situation("VEU", Sex::Woman).long, "veuve");
        assert_eq!(role("DEM", Sex::Woman).short, "demandeuse");
        assert_eq!(role("DEM", Sex::Unknown).short, "demandeur·se");
        let (_, seasonal) = activity(Some("TSA"), Sex::Woman);
        assert_eq!(seasonal.long, "travailleuse saisonnière");
        assert_eq!(Sex::Man.agree("sans ending"), "sans ending");
    }
}
