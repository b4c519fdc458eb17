# TAB for mars in bash. For this shell: source <(./mars completion bash)
_mars() {
    # What is completed, up to the cursor, without the program's name.
    local line=${COMP_LINE:0:COMP_POINT} program=${COMP_WORDS[0]/#\~/$HOME} current=${COMP_WORDS[COMP_CWORD]}
    line=${line#*"${COMP_WORDS[0]}"}
    line=${line# }
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$("$program" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$current"))
}
# Where nothing is suggested: files, as sources and folders are.
complete -o bashdefault -o default -F _mars mars
