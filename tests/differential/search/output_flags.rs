//! The flags that say how `search` prints, as a table for the comparison with ripgrep: of each row at most one is taken,
//! with its chance in percent.

/// What the generator picks from.
pub(super) const OUTPUT: &[&[(usize, &str)]] = &[
    &[(8, "--column"), (2, "--no-column")],
    &[(8, "-b"), (1, "--no-byte-offset")],
    &[(6, "--vimgrep")],
    &[(8, "-0")],
    &[(8, "--trim"), (1, "--no-trim")],
    &[(5, "-M10"), (5, "-M20"), (3, "-M1"), (2, "-M0")],
    &[(8, "--max-columns-preview")],
    &[(5, "--passthru"), (1, "--passthrough")],
    &[(4, "--count-matches"), (4, "--files-without-match"), (2, "--no-json")],
    &[(6, "--include-zero"), (2, "--no-include-zero")],
    &[(4, "--context-separator=##"), (2, r"--context-separator=\x01\t"), (3, "--no-context-separator")],
    &[(4, "--field-match-separator=|"), (2, r"--field-match-separator=\x00\t"), (2, "--field-match-separator=")],
    &[(4, "--field-context-separator=~~"), (2, r"--field-context-separator=\t")],
    &[(5, "--path-separator=+"), (1, r"--path-separator=\x00")],
    &[(2, "--line-buffered"), (2, "--block-buffered")],
    &[(5, "--stats"), (1, "--no-stats")],
    &[(4, "--pretty")],
    &[(3, "--color=ansi"), (2, "--color=never")],
    &[(4, "--colors=match:none"), (4, "--colors=match:style:underline"), (4, "--colors=match:bg:0x33,1,255")],
    &[(4, "--colors=path:style:intense"), (4, "--colors=line:none"), (4, "--colors=column:fg:12")],
    &[(5, "--colors=highlight:bg:blue"), (2, "--colors=HIGHLIGHT:style:italic")],
    &[(3, "--hyperlink-format=kitty"), (3, "--hyperlink-format=default"), (2, "--hyperlink-format=x:{path}{{}}")],
];
