//! What the help topics say that no table says. A paragraph that starts with `# ` is a heading.

/// Before the functions.
pub(super) const FUNCTIONS: &[&str] =
    &["Text functions count characters. They take null to null, as all do whose summary does not say otherwise. What \
     'mytools help expressions' says of numbers and times holds for arguments too."];

/// Before the stages.
pub(super) const STAGES: &[&str] = &[
    "Stages are flags of process. They apply left to right in the order written, each to the result of the one before. -a \
     belongs to the -g directly before it; alone it aggregates everything; -g alone gives the count of each group. --on, \
     --kind, --tolerance and --keep belong to the flag directly before them. Lists are split at commas outside of quotes and \
     brackets. --explain prints the plan.",
];

/// Before the formats.
pub(super) const FORMATS: &[&str] = &[
    "Input is told by --from, by the extension, or by its content; output by -f/--format, by the extension of -o, or it is \
     json. Compressed files (gzip, zstd, bzip2, xz, lz4, brotli) are read as what is in them.",
];

/// Before the file types.
pub(super) const TYPES: &[&str] = &[
    "search -t NAME looks only into files of a type, -T NAME passes them over. --type-add 'NAME:GLOB' adds a glob, \
     --type-add 'NAME:include:OTHER,OTHER' the globs of other types, --type-clear NAME forgets them. -t all means every \
     type that is listed here.",
    "# Types",
];

/// Which files are searched.
pub(super) const IGNORE: &[&str] = &[
    "A search of directories passes over what version control ignores, hidden files and binary files. Files that you name \
     are always searched.",
    "# What decides, the strongest first",
    "1. -g/--glob and --iglob: 'GLOB' takes files in, '!GLOB' leaves them out; the last that fits decides.",
    "2. .rgignore, then .ignore, in each directory from the file's own upwards.",
    "3. .gitignore, then .git/info/exclude, then the core.excludesFile of your git configuration: inside of git \
     repositories, or everywhere with --no-require-git.",
    "4. The files of --ignore-file, the last the strongest.",
    "5. -t/--type and -T/--type-not.",
    "6. Hidden names (with a point in front), unless a rule above takes them in.",
    "Of rules of one kind the nearest directory decides, of one file the last rule that fits. Rules are written as git's: \
     '!' takes in again, a '/' in front binds to the directory, one at the end means directories only.",
    "# To see more",
    "-./--hidden takes in hidden files, .git only with --no-ignore-vcs or -u; --no-ignore takes no notice of ignore files; -u \
     is --no-ignore, -uu --hidden too, -uuu --binary too. --no-ignore-dot, --no-ignore-vcs, --no-ignore-exclude, --no-ignore-global and --no-ignore-parent \
     take one kind of rules away.",
    "--debug tells of each file that is passed over, and why. --files lists what would be searched.",
    "process knows no ignore rules: of a directory it reads every file that has the extension of a format.",
];

/// Exit codes.
pub(super) const EXIT_CODES: &[&str] = &[
    "# search",
    "0 a match, 1 no match, 2 an error, even where there are matches (0 for -q with a match).",
    "# process",
    "0 done, 1 no rows with --exit-status or -q, or rules of --validate broken, 2 an error. -q stops at the first row.",
    "An error in the data ends that input. Records that were written before it stay; a plan that must see all records \
     before it can answer (sort, group) prints nothing. A file that cannot be opened leaves the answer of the others, with \
     exit code 2.",
    "# Both",
    "A reader that goes away early (| head) is no error; a full disk is one, and so is a file that grows past ulimit -f. \
     Ctrl-C ends the run by the signal, which shells show as 130, and leaves no half-written output file.",
    "A file that is replaced is the old one or the new one, whatever ends the run. Where the file system knows no files \
     without a name (some network ones), a run that is ended while it writes may leave a hidden file .mytools-*.tmp.",
    "Memory: a line, and what must be read whole, may have 1 GiB, or a sixteenth of what ulimit -v or the container allows; \
     more is an error. Sorting, groups and joins keep to --memory. What is left aborts the run where the system gives no more \
     memory (134 in shells, or 137 where the system ends it): lists of very many columns, groups, files or threads under a \
     limit below about 100 MB and 70 MB more for each thread.",
];

/// Before the codes of problems.
pub(super) const ERRORS: &[&str] = &[
    "Problems go to standard error, one line each: mytools: PATH:LINE:COLUMN: what is wrong; what to do about it. Lines and \
     columns count from 1, columns in bytes. Of an expression or a pattern the place is marked below.",
    "Of many problems of one kind in one file the first ten are printed, then how many more there were. Where more than \
     ten files had errors, the last line says how many. --no-messages leaves out notes and what is wrong with files; the \
     exit code stays 2. --debug adds lines on what was decided silently.",
    "# As JSON",
    "--error-format json prints one object per line with the keys level (error, note or debug), code, message, path, line, \
     column and hint; what is not known is null. Keys and codes are added, never changed.",
    "# Codes",
];

/// Behind the variables.
pub(super) const CONFIG: &[&str] = &[
    "# The file of arguments",
    "MYTOOLS_CONFIG_PATH names a file whose arguments stand before those of the command line, which therefore win. One \
     argument per line, as it is: nothing is quoted or expanded, so a flag and its value are --tz=UTC, or two lines. Blank \
     lines and lines that start with # do not count. Lines behind [search] or [process] are for that command alone; those \
     before, or behind [all], are for both.",
    "A file that cannot be read is told on standard error and otherwise left alone, as with --no-config. No other file is \
     read, so that scripts do the same everywhere.",
];
