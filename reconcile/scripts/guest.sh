#!/bin/sh
# vpmem-reconcile: captures what a Linux guest says of its NVDIMMs, disks and mounts. As root it says more.
#
#     sh guest.sh
#
# It reads and changes nothing, and leaves one file, here or else in /tmp. There, $ stands in front of a command, | of what it
# printed, ! of its errors, = of its exit status. What cannot be printed stands as ?, so no file's name can pose as such a line.
side=guest
# @record.sh@

has() { command -v "$1" >/dev/null; }
knows() { "$1" --help </dev/null 2>/dev/null | grep -q -e "$2"; } # asks the command for its words alone, no device

run hostname
run uname -a
run date -u

if has ndctl; then
    run ndctl list -DRNi
else
    # The kernel says the same, without ndctl. A dimm without a driver is disabled.
    set --
    for entry in /sys/bus/nd/devices/nmem*/nfit/id /sys/bus/nd/devices/nmem*/nfit/vendor /sys/bus/nd/devices/nmem*/nfit/serial \
        /sys/bus/nd/devices/region*/size /sys/bus/nd/devices/region*/mapping[0-9]*; do
        [ ! -r "$entry" ] || set -- "$@" "$entry"
    done
    if [ $# != 0 ]; then run grep -H . "$@"; else run ndctl list -DRNi; fi
    set --
    for entry in /sys/bus/nd/devices/nmem*/driver; do [ ! -e "$entry" ] || set -- "$@" "$entry"; done
    [ $# = 0 ] || run ls -d "$@"
    for folder in /sys/class/block /sys/bus/dax/devices; do
        [ ! -d "$folder" ] || run ls -l "$folder/"
    done
fi

# Older versions have fewer columns, and no JSON.
if knows lsblk --output-all && knows lsblk --json; then
    run lsblk -J -b -O
else
    run lsblk -P -b -o NAME,KNAME,PKNAME,TYPE,SIZE,SERIAL,WWN,FSTYPE,MOUNTPOINT
fi
if knows findmnt --json; then run findmnt -J; else run cat /proc/mounts; fi
run df
[ ! -d /dev/disk/by-id ] || run ls -l /dev/disk/by-id/
# Only root may read the VM's own UUID.
[ ! -r /sys/class/dmi/id/product_uuid ] || run cat /sys/class/dmi/id/product_uuid
! has daxctl || run daxctl list
finish
