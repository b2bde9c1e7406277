# Ends process groups when its standard input closes: those named as arguments, and by lines: "+ GROUP" to watch one, "- GROUP" to
# forget it.
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
for group in $groups; do
  kill -s KILL -- "-$group" 2>/dev/null
done
