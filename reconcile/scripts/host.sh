#!/bin/sh
# vpmem-reconcile: captures what an ESXi host (6.7 to 8) says of its datastores and virtual disks.
#
#     sh host.sh            the disks of the persistent-memory datastores
#     sh host.sh --all      the disks of every datastore
#
# It reads and changes nothing, and leaves one file, here or else in /tmp. There, $ stands in front of a command, | of what it
# printed, ! of its errors, = of its exit status. What cannot be printed stands as ?, so no file's name can pose as such a line.
side=host
# @record.sh@

# List a folder and those in it, and ask each disk for its UUID. Parts of a disk that is there (extents, change maps) have none.
walk() {
    run ls -l "$1/"
    for entry in "$1"/*; do
        if [ -d "$entry" ]; then
            [ -L "$entry" ] || walk "$entry"
            continue
        fi
        case $entry in
        *-flat.vmdk | *-delta.vmdk | *-sesparse.vmdk | *-ctk.vmdk | *-rdm.vmdk | *-rdmp.vmdk)
            [ -e "${entry%-*}.vmdk" ] || ask "$entry" ;;
        *.[vV][mM][dD][kK]) ask "$entry" ;;
        esac
    done
}
ask() { run vmkfstools -J getuuid "$1"; }

run hostname
run uname -a
run date -u
run ls -l /vmfs/volumes
run df

# PMem datastores are known by their names, and by what df calls them.
pmem=$lf$(sed -n 's/^| PMEM .*% //p' "$file")$lf
walked=0
for volume in /vmfs/volumes/*; do
    if [ "${1-}" = --all ]; then
        # Each datastore is a folder, and its name a link to that.
        if [ -L "$volume" ] || [ ! -d "$volume" ]; then continue; fi
    else
        case $volume in
        /vmfs/volumes/PMemDS-*) ;;
        *) case $pmem in *"$lf$volume$lf"*) ;; *) continue ;; esac ;;
        esac
    fi
    walked=$((walked + 1))
    walk "$volume"
done

# What is only good to have comes last: these ask the management agents, which hang where a host is ill.
run df -h
run esxcli storage filesystem list
run esxcli vm process list
run vim-cmd vmsvc/getallvms
[ "$walked" != 0 ] || echo "There is no persistent-memory datastore here; --all takes every datastore."
finish
