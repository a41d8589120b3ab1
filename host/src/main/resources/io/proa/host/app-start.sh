# Becomes an application in its pod: sees neither the fleet's run directory nor gains any power.
#
#   sh app-start.sh RUN-DIRECTORY WORKING-DIRECTORY UID|- GID|- COMMAND...
#
# Runs as root in a mount namespace of its own. The working directory is entered only here: one that
# was open before would lead around the hidden directory.
mount -t tmpfs -o ro,size=4k,mode=0555 proa-hidden "$1" || exit 69
# Root without capabilities still owns these files; as in any container, nobody writes them.
mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys || exit 69
cd "$2" || exit 69
uid=$3 gid=$4
shift 4
if [ "$uid" != - ]; then
    set -- --reuid "$uid" --regid "$gid" --clear-groups -- "$@"
else
    set -- -- "$@"
fi
exec setpriv --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
