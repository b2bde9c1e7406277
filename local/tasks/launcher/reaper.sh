# Ends process groups when its standard input closes: those named as arguments, and by lines: "+ GROUP" to watch one, "- GROUP" to
# forget it. Then whatever has left its group, known by the first argument in its environment, where that can be read (Linux).
mark=$1
shift
groups=" "
for group in "$@"; do
  groups="$groups$group "
done
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="${groups%% "$group" *} ${groups#* "$group" }" ;; esac ;;
  esac
done
[ -n "$(echo $groups)" ] || exit 0
for group in $groups; do
  kill -s KILL -- "-$group" 2>/dev/null
done
for environment in $(grep -lsF "$mark" /proc/[0-9]*/environ); do
  process=${environment#/proc/}
  kill -s KILL "${process%/environ}" 2>/dev/null
done
