/** Needs nothing but bash 4: no `bash-completion`. What was typed is handed over as one text, unevaluated. */
const bash = `# bash completion for polyctl
_polyctl() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) compopt -o default -o bashdefault 2>/dev/null ;;
      :4) ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <("\${COMP_WORDS[0]}" complete --line "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
  # What ends so goes on.
  if [[ "\${COMPREPLY[0]}" == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _polyctl polyctl
`

const zsh = `#compdef polyctl
# zsh completion for polyctl
_polyctl() {
  local line files
  local -a values shown before
  before=("\${(@Q)words[2,CURRENT-1]}")
  local option=
  if [[ $PREFIX == --*=* ]]; then
    option="\${PREFIX%%=*}="
    compset -P 1 '*='
  elif [[ $PREFIX == -* ]]; then
    option="$PREFIX"
  elif [[ $PREFIX == */* ]]; then
    option="\${PREFIX%%/*}/"
  fi
  while IFS= read -r line; do
    case "$line" in
      :0) files=1 ;;
      :4) ;;
      *)
        line="\${line#--*=}"
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line%%$'\\t'*}  \${line#*$'\\t'}")
        ;;
    esac
  done < <(command polyctl complete -- "\${before[@]}" "$option" 2>/dev/null </dev/null)
  # What ends in = goes on.
  if [[ "\${values[1]}" == *= ]]; then compadd -S '' -l -d shown -a values
  elif (( \${#values} )); then compadd -l -d shown -a values; fi
  if [[ -n $files ]]; then _files; fi
}
if [[ "\${funcstack[1]}" == _polyctl ]]; then _polyctl "$@"; else compdef _polyctl polyctl; fi
`

const fish = `# fish completion for polyctl
function __polyctl_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  set -l option (string match -r -- '^--[^=]*=|^-.*|^[a-z_]+/' $current)
  for line in (command polyctl complete -- $before[2..-1] "$option[1]" 2>/dev/null </dev/null)
    switch $line
      case ':0'
        __fish_complete_path (string replace -r -- '^--[^=]*=' '' $current)
      case ':4'
      case '*'
        printf '%s\\n' $line
    end
  end
end
complete -c polyctl -e
complete -c polyctl -f -a '(__polyctl_complete)'
`

/**
 * The word that is typed stays here: older versions lose quotes, and empty words, where they hand them to a
 * program. What a script for completion does not answer is completed as a path.
 */
const powershell = `# PowerShell completion for polyctl
Register-ArgumentCompleter -Native -CommandName polyctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @()
  $current = ''
  foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
    if ($element.Extent.StartOffset -ge $cursorPosition) { break }
    $isText = $element -is [System.Management.Automation.Language.StringConstantExpressionAst] -or
      $element -is [System.Management.Automation.Language.ExpandableStringExpressionAst]
    $text = if ($isText) { $element.Value } else { $element.Extent.Text }
    if ($element.Extent.EndOffset -ge $cursorPosition) { $current = $text }
    else { $before += ($text -replace '"', '') }
  }
  $option = ''
  if ($current -match '^(--[^=]*=)') { $option = $Matches[1] }
  elseif ($current -like '-*') { $option = $current }
  elseif ($current -match '^(\\w+/)') { $option = $Matches[1] }
  $words = if ($option) { @('--powershell', '--') + $before + @($option) }
    else { @('--powershell', '--next', '--') + $before }
  $null | & polyctl complete @words 2>$null | ForEach-Object {
    if ($_ -match '^:\\d+$') { return }
    $inserted, $value, $about = $_ -split "\`t", 3
    if (-not $value.StartsWith($current, [StringComparison]::Ordinal)) { return }
    if (-not $about) { $about = $value }
    [System.Management.Automation.CompletionResult]::new($inserted, $value, 'ParameterValue', $about)
  }
}
`

/** The scripts, by their shells. */
export const scripts: ReadonlyMap<string, string> = new Map(Object.entries({ bash, zsh, fish, powershell }))
