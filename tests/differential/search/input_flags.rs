//! The flags that say what matches and what is searched, as tables for the comparison with ripgrep: of each row at most
//! one is taken, with its chance in percent.

/// What is a match, and what becomes of it.
pub(super) const PATTERN: &[&[(usize, &str)]] = &[
    &[(15, "-i"), (15, "-S"), (3, "-s")],
    &[(12, "-w"), (8, "-x")],
    &[(8, "-F"), (1, "--no-fixed-strings")],
    &[(10, "-v"), (1, "--no-invert-match")],
    &[(5, "--crlf"), (3, "--null-data"), (1, "--no-crlf")],
    &[(2, "--no-unicode"), (1, "--unicode")],
    &[(3, "--stop-on-nonmatch")],
    // A limit that is too small for a pattern is too small for another in other engines.
    &[(1, "--regex-size-limit=10M"), (1, "--dfa-size-limit=1M")],
    &[(2, "--file=d/patterns"), (1, "--engine=default"), (1, "--no-pcre2")],
];

/// How matches are shown: what is not in the table of `output_flags`.
pub(super) const SHOWN: &[&[(usize, &str)]] = &[
    &[(45, "-n"), (5, "-N")],
    &[(15, "-H"), (10, "-I")],
    &[(15, "--heading"), (3, "--no-heading")],
    &[(15, "--color=always")],
    &[(10, "-c"), (7, "-l"), (5, "-q"), (8, "--json")],
    &[(15, "-o")],
    &[(3, "-rX"), (3, "-r[$0]"), (3, "-r$1$2"), (2, "-r${1}z"), (2, "-r$$"), (2, "-r"), (2, "-r$rest-$first$1x")],
    &[(2, "--sort=path"), (3, "--sortr=path"), (3, "--sort=modified"), (3, "--sortr=modified"), (1, "--sort-files")],
];

/// How files are read.
pub(super) const READ: &[&[(usize, &str)]] = &[
    &[(5, "-a"), (5, "--binary"), (2, "--no-text"), (2, "--no-binary")],
    &[(4, "--mmap"), (4, "--no-mmap")],
    &[(1, "--one-file-system")],
    &[(1, "--no-messages"), (1, "--no-ignore-messages")],
];

/// In which encoding, where a tree has several. Not UTF-8: ripgrep replaces what is broken in it, and we leave it.
pub(super) const ENCODING: &[&[(usize, &str)]] = &[&[
    (8, "-Eutf-16le"),
    (8, "-Eutf-16"),
    (8, "-Eutf-16be"),
    (10, "-Elatin1"),
    (10, "-Enone"),
    (5, "-Eauto"),
    (12, "-Eshift_jis"),
    (5, "--no-encoding"),
    (10, "-Enonsense"),
]];

/// Which files are searched. A tree that is about this takes each row three times as often.
pub(super) const FILES: &[&[(usize, &str)]] = &[
    &[(4, "-u"), (4, "-uu"), (4, "-uuu")],
    &[(5, "--hidden"), (2, "-."), (1, "--no-hidden")],
    &[(3, "-g*.txt"), (3, "-g!*.rs"), (2, "-gd/**"), (2, "-g!d"), (2, "-g/d/"), (2, "-g*.{rs,log}"), (1, "-g**/e/*")],
    &[(2, "-g*.TXT"), (1, "-g!*"), (1, "-g[a-c]*"), (1, "-g*/"), (1, "-g.hid"), (1, "-g[z-a]"), (1, "-g!/src/**")],
    &[(2, "--iglob=*.TXT"), (2, "--iglob=!A.*"), (1, "--glob-case-insensitive")],
    &[(3, "-trust"), (3, "-ttxt"), (1, "-tall"), (1, "-tnonsense"), (1, "-tmd")],
    &[(3, "-Tpy"), (2, "-Trust"), (1, "-Tall")],
    &[(2, "--type-add=txt:*.log"), (2, "--type-add=own:include:rust,py"), (1, "--type-clear=rust")],
    &[(2, "-d1"), (2, "--max-depth=2"), (1, "--maxdepth=0"), (1, "--max-depth=3")],
    &[(2, "--max-filesize=20"), (2, "--max-filesize=1K"), (1, "--max-filesize=1M")],
    &[(4, "-L"), (1, "--no-follow")],
    &[(4, "--no-ignore"), (1, "--ignore")],
    &[(2, "--no-ignore-vcs"), (2, "--no-ignore-dot"), (2, "--no-ignore-parent"), (2, "--no-ignore-global")],
    &[(2, "--no-ignore-exclude"), (2, "--no-ignore-files"), (3, "--no-require-git"), (1, "--require-git")],
    &[(3, "--ignore-file-case-insensitive"), (1, "--no-ignore-file-case-insensitive")],
    &[(2, "--ignore-vcs"), (1, "--ignore-dot"), (1, "--ignore-files")],
];
