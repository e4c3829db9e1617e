//! The configuration: one table, from which the options of the commands, the reading of the file and
//! `docs/configuration.md` all come. A flag wins over the environment, which wins over the file, which wins over the
//! default.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use base::Email;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};
use platform::Mail;
use platform::checkpoint::Target;
use tracing_subscriber::filter::Targets;
use web::assets::Accent;
use web::site::Logo;

use crate::failure::{Failure, Result};

/// Which commands take a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// Every command that opens the data.
    Data,
    /// `serve` alone.
    Service,
    /// Every command.
    Log,
}

/// A line of the table.
pub struct Setting {
    /// In the file.
    pub key: &'static str,
    pub env: &'static str,
    pub flag: &'static str,
    /// What the value is, in the help: `ADRESSE`.
    pub value: &'static str,
    /// Empty: none.
    pub default: &'static str,
    pub group: Group,
    /// In the help of the commands.
    pub help: &'static str,
    /// In `docs/configuration.md`, checked by a test.
    #[cfg_attr(not(test), expect(dead_code, reason = "the words of the documentation"))]
    pub meaning: &'static str,
}

macro_rules! settings {
    ($($key:literal, $env:literal, $flag:literal, $value:literal, $default:literal, $group:ident, $help:literal, $meaning:literal;)+) => {
        /// The table.
        pub const ALL: &[Setting] = &[$(Setting {
            key: $key, env: $env, flag: $flag, value: $value, default: $default, group: Group::$group, help: $help, meaning: $meaning,
        }),+];
    };
}

settings! {
    "database", "JONCTION_DATABASE", "database", "ADRESSE", "sqlite:data/jonction.sqlite", Data,
    "Base de données\u{a0}: sqlite:CHEMIN ou postgres://UTILISATEUR@HÔTE/BASE",
    "The database: `sqlite:PATH` (created when missing) or `postgres://USER:PASSWORD@HOST/NAME` (an empty database to begin with).";

    "data_folder", "JONCTION_DATA_FOLDER", "data-folder", "DOSSIER", "", Data,
    "Dossier de la clé et des fichiers reçus [par défaut\u{a0}: celui de la base SQLite, sinon data]",
    "Where the key and the spool lie unless said otherwise. Default: the folder of the SQLite file; `data` with PostgreSQL.";

    "key_file", "JONCTION_KEY_FILE", "key-file", "FICHIER", "", Data,
    "Clé qui protège les NIR [par défaut\u{a0}: jonction.key dans le dossier des données]\u{202f}; créée au premier lancement",
    "The key that protects registration numbers, outside the database. Default: `jonction.key` in the data folder. Created at the first start, never overwritten; back it up apart from the database.";

    "department_code", "JONCTION_DEPARTMENT_CODE", "department-code", "CODE", "93", Data,
    "Code du département",
    "Official code of the département: `93`, `2A`, `974`.";

    "department_name", "JONCTION_DEPARTMENT_NAME", "department-name", "NOM", "Département de la Seine-Saint-Denis", Data,
    "Nom du département, tel qu’affiché",
    "Its name as shown on every page.";

    "checkpoint_folder", "JONCTION_CHECKPOINT_FOLDER", "checkpoint-folder", "DOSSIER", "", Data,
    "Dossier, de préférence sur une autre machine, où déposer les points de contrôle du journal",
    "Folder, best on another machine, where checkpoints of the journal are added every hour. Without it the journal has no outside anchor.";

    "checkpoint_address", "JONCTION_CHECKPOINT_ADDRESS", "checkpoint-address", "COURRIEL", "", Data,
    "Adresse électronique à qui envoyer aussi les points de contrôle",
    "Mail address that also receives each checkpoint (needs `checkpoint_folder` and `mail_url`).";

    "listen", "JONCTION_LISTEN", "listen", "ADRESSE", "127.0.0.1:8093", Service,
    "Adresse et port d’écoute",
    "Address and port to listen on. Keep it on the loopback and put a reverse proxy in front.";

    "public_origin", "JONCTION_PUBLIC_ORIGIN", "public-origin", "ORIGINE", "", Service,
    "Origine publique, comme les navigateurs la voient\u{a0}: https://insertion.exemple.fr [par défaut\u{a0}: http:// et l’adresse d’écoute]",
    "What browsers see: `https://insertion.example.org`. Forms posted from elsewhere are refused. Default: `http://` and the address listened on.";

    "secure_cookies", "JONCTION_SECURE_COOKIES", "secure-cookies", "auto|yes|no", "auto", Service,
    "Cookies réservés à HTTPS\u{a0}: yes, no, ou auto (yes dès que l’origine publique est en https)",
    "Whether cookies travel over HTTPS only: `yes`, `no`, or `auto` (yes as soon as the public origin is https).";

    "behind_proxy", "JONCTION_BEHIND_PROXY", "behind-proxy", "yes|no", "no", Service,
    "Un serveur mandataire à nous transmet les requêtes\u{a0}: croire son X-Forwarded-For",
    "Whether one reverse proxy of yours stands in front: its `X-Forwarded-For` then tells who asks (limits on sign-in).";

    "product", "JONCTION_PRODUCT", "product", "NOM", "Jonction", Service,
    "Nom de l’application, tel qu’affiché",
    "What the application is called on screen.";

    "accent", "JONCTION_ACCENT", "accent", "#RRVVBB", "#0b5f73", Service,
    "Couleur du département",
    "The département's colour. It is darkened or lightened until it passes WCAG AA in both themes.";

    "logo", "JONCTION_LOGO", "logo", "FICHIER", "", Service,
    "Image de l’en-tête (svg, png, webp ou jpeg)",
    "Image of the header: an svg, png, webp or jpeg file.";

    "spool_folder", "JONCTION_SPOOL_FOLDER", "spool-folder", "DOSSIER", "", Service,
    "Dossier des fichiers reçus en attente [par défaut\u{a0}: reception dans le dossier des données]",
    "Where uploaded files wait for their import. Default: `reception` in the data folder. With several nodes, a folder they share.";

    "mail_url", "JONCTION_MAIL_URL", "mail-url", "ADRESSE", "", Service,
    "Envoi du courrier\u{a0}: smtp://HÔTE:PORT, smtps://HÔTE ou file:DOSSIER [par défaut\u{a0}: aucun]",
    "Outgoing mail: `smtp://USER:PASSWORD@HOST:PORT` (STARTTLS required), `smtps://…`, `file:FOLDER` (one file a message), or nothing. Best given by the environment: it may hold a password.";

    "mail_from", "JONCTION_MAIL_FROM", "mail-from", "COURRIEL", "jonction@localhost.localdomain", Service,
    "Adresse de l’expéditeur du courrier",
    "Sender of the mail.";

    "log_format", "JONCTION_LOG_FORMAT", "log-format", "text|json", "text", Log,
    "Forme du journal technique\u{a0}: text ou json",
    "Shape of the technical log on the error output: `text` or `json` (one object a line). It holds no personal data.";

    "log_level", "JONCTION_LOG_LEVEL", "log-level", "NIVEAU", "warn,jonction=info,platform=info,web=info", Log,
    "Niveau du journal technique\u{a0}: error, warn, info, debug, trace, ou par partie\u{a0}: warn,web=debug",
    "Level of the technical log: `error`, `warn`, `info`, `debug`, `trace`, or by part: `warn,web=debug`.";
}

/// The file, when none is named.
const FILE: &str = "jonction.toml";
const FILE_FLAG: &str = "config";

/// The options a command takes, from the table.
pub fn args(groups: &[Group]) -> Vec<Arg> {
    let file = Arg::new(FILE_FLAG)
        .long(FILE_FLAG)
        .env("JONCTION_CONFIG")
        .value_name("FICHIER")
        .help(format!("Fichier de configuration [par défaut\u{a0}: {FILE} s’il existe] [JONCTION_CONFIG]"));
    let settings = ALL.iter().filter(|setting| groups.contains(&setting.group)).map(|setting| {
        let default = match setting.default {
            "" => String::new(),
            default => format!(" [par défaut\u{a0}: {default}]"),
        };
        // The environment may hold a password: its values never show.
        Arg::new(setting.key)
            .long(setting.flag)
            .env(setting.env)
            .value_name(setting.value)
            .help(format!("{}{default} [{}]", setting.help, setting.env))
    });
    std::iter::once(file).chain(settings).map(|arg| arg.hide_env(true).help_heading("Configuration")).collect()
}

/// The place of what nobody said.
const DEFAULT: &str = "valeur par défaut";

/// A value and where it was said.
#[derive(Clone, Debug)]
struct Said {
    text: String,
    place: String,
}

/// The settings of one run.
#[derive(Clone, Debug)]
pub struct Settings(BTreeMap<&'static str, Said>);

impl Settings {
    /// Puts the four sources together.
    ///
    /// # Errors
    /// A file that cannot be read, or that holds something unknown.
    pub fn read(matches: &ArgMatches) -> Result<Self> {
        let named = matches.try_get_one::<String>(FILE_FLAG).ok().flatten();
        let path = Path::new(named.map_or(FILE, String::as_str));
        let in_file = match std::fs::read_to_string(path) {
            Ok(text) => parse(path, &text)?,
            Err(problem) if named.is_none() && problem.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(problem) => {
                return Err(Failure::configuration(format!("fichier de configuration illisible ({problem})"))
                    .at(path.display())
                    .mend("vérifiez le chemin donné par --config ou JONCTION_CONFIG"));
            }
        };
        let mut said = BTreeMap::new();
        for setting in ALL {
            let typed = matches.try_get_one::<String>(setting.key).ok().flatten();
            let place =
                match matches.try_contains_id(setting.key).is_ok().then(|| matches.value_source(setting.key)).flatten()
                {
                    Some(ValueSource::EnvVariable) => format!("variable {}", setting.env),
                    _ => format!("option --{}", setting.flag),
                };
            let value = match (typed, in_file.get(setting.key)) {
                (Some(text), _) => Said { text: text.clone(), place },
                (None, Some(said)) => said.clone(),
                (None, None) => Said { text: setting.default.to_owned(), place: DEFAULT.to_owned() },
            };
            said.insert(setting.key, value);
        }
        Ok(Self(said))
    }

    fn said(&self, key: &str) -> &Said {
        self.0.get(key).expect("a key of the table")
    }

    pub fn text(&self, key: &str) -> &str {
        &self.said(key).text
    }

    fn refuse(&self, key: &str, what: impl std::fmt::Display, mend: &str) -> Failure {
        Failure::configuration(format!("réglage «\u{a0}{key}\u{a0}»\u{a0}: {what}"))
            .at(&self.said(key).place)
            .mend(mend)
    }

    fn parsed<T: std::str::FromStr>(&self, key: &str, mend: &str) -> Result<T> {
        let text = self.text(key);
        text.parse().map_err(|_| self.refuse(key, format!("«\u{a0}{text}\u{a0}» ne convient pas"), mend))
    }

    fn yes(&self, key: &str) -> Result<bool> {
        match self.text(key) {
            "yes" | "true" => Ok(true),
            "no" | "false" => Ok(false),
            text => Err(self.refuse(key, format!("«\u{a0}{text}\u{a0}» ne convient pas"), "écrivez yes ou no")),
        }
    }

    pub fn listen(&self) -> Result<SocketAddr> {
        self.parsed("listen", "écrivez une adresse et un port, par exemple 127.0.0.1:8093")
    }

    /// The origin browsers see, given the address really listened on.
    pub fn public_origin(&self, listening: SocketAddr) -> Result<String> {
        let text = self.text("public_origin").trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match host {
            _ if text.is_empty() => Ok(format!("http://{listening}")),
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => Ok(text.to_owned()),
            _ => Err(self.refuse(
                "public_origin",
                format!("«\u{a0}{text}\u{a0}» ne convient pas"),
                "écrivez https:// et le nom de la machine, sans chemin\u{a0}: https://insertion.exemple.fr",
            )),
        }
    }

    pub fn secure_cookies(&self, public_origin: &str) -> Result<bool> {
        match self.text("secure_cookies") {
            "auto" => Ok(public_origin.starts_with("https://")),
            _ => self.yes("secure_cookies"),
        }
    }

    pub fn behind_proxy(&self) -> Result<bool> {
        self.yes("behind_proxy")
    }

    /// The file of a SQLite database.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.text("database").strip_prefix("sqlite:").map(PathBuf::from)
    }

    pub fn data_folder(&self) -> PathBuf {
        match (self.text("data_folder"), self.sqlite_file()) {
            ("", Some(file)) => match file.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
                _ => PathBuf::from("."),
            },
            ("", None) => PathBuf::from("data"),
            (folder, _) => PathBuf::from(folder),
        }
    }

    fn path_or(&self, key: &str, name: &str) -> PathBuf {
        match self.text(key) {
            "" => self.data_folder().join(name),
            path => PathBuf::from(path),
        }
    }

    pub fn key_file(&self) -> PathBuf {
        self.path_or("key_file", "jonction.key")
    }

    pub fn spool_folder(&self) -> PathBuf {
        self.path_or("spool_folder", "reception")
    }

    /// Code and name.
    pub fn department(&self) -> Result<(&str, &str)> {
        let (code, name) = (self.text("department_code"), self.text("department_name"));
        if !(2..=3).contains(&code.len())
            || !code.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, 'A' | 'B'))
        {
            return Err(self.refuse(
                "department_code",
                format!("«\u{a0}{code}\u{a0}» n’est pas un code de département"),
                "écrivez par exemple 93, 2A ou 974",
            ));
        }
        if name.trim().is_empty() {
            return Err(self.refuse(
                "department_name",
                "le nom est vide",
                "écrivez le nom du département tel qu’il doit s’afficher",
            ));
        }
        Ok((code, name.trim()))
    }

    pub fn checkpoints(&self) -> Result<Option<Target>> {
        let address = match self.text("checkpoint_address") {
            "" => None,
            _ => Some(self.email("checkpoint_address")?),
        };
        match (self.text("checkpoint_folder"), address) {
            ("", None) => Ok(None),
            ("", Some(_)) => Err(self.refuse(
                "checkpoint_address",
                "il faut aussi un dossier",
                "indiquez checkpoint_folder\u{a0}: les points de contrôle y restent, le courrier n’en est qu’une copie",
            )),
            (folder, address) => Ok(Some(Target { folder: PathBuf::from(folder), address })),
        }
    }

    fn email(&self, key: &str) -> Result<Email> {
        Email::parse(self.text(key))
            .map_err(|problem| self.refuse(key, problem, "écrivez une adresse comme jonction@exemple.fr"))
    }

    pub fn mail(&self) -> Result<Mail> {
        match self.text("mail_url") {
            "" => Ok(Mail::none()),
            url => Mail::from_url(url, &self.email("mail_from")?)
                .map_err(|problem| self.refuse("mail_url", problem, "corrigez l’adresse du serveur de courrier")),
        }
    }

    pub fn accent(&self) -> Result<Accent> {
        self.text("accent")
            .parse()
            .map_err(|problem| self.refuse("accent", problem, "écrivez une couleur comme #0b5f73"))
    }

    pub fn logo(&self) -> Result<Option<Logo>> {
        let path = match self.text("logo") {
            "" => return Ok(None),
            path => Path::new(path),
        };
        let content_type = match path.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("webp") => "image/webp",
            Some("jpg" | "jpeg") => "image/jpeg",
            _ => {
                return Err(self.refuse(
                    "logo",
                    format!("«\u{a0}{}\u{a0}» n’est pas une image connue", path.display()),
                    "donnez un fichier svg, png, webp ou jpeg",
                ));
            }
        };
        let bytes = std::fs::read(path)
            .map_err(|problem| self.refuse("logo", format!("image illisible ({problem})"), "vérifiez le chemin"))?;
        Ok(Some(Logo { bytes, content_type: content_type.to_owned() }))
    }

    /// Whether nobody said anything about a setting.
    pub fn is_default(&self, key: &str) -> bool {
        self.said(key).place == DEFAULT
    }

    /// Whether the technical log is in JSON, and which lines it keeps.
    pub fn log(&self) -> Result<(bool, Targets)> {
        let json = match self.text("log_format") {
            "json" => true,
            "text" => false,
            text => {
                return Err(self.refuse(
                    "log_format",
                    format!("«\u{a0}{text}\u{a0}» ne convient pas"),
                    "écrivez text ou json",
                ));
            }
        };
        Ok((
            json,
            self.parsed("log_level", "écrivez error, warn, info, debug ou trace, ou par partie\u{a0}: warn,web=debug")?,
        ))
    }
}

/// Reads the file: one line a setting, nothing unknown.
fn parse(path: &Path, text: &str) -> Result<BTreeMap<&'static str, Said>> {
    let unreadable = |what: String| Failure::configuration(what).at(path.display());
    let table: toml::Table = text.parse().map_err(|problem: toml::de::Error| {
        let line = problem.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let place = line.map_or_else(|| path.display().to_string(), |line| format!("{}, ligne {line}", path.display()));
        Failure::configuration("le fichier de configuration n’est pas du TOML (guillemets, signe égal)")
            .at(place)
            .mend("écrivez un réglage par ligne\u{a0}: listen = \"127.0.0.1:8093\"")
    })?;
    let mut said = BTreeMap::new();
    for (key, value) in table {
        let Some(setting) = ALL.iter().find(|setting| setting.key == key) else {
            let known: Vec<&str> = ALL.iter().map(|setting| setting.key).collect();
            return Err(unreadable(format!("réglage inconnu\u{a0}: «\u{a0}{key}\u{a0}»"))
                .mend(format!("réglages connus\u{a0}: {}", known.join(", "))));
        };
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Boolean(yes) => if yes { "yes" } else { "no" }.to_owned(),
            toml::Value::Integer(number) => number.to_string(),
            _ => {
                return Err(unreadable(format!("le réglage «\u{a0}{key}\u{a0}» n’est pas un texte"))
                    .mend(format!("écrivez {key} = \"…\"")));
            }
        };
        said.insert(setting.key, Said { text, place: format!("{}, clé {key}", path.display()) });
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Command;

    fn read(arguments: &[&str]) -> Result<Settings> {
        let command = Command::new("jonction").args(args(&[Group::Data, Group::Service, Group::Log]));
        Settings::read(&command.get_matches_from([&["jonction"], arguments].concat()))
    }

    #[test]
    fn names_follow_from_the_key() {
        for setting in ALL {
            assert_eq!(setting.flag, setting.key.replace('_', "-"));
            assert_eq!(setting.env, format!("JONCTION_{}", setting.key.to_uppercase()));
        }
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, "department_code = 75\nproduct = \"Passerelle\"\nsecure_cookies = true\n").unwrap();
        let settings = read(&["--config", file.to_str().unwrap(), "--product", "Trait d’union"]).unwrap();
        assert_eq!(settings.text("product"), "Trait d’union");
        assert_eq!(settings.department().unwrap().0, "75");
        assert!(settings.secure_cookies("http://x").unwrap());
        assert_eq!(settings.text("listen"), "127.0.0.1:8093");
        assert_eq!(settings.key_file(), Path::new("data/jonction.key"));
    }

    #[test]
    fn what_cannot_be_is_said_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        for (text, expected) in [("listn = \"x\"\n", "listn"), ("a = \n", "ligne 1"), ("listen = [1]\n", "listen")] {
            std::fs::write(&file, text).unwrap();
            let said = read(&["--config", file.to_str().unwrap()]).unwrap_err().to_string();
            assert!(said.contains(expected) && said.contains("a.toml"), "{said}");
        }
        let said = read(&["--listen", "ici"]).unwrap().listen().unwrap_err().to_string();
        assert!(said.contains("--listen") && said.contains("ici"), "{said}");
        for (flag, value) in
            [("--secure-cookies", "peut-être"), ("--public-origin", "exemple.fr/x"), ("--department-code", "93066")]
        {
            let settings = read(&[flag, value]).unwrap();
            let refused = settings.secure_cookies("").is_err()
                || settings.public_origin(([127, 0, 0, 1], 80).into()).is_err()
                || settings.department().is_err();
            assert!(refused, "{flag} {value}");
        }
    }

    #[test]
    fn the_document_holds_the_table() {
        let table: String = ALL
            .iter()
            .map(|setting| {
                let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
                format!(
                    "| `{}` | `--{}` | `{}` | {default} | {} |\n",
                    setting.key, setting.flag, setting.env, setting.meaning
                )
            })
            .collect();
        let document = include_str!("../../../docs/configuration.md");
        assert!(document.contains(&table), "docs/configuration.md should hold:\n{table}");
    }
}
