//! A search that is ready to run: compiled patterns and everything the flags left open.

use std::path::{Path, PathBuf};

use crate::core::error::{Problem, Result};
use crate::core::format::WriteOptions;
use crate::core::input::open::OpenOptions;
use crate::core::input::walk::Entry;
use crate::core::pattern::matcher::{Detail, Matcher};
use crate::core::pattern::syntax::Syntax;
use crate::search::binary::{Rule, stopped};
use crate::search::config::{Config, Mode};
use crate::search::context::{Edge, Shape};
use crate::search::printer::records::Table;
use crate::search::region::Search;

/// What is done with the lines of a file.
#[derive(Debug)]
pub(crate) enum Product {
    /// They are printed.
    Lines,
    /// They are printed as JSON events.
    Events,
    /// Their matches become records.
    Records,
    /// They are counted, or their matches are; the path is printed with the count or alone.
    Summary(Summary),
}

/// What is told of a file of which no line is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Summary {
    /// How many lines were selected.
    Lines,
    /// How many matches they have.
    Matches,
    /// That there is one.
    Path,
    /// Nothing.
    Nothing,
}

/// How printed lines look.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct Style {
    /// Whether there is colour.
    pub(crate) color: bool,
    /// Whether paths are printed.
    pub(crate) path: bool,
    /// Whether each line has its path.
    pub(crate) line_path: bool,
    /// Whether each line has its number.
    pub(crate) line_number: bool,
    /// Whether the path stands above its lines.
    pub(crate) heading: bool,
    /// Whether matches are printed alone.
    pub(crate) only_matching: bool,
    /// Whether the matches of a line must be known.
    pub(crate) needs_spans: bool,
    /// Whether lines that do not match are selected.
    pub(crate) invert: bool,
    /// What stands between the lines of two files.
    pub(crate) separator: &'static [u8],
}

/// A search that is ready to run.
pub(crate) struct Plan {
    /// What was asked for.
    pub(crate) config: Config,
    /// The compiled patterns.
    pub(crate) matcher: Matcher,
    /// What becomes of the lines.
    pub(crate) product: Product,
    /// How they look.
    pub(crate) style: Style,
    /// Whether lines are counted.
    pub(crate) numbers: bool,
    /// The records to print, where a format is asked for.
    pub(crate) table: Option<Table>,
    /// Whether up to ten regular files are searched, for which only what is printed is looked at for NULs.
    glance: bool,
}

impl Plan {
    /// Compiles the patterns and settles what depends on several flags or on the paths.
    pub(crate) fn new(config: Config) -> Result<Self> {
        let summary = summary(&config);
        let each_match = config.format.is_some() && summary.is_none() && config.mode != Mode::Files;
        let detail = if each_match { Detail::Patterns } else { Detail::Spans };
        let syntax = Syntax { case: config.case, bounds: config.bounds, fixed: config.fixed, ban_nul: true };
        let matcher = Matcher::new(&config.patterns, syntax, detail)?;
        let table = match &config.format {
            Some(format) if !config.quiet => {
                let options = WriteOptions { width: config.width, color: config.color, ..WriteOptions::default() };
                Some(if each_match {
                    Table::of_matches(format, &options, &config.patterns, &matcher)?
                } else {
                    Table::of_files(format, &options, config.mode == Mode::Count)?
                })
            }
            _ => None,
        };
        let product = match (summary, &config.mode) {
            (Some(summary), _) => Product::Summary(summary),
            (None, _) if each_match => Product::Records,
            (None, Mode::Json) => Product::Events,
            (None, _) => Product::Lines,
        };
        let numbers = match product {
            Product::Lines => config.line_number.unwrap_or(config.terminal && !is_stdin_only(&config.select.roots)),
            Product::Events | Product::Records => true,
            Product::Summary(_) => false,
        };
        let style = style(&config, numbers);
        let glance = is_few_files(&config.select.roots);
        Ok(Self { config, matcher, product, style, numbers, table, glance })
    }

    /// What a NUL does in a file.
    pub(crate) fn rule(&self, entry: &Entry) -> Rule {
        match (entry.explicit, self.glance) {
            (true, true) => Rule::Glance,
            (true, false) => Rule::Convert,
            (false, _) if self.config.binary => Rule::Convert,
            (false, _) => Rule::Quit,
        }
    }

    /// What is printed around matches in a file with this rule.
    pub(crate) fn shape(&self, rule: Rule) -> Shape {
        Shape {
            before: if matches!(self.product, Product::Summary(_) | Product::Records) { 0 } else { self.config.before },
            after: if matches!(self.product, Product::Records) { 0 } else { self.after() },
            limit: self.config.max_count,
            first_only: matches!(self.product, Product::Summary(Summary::Path | Summary::Nothing)),
            invert: self.config.invert,
            hides_binary: matches!(self.product, Product::Lines | Product::Records),
            rule,
        }
    }

    /// Context after a match; in a count it matters only past the limit, where it may hold further matches.
    fn after(&self) -> usize {
        match (&self.product, self.config.max_count) {
            (Product::Summary(_), None) => 0,
            _ => self.config.after,
        }
    }

    /// Whether parts of an input can be counted each on its own.
    pub(crate) fn is_free(&self, shape: &Shape) -> bool {
        matches!(self.product, Product::Summary(_)) && shape.rule == Rule::Glance && shape.limit.is_none()
    }

    /// How lines are looked for.
    pub(crate) fn search(&self) -> Search {
        let first_only = matches!(self.product, Product::Summary(Summary::Path | Summary::Nothing));
        Search { invert: self.config.invert, count_lines: self.numbers, first_only }
    }

    /// What is undone while reading.
    pub(crate) fn open_options(&self) -> OpenOptions {
        OpenOptions { decompress: self.config.decompress, decode: true }
    }

    /// Whether anything can be found at all.
    pub(crate) fn can_match(&self) -> bool {
        (self.config.invert || !self.config.patterns.is_empty()) && self.config.max_count != Some(0)
    }

    /// What stands between the lines of two files.
    pub(crate) fn separator(&self) -> &'static [u8] {
        if matches!(self.product, Product::Lines) { self.style.separator } else { b"" }
    }

    /// Whether the working directory is searched because nothing was named.
    pub(crate) fn implicit(&self) -> bool {
        self.config.select.roots.is_empty()
    }

    /// What `--debug` tells of a file whose search is over.
    pub(crate) fn omission(&self, path: &[u8], rule: Rule, edge: &Edge) -> Option<Problem> {
        match edge.binary {
            Some(offset) if rule == Rule::Quit && self.config.select.tells_omitted => Some(stopped(path, offset)),
            _ => None,
        }
    }

    /// Whether the statistics of JSON events are wanted.
    pub(crate) fn stats(&self) -> bool {
        matches!(self.product, Product::Events)
    }
}

/// What is told of files instead of lines, if so.
fn summary(config: &Config) -> Option<Summary> {
    match config.mode {
        _ if config.quiet => Some(Summary::Nothing),
        Mode::Count if config.only_matching => Some(Summary::Matches),
        Mode::Count => Some(Summary::Lines),
        Mode::Paths => Some(Summary::Path),
        Mode::Lines | Mode::Json | Mode::Files => None,
    }
}

fn style(config: &Config, line_number: bool) -> Style {
    let path = config.with_filename.unwrap_or(!is_one_file(&config.select.roots));
    let heading = config.heading.unwrap_or(config.terminal);
    let separator: &[u8] = if heading {
        b"\n"
    } else if config.before > 0 || config.after > 0 {
        b"--\n"
    } else {
        b""
    };
    Style {
        color: config.color,
        path,
        line_path: path && !heading,
        line_number,
        heading,
        only_matching: config.only_matching,
        needs_spans: config.color || config.only_matching || config.replacement.is_some(),
        invert: config.invert,
        separator,
    }
}

fn is_stdin_only(roots: &[PathBuf]) -> bool {
    matches!(roots, [one] if one == Path::new("-"))
}

fn is_one_file(roots: &[PathBuf]) -> bool {
    matches!(roots, [one] if one == Path::new("-") || !one.is_dir())
}

/// Most named files that are searched by a glance for NULs.
const FEW: usize = 10;

fn is_few_files(roots: &[PathBuf]) -> bool {
    !roots.is_empty() && roots.len() <= FEW && roots.iter().all(|root| root.is_file())
}
