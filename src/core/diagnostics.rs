//! Reports problems: as lines for people or as JSON for programs, and remembers whether any was an error.
//!
//! Shared by all threads. A problem is one write, so lines never mix. Of many problems of one kind in one input, the
//! first ten are printed and the rest counted; [`Diagnostics::finish`] prints the counts.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::core::error::{Code, Level, Problem};
use crate::core::terminal::color;
use crate::core::text::caret::snippet;
use crate::core::text::escape::escape_controls;
use crate::core::text::units;

/// How often one kind of problem in one input is printed.
const PRINTED: u64 = 10;

/// How problems are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One line each, and the marked text where there is one.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// What is printed and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the command line that have nothing to do with each other"
)]
pub(crate) struct Settings {
    /// The form.
    pub(crate) mode: Mode,
    /// Whether problems with files, and notes, are printed; `--no-messages` turns this off. They count all the same.
    pub(crate) messages: bool,
    /// Whether `--debug` lines are printed.
    pub(crate) debug: bool,
    /// Whether colours are wanted.
    pub(crate) color: bool,
    /// Whether the end says how many files had errors, where they were more than fit on a screen.
    pub(crate) summary: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { mode: Mode::Text, messages: true, debug: false, color: false, summary: false }
    }
}

/// Where problems go.
pub(crate) struct Diagnostics {
    settings: Settings,
    had_errors: AtomicBool,
    had_violations: AtomicBool,
    state: Mutex<State>,
}

struct State {
    out: Box<dyn Write + Send>,
    /// The kinds seen, in the order in which they came, with how often.
    kinds: Vec<(Kind, u64)>,
    numbers: HashMap<Kind, usize>,
    /// The path and message of each note so far.
    noted: HashSet<(Option<String>, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    code: Code,
    is_error: bool,
    path: Option<String>,
}

impl Diagnostics {
    /// Reports to `out`, which is not buffered.
    pub(crate) fn new(out: Box<dyn Write + Send>, settings: Settings) -> Self {
        let state = State { out, kinds: Vec::new(), numbers: HashMap::new(), noted: HashSet::new() };
        Self {
            settings,
            had_errors: AtomicBool::new(false),
            had_violations: AtomicBool::new(false),
            state: Mutex::new(state),
        }
    }

    /// Reports a problem. A failure to print is passed over: there is nowhere left to report it.
    pub(crate) fn emit(&self, problem: &Problem) {
        if problem.code == Code::Violation {
            self.had_violations.store(true, Ordering::Relaxed);
        } else if problem.level == Level::Error {
            self.had_errors.store(true, Ordering::Relaxed);
        }
        if !self.wants(problem) {
            return;
        }
        let mut state = self.lock();
        if problem.level == Level::Note && !state.noted.insert((problem.path.clone(), problem.message.clone())) {
            // Several parts of a plan may have the same to tell.
            return;
        }
        // Violations are counted by rule, where they are found.
        if problem.level == Level::Debug || problem.code == Code::Violation || state.count(problem) <= PRINTED {
            let text = self.render(problem);
            let _ = state.out.write_all(text.as_bytes());
        }
    }

    /// Whether any problem was an error, printed or not.
    pub(crate) fn had_errors(&self) -> bool {
        self.had_errors.load(Ordering::Relaxed)
    }

    /// Whether any record broke a rule of the user's.
    pub(crate) fn had_violations(&self) -> bool {
        self.had_violations.load(Ordering::Relaxed)
    }

    /// Prints how many problems of each kind were not printed, and of how many files there were any.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        let kinds = std::mem::take(&mut state.kinds);
        let failed: HashSet<&str> =
            kinds.iter().filter(|(kind, _)| kind.is_error).filter_map(|(kind, _)| kind.path.as_deref()).collect();
        let failed = failed.len() as u64;
        for (kind, times) in kinds {
            if times <= PRINTED {
                continue;
            }
            let message = format!("{} more of this kind ({})", units::count(times - PRINTED), kind.code.name());
            let level = if kind.is_error { Level::Error } else { Level::Note };
            let problem = Problem { level, path: kind.path, ..Problem::new(kind.code, message) };
            let _ = state.out.write_all(self.render(&problem).as_bytes());
        }
        if failed > PRINTED && self.settings.summary && self.settings.messages {
            let note = Problem::note(format!("{} files had errors", units::count(failed)));
            let _ = state.out.write_all(self.render(&note).as_bytes());
        }
        state.numbers.clear();
        let _ = state.out.flush();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wants(&self, problem: &Problem) -> bool {
        match problem.level {
            Level::Debug => self.settings.debug,
            Level::Note => self.settings.messages,
            Level::Error => self.settings.messages || !matches!(problem.code, Code::Io | Code::Ignore),
        }
    }

    fn render(&self, problem: &Problem) -> String {
        match self.settings.mode {
            Mode::Text => text(problem, self.settings.color),
            Mode::Json => json(problem),
        }
    }
}

impl State {
    /// Counts a problem; returns how many of its kind there are now.
    fn count(&mut self, problem: &Problem) -> u64 {
        let kind = Kind { code: problem.code, is_error: problem.level == Level::Error, path: problem.path.clone() };
        let next = self.kinds.len();
        let at = *self.numbers.entry(kind.clone()).or_insert(next);
        if at == next {
            self.kinds.push((kind, 0));
        }
        self.kinds.get_mut(at).map_or(0, |(_, times)| {
            *times += 1;
            *times
        })
    }
}

/// A problem as people read it, line end included.
pub(crate) fn text(problem: &Problem, color: bool) -> String {
    let (style, reset) = match (color, problem.level) {
        (false, _) => ("", ""),
        (true, Level::Error) => (color::ERROR, color::RESET),
        (true, Level::Note | Level::Debug) => (color::NOTE, color::RESET),
    };
    let kind = match problem.level {
        Level::Error => "",
        Level::Note => " note:",
        Level::Debug => " debug:",
    };
    let mut text = format!("{style}mytools:{kind}{reset} {}\n", escape_controls(&problem.to_string()));
    if let Some(caret) = &problem.caret {
        let snippet = snippet(&caret.text, caret.start, caret.end);
        // Writing to a string cannot fail.
        let _ = write!(text, "  {}\n  {style}{}{reset}\n", snippet.line, snippet.marks);
    }
    text
}

/// A problem as a JSON object, line end included. Keys are only ever added.
fn json(problem: &Problem) -> String {
    #[derive(Serialize)]
    struct Object<'a> {
        level: &'a str,
        code: &'a str,
        message: &'a str,
        path: Option<&'a str>,
        line: Option<u64>,
        column: Option<u64>,
        hint: Option<&'a str>,
    }
    let level = match problem.level {
        Level::Debug => "debug",
        Level::Note => "note",
        Level::Error => "error",
    };
    let object = Object {
        level,
        code: problem.code.name(),
        message: &problem.message,
        path: problem.path.as_deref(),
        line: problem.line,
        column: problem.column,
        hint: problem.hint.as_deref(),
    };
    // Strings and numbers always serialize.
    let mut text = serde_json::to_string(&object).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::{Diagnostics, Mode, Settings};
    use crate::core::error::{Code, Problem};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn printed(settings: Settings, problems: &[Problem]) -> (String, bool) {
        let sink = Sink::default();
        let diagnostics = Diagnostics::new(Box::new(sink.clone()), settings);
        for problem in problems {
            diagnostics.emit(problem);
        }
        diagnostics.finish();
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        (text, diagnostics.had_errors())
    }

    #[test]
    fn prints_one_line_and_the_marked_text() {
        let problem =
            Problem::new(Code::Expression, "unknown column 'mz'").hint("did you mean 'ms'?").caret("mz > 1", 0, 2);
        let (text, errors) = printed(Settings::default(), &[problem.clone(), Problem::note("all is well")]);
        let expected = "mytools: unknown column 'mz'; did you mean 'ms'?\n  mz > 1\n  ^~\nmytools: note: all is well\n";
        assert_eq!(text, expected);
        assert!(errors);
        let (text, _) = printed(Settings { color: true, ..Settings::default() }, &[problem]);
        assert!(text.starts_with("\x1b[1;31mmytools:\x1b[0m unknown"), "{text}");
    }

    #[test]
    fn counts_what_comes_too_often() {
        let problems: Vec<Problem> = (0..1300)
            .map(|line| Problem::new(Code::Data, "row is short").at_path("a\n.csv").at_line(line + 1))
            .collect();
        let (text, _) = printed(Settings::default(), &problems);
        assert_eq!(text.lines().count(), 11);
        assert!(text.starts_with("mytools: a\\n.csv:1: row is short\n"), "{text}");
        assert!(text.ends_with("mytools: a\\n.csv: 1,290 more of this kind (data)\n"), "{text}");
    }

    #[test]
    fn says_how_many_files_had_errors_where_they_were_many() {
        let settings = Settings { summary: true, ..Settings::default() };
        let problems = |files: u32| -> Vec<Problem> {
            (0..files).map(|file| Problem::new(Code::Io, "Permission denied").at_path(file.to_string())).collect()
        };
        assert!(printed(settings, &problems(11)).0.ends_with("\nmytools: note: 11 files had errors\n"));
        assert_eq!(printed(settings, &problems(10)).0.lines().count(), 10);
        assert_eq!(printed(Settings::default(), &problems(11)).0.lines().count(), 11);
    }

    #[test]
    fn hides_what_is_not_wanted_but_remembers_errors() {
        let settings = Settings { messages: false, ..Settings::default() };
        let missing = Problem::new(Code::Io, "No such file or directory").at_path("x");
        assert_eq!(printed(settings, &[missing, Problem::note("n")]), (String::new(), true));
        assert_eq!(printed(Settings::default(), &[Problem::debug("d")]), (String::new(), false));
        let debug = Settings { debug: true, ..Settings::default() };
        assert_eq!(printed(debug, &[Problem::debug("d")]).0, "mytools: debug: d\n");
    }

    #[test]
    fn prints_json() {
        let problem = Problem::new(Code::Data, "bad \"x\"").at_path("a.csv").at_line(3);
        let (text, _) = printed(Settings { mode: Mode::Json, ..Settings::default() }, &[problem]);
        let expected = r#"{"level":"error","code":"data","message":"bad \"x\"","path":"a.csv","line":3,"column":null,"hint":null}"#;
        assert_eq!(text, format!("{expected}\n"));
    }
}
