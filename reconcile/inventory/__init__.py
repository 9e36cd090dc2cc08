"""Each device and each vmdk of a site once, with its datastore, its mounts and its checksums."""
