//! `cargo xtask bench timetable`: the families A to E (and the stable matching), beside `fet-cl` and CP-SAT.
//!
//! Every timetable, whoever made it, goes before the independent judge. Times are by the clock on the wall and begin
//! with the instance as text: writing FET's file, starting Python and building CP-SAT's model count.

mod families;
mod fet;
mod matching;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use families::Shape;
use planning::timetable::{Instance, Notice, Options, Session, Status, check, possible, replan, solve};
use serde::Deserialize;

use super::table::Table;

#[derive(Args)]
pub struct Arguments {
    /// Ten seeds instead of three, larger sizes, budgets of 1, 10 and 60 seconds instead of 1 and 10.
    #[arg(long)]
    full: bool,
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Python with the packages `ortools` and `matching`
    /// (`python3 -m venv target/bench-python && target/bench-python/bin/pip install ortools matching`).
    #[arg(long, default_value = "target/bench-python/bin/python")]
    python: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Loose instances.
    A,
    /// Tight ones.
    B,
    /// Impossible ones.
    C,
    /// With wishes.
    D,
    /// After a mishap.
    E,
    /// The stable matching.
    Matching,
}

/// Notice in days before which nothing is moved unsaid.
const NOTICE: u32 = 7;

pub fn run(arguments: &Arguments) -> Result<()> {
    let bench = Bench::new(arguments)?;
    let wanted = |part: Part| arguments.only.is_empty() || arguments.only.contains(&part);
    if wanted(Part::A) {
        bench.feasible("A loose", &[1, 4, 12, 48][..if arguments.full { 4 } else { 3 }], &|shape| {
            Ok(families::loose(shape))
        })?;
    }
    if wanted(Part::B) {
        bench.feasible("B tight", &[4, 8, 12], &|shape| families::tight(shape))?;
    }
    if wanted(Part::C) {
        bench.impossible()?;
    }
    if wanted(Part::D) {
        bench.wishing()?;
    }
    if wanted(Part::E) {
        bench.mishap()?;
    }
    if wanted(Part::Matching) {
        matching::run(bench.cpsat.then_some(&arguments.python))?;
    }
    Ok(())
}

struct Bench {
    seeds: u64,
    budgets: Vec<f64>,
    python: PathBuf,
    fet: bool,
    cpsat: bool,
    folder: PathBuf,
}

/// How one solver fared on one instance.
struct Run {
    seconds: f64,
    sessions: Option<Vec<Session>>,
    /// It says that there is no timetable.
    impossible: bool,
    bound: Option<f64>,
    optimal: bool,
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    sessions: Vec<Session>,
    bound: Option<f64>,
}

/// Seconds of a run, or the seconds after which it had failed.
fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Bench {
    fn new(arguments: &Arguments) -> Result<Self> {
        let folder = PathBuf::from("target/bench/timetable");
        std::fs::create_dir_all(&folder)?;
        let import = Command::new(&arguments.python).args(["-c", "import ortools, matching"]).output();
        let cpsat = import.is_ok_and(|output| output.status.success());
        let fet = fet::is_there();
        if !cpsat {
            println!("CP-SAT: absent ({} has no `ortools` and `matching`)", arguments.python.display());
        }
        if !fet {
            println!("fet-cl: absent (Debian package `fet`)");
        }
        Ok(Self {
            seeds: if arguments.full { 10 } else { 3 },
            budgets: if arguments.full { vec![1.0, 10.0, 60.0] } else { vec![1.0, 10.0] },
            python: arguments.python.clone(),
            fet,
            cpsat,
            folder,
        })
    }

    fn longest(&self) -> f64 {
        self.budgets.last().copied().unwrap_or(10.0)
    }

    /// Ours: one thread.
    fn ours(&self, instance: &Instance, seconds: f64) -> Result<Run> {
        let text = serde_json::to_string(instance)?;
        let began = Instant::now();
        let read: Instance = serde_json::from_str(&text)?;
        let time = Some(Duration::from_secs_f64(seconds));
        let solution = solve(&read, &Options { time, ..Options::default() })?;
        Ok(Run {
            seconds: began.elapsed().as_secs_f64(),
            impossible: solution.status == Status::Infeasible,
            sessions: (solution.status == Status::Solved).then_some(solution.sessions),
            bound: None,
            optimal: false,
        })
    }

    fn fet(&self, instance: &Instance, seconds: f64) -> Result<Run> {
        let began = Instant::now();
        let sessions = fet::run(instance, &self.folder.join("fet"), seconds)?;
        Ok(Run { seconds: began.elapsed().as_secs_f64(), sessions, impossible: false, bound: None, optimal: false })
    }

    /// CP-SAT with two workers; `former` asks it to replan.
    fn cpsat(&self, instance: &Instance, seconds: f64, former: Option<(&[Session], &Notice)>) -> Result<Run> {
        let (task, answer) = (self.folder.join("task.json"), self.folder.join("answer.json"));
        let notice = former.map(|(_, notice)| -> Result<_> {
            let ends = notice.today.checked_add(jiff::Span::new().days(i64::from(notice.days)))?;
            Ok(serde_json::json!({ "today": notice.today, "ends": ends }))
        });
        let json = serde_json::json!({
            "instance": instance,
            "seconds": seconds,
            "workers": 2,
            "former": former.map(|(sessions, _)| sessions),
            "notice": notice.transpose()?,
        });
        let began = Instant::now();
        std::fs::write(&task, json.to_string())?;
        let output = Command::new(&self.python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bench/timetable/cpsat.py"))
            .args([&task, &answer])
            .output()?;
        let seconds = began.elapsed().as_secs_f64();
        ensure!(output.status.success(), "cpsat.py: {}", String::from_utf8_lossy(&output.stderr));
        let read: Answer = serde_json::from_slice(&std::fs::read(&answer)?)?;
        let found = ["OPTIMAL", "FEASIBLE"].contains(&read.status.as_str());
        Ok(Run {
            seconds,
            sessions: found.then_some(read.sessions),
            impossible: read.status == "INFEASIBLE",
            bound: read.bound,
            optimal: read.status == "OPTIMAL",
        })
    }

    /// Time to a first timetable, trainers given and trainers chosen apart.
    fn feasible(&self, family: &str, sizes: &[usize], make: &dyn Fn(&Shape) -> Result<Instance>) -> Result<()> {
        for (trainers, qualified) in [("given", 1), ("chosen", 3)] {
            println!("\n{family}, trainer {trainers}: timetables within {} s, median seconds", self.longest());
            let mut table = Table::new([
                "cohorts",
                "sessions",
                "ours",
                "s",
                "fet-cl",
                "s",
                "CP-SAT",
                "s",
                "fet ÷ ours",
                "CP-SAT ÷ ours",
            ]);
            for cohorts in sizes {
                self.feasible_size(*cohorts, qualified, make, &mut table)?;
            }
            table.print();
        }
        Ok(())
    }

    fn feasible_size(
        &self,
        cohorts: usize,
        qualified: usize,
        make: &dyn Fn(&Shape) -> Result<Instance>,
        table: &mut Table,
    ) -> Result<()> {
        let mut sessions = 0;
        let mut fared: [(usize, Vec<f64>); 3] = Default::default();
        let with_fet = self.fet && qualified == 1;
        for seed in 1..=self.seeds {
            // Two trainers a cohort when they are given; one and a half when each may lead a good part.
            let trainers = if qualified == 1 { cohorts * 2 } else { (cohorts * 3).div_ceil(2) }.max(qualified);
            let instance = make(&Shape { cohorts, trainers, rooms: cohorts.div_ceil(2), qualified, seed })?;
            sessions = instance.modules.iter().map(|module| module.half_days).sum();
            let runs = [
                Some(self.ours(&instance, self.longest())?),
                with_fet.then(|| self.fet(&instance, self.longest())).transpose()?,
                self.cpsat.then(|| self.cpsat(&instance, self.longest(), None)).transpose()?,
            ];
            for (run, (solved, seconds)) in runs.iter().zip(&mut fared) {
                let Some(run) = run else { continue };
                if let Some(found) = &run.sessions {
                    let (flaws, _) = check(&instance, found);
                    ensure!(flaws.is_empty(), "the judge refuses a timetable: {:?}", &flaws[..flaws.len().min(3)]);
                    *solved += 1;
                }
                seconds.push(run.seconds);
            }
        }
        let [ours, fet, cpsat] = fared.map(|(solved, seconds)| {
            let shown = if seconds.is_empty() { "–".to_owned() } else { format!("{solved}/{}", seconds.len()) };
            (shown, median(seconds))
        });
        let number =
            |value: f64, digits: usize| if value.is_nan() { "–".to_owned() } else { format!("{value:.digits$}") };
        table.row([
            cohorts.to_string(),
            sessions.to_string(),
            ours.0,
            number(ours.1, 3),
            fet.0,
            number(fet.1, 2),
            cpsat.0,
            number(cpsat.1, 2),
            number(fet.1 / ours.1, 0),
            number(cpsat.1 / ours.1, 0),
        ]);
        Ok(())
    }

    /// Proofs, and what they name.
    fn impossible(&self) -> Result<()> {
        println!("\nC impossible: proof within {} s, then its reasons", self.longest());
        let mut table = Table::new([
            "seed: kind",
            "ours",
            "s",
            "explained s",
            "reasons",
            "irreducible",
            "CP-SAT",
            "s",
            "CP-SAT ÷ ours",
        ]);
        for seed in 1..=self.seeds {
            let (instance, kind) =
                families::impossible(&Shape { cohorts: 6, trainers: 8, rooms: 6, qualified: 1, seed })?;
            let options = Options { time: Some(Duration::from_secs_f64(self.longest())), ..Options::default() };
            let began = Instant::now();
            let read: Instance = serde_json::from_str(&serde_json::to_string(&instance)?)?;
            let status = possible(&read, &options)?;
            let seconds = began.elapsed().as_secs_f64();
            let began = Instant::now();
            let ours = solve(&instance, &options)?;
            let explained = began.elapsed().as_secs_f64();
            let cpsat = self.cpsat.then(|| self.cpsat(&instance, self.longest(), None)).transpose()?;
            let said = |impossible: bool, found: bool| match (impossible, found) {
                (true, _) => "proved",
                (_, true) => "solvable",
                _ => "unknown",
            };
            table.row([
                format!("{seed}: {kind}"),
                said(status == Status::Infeasible, status == Status::Solved).to_owned(),
                format!("{seconds:.2}"),
                format!("{explained:.2}"),
                ours.conflicts
                    .iter()
                    .map(|conflict| conflict.members.len().to_string())
                    .collect::<Vec<_>>()
                    .join(" + "),
                ours.conflicts.iter().all(|conflict| conflict.irreducible).to_string(),
                cpsat.as_ref().map_or("–", |run| said(run.impossible, run.sessions.is_some())).to_owned(),
                cpsat.as_ref().map_or("–".to_owned(), |run| format!("{:.2}", run.seconds)),
                cpsat.map_or("–".to_owned(), |run| format!("{:.0}", run.seconds / seconds)),
            ]);
        }
        table.print();
        Ok(())
    }

    /// Cost at each budget.
    fn wishing(&self) -> Result<()> {
        for (trainers, qualified) in [("given", 1), ("chosen", 3)] {
            println!("\nD with wishes, trainer {trainers}, 4 cohorts: cost at each budget (less is better)");
            let mut table =
                Table::new(["seed", "budget s", "ours", "CP-SAT", "its bound", "ours ÷ CP-SAT", "ours ÷ bound"]);
            for seed in 1..=self.seeds {
                let trainers = if qualified == 1 { 8 } else { 6 };
                let instance = families::wishing(&Shape { cohorts: 4, trainers, rooms: 2, qualified, seed });
                for budget in &self.budgets {
                    let cost = |run: &Run| -> Result<Option<f64>> {
                        let Some(sessions) = &run.sessions else { return Ok(None) };
                        let (flaws, cost) = check(&instance, sessions);
                        ensure!(flaws.is_empty(), "the judge refuses a timetable: {:?}", &flaws[..flaws.len().min(3)]);
                        Ok(Some(cost.total as f64))
                    };
                    let ours = cost(&self.ours(&instance, *budget)?)?;
                    let peer = self.cpsat.then(|| self.cpsat(&instance, *budget, None)).transpose()?;
                    let theirs = peer.as_ref().map(cost).transpose()?.flatten();
                    let bound = peer.as_ref().and_then(|run| run.bound).filter(|bound| *bound > 0.0);
                    let shown = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.0}"));
                    let ratio = |other: Option<f64>| {
                        ours.zip(other).map_or("–".to_owned(), |(ours, other)| format!("{:.2}", ours / other))
                    };
                    table.row([
                        seed.to_string(),
                        budget.to_string(),
                        shown(ours),
                        shown(theirs),
                        shown(bound),
                        ratio(theirs),
                        ratio(bound),
                    ]);
                }
            }
            table.print();
        }
        Ok(())
    }

    /// Sessions moved after a mishap.
    fn mishap(&self) -> Result<()> {
        for (trainers, qualified) in [("given", 1), ("chosen", 3)] {
            println!(
                "\nE after a mishap, trainer {trainers}: half-days touched under {NOTICE} days' notice, sessions moved"
            );
            let mut table =
                Table::new(["cohorts, seed", "ours", "proved", "s", "CP-SAT", "proved", "s", "CP-SAT ÷ ours (s)"]);
            for (cohorts, seed) in
                [4, 12].into_iter().flat_map(|cohorts| (1..=self.seeds).map(move |seed| (cohorts, seed)))
            {
                let trainers = if qualified == 1 { cohorts * 2 } else { cohorts * 3 / 2 };
                let shape = Shape { cohorts, trainers, rooms: cohorts.div_ceil(2), qualified, seed };
                let instance = families::loose(&shape);
                let former = self.ours(&instance, self.longest())?.sessions.context("no timetable to begin with")?;
                let (changed, today) = families::mishap(&instance)?;
                let notice = Notice { today, days: NOTICE };
                let began = Instant::now();
                let options = Options { time: Some(Duration::from_secs_f64(self.longest())), ..Options::default() };
                let ours = replan(&changed, &former, &notice, &options)?;
                let seconds = began.elapsed().as_secs_f64();
                ensure!(ours.status == Status::Solved, "no timetable after the mishap: {:?}", ours.status);
                ensure!(check(&changed, &ours.sessions).0.is_empty(), "the judge refuses what was replanned");
                let peer =
                    self.cpsat.then(|| self.cpsat(&changed, self.longest(), Some((&former, &notice)))).transpose()?;
                let theirs =
                    peer.as_ref().and_then(|run| run.sessions.as_ref()).map(|found| touched(&former, found, &notice));
                let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
                table.row([
                    format!("{cohorts}, {seed}"),
                    format!("{} + {}", ours.under_notice, ours.moved),
                    ours.least.to_string(),
                    format!("{seconds:.2}"),
                    or_dash(theirs.map(|(noticed, moved)| format!("{noticed} + {moved}"))),
                    or_dash(peer.as_ref().map(|run| run.optimal.to_string())),
                    or_dash(peer.as_ref().map(|run| format!("{:.2}", run.seconds))),
                    or_dash(peer.as_ref().map(|run| format!("{:.1}", run.seconds / seconds))),
                ]);
            }
            table.print();
        }
        Ok(())
    }
}

/// Half-days touched within the notice, and sessions moved, between two timetables.
fn touched(former: &[Session], now: &[Session], notice: &Notice) -> (usize, usize) {
    let keys = |sessions: &[Session]| -> std::collections::BTreeSet<_> {
        sessions.iter().map(|session| (session.date, session.half, session.module.clone())).collect()
    };
    let (before, after) = (keys(former), keys(now));
    let within = |date: jiff::civil::Date| {
        notice.today.until(date).is_ok_and(|span| i64::from(span.get_days()) < i64::from(notice.days))
    };
    let noticed = before.symmetric_difference(&after).filter(|(date, _, _)| within(*date)).count();
    (noticed, before.difference(&after).count())
}
