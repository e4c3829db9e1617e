//! Server time of each page against the bare queries it needs: the statements that the page sent are noted, then sent
//! again by the bare driver, rows read to the end; what it wrote (the reading log) in one transaction, each time under
//! the next numbers. On SQLite, which works in this
//! process, the time is that of the processor; PostgreSQL works elsewhere, and its time is that on the wall.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Instant as Monotonic;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base::{Clock, Instant};
use db::recording::{self, Asked};
use exchange::caf::{Import, import};
use jiff::SignedDuration;
use jiff::civil::date;
use platform::jobs::Handlers;
use platform::{Actor, Keys, Mail, Platform, session};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use tokio_postgres::types::{Json, ToSql, Type};
use tower::ServiceExt;
use web::app::App;
use web::site::Site;

use super::table::Table;
use super::{cpu_seconds, month};

#[derive(clap::Args)]
pub struct Arguments {
    /// Sizes of the département, in households (85,000 is the real one; 425,000 hold a million persons).
    #[arg(long, value_delimiter = ',', default_values_t = [8_500, 85_000, 425_000])]
    households: Vec<u64>,
    /// Requests of each page.
    #[arg(long, default_value_t = 100)]
    requests: u32,
    /// Measure on this PostgreSQL database instead of SQLite, at the first size asked. It must be empty, or hold the
    /// demonstration.
    #[arg(long)]
    postgres: Option<String>,
    /// Measure on the demonstration at real size, whose people are oriented, shared out and met: its boards too. It is
    /// made the first time, which takes a while, and kept.
    #[arg(long)]
    demonstration: bool,
    /// Only the pages whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
}

/// Name, role whose account asks, address (`{person}` and `{name}` are somebody of the list).
const PAGES: &[(&str, &str, &str)] = &[
    ("accueil, responsable d’agence", "responsable", "/"),
    ("liste de l’agence", "responsable", "/personnes"),
    ("liste de l’agence, droit suspendu", "responsable", "/personnes?droit=4"),
    ("liste du département, par âge", "mission", "/personnes?tri=age"),
    ("recherche d’un nom", "mission", "/recherche?q={name}"),
    ("recherche, une faute", "mission", "/recherche?q={slip}"),
    ("recherche d’une date de naissance", "mission", "/recherche?q=15/03/1990"),
    ("dossier d’une personne", "responsable", "/personnes/{person}"),
    ("rapprochements à décider", "flux", "/rapprochements"),
    ("imports", "flux", "/imports"),
    ("territoire et carte", "mission", "/territoire"),
    ("structures", "mission", "/territoire/structures"),
];

/// What only has something to show once people are accompanied.
const BOARDS: &[(&str, &str, &str)] = &[
    ("orientations à décider", "mission", "/orientations"),
    ("orientations, une voie", "mission", "/orientations?voie=social"),
    ("règles d’orientation", "mission", "/orientations/regles"),
    ("orientation d’une personne", "mission", "/personnes/{person}/orientation"),
    ("tableau de bord de l’agence", "responsable", "/agence"),
    ("personnes de l’agence", "responsable", "/agence/personnes"),
    ("personnes sans premier rendez-vous", "responsable", "/agence/personnes?etape=unmet"),
    ("équipe de l’agence", "responsable", "/agence/equipe"),
    ("portefeuille d’une conseillère", "conseillere", "/suivi"),
    ("suivi d’une personne", "responsable", "/personnes/{person}/suivi"),
    ("demandes d’appui", "cisp", "/appuis"),
    ("flux du département", "mission", "/pilotage/flux"),
];

/// The measure is the least of so many rounds: what else the machine does only ever adds.
pub(super) const ROUNDS: u32 = 5;

pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let requests = arguments.requests.div_ceil(ROUNDS);
    if arguments.demonstration {
        let folder = Path::new("target/bench/demonstration");
        let lite = format!("sqlite:{}", folder.join("jonction.sqlite").display());
        let url = arguments.postgres.unwrap_or(lite);
        let platform = filled(&url, folder).await?;
        let pages: Vec<_> =
            PAGES.iter().chain(BOARDS).copied().filter(|(name, ..)| name.contains(&arguments.only)).collect();
        return measure(&url, &platform, &pages, "the demonstration", requests).await.map(drop);
    }
    if let Some(url) = &arguments.postgres {
        let households = arguments.households[0];
        let platform = furnished(url, households).await?;
        return measure(url, &platform, PAGES, &format!("{households} households"), requests).await.map(drop);
    }
    let mut curve: Vec<Vec<f64>> = vec![Vec::new(); PAGES.len()];
    for households in &arguments.households {
        let folder = tempfile::tempdir_in("target/bench")?;
        let path = folder.path().join("pages.sqlite");
        let url = format!("sqlite:{}", path.display());
        let platform = furnished(&url, *households).await?;
        let measured = measure(&url, &platform, PAGES, &format!("{households} households"), requests).await?;
        for (sizes, page) in curve.iter_mut().zip(measured) {
            sizes.push(page);
        }
    }
    println!("\nGrowth: ms of the page at {:?} households, then the last to the first", arguments.households);
    for ((name, ..), sizes) in PAGES.iter().zip(curve) {
        let list: Vec<String> = sizes.iter().map(|page| format!("{page:8.2}")).collect();
        let growth = sizes.last().zip(sizes.first()).map_or(1.0, |(last, first)| last / first);
        println!("{name:<40} {}   × {growth:.2}", list.join(" "));
    }
    Ok(())
}

/// Measures these pages; gives the milliseconds of each.
async fn measure(
    url: &str,
    platform: &Platform,
    pages: &[(&'static str, &'static str, &'static str)],
    what: &str,
    requests: u32,
) -> anyhow::Result<Vec<f64>> {
    let router = router(platform).await?;
    let somebody = Somebody::of(&router, platform).await?;
    let bare = Bare::open(url).await?;
    let clock = if url.starts_with("sqlite") { Watch::Processor } else { Watch::Wall };
    println!("\n{} · {what}", if url.starts_with("sqlite") { "SQLite, CPU" } else { "PostgreSQL, wall" });
    let asked = pages.iter().map(|(name, account, address)| (*name, *account, somebody.fill(address)));
    let measured = compare(&router, platform, &bare, clock, asked, requests).await?;
    platform.stop().await;
    Ok(measured)
}

/// Prints what each page takes beside its bare queries; gives the milliseconds of the pages. `asked`: name, account
/// that asks, address.
pub(super) async fn compare<'a>(
    router: &Router,
    platform: &Platform,
    bare: &Bare,
    clock: Watch,
    asked: impl Iterator<Item = (&'a str, &'a str, String)>,
    requests: u32,
) -> anyhow::Result<Vec<f64>> {
    let mut table = Table::new(["page", "statements", "kB", "page ms", "bare ms", "ratio"]);
    let mut measured = Vec::new();
    for (name, account, address) in asked {
        let token = sign_in(platform, account).await?;
        let html = get(router, &token, &address).await?;
        let (mut page, mut bare_ms) = (f64::INFINITY, f64::INFINITY);
        let mut statements = 0;
        for _ in 0..ROUNDS {
            let start = clock.seconds();
            for _ in 0..requests {
                get(router, &token, &address).await?;
            }
            page = page.min((clock.seconds() - start) * 1_000.0 / f64::from(requests));
            let before = noted(router, &token, &address).await?;
            let mut again = Again::of(&before, noted(router, &token, &address).await?)?;
            statements = again.asked.len();
            bare_ms = bare_ms.min(bare.time(&mut again, requests, clock).await?);
        }
        table.row([
            name.to_owned(),
            statements.to_string(),
            (html.len() / 1_000).to_string(),
            format!("{page:.2}"),
            format!("{bare_ms:.2}"),
            format!("{:.2}", page / bare_ms),
        ]);
        measured.push(page);
    }
    table.print();
    Ok(measured)
}

/// The statements of a page, to be sent again.
struct Again {
    asked: Vec<Asked>,
    /// By how much each parameter of each statement that writes grew from one request to the next: a number or a moment
    /// that is new each time.
    steps: Vec<Vec<i64>>,
}

impl Again {
    /// From two requests of the same page, one after the other.
    fn of(before: &[Asked], asked: Vec<Asked>) -> anyhow::Result<Self> {
        anyhow::ensure!(before.len() == asked.len(), "the page does not send the same statements twice");
        let step = |(before, after): (&Value, &Value)| match (before, after) {
            (Value::Integer(before), Value::Integer(after)) => after - before,
            _ => 0,
        };
        let steps = before.iter().zip(&asked).map(|(before, after)| {
            if after.writes { before.params.iter().zip(&after.params).map(step).collect() } else { Vec::new() }
        });
        Ok(Self { steps: steps.collect(), asked })
    }

    /// The first and the last statement that write: one transaction from one to the other.
    fn transaction(&self) -> Option<(usize, usize)> {
        let first = self.asked.iter().position(|asked| asked.writes)?;
        Some((first, self.asked.iter().rposition(|asked| asked.writes)?))
    }

    /// On to the numbers that the next request would take.
    fn advance(&mut self) {
        for (asked, steps) in self.asked.iter_mut().zip(&self.steps) {
            for (param, step) in asked.params.iter_mut().zip(steps) {
                if let Value::Integer(number) = param {
                    *number += step;
                }
            }
        }
    }
}

/// The statements of one request.
async fn noted(router: &Router, token: &str, address: &str) -> anyhow::Result<Vec<Asked>> {
    recording::start();
    get(router, token, address).await?;
    Ok(recording::stop())
}

/// What time is read from.
#[derive(Clone, Copy)]
pub(super) enum Watch {
    Processor,
    Wall,
}

impl Watch {
    fn seconds(self) -> f64 {
        static BEGINNING: LazyLock<Monotonic> = LazyLock::new(Monotonic::now);
        match self {
            Self::Processor => cpu_seconds(),
            Self::Wall => BEGINNING.elapsed().as_secs_f64(),
        }
    }
}

/// The whole application over a platform.
pub(super) async fn router(platform: &Platform) -> anyhow::Result<Router> {
    let tenant = platform::tenant::all(&platform.db).await?[0].id;
    let app = App::new(platform.clone(), Arc::new(Site::sample()), tenant, std::env::temp_dir(), migrations::ALL);
    Ok(web::app::router(app)?)
}

/// A platform with territory and accounts on the morning of the demonstration, and who acts for the program.
pub(super) async fn settled(url: &str) -> anyhow::Result<(Platform, Actor)> {
    let past = Clock::manual(demo::timeline::ADOPTION.instant());
    let db = db::Db::open(url).await?;
    db::migrate(&db, migrations::ALL, &past).await?;
    let keys = Keys::derive(&[7; 32]);
    let platform = Platform::start(db.clone(), past, keys.clone(), Mail::none());
    let department =
        platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", support::declared_parameters()).await?;
    platform.keys.check(&platform.db, department.id).await?;
    let actor = Actor::program(department.id);
    demo::settle(&platform, &actor, |_, _, _| {}).await?;
    platform.stop().await;
    let start = Instant::start_of(date(2026, 11, 22)).plus(SignedDuration::from_hours(8));
    Ok((Platform::start(db, Clock::starting_at(start), keys, Mail::none()), actor))
}

/// The same with one month of that many households.
async fn furnished(url: &str, households: u64) -> anyhow::Result<Platform> {
    let (platform, actor) = settled(url).await?;
    let request = Import {
        path: month(households)?,
        file_name: "bench".to_owned(),
        dry_run: false,
        accept_count_mismatch: false,
    };
    import(&platform, &actor, &request, |_| {}).await?;
    Ok(platform)
}

/// The demonstration at real size, once all its people have come in.
async fn filled(url: &str, folder: &Path) -> anyhow::Result<Platform> {
    let demonstration = demo::open_on(url, folder, demo::Size::Full, |_, _, _| {}).await?;
    let (platform, department) = (demonstration.platform, demonstration.department);
    let handlers = exchange::caf::job::register(Handlers::of_the_house(None));
    let handlers = demo::register(support::jobs::register(exchange::inputs::job::register(handlers)));
    let (done, stop) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(platform::jobs::run(platform.clone(), handlers, async { drop(stop.await) }));
    let began = Monotonic::now();
    let mut told = String::new();
    while let Some(filling) = demo::filling(&platform, &department).await? {
        if told != filling.what {
            println!("{:>6.0} s  {}", began.elapsed().as_secs_f64(), filling.what);
            told = filling.what;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    println!("{:>6.0} s  filled", began.elapsed().as_secs_f64());
    drop(done);
    worker.await?;
    Ok(platform)
}

async fn sign_in(platform: &Platform, account: &str) -> anyhow::Result<String> {
    let email = format!("{account}@demonstration.example");
    Ok(session::sign_in(platform, &email, demo::PASSWORD, "bench").await?.as_str().to_owned())
}

async fn get(router: &Router, token: &str, address: &str) -> anyhow::Result<String> {
    let request = Request::builder()
        .uri(address)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, format!("jonction={token}"))
        .extension(axum::extract::ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 9))))
        .body(Body::empty())?;
    let response = router.clone().oneshot(request).await?;
    anyhow::ensure!(response.status() == StatusCode::OK, "{address}: {}", response.status());
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
    Ok(String::from_utf8(bytes.to_vec())?)
}

/// A person of the agency's list, to open and to search.
struct Somebody {
    person: String,
    name: String,
}

impl Somebody {
    async fn of(router: &Router, platform: &Platform) -> anyhow::Result<Self> {
        let token = sign_in(platform, "responsable").await?;
        let html = get(router, &token, "/personnes").await?;
        let links = html.split("href=\"/personnes/").skip(1);
        let (person, name) = links
            .filter_map(|link| {
                let (person, rest) = link.split_once('"')?;
                let name = rest.split_once('>')?.1.split_once('<')?.0.split_whitespace().next()?;
                (person.parse::<i64>().is_ok() && name.len() >= 5 && name.is_ascii())
                    .then(|| (person.to_owned(), name.to_owned()))
            })
            .nth(5)
            .ok_or_else(|| anyhow::anyhow!("nobody with an ordinary name on the first page of the list"))?;
        Ok(Self { person, name })
    }

    fn fill(&self, address: &str) -> String {
        // Two letters exchanged: what a hurried hand types.
        let mut slip: Vec<char> = self.name.chars().collect();
        slip.swap(2, 3);
        let slip: String = slip.into_iter().collect();
        address.replace("{person}", &self.person).replace("{name}", &self.name).replace("{slip}", &slip)
    }
}

/// The driver alone.
pub(super) enum Bare {
    Sqlite(Connection),
    Postgres(tokio_postgres::Client),
}

impl Bare {
    pub(super) async fn open(url: &str) -> anyhow::Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let connection = Connection::open(path)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            connection.execute_batch(
                "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA synchronous = NORMAL",
            )?;
            connection.set_prepared_statement_cache_capacity(512);
            return Ok(Self::Sqlite(connection));
        }
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute("SET jit = off").await?;
        Ok(Self::Postgres(client))
    }

    /// Milliseconds of one request: the mean of a round of so many.
    async fn time(&self, again: &mut Again, requests: u32, watch: Watch) -> anyhow::Result<f64> {
        let (first, last) = again.transaction().unzip();
        let start;
        match self {
            Self::Sqlite(connection) => {
                start = watch.seconds();
                for _ in 0..requests {
                    again.advance();
                    for (position, asked) in again.asked.iter().enumerate() {
                        if first == Some(position) {
                            connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
                        }
                        send(connection, asked)?;
                        if last == Some(position) {
                            connection.prepare_cached("COMMIT")?.execute([])?;
                        }
                    }
                }
            }
            Self::Postgres(client) => {
                let mut prepared = Vec::new();
                for asked in &again.asked {
                    prepared.push(client.prepare(&asked.postgres).await?);
                }
                start = watch.seconds();
                for _ in 0..requests {
                    again.advance();
                    for (position, (statement, asked)) in prepared.iter().zip(&again.asked).enumerate() {
                        if first == Some(position) {
                            client.batch_execute("BEGIN").await?;
                        }
                        let typed: Vec<_> = statement
                            .params()
                            .iter()
                            .zip(&asked.params)
                            .map(|(kind, value)| typed(kind, value))
                            .collect();
                        let params: Vec<&(dyn ToSql + Sync)> =
                            typed.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect();
                        std::hint::black_box(client.query(statement, &params).await?);
                        if last == Some(position) {
                            client.batch_execute("COMMIT").await?;
                        }
                    }
                }
            }
        }
        Ok((watch.seconds() - start) * 1_000.0 / f64::from(requests))
    }
}

/// One statement by the bare driver, its rows read to the end.
fn send(connection: &Connection, asked: &Asked) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(&asked.sqlite)?;
    for (position, value) in asked.params.iter().enumerate() {
        statement.raw_bind_parameter(position + 1, value)?;
    }
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get::<_, Value>(column)?);
        }
    }
    Ok(())
}

/// A noted value in the type that PostgreSQL expects.
fn typed(kind: &Type, value: &Value) -> Box<dyn ToSql + Sync + Send> {
    match (kind, value) {
        (&Type::BOOL, Value::Integer(number)) => Box::new(*number != 0),
        (&Type::TIMESTAMPTZ, Value::Integer(micros)) => Box::new(Instant::from_micros(*micros).timestamp()),
        (&Type::DATE, Value::Text(day)) => Box::new(day.parse::<jiff::civil::Date>().ok()),
        (&Type::JSONB, Value::Text(json)) => Box::new(Json(serde_json::from_str::<serde_json::Value>(json).ok())),
        (_, Value::Integer(number)) => Box::new(*number),
        (_, Value::Text(text)) => Box::new(text.clone()),
        (_, Value::Blob(bytes)) => Box::new(bytes.clone()),
        (&Type::DATE, _) => Box::new(None::<jiff::civil::Date>),
        (&Type::INT8, _) => Box::new(None::<i64>),
        (&Type::TIMESTAMPTZ, _) => Box::new(None::<jiff::Timestamp>),
        (&Type::BOOL, _) => Box::new(None::<bool>),
        _ => Box::new(None::<String>),
    }
}
