# fish completion for mytools
function __mytools_complete
    set -l program (commandline -po)[1]
    MYTOOLS_COMPLETE=fish command $program -- (commandline -p | string collect) (commandline -cp | string length) 2>/dev/null
end
complete -c mytools -k -f -a '(__mytools_complete)'
