//! The command line: what can be typed, its help and its errors, in French.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use base::{Date, Email};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::failure::{Exit, Failure};
use crate::settings::{self, Group};

#[derive(Parser, Debug)]
#[command(
    name = "jonction",
    about = "Jonction\u{a0}: de l’école aux conseillers, des agences aux personnes, de l’insertion à l’emploi.",
    disable_help_subcommand = true,
    subcommand_required = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Ouvrir le département de démonstration (toutes les personnes sont fictives)
    Demo(Demo),
    /// Servir l’application
    Serve,
    /// Écrire un mois fictif du flux des bénéficiaires, au format de la CAF
    Synthesize(Synthesize),
    /// Intégrer un fichier
    #[command(subcommand_required = true)]
    Import {
        #[command(subcommand)]
        what: Import,
    },
    /// Vérifier la configuration, la clé, le schéma, et que les listes égalent leur recalcul
    Check,
    /// Vérifier que le journal n’a pas été réécrit
    Verify(Verify),
    /// Sauvegarder la base, en service ou non
    Backup(Backup),
    /// Rétablir une sauvegarde
    Restore(Restore),
    /// Gérer les comptes depuis le serveur
    #[command(subcommand_required = true)]
    Account {
        #[command(subcommand)]
        what: Account,
    },
    /// Transports en commun : temps de parcours, contrôle d’un flux, réseau en service
    #[command(subcommand_required = true)]
    Transit {
        #[command(subcommand)]
        what: Transit,
    },
    /// Afficher la version
    Version,
}

#[derive(Args, Debug)]
pub struct Demo {
    /// Dossier des données [par défaut : demonstration]
    #[arg(long, value_name = "DOSSIER", default_value = "demonstration")]
    pub dir: PathBuf,
    /// Taille : small (400 foyers) ou full (85 000) [par défaut : full]
    #[arg(long, value_name = "small|full", default_value = "full")]
    pub size: Size,
    /// Adresse et port d’écoute [par défaut : 127.0.0.1:8093]
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8093", value_parser = address)]
    pub listen: SocketAddr,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    Small,
    Full,
}

#[derive(Args, Debug)]
pub struct Synthesize {
    /// Nombre de foyers du premier mois
    #[arg(long, value_name = "N", value_parser = number)]
    pub households: u64,
    /// Graine : la même donne les mêmes octets
    #[arg(long, value_name = "S", value_parser = number)]
    pub seed: u64,
    /// Situation au dernier jour de mois à cette date ou avant
    #[arg(long, value_name = "AAAA-MM-JJ", value_parser = day)]
    pub date: Date,
    /// Fichier à écrire
    #[arg(long, value_name = "FICHIER")]
    pub out: PathBuf,
    /// Fichier mensuel du mois d’avant, dont celui-ci est la suite
    #[arg(long, value_name = "FICHIER")]
    pub previous: Option<PathBuf>,
    /// Écrire aussi le fichier mensuel de France Travail sur les mêmes personnes
    #[arg(long, value_name = "FICHIER.csv")]
    pub france_travail: Option<PathBuf>,
    /// Écrire aussi les questionnaires (DSP) : de tous, ou des demandes du mois avec --previous
    #[arg(long, value_name = "FICHIER.csv")]
    pub questionnaire: Option<PathBuf>,
    /// Écrire aussi les préconisations de France Travail, de même
    #[arg(long, value_name = "FICHIER.csv")]
    pub recommendations: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub enum Import {
    /// Intégrer un fichier du flux des bénéficiaires (CAF ou MSA)
    Caf(ImportCaf),
    /// Intégrer le fichier mensuel de France Travail
    FranceTravail(ImportFranceTravail),
    /// Intégrer un tableau de questionnaires de la demande (DSP)
    Questionnaire(ImportTable),
    /// Intégrer un tableau de préconisations de France Travail
    Recommendations(ImportTable),
    /// École : charger le référentiel d’un titre
    Referential(ImportReferential),
    /// École : intégrer un tableau de candidatures
    Candidates(ImportCandidates),
}

#[derive(Args, Debug)]
pub struct ImportReferential {
    /// Fichier TOML du titre (description : docs/referentials.md)
    #[arg(value_name = "FICHIER")]
    pub file: PathBuf,
    /// Code de l’organisme de formation
    #[arg(long, value_name = "CODE")]
    pub school: String,
    /// Tout lire et tout contrôler, ne rien écrire
    #[arg(long)]
    pub dry_run: bool,
    /// Écrire le compte rendu dans ce fichier
    #[arg(long, value_name = "FICHIER.json")]
    pub report: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct ImportCandidates {
    /// Tableau reçu (CSV, XLSX, XLS, ODS)
    #[arg(value_name = "FICHIER")]
    pub file: PathBuf,
    /// Code de l’organisme de formation
    #[arg(long, value_name = "CODE")]
    pub school: String,
    /// Code de la promotion
    #[arg(long, value_name = "CODE")]
    pub cohort: String,
    /// Tout lire, dire ce que deviendrait chaque ligne, ne rien écrire
    #[arg(long)]
    pub dry_run: bool,
    /// Écrire le compte rendu dans ce fichier
    #[arg(long, value_name = "FICHIER.json")]
    pub report: Option<PathBuf>,
}

/// What the tables of persons have in common.
#[derive(Args, Debug)]
pub struct ImportLines {
    /// Fichier reçu
    #[arg(value_name = "FICHIER")]
    pub file: PathBuf,
    /// Jour dont le fichier parle, et jour des lignes qui n’en ont pas [par défaut : aujourd’hui]
    #[arg(long, value_name = "AAAA-MM-JJ", value_parser = day)]
    pub date: Option<Date>,
    /// Prendre aussi les lignes rattachées à une personne par ses seuls nom, prénom et date de naissance
    #[arg(long)]
    pub accept_probable: bool,
    /// Tout lire, dire ce que deviendrait chaque ligne, ne rien écrire
    #[arg(long)]
    pub dry_run: bool,
    /// Écrire le compte rendu dans ce fichier
    #[arg(long, value_name = "FICHIER.json")]
    pub report: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct ImportFranceTravail {
    #[command(flatten)]
    pub lines: ImportLines,
    /// Le fichier nomme tous les inscrits : qui n’y est plus n’est plus inscrit à sa date
    #[arg(long)]
    pub complete: bool,
}

#[derive(Args, Debug)]
pub struct ImportTable {
    #[command(flatten)]
    pub lines: ImportLines,
    /// Ce que contient chaque colonne [par défaut : comme la dernière fois, sinon d’après les en-têtes]
    #[arg(long, value_name = "FICHIER.toml")]
    pub mapping: Option<PathBuf>,
    /// De qui vient le tableau : la correspondance des colonnes est retenue sous ce nom
    #[arg(long, value_name = "NOM", default_value = "")]
    pub origin: String,
    /// Feuille à lire, si le classeur en a plusieurs
    #[arg(long, value_name = "NOM")]
    pub sheet: Option<String>,
}

#[derive(Args, Debug)]
pub struct ImportCaf {
    /// Fichier reçu, décompressé
    #[arg(value_name = "FICHIER")]
    pub file: PathBuf,
    /// Tout lire et tout contrôler, ne rien écrire
    #[arg(long)]
    pub dry_run: bool,
    /// Prendre le fichier même si le nombre de foyers n’est pas celui annoncé
    #[arg(long)]
    pub accept_count: bool,
    /// Écrire le compte rendu dans ce fichier
    #[arg(long, value_name = "FICHIER.json")]
    pub report: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Verify {
    /// Points de contrôle conservés à l’extérieur [par défaut : ceux du dossier configuré]
    #[arg(long, value_name = "FICHIER")]
    pub checkpoints: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Backup {
    /// Fichier à créer ; son manifeste est écrit à côté
    #[arg(long, value_name = "FICHIER")]
    pub to: PathBuf,
}

#[derive(Args, Debug)]
pub struct Restore {
    /// Sauvegarde, avec son manifeste à côté
    #[arg(long, value_name = "FICHIER")]
    pub from: PathBuf,
    /// Remplacer la base qui s’y trouve
    #[arg(long)]
    pub force: bool,
}

#[derive(Subcommand, Debug)]
pub enum Account {
    /// Créer un compte d’administration du département (le premier, ou un de secours)
    Create(AccountCreate),
}

#[derive(Args, Debug)]
pub struct AccountCreate {
    /// Adresse électronique, identifiant de connexion
    #[arg(long, value_name = "COURRIEL", value_parser = email)]
    pub email: Email,
    /// Prénom et nom
    #[arg(long, value_name = "NOM")]
    pub name: String,
}

#[derive(Subcommand, Debug)]
pub enum Transit {
    /// Arrivée au plus tôt à chaque arrêt d’un flux GTFS
    Query(TransitQuery),
    /// Temps de parcours entre des lieux, sur une plage de départs
    Matrix(TransitMatrix),
    /// Contrôler un flux GTFS, sans le mettre en service
    Check(TransitCheck),
    /// Mettre un flux GTFS en service, à la place du réseau indicatif
    Import(TransitImport),
}

#[derive(Args, Debug)]
pub struct TransitFeed {
    /// Flux GTFS : archive zip ou dossier
    #[arg(value_name = "FLUX")]
    pub feed: PathBuf,
    /// Jour de circulation
    #[arg(long, value_name = "AAAA-MM-JJ", value_parser = day)]
    pub date: Date,
    /// Scénario à poser sur le flux (lignes à venir ou retirées)
    #[arg(long, value_name = "FICHIER")]
    pub scenario: Option<PathBuf>,
    /// Prendre le flux sans ses lignes fautives
    #[arg(long)]
    pub accept_faults: bool,
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("origin").required(true).args(["from", "latitude"]))]
pub struct TransitQuery {
    #[command(flatten)]
    pub feed: TransitFeed,
    /// Arrêt ou station de départ
    #[arg(long, value_name = "ARRÊT", conflicts_with_all = ["latitude", "longitude"])]
    pub from: Option<String>,
    /// Latitude du point de départ, en degrés
    #[arg(long, value_name = "DEGRÉS", requires = "longitude", value_parser = degrees, allow_hyphen_values = true)]
    pub latitude: Option<f64>,
    /// Longitude du point de départ, en degrés
    #[arg(long, value_name = "DEGRÉS", requires = "latitude", value_parser = degrees, allow_hyphen_values = true)]
    pub longitude: Option<f64>,
    /// Heure de départ
    #[arg(long, value_name = "HH:MM", value_parser = hour)]
    pub depart: transit::Seconds,
    /// Fichier à écrire : stop_id, arrivée en secondes après minuit, vide si l’arrêt n’est pas atteint
    #[arg(long, value_name = "FICHIER")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub struct TransitMatrix {
    #[command(flatten)]
    pub feed: TransitFeed,
    /// Lieux de départ, CSV : id et latitude, longitude, ou id et stop_id
    #[arg(long, value_name = "FICHIER")]
    pub origins: PathBuf,
    /// Lieux d’arrivée, même forme
    #[arg(long, value_name = "FICHIER")]
    pub targets: PathBuf,
    /// Plage des départs, chaque minute, sans la dernière
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = window)]
    pub window: Window,
    /// Fichier à écrire
    #[arg(long, value_name = "FICHIER")]
    pub out: PathBuf,
    /// Nombre de fils d’exécution [par défaut : ceux de la machine]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,
}

/// Hours from which and until which one leaves, in seconds after midnight.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub first: transit::Seconds,
    pub end: transit::Seconds,
}

#[derive(Args, Debug)]
pub struct TransitCheck {
    /// Flux GTFS : archive zip ou dossier
    #[arg(value_name = "FLUX")]
    pub feed: PathBuf,
}

#[derive(Args, Debug)]
pub struct TransitImport {
    /// Flux GTFS : archive zip
    #[arg(value_name = "FLUX.zip")]
    pub feed: PathBuf,
    /// Prendre le flux sans ses lignes fautives
    #[arg(long)]
    pub accept_faults: bool,
}

fn degrees(text: &str) -> Result<f64, String> {
    let read = text.parse::<f64>().ok().filter(|degrees| degrees.is_finite());
    read.ok_or_else(|| "écrivez des degrés décimaux, par exemple 48.9177".to_owned())
}

fn hour(text: &str) -> Result<transit::Seconds, String> {
    transit::time::parse_hour(text).ok_or_else(|| "écrivez une heure comme 08:00".to_owned())
}

fn window(text: &str) -> Result<Window, String> {
    let read = text.split_once('-').and_then(|(first, end)| Some((hour(first).ok()?, hour(end).ok()?)));
    read.filter(|(first, end)| first < end)
        .map(|(first, end)| Window { first, end })
        .ok_or_else(|| "écrivez deux heures dans l’ordre, comme 08:00-10:00".to_owned())
}

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "écrivez un nombre entier, au moins 1".to_owned())
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "écrivez une adresse et un port, par exemple 127.0.0.1:8093".to_owned())
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "écrivez un nombre entier".to_owned())
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "écrivez une date comme 2026-10-31".to_owned())
}

fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|problem| problem.to_string())
}

const TEMPLATE: &str = "{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}{after-help}";

/// The whole command line, with the options that come from the table of settings.
pub fn command() -> clap::Command {
    let data: &[Group] = &[Group::Data, Group::Log];
    let french = Cli::command()
        .subcommand_help_heading("Commandes")
        .arg(Arg::new("version").long("version").short('V').action(ArgAction::Version).help("Afficher la version"))
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .after_help(
            "Chaque commande a son aide\u{a0}: jonction COMMANDE --help. Codes de retour\u{a0}: docs/commands.md.",
        )
        .mut_subcommand("demo", |command| command.args(settings::args(&[Group::Log])))
        .mut_subcommand("serve", |command| command.args(settings::args(&[Group::Data, Group::Service, Group::Log])))
        .mut_subcommand("import", |command| {
            ["caf", "france-travail", "questionnaire", "recommendations", "referential", "candidates"]
                .into_iter()
                .fold(command, |command, name| command.mut_subcommand(name, |what| what.args(settings::args(data))))
        })
        .mut_subcommand("transit", |command| {
            command.mut_subcommand("import", |import| import.args(settings::args(data)))
        })
        .mut_subcommand("account", |command| {
            command.mut_subcommand("create", |create| create.args(settings::args(data)))
        });
    let french = ["check", "verify", "backup", "restore"]
        .into_iter()
        .fold(french, |command, name| command.mut_subcommand(name, |command| command.args(settings::args(data))));
    in_french(french)
}

/// The same, for the command and those below it: headings and flags that clap would write in English.
fn in_french(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, in_french));
    let placeholder = if command.has_subcommands() { "COMMANDE" } else { "" };
    command
        .help_template(TEMPLATE)
        .subcommand_value_name(placeholder)
        .subcommand_help_heading("Commandes")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(Arg::new("help").long("help").short('h').action(ArgAction::Help).help("Afficher cette aide"))
        .mut_args(|arg| {
            let takes_value = matches!(arg.get_action(), ArgAction::Set);
            let arg = if takes_value { arg.hide_default_value(true).hide_possible_values(true) } else { arg };
            match (arg.get_help_heading(), arg.is_positional()) {
                (Some(_), _) => arg,
                (None, true) => arg.help_heading("Arguments"),
                (None, false) => arg.help_heading("Options"),
            }
        })
}

/// What was typed, with the values of the command's own options.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<(Command, ArgMatches), clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    let typed = Cli::from_arg_matches(&matches)?;
    let mut leaf = matches;
    while let Some((_, below)) = leaf.remove_subcommand() {
        leaf = below;
    }
    Ok((typed.command, leaf))
}

/// A line that cannot be understood, in French. `None` for help and version, which are no errors.
pub fn failure(error: &clap::Error) -> Option<Failure> {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let (argument, value) = (said(ContextKind::InvalidArg), said(ContextKind::InvalidValue));
    let what = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
        ErrorKind::UnknownArgument => format!("option ou argument inconnu\u{a0}: {argument}"),
        ErrorKind::InvalidSubcommand => format!("commande inconnue\u{a0}: {}", said(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "il manque une commande".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("il manque\u{a0}: {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} attend une valeur"),
        ErrorKind::InvalidValue => format!("«\u{a0}{value}\u{a0}» ne convient pas à {argument}"),
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(|source| format!("\u{a0}: {source}")).unwrap_or_default();
            format!("«\u{a0}{value}\u{a0}» ne convient pas à {argument}{reason}")
        }
        ErrorKind::ArgumentConflict => format!("{argument} est donné deux fois, ou ne va pas avec le reste"),
        _ => "ligne de commande incomprise".to_owned(),
    };
    let near = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::ValidValue,
        ContextKind::ValidSubcommand,
    ]
    .into_iter()
    .map(said)
    .find(|near| !near.is_empty());
    let mend = match near {
        Some(near) => format!("essayez\u{a0}: {near}\u{202f}; toute l’aide\u{a0}: jonction --help"),
        None => "toute l’aide\u{a0}: jonction --help, ou jonction COMMANDE --help".to_owned(),
    };
    Some(Failure::new(Exit::Usage, what).at("ligne de commande").mend(mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<(Command, ArgMatches), clap::Error> {
        parse(std::iter::once("jonction").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn names_are_a_contract() {
        for line in [
            "demo",
            "demo --dir d --size small --listen 127.0.0.1:0",
            "serve --database sqlite:x --listen 127.0.0.1:0",
            "synthesize --households 10 --seed 1 --date 2026-10-31 --out a.xml --previous b.xml",
            "synthesize --households 10 --seed 1 --date 2026-10-31 --out a.xml --france-travail b --questionnaire c --recommendations d",
            "import caf a.xml --database sqlite:x --dry-run --report r.json --accept-count",
            "import france-travail a.csv --database sqlite:x --date 2026-10-20 --complete --accept-probable --dry-run",
            "import questionnaire a.xlsx --mapping a.toml --origin CAF --sheet Export --report r.json",
            "import recommendations a.csv --database sqlite:x",
            "import referential a.toml --school ecole-cip --database sqlite:x --dry-run --report r.json",
            "import candidates a.csv --school ecole-cip --cohort CIP-2026-1 --database sqlite:x --dry-run",
            "check --database sqlite:x",
            "verify --checkpoints a.txt",
            "backup --to a --database sqlite:x",
            "restore --from a --force",
            "account create --email a@exemple.fr --name Ada",
            "transit query f.zip --date 2026-11-24 --from A --depart 08:00 --out a.csv",
            "transit query f --date 2026-11-24 --latitude 48.9 --longitude -2.4 --depart 25:10 --out a --scenario s.toml",
            "transit matrix f --origins o.csv --targets t.csv --date 2026-11-24 --window 08:00-10:00 --out a.csv",
            "transit check f",
            "transit import f.zip --accept-faults --data-folder d",
            "version",
        ] {
            if let Err(error) = typed(line) {
                panic!("{line}: {error}");
            }
        }
    }

    #[test]
    fn errors_are_in_french_and_say_what_to_do() {
        for (line, expected) in [
            ("", "il manque une commande"),
            ("demmo", "commande inconnue"),
            ("import", "il manque une commande"),
            ("import caf", "FICHIER"),
            ("import caf a.xml --dryrun", "--dryrun"),
            ("demo --size huge", "huge"),
            ("demo --listen", "attend une valeur"),
            ("synthesize --households x --seed 1 --date 2026-10-31 --out a", "nombre entier"),
            ("transit query f --date 2026-11-24 --from A --depart 8h --out a", "08:00"),
            ("transit query f --date 2026-11-24 --depart 08:00 --out a", "--from"),
            ("transit matrix f --origins o --targets t --date 2026-11-24 --window 10:00-08:00 --out a", "dans l’ordre"),
            ("synthesize --households 1 --seed 1 --date 31/10/2026 --out a", "2026-10-31"),
        ] {
            let said = failure(&typed(line).unwrap_err()).unwrap().to_string();
            assert!(said.contains(expected), "{line}: {said}");
            assert!(said.contains("Que faire"), "{line}: {said}");
        }
    }

    #[test]
    fn help_is_in_french() {
        for line in
            ["--help", "serve --help", "import caf --help", "demo --help", "account --help", "transit query --help"]
        {
            let help = typed(line).unwrap_err().render().to_string();
            for english in ["Usage", "Print", "Commands:", "[default", "[env", "possible values", "<COMMAND>"] {
                assert!(!help.contains(english), "{line} says {english}:\n{help}");
            }
        }
    }
}
