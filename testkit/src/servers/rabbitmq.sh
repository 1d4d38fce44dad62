# Runs RabbitMQ and the daemon of names that its node needs, in one process group, until the server ends.
#   $1 the program of the server   the rest: variables of its environment
program=$1
shift
export "$@"
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
epmd &
names=$!
"$program" &
server=$!
trap 'kill -TERM "$server"' TERM
# A signal ends `wait`, not the server.
while kill -0 "$server" 2>/dev/null; do
    wait "$server"
    status=$?
done
kill "$names" 2>/dev/null
wait
exit "$status"
