//! A search that is ready to run: compiled patterns and everything the flags left open.

use crate::core::error::{Problem, Result};
use crate::core::input::open::OpenOptions;
use crate::core::input::select::Select;
use crate::core::input::walk::Entry;
use crate::core::pattern::matcher::{Detail, Matcher};
use crate::core::pattern::syntax::Syntax;
use crate::core::pattern::terminator::Terminator;
use crate::search::binary::{Rule, stopped};
use crate::search::config::{Binary, Config};
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
        };
        let each = |patterns: &[String]| -> Result<Vec<Matcher>> {
            patterns.iter().map(|one| Matcher::new(std::slice::from_ref(one), syntax, Detail::Spans)).collect()
        };
        let matcher = Matcher::new(&config.patterns, syntax, detail)?;
        let matcher = matcher.narrowed(each(&config.and)?, each(&config.not)?);
        let gate = Gate::new(each(&config.and_file)?, each(&config.not_file)?, config.terminator);
        let printer = printer(&config, &matcher)?;
        let tree = config.rewrite.map(|_| Tree::new(&config.select));
        if tree.as_ref().is_some_and(Tree::meets_again) {
            config.threads = 1;
        }
        let glance = is_few_files(&config.select);
        let preprocessor = config.preprocess.as_ref().map(Preprocessor::new).transpose()?;
        Ok(Self { needs: printer.needs(), config, preprocessor, matcher, gate, tree, printer, glance })
    }

    /// What a NUL does in a file.
    pub(crate) fn rule(&self, entry: &Entry) -> Rule {
        match (entry.explicit, self.glance) {
            _ if is_text(&self.config) => Rule::Text,
            (true, true) => Rule::Glance,
            (true, false) => Rule::Convert,
            (false, _) if self.config.binary == Binary::Search => Rule::Convert,
            (false, _) => Rule::Quit,
        }
    }

    /// What a NUL does in a member of an archive, which nobody named.
    pub(crate) fn member_rule(&self) -> Rule {
        match self.config.binary {
            _ if is_text(&self.config) => Rule::Text,
            Binary::Search => Rule::Convert,
            Binary::Skip | Binary::Text => Rule::Quit,
        }
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
        let limit = self.config.max_count;
        let first_only = depth == Depth::First;
        Shape { before, after, passthru, limit, first_only, invert: self.config.invert, hides_binary, rule }
    }

    /// Whether parts of an input can be counted each on its own.
    pub(crate) fn is_free(&self, shape: &Shape) -> bool {
        self.needs.depth != Depth::Lines && !self.needs.stats && !shape.rule.reads_all() && shape.limit.is_none()
    }

    /// How lines are looked for.
    pub(crate) fn search(&self) -> Search {
        let Needs { depth, numbers, .. } = self.needs;
        Search { invert: self.config.invert, count_lines: numbers, first_only: depth == Depth::First }
    }

    /// What is undone while reading.
    pub(crate) fn open_options(&self) -> OpenOptions {
        OpenOptions { decompress: self.config.decompress, decode: true }
    }

    /// Whether anything can be found at all.
    pub(crate) fn can_match(&self) -> bool {
        (self.config.invert || !self.config.patterns.is_empty()) && self.config.max_count != Some(0)
    }

    /// Whether the working directory is searched because nothing was named.
    pub(crate) fn implicit(&self) -> bool {
        self.config.select.is_implicit()
    }

    /// What `--debug` tells of a file whose search is over.
    pub(crate) fn omission(&self, path: &[u8], rule: Rule, edge: &Edge) -> Option<Problem> {
        match edge.binary {
            Some(offset) if rule == Rule::Quit && self.config.select.tells_omitted => Some(stopped(path, offset)),
            _ => None,
        }
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
