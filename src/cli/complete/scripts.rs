//! The scripts of the shells whose completion asks the program.

/// bash 4 and later; also loaded by bash-completion from `share/bash-completion/completions/mytools`.
pub(in crate::cli) const BASH: &str = r#"# bash completion for mytools
_mytools() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("${line#?}")
        [[ $line == +* ]] && compopt -o nospace 2>/dev/null
    done < <(MYTOOLS_COMPLETE=bash "$1" -- "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -o nosort -F _mytools mytools 2>/dev/null || complete -F _mytools mytools
"#;

/// zsh; works from a directory of `$fpath` and when it is sourced.
pub(in crate::cli) const ZSH: &str = r#"#compdef mytools
# zsh completion for mytools
_mytools() {
    local -a typed lines words_ended texts_ended words_open texts_open
    local line word shown help text
    typed=("${(@Q)words}")
    typed[CURRENT]="${(Q)PREFIX}"
    lines=("${(@f)$(MYTOOLS_COMPLETE=zsh "${(Q)words[1]}" -- $((CURRENT - 1)) "${(@)typed}" 2>/dev/null)}")
    for line in "${(@)lines}"; do
        [[ -n $line ]] || continue
        word="${line[2,-1]%%$'\t'*}"
        text="${line#*$'\t'}"
        shown="${text%%$'\t'*}"
        help="${text#*$'\t'}"
        text="$shown${help:+  -- $help}"
        if [[ $line == +* ]]; then
            words_open+=("$word") texts_open+=("$text")
        else
            words_ended+=("$word") texts_ended+=("$text")
        fi
    done
    (( $#words_ended )) && compadd -U -V mytools -l -d texts_ended -a words_ended
    (( $#words_open )) && compadd -U -V mytools -S '' -l -d texts_open -a words_open
    (( $#words_ended + $#words_open ))
}
if [ "$funcstack[1]" = "_mytools" ]; then
    _mytools "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _mytools mytools
fi
"#;

/// fish 3.1 and later.
pub(in crate::cli) const FISH: &str = r"# fish completion for mytools
function __mytools_complete
    set -l program (commandline -po)[1]
    MYTOOLS_COMPLETE=fish command $program -- (commandline -p | string collect) (commandline -cp | string length) 2>/dev/null
end
complete -c mytools -k -f -a '(__mytools_complete)'
";
