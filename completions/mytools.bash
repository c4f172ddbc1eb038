# bash completion for mytools
_mytools() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("${line#?}")
        [[ $line == +* ]] && compopt -o nospace 2>/dev/null
    done < <(MYTOOLS_COMPLETE=bash "$1" -- "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -o nosort -F _mytools mytools 2>/dev/null || complete -F _mytools mytools
