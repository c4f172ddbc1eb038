//! Flags that say how what is printed looks: colours, links, separators, buffers.

use bstr::ByteVec;
use clap::{Arg, ArgAction, ArgMatches};

use crate::cli::environment::Environment;
use crate::cli::search::flags::{last, long_option, negation, switch};
use crate::core::output::writer::Buffering;
use crate::search::config::Config;
use crate::search::printer::color::ColorSpec;
use crate::search::printer::hyperlink::{Format, Hyperlinks};

const LOOK: &str = "Colours and separators";

/// The flags.
pub(super) fn args() -> Vec<Arg> {
    let separator = |name, help| {
        let arg = long_option(name, "TEXT", LOOK, help).allow_hyphen_values(true);
        arg.value_parser(|text: &str| Ok::<_, String>(Vec::unescape_bytes(text)))
    };
    vec![
        long_option("colors", "SPEC", LOOK, "Change a colour: match:fg:red, path:style:bold, line:none")
            .action(ArgAction::Append)
            .value_parser(ColorSpec::parse)
            .long_help(
                "Change a colour; may be given again. PIECE:fg:COLOR, PIECE:bg:COLOR, PIECE:style:STYLE or \
                     PIECE:none, where a piece is path, line, column, match or highlight (the rest of a line with a \
                     match); a colour is black, red, green, yellow, blue, magenta, cyan, white, a number up to 255 or \
                     three as 255,128,0, also in hexadecimal (0xff); a style is bold, intense, underline or italic, or \
                     one of them behind `no`",
            ),
        long_option("hyperlink-format", "FORMAT", LOOK, "Make paths links, in colour: default, vscode, kitty, ...")
            .value_parser(Format::parse)
            .long_help(
                "Make paths and line numbers links where there is colour. A URL with {path}, {line}, {column}, \
                     {host} and {wslprefix}, or one of default, none, cursor, file, grep+, kitty, macvim, textmate, \
                     vscode, vscode-insiders, vscodium",
            ),
        switch(Some('0'), "null", LOOK, "Print a NUL behind paths"),
        separator("context-separator", r"Between groups of lines [default: --]; \x00 and \t are known"),
        negation("no-context-separator"),
        separator("field-match-separator", "Between the fields of a line that matches [default: :]"),
        separator("field-context-separator", "Between the fields of a line of context [default: -]"),
        long_option("path-separator", "BYTE", LOOK, "Between the parts of printed paths").value_parser(|text: &str| {
            match Vec::unescape_bytes(text).as_slice() {
                [] => Ok(None),
                [byte] => Ok(Some(*byte)),
                _ => Err("it is one byte"),
            }
        }),
        switch(
            None,
            "line-buffered",
            LOOK,
            "Print each line at once, for `tail -f app.log | mytools search ... | ...`",
        )
        .long_help(
            "Print each line at once. What comes through a pipe is handed on as it comes also without this, so that \
             `tail -f app.log | mytools search ... | ...` can be followed",
        ),
        negation("no-line-buffered"),
        switch(None, "block-buffered", LOOK, "Print many lines at once, also on a terminal"),
        negation("no-block-buffered"),
    ]
}

/// Fills in how things look.
pub(super) fn fill(config: &mut Config, matches: &ArgMatches, environment: &Environment) {
    let bytes = |name: &str| matches.get_one::<Vec<u8>>(name).cloned();
    let look = &mut config.look;
    look.colors = matches.get_many::<ColorSpec>("colors").unwrap_or_default().copied().collect();
    look.null = matches.get_flag("null");
    match last(matches, &["context-separator", "no-context-separator"]) {
        Some("context-separator") => look.group_separator = bytes("context-separator"),
        Some(_) => look.group_separator = None,
        None => {}
    }
    if let Some(separator) = bytes("field-match-separator") {
        look.match_separator = separator;
    }
    if let Some(separator) = bytes("field-context-separator") {
        look.context_separator = separator;
    }
    look.path_separator = matches.get_one::<Option<u8>>("path-separator").copied().flatten();
    look.hyperlinks = matches.get_one::<Format>("hyperlink-format").map(|format| Hyperlinks {
        format: format.clone(),
        host: host(),
        wsl_prefix: environment
            .vars
            .iter()
            .find(|(name, _)| name == "WSL_DISTRO_NAME")
            .map_or_else(String::new, |(_, distribution)| format!("wsl$/{distribution}")),
    });
}

/// The name of this machine, where it has one.
#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Links need no name of the machine elsewhere.
#[cfg(not(unix))]
fn host() -> String {
    String::new()
}

/// When what is printed leaves the buffer.
pub(super) fn buffering(matches: &ArgMatches, environment: &Environment) -> Buffering {
    match last(matches, &["line-buffered", "no-line-buffered", "block-buffered", "no-block-buffered"]) {
        Some("line-buffered") => Buffering::Line,
        Some("block-buffered") => Buffering::Block,
        _ if environment.stdout_is_terminal => Buffering::Line,
        _ => Buffering::Growing,
    }
}
