//! How far a long command is: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines, where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

pub struct Progress {
    bar: Option<ProgressBar>,
    what: String,
    /// The last line, and when it was printed: what has not moved is not said again.
    told: (String, Instant),
}

impl Progress {
    /// Begins; `what` is shown before the figures.
    pub fn start(what: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent} %  reste {eta}") {
                bar.set_style(style);
            }
            bar.set_message(what.to_owned());
            bar
        });
        Self { bar, what: what.to_owned(), told: (String::new(), Instant::now()) }
    }

    /// Goes on to something else.
    pub fn step(&mut self, what: &str) {
        if self.what != what {
            what.clone_into(&mut self.what);
            if let Some(bar) = &self.bar {
                bar.set_message(what.to_owned());
                bar.reset();
            }
        }
    }

    pub fn set(&mut self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
        } else if self.told.1.elapsed() >= EVERY {
            let line = format!("{}\u{a0}: {}\u{a0}%", self.what, (done * 100).checked_div(total).unwrap_or(0));
            if self.told.0 != line {
                eprintln!("{line}");
                self.told = (line, Instant::now());
            }
        }
    }

    /// Prints something without tearing the bar.
    pub fn above(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
