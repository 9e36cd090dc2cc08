"""From paths to sources that are read whole: files, archives, workers."""
