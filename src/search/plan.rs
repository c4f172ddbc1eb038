//! A search that is ready to run: compiled patterns and everything the flags left open.

use std::fs::Metadata;
use std::path::PathBuf;

use crate::core::error::{Problem, Result};
use crate::core::input::encoding::Decode;
use crate::core::input::open::OpenOptions;
use crate::core::input::select::Select;
use crate::core::input::walk::{Entry, Kind};
use crate::core::pattern::matcher::{Detail, Matcher};
use crate::core::pattern::syntax::{Reach, Syntax};
use crate::core::pattern::terminator::Terminator;
use crate::search::binary::{Rule, stopped};
use crate::search::config::{Binary, Config, Engine, Mode};
use crate::search::context::{Edge, Shape};
use crate::search::gate::Gate;
use crate::search::preprocess::Preprocessor;
use crate::search::printer::{Depth, Needs, Printer, printer, tells_patterns};
use crate::search::region::Search;
use crate::search::rewrite::tree::Tree;

/// A search that is ready to run.
pub(crate) struct Plan {
    /// What was asked for.
    pub(crate) config: Config,
    /// The compiled patterns.
    pub(crate) matcher: Matcher,
    /// Which files are searched at all.
    pub(crate) gate: Gate,
    /// Which files may be rewritten, where they are.
    pub(crate) tree: Option<Tree>,
    /// What becomes of the lines.
    pub(crate) printer: Box<dyn Printer>,
    /// What it wants of the search.
    pub(crate) needs: Needs,
    /// What makes the text of files.
    pub(crate) preprocessor: Option<Preprocessor>,
    /// Whether up to ten regular files are searched, for which only what is printed is looked at for NULs.
    glance: bool,
}

impl Plan {
    /// Compiles the patterns and settles what depends on several flags or on the paths.
    pub(crate) fn new(mut config: Config) -> Result<Self> {
        let detail = if tells_patterns(&config) { Detail::Patterns } else { Detail::Spans };
        let syntax = Syntax {
            case: config.case,
            bounds: config.bounds,
            fixed: config.fixed,
            ban_nul: !is_text(&config),
            terminator: config.terminator,
            reach: config.reach,
            unicode: config.unicode,
            size_limit: config.size_limit.unwrap_or(Syntax::default().size_limit),
            cache_limit: config.cache_limit.unwrap_or(Syntax::default().cache_limit),
        };
        // Files are asked line by line, also where matches cross them.
        let lines = Syntax { reach: Reach::Line, ..syntax };
        let each = |patterns: &[String], syntax| -> Result<Vec<Matcher>> {
            let one = |pattern| compile(config.engine, std::slice::from_ref(pattern), syntax, Detail::Spans);
            patterns.iter().map(one).collect()
        };
        let matcher = compile(config.engine, &config.patterns, syntax, detail)?;
        let matcher = matcher.narrowed(each(&config.and, syntax)?, each(&config.not, syntax)?);
        let gate = Gate::new(each(&config.and_file, lines)?, each(&config.not_file, lines)?, config.terminator);
        let gate = gate.keeping_in(&config.temp_dir).up_to(config.longest);
        let printer = printer(&config, &matcher)?;
        let tree = config.rewrite.map(|_| Tree::new(&config.select));
        if tree.as_ref().is_some_and(Tree::meets_again) {
            config.threads = 1;
        }
        let glance = config.glance.unwrap_or_else(|| is_few_files(&config.select));
        // What is decoded comes as a stream.
        let glance = glance && !matches!(config.decode, Decode::From(_));
        let preprocessor = config.preprocess.as_ref().map(Preprocessor::new).transpose()?;
        Ok(Self { needs: printer.needs(), config, preprocessor, matcher, gate, tree, printer, glance })
    }

    /// What a NUL does in a file.
    pub(crate) fn rule(&self, entry: &Entry) -> Rule {
        let rule = match self.config.binary {
            _ if is_text(&self.config) => Rule::Text,
            Binary::Skip if !entry.explicit => Rule::Quit,
            Binary::Skip | Binary::Search | Binary::Text => Rule::Convert,
        };
        let glance = self.glance && entry.kind == Kind::File || self.matcher.crosses();
        if glance { rule.at_a_glance() } else { rule }
    }

    /// What a NUL does in a member of an archive, which nobody named.
    pub(crate) fn member_rule(&self) -> Rule {
        let rule = match self.config.binary {
            _ if is_text(&self.config) => Rule::Text,
            Binary::Search => Rule::Convert,
            Binary::Skip | Binary::Text => Rule::Quit,
        };
        if self.matcher.crosses() { rule.at_a_glance() } else { rule }
    }

    /// What is printed around matches in a file with this rule.
    pub(crate) fn shape(&self, rule: Rule) -> Shape {
        let Needs { depth, context, hides_binary, .. } = self.needs;
        let passthru = context && self.config.look.passthru;
        let (before, mut after) = if context { (self.config.before, self.config.after) } else { (0, 0) };
        if passthru {
            after = usize::MAX;
        } else if depth != Depth::Lines && self.config.max_count.is_some() {
            // In a count, context matters past the limit, where it may hold further matches.
            after = self.config.after;
        }
        let function = context && self.config.look.function;
        let limit = match (self.config.max_count, self.config.max_results) {
            (Some(count), Some(results)) => Some(count.min(results)),
            (count, results) => count.or(results),
        };
        let first_only = depth == Depth::First;
        Shape {
            before,
            after,
            passthru,
            function,
            limit,
            first_only,
            stop_on_nonmatch: self.config.stop_on_nonmatch,
            invert: self.config.invert,
            hides_binary,
            rule,
        }
    }

    /// Whether parts of an input can be counted each on its own.
    pub(crate) fn is_free(&self, shape: &Shape) -> bool {
        self.needs.depth != Depth::Lines
            && !self.needs.stats
            && matches!(shape.rule, Rule::Glance | Rule::Text)
            && shape.limit.is_none()
            && !shape.stop_on_nonmatch
            && !self.matcher.may_give_up()
    }

    /// How lines are looked for.
    pub(crate) fn search(&self) -> Search {
        let Needs { depth, numbers, spans, .. } = self.needs;
        Search {
            invert: self.config.invert,
            count_lines: numbers,
            spans,
            first_only: depth == Depth::First,
            limit: self.config.max_count,
        }
    }

    /// What is undone while reading.
    pub(crate) fn open_options(&self) -> OpenOptions {
        OpenOptions { decompress: self.config.decompress, decode: self.config.decode }
    }

    /// Bytes of all that is searched, where that is known before; else 0.
    pub(crate) fn size(&self) -> u64 {
        let Select { roots, listed, .. } = &self.config.select;
        if self.config.decompress || listed.is_some() || self.config.mode == Mode::Files {
            return 0;
        }
        let size = |root: &PathBuf| root.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len());
        roots.iter().map(size).sum::<Option<u64>>().unwrap_or(0)
    }

    /// Whether anything can be found at all.
    pub(crate) fn can_match(&self) -> bool {
        (self.config.invert || !self.config.patterns.is_empty())
            && self.config.max_count != Some(0)
            && self.config.max_results != Some(0)
    }

    /// Whether the working directory is searched because nothing was named.
    pub(crate) fn implicit(&self) -> bool {
        self.config.select.is_implicit()
    }

    /// What `--debug` tells of a file whose search is over.
    pub(crate) fn omission(&self, path: &[u8], rule: Rule, edge: &Edge) -> Option<Problem> {
        match edge.binary {
            Some(offset) if rule.quits() && self.config.select.tells_omitted => Some(stopped(path, offset)),
            _ => None,
        }
    }
}

/// Compiles the patterns with the engine that was asked for.
fn compile(engine: Engine, patterns: &[String], syntax: Syntax, detail: Detail) -> Result<Matcher> {
    match engine {
        Engine::Automaton => Matcher::new(patterns, syntax, detail),
        Engine::Backtracker => Matcher::backtracking(patterns, syntax, detail),
        // Where neither can read the patterns, what the first says is what was meant.
        Engine::Auto => Matcher::new(patterns, syntax, detail)
            .or_else(|error| Matcher::backtracking(patterns, syntax, detail).map_err(|_| error)),
    }
}

/// Whether a NUL is a byte as any other: it is where it ends lines.
fn is_text(config: &Config) -> bool {
    config.binary == Binary::Text || config.terminator == Terminator::Nul
}

/// Most named files that are searched by a glance for NULs.
const FEW: usize = 10;

fn is_few_files(select: &Select) -> bool {
    let Select { roots, listed, .. } = select;
    listed.is_none() && !roots.is_empty() && roots.len() <= FEW && roots.iter().all(|root| root.is_file())
}
