# Outlives the process that started it: when that one ends without saying "done", in whatever way, its end of the
# pipe on stdin closes, and the server it left behind is stopped and its directory removed.
#   $1 the server's directory   $2 the signal that ends the server at once
# Each line on stdin is the id of a process (group) to watch, or the word "done".
trap '' HUP INT TERM QUIT
directory=$1
signal=$2
watched=

while read -r line; do
    if [ "$line" = done ]; then exit 0; fi
    watched=$line
done

# An id may have gone to another process since: only one whose command names the directory is ours.
is_ours() {
    if [ -r /proc/self/cmdline ]; then
        grep -qF -e "$directory" "/proc/$1/cmdline" 2>/dev/null
    else
        ps -ww -o args= -p "$1" 2>/dev/null | grep -qF -e "$directory"
    fi
}

if [ -n "$watched" ] && is_ours "$watched"; then
    kill -s "$signal" -- "-$watched"
    tries=0
    while is_ours "$watched" && [ "$tries" -lt 50 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -s KILL -- "-$watched" 2>/dev/null
fi
# Helper processes of the server may still be writing their last files.
rm -rf -- "$directory" || { sleep 1; rm -rf -- "$directory"; }
